/** The planner's page (网格规划): load and size of every unit and the releases, or the plans; and the facts of a cell. */

import { get, late } from '../api.js'
import { announce, el } from '../dom.js'
import { area, count } from '../format.js'
import { concerns, listen } from '../live.js'
import { lang, query, said, setQuery, word } from '../page.js'
import { categoryName, incidentFacts } from '../parts/incident.js'
import { fillPanel, panelHead } from '../parts/sheet.js'
import { empty, fill, loading, quietly, turnOf } from '../parts/states.js'
import { Timeline, reign } from '../plan/timeline.js'
import { sorted } from '../sort.js'
import { inPaintOrder, loadRoutes, showConnection, start } from '../start.js'

const VIEWS = ['units', 'plans']
const LEVELS = ['district', 'street', 'community']
const COLUMNS = [
  { key: 'name', isNumber: false },
  { key: 'cells', isNumber: true, write: (value) => count(value, lang) },
  { key: 'area', isNumber: true, write: (value) => area(value, lang) },
  { key: 'open_incidents', isNumber: true, write: (value) => count(value, lang) },
]

class Planner {
  async open() {
    const help = [] // of the plan that is open: its keys
    const page = await start({
      parts: ['cells', 'incidents', 'routes', 'basemap'], hasThemes: true, keys: help, onIncident: (feature) => this.pick(feature),
    })
    if (!page) return
    Object.assign(this, page)
    this.units = []
    this.level = 'street'
    this.order = { key: 'name', isDescending: false }
    this.table = el('div', { class: 'panel-body' }, loading())
    this.releases = el('div', { class: 'releases' }, loading())
    this.timeline = new Timeline(page)
    this.plans = null // their screens are fetched when somebody wants to see them
    this.page = { ...page, help }
    this.overview = el('div', {}, this.levels(), this.table, el('h2', { class: 'second' }, word('releases.title')), this.timeline.element, this.releases)
    this.place = el('div', { class: 'planner-view' }, this.overview)
    this.shown = 'units'
    fillPanel(panelHead(word('planner.title')), this.views(), this.place)
    await listen(this.city.code, (kinds, subjects) => this.hear(kinds, subjects), showConnection)
    if (query('view') === 'plans') this.see('plans')
    await this.view.drawn() // the map first: rows of a large city take the browser a while
    await Promise.all([this.loadUnits(), this.loadReleases(), this.loadThings()])
  }

  views() {
    this.viewBoxes = VIEWS.map((view) => el('input', {
      type: 'radio', name: 'view', value: view, checked: view === (query('view') === 'plans' ? 'plans' : 'units'), onchange: () => this.see(view),
    }))
    return el('fieldset', { class: 'choices' }, el('legend', { class: 'unseen' }, word('planner.views')),
      this.viewBoxes.map((box) => el('label', { class: 'choice' }, box, el('span', {}, word(`planner.${box.value}`)))))
  }

  /** Show the units or the plans; what was open of the plans is left. */
  async see(view) {
    if (this.plans && this.shown === 'plans') this.plans.close()
    if (view === 'plans') this.timeline.back() // a plan lies over the grid of now
    this.shown = view
    setQuery('view', view === 'units' ? null : view)
    this.viewBoxes.forEach((box) => { box.checked = box.value === view })
    this.place.replaceChildren()
    const shown = await fill(this.place, () => (view === 'plans' ? this.drawingRoom() : this.overview), (element) => element)
    if (shown && view === 'plans' && this.shown === view) await this.plans.open()
  }

  /** Return the element of the plans; their screens come with the first call. */
  async drawingRoom() {
    const { Plans } = await late(() => import('../plan/plans.js'))
    if (!this.plans) this.plans = new Plans(this.page)
    return this.plans.element
  }

  /** Go back to an earlier release: a plan with its cells, to be approved and published like any other. */
  goBack(item) {
    return this.see('plans').then(() => (this.plans ? this.plans.goBack(item.id) : null))
  }

  /** Fetch the units; the table is drawn again only when something is new in it, and the focus stays where it was. */
  async loadUnits() {
    let held = null
    await fill(this.table, () => get('/api/units', { city: this.city.code }), ({ items }) => {
      if (this.drawn && JSON.stringify(items) === JSON.stringify(this.units)) return this.drawn
      held = this.held()
      this.units = items
      return this.draw()
    })
    const button = held ? this.table.querySelector(held) : null
    if (button) button.focus({ preventScroll: true })
  }

  /** Return what finds the button of the table that has the focus; null when none has. */
  held() {
    if (!this.table.contains(document.activeElement)) return null
    const { column, unit } = document.activeElement.dataset
    return column ? `[data-column="${column}"]` : `[data-unit="${unit}"]`
  }

