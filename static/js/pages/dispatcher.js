/** The dispatcher's console (派遣台): the queue on the left, the map, and who can go. */

import { get, post } from '../api.js'
import { announce, el } from '../dom.js'
import { count } from '../format.js'
import { actionOf } from '../keys.js'
import { concerns, listen, whoChanged } from '../live.js'
import { Clusters } from '../map/clusters.js'
import { isUnsettled } from '../map/shapes.js'
import { lang, word } from '../page.js'
import { exportButton } from '../parts/export.js'
import { singleKeys } from '../parts/help.js'
import { Opened } from '../parts/opened.js'
import { Queue } from '../parts/queue.js'
import { ReportForm } from '../parts/report.js'
import { fillPanel, panelHead } from '../parts/sheet.js'
import { fill, loading, quietly, turnOf } from '../parts/states.js'
import { tileTrouble } from '../parts/tools.js'
import { inPaintOrder, loadResponders, loadRoutes, showConnection, start } from '../start.js'

const MOST = 500 // incidents in the list; when there are more, the counts say so
const TICK_MS = 20000 // ages and countdowns are in minutes
const SHOWS = ['waiting', 'all', 'unsettled']
const KEYS = [['n', 'keys.report'], ['j ↓', 'keys.next'], ['k ↑', 'keys.previous'], ['Enter', 'keys.candidates'], ['1 – 5', 'keys.assign'], ['F2', 'keys.near']]
const ACTIONS = { n: 'report', j: 'next', k: 'previous', 1: 'send', 2: 'send', 3: 'send', 4: 'send', 5: 'send' }
const LIST_ACTIONS = { ArrowDown: 'next', ArrowUp: 'previous' }

class Console {
  async open() {
    const page = await start({
      parts: ['cells', 'incidents', 'responders', 'routes', 'basemap'], hidden: ['routes'], hasThemes: true, keys: KEYS, onIncident: (feature) => this.pick(feature),
    })
    if (!page) return
    Object.assign(this, page)
    this.features = []
    this.unsettled = []
    this.shows = 'waiting'
    this.opened = null
    this.form = null
    this.clusters = new Clusters(this.view, { onTrouble: () => tileTrouble(this.view) })
    this.queue = new Queue({
      onPick: (feature) => this.pick(feature), onPoint: (feature) => this.point(feature), emptyKey: 'queue.empty',
    })
    this.place = el('div', { class: 'panel-body' }, loading())
    this.counts = {}
    for (const name of SHOWS) this.counts[name] = el('span', { class: 'count' })
    const report = el('button', { type: 'button', class: 'button small primary', 'aria-keyshortcuts': 'n', onclick: () => this.report() }, word('report.new'))
    const leave = this.permissions.includes('export.make') ? exportButton(this.city) : null
    fillPanel(panelHead(word('queue.title'), report, this.demoButton(), leave), this.filter(), this.place)
    document.addEventListener('keydown', (event) => this.key(event))
    await listen(this.city.code, (kinds, subjects) => this.refresh(kinds, subjects), showConnection)
    await this.refresh(new Set(['*']))
    setInterval(() => this.draw(), TICK_MS)
  }

  async refresh(kinds, subjects = new Map()) {
    if (concerns(kinds, 'incident', 'assignment', 'report', 'placement', 'photo')) {
      await fill(this.place, () => this.fetch(), ({ features, unsettled }) => {
        this.tellNew(features)
        this.features = features
        this.unsettled = unsettled
        this.draw()
        this.keepCard()
        return this.queue.element
      })
      await this.clusters.load()
    }
    if (concerns(kinds, 'responder', 'assignment')) await quietly(() => loadResponders(this.view, whoChanged(kinds, subjects)))
    if (concerns(kinds, 'route', 'patrol')) await quietly(() => loadRoutes(this.view))
    if (concerns(kinds, 'release')) await quietly(() => this.view.renew())
    if (concerns(kinds, 'stream') && this.showDemo) await quietly(this.showDemo)
  }

  /** Fetch what is open; those to locate are asked for by themselves only when the list is cut short. */
  async fetch() {
    const ask = async (values) => (await get('/api/incidents', { city: this.city.code, state: 'open', limit: MOST, ...values })).features
    const features = await ask({})
    const unsettled = features.length === MOST ? await ask({ location: 'unsettled' }) : features.filter((f) => isUnsettled(f.properties))
    return { features, unsettled }
  }