  loadReleases() {
    return fill(this.releases, () => get('/api/releases', { city: this.city.code }), ({ items }) => {
      this.timeline.show(items)
      if (items.length === 0) return empty('releases.empty')
      return el('ol', { class: 'release-list' }, items.map((item) => this.release(item)))
    })
  }

  loadThings() {
    return quietly(async () => {
      const isLatest = turnOf(this.view.incidents)
      const { features } = await get('/api/incidents', { city: this.city.code, state: 'open', limit: 500 })
      if (isLatest()) this.view.incidents.show(inPaintOrder(features))
      await loadRoutes(this.view)
    })
  }

  async hear(kinds, subjects) {
    if (this.plans && this.shown === 'plans' && concerns(kinds, 'plan', 'release')) await this.plans.hear(subjects)
    if (concerns(kinds, 'release')) await quietly(() => this.view.renew())
    if (concerns(kinds, 'release')) await this.loadReleases()
    if (concerns(kinds, 'incident', 'release', 'placement')) await Promise.all([this.loadUnits(), this.loadThings()])
  }

  levels() {
    const radio = (level) => {
      const box = el('input', {
        type: 'radio', name: 'level', value: level, checked: level === this.level,
        onchange: () => {
          this.level = level
          this.table.replaceChildren(this.draw())
        },
      })
      return el('label', { class: 'choice' }, box, el('span', {}, word(`unit.${level}`)))
    }
    return el('fieldset', { class: 'choices' }, el('legend', { class: 'unseen' }, word('units.level')), LEVELS.map(radio))
  }

  draw() {
    const rows = sorted(this.units.filter((unit) => unit.level === this.level), this.order.key, this.order.isDescending, lang)
    this.drawn = rows.length === 0 ? empty('units.empty') : el('table', { class: 'units' },
      el('caption', { class: 'unseen' }, word('units.title')),
      el('thead', {}, el('tr', {}, COLUMNS.map((column) => this.heading(column)))),
      el('tbody', {}, rows.map((unit) => this.row(unit))))
    return this.drawn
  }

  heading(column) {
    const isSorted = this.order.key === column.key
    const direction = this.order.isDescending ? 'descending' : 'ascending'
    return el('th', { scope: 'col', class: column.isNumber ? 'number' : '', 'aria-sort': isSorted ? direction : 'none' },
      el('button', { type: 'button', 'data-column': column.key, onclick: () => this.sort(column) },
        word(`units.${column.key}`),
        el('span', { class: 'arrow', 'aria-hidden': 'true' }, isSorted ? (this.order.isDescending ? '▼' : '▲') : '')))
  }

  sort(column) {
    const isSame = this.order.key === column.key
    this.order = { key: column.key, isDescending: isSame ? !this.order.isDescending : column.isNumber }
    this.table.replaceChildren(this.draw())
    this.table.querySelector(`[data-column="${column.key}"]`).focus()
    announce(word(this.order.isDescending ? 'units.sorted_down' : 'units.sorted_up', { column: word(`units.${column.key}`) }))
  }

  row(unit) {
    return el('tr', {},
      el('th', { scope: 'row' }, el('button', { type: 'button', class: 'link', 'data-unit': unit.code, onclick: () => this.visit(unit) }, unit.name)),
      COLUMNS.slice(1).map((column) => el('td', { class: 'number' }, column.write(unit[column.key]))))
  }

  visit(unit) {
    this.view.goToBounds(unit.bounds)
    announce(word('units.shown', { name: unit.name }))
  }

  release(item) {
    const isToCome = Date.parse(item.effective_from) > Date.now()
    const isNow = !isToCome && (!item.effective_to || Date.parse(item.effective_to) > Date.now())
    return el('li', {},
      el('strong', {}, word('release.number', { id: item.id })),
      isNow ? el('span', { class: 'tag good' }, word('release.current')) : isToCome ? el('span', { class: 'tag' }, word('release.to_come')) : null,
      el('span', { class: 'soft' }, word('release.cells', { n: count(item.cells, lang) })),
      el('span', { class: 'soft' }, reign(item, this.city)),
      item.note ? el('span', {}, said(item.note) || item.note) : null,
      item.effective_to && this.permissions.includes('plan.edit') ? el('button', { type: 'button', class: 'link', 'data-release': item.id, onclick: () => this.goBack(item) }, word('plans.make_this')) : null)
  }

  pick(feature) {
    const body = this.card.open(categoryName(feature.properties), { onClose: () => this.view.incidents.choose(null) })
    this.view.incidents.choose(feature.properties.id)
    body.append(el('p', { class: 'lead' }, feature.properties.description), incidentFacts(feature.properties, this.city))
  }
}

new Planner().open()