  /** The open card shows what others do meanwhile: nobody is sent twice, and each step is seen. */
  keepCard() {
    if (!this.opened) return
    const shown = [...this.features, ...this.unsettled].find((f) => f.properties.id === this.opened.id)
    if (shown) this.opened.show(shown)
  }

  tellNew(features) {
    const known = new Set(this.features.map((f) => f.properties.id))
    const fresh = features.filter((f) => !known.has(f.properties.id))
    if (known.size > 0 && fresh.length > 0) announce(word('queue.new', { n: fresh.length }))
  }

  draw() {
    const waiting = this.features.filter((f) => !f.properties.assignment && f.properties.state === 'reported')
    const shown = { waiting, all: this.features, unsettled: this.unsettled }
    const more = this.features.length === MOST ? '+' : ''
    for (const name of SHOWS) this.counts[name].textContent = count(shown[name].length, lang) + (name === 'unsettled' ? '' : more)
    this.queue.show(shown[this.shows])
    this.clusters.show(inPaintOrder(this.features), this.features.length === MOST)
  }

  point(feature) {
    this.view.incidents.choose(feature.properties.id)
    if (feature.geometry) this.view.goTo(feature.geometry.coordinates, 16)
  }

  /** Open an incident; `first` are its candidates when they are known already. */
  pick(feature, first = null) {
    if (feature.properties.is_other) { // a tile names it, the list does not
      quietly(async () => this.pick(await get(`/api/incidents/${feature.properties.id}`)))
      return
    }
    this.queue.mark(feature)
    const opened = new Opened({
      card: this.card, view: this.view, city: this.city,
      onChange: () => this.refresh(new Set(['*'])),
      onClose: () => {
        if (this.opened === opened) this.opened = null
        this.view.incidents.choose(null)
      },
    })
    opened.open(feature, first)
    this.opened = opened
    this.point(feature)
  }

  /** Write a new report, or go on with the one that was begun. */
  report() {
    if (!this.form) {
      this.form = new ReportForm(this.view, {
        onFiled: (filed) => this.reported(filed.id, { ...filed, incident: filed.id }),
        onJoined: (id) => this.reported(id),
        onOpen: (id) => quietly(async () => this.pick(await get(`/api/incidents/${id}`))), // the form waits as it is
      })
    }
    this.form.open(this.card)
  }

  /** Show the incident a report became or joined; `first` are its candidates when they are known already. */
  reported(id, first = null) {
    return quietly(async () => {
      this.form = null
      const feature = await get(`/api/incidents/${id}`)
      await this.refresh(new Set(['*']))
      this.pick(feature, first)
    })
  }

  key(event) {
    const inList = this.queue.list.contains(event.target)
    const action = actionOf(event, ACTIONS, singleKeys()) || (inList && actionOf(event, LIST_ACTIONS))
    if (!action) return
    if (action === 'send' && !this.opened) return
    event.preventDefault()
    if (action === 'next') this.queue.step(1)
    if (action === 'previous') this.queue.step(-1)
    if (action === 'send') this.opened.choose(Number(event.key))
    if (action === 'report') this.report()
  }

  filter() {
    const radio = (name) => {
      const box = el('input', {
        type: 'radio', name: 'queue-shows', value: name, checked: name === this.shows,
        onchange: () => {
          this.shows = name
          this.draw()
        },
      })
      return el('label', { class: 'choice' }, box, el('span', {}, word(`queue.${name}`), ' ', this.counts[name]))
    }
    return el('fieldset', { class: 'choices' }, el('legend', { class: 'unseen' }, word('queue.filter')), SHOWS.map(radio))
  }

  demoButton() {
    if (!this.city.is_generated) return null
    const path = `/api/demo/${encodeURIComponent(this.city.code)}/stream`
    const button = el('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' }, word('demo.stream'))
    const show = ({ running }) => button.setAttribute('aria-pressed', String(running))
    button.addEventListener('click', () => quietly(async () => {
      const running = button.getAttribute('aria-pressed') !== 'true'
      const told = await post(path, { running })
      turnOf(button) // what was asked for before is older
      show(told)
      announce(word(running ? 'demo.started' : 'demo.stopped'))
    }))
    this.showDemo = async () => { // somebody else may start or stop it too
      const isLatest = turnOf(button)
      const told = await get(path)
      if (isLatest()) show(told)
    }
    return button
  }
}

new Console().open()
