/** The grid worker's page (网格员): my cells, my route, what is open in them; made for a phone in one hand. */

import { get } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { distance } from '../format.js'
import { metresBetween } from '../geo.js'
import { concerns, listen } from '../live.js'
import { lang, query, setQuery, word } from '../page.js'
import { boundsOf } from '../parts/cell.js'
import { categoryName, incidentFacts } from '../parts/incident.js'
import { Queue } from '../parts/queue.js'
import { Round } from '../parts/round.js'
import { fillPanel, panelHead } from '../parts/sheet.js'
import { empty, failed, fill, loading, quietly, words } from '../parts/states.js'
import { inPaintOrder, loadResponders, showConnection, start } from '../start.js'

const STORED = 'wangge.worker'
const TICK_MS = 20000
const FIX_MS = 15000 // how long to wait for a position

class Worker {
  async open() {
    const page = await start({
      parts: ['cells', 'incidents', 'routes', 'responders', 'basemap'], keys: [], onIncident: (feature) => this.pick(feature),
    })
    if (!page) return
    Object.assign(this, page)
    this.me = null
    this.here = null
    this.features = []
    this.queue = new Queue({
      onPick: (feature) => this.pick(feature), onPoint: (feature) => this.view.incidents.choose(feature.properties.id),
      emptyKey: 'worker.empty', extra: (feature) => this.away(feature),
    })
    this.round = new Round(this.view)
    this.place = el('div', { class: 'panel-body' }, loading())
    this.who = el('div', { class: 'who-am-i' })
    this.note = el('p', { class: 'result', role: 'status' })
    fillPanel(panelHead(word('worker.title'), this.positionButton()), this.who, this.note, this.round.element, this.place)
    await listen(this.city.code, (kinds) => this.hear(kinds), showConnection)
    setInterval(() => this.draw(), TICK_MS)
    await this.meetPeople()
  }

  async meetPeople() {
    try {
      const people = await loadResponders(this.view)
      this.workers = people.filter((f) => f.properties.kind === 'grid_worker')
      this.who.replaceChildren(this.chooser())
      const known = query('worker') || window.localStorage.getItem(this.stored())
      await this.become(this.workers.find((f) => String(f.properties.id) === known) || null)
    } catch (problem) {
      this.place.replaceChildren(failed(problem, () => this.meetPeople()))
    }
  }

  stored() {
    return `${STORED}.${this.city.code}`
  }

  chooser() {
    const select = el('select', { id: 'worker', onchange: () => this.become(this.workers.find((f) => String(f.properties.id) === select.value) || null) },
      el('option', { value: '' }, word('worker.choose')),
      this.workers.map((f) => el('option', { value: f.properties.id }, f.properties.name)))
    this.select = select
    return el('div', { class: 'field' }, el('label', { for: 'worker' }, word('worker.who')), select)
  }

  async become(feature) {
    this.me = feature
    this.select.value = feature ? String(feature.properties.id) : ''
    if (!feature) {
      this.view.mine.show([])
      this.round.show([])
      this.place.replaceChildren(empty('worker.nobody'))
      return
    }
    window.localStorage.setItem(this.stored(), feature.properties.id)
    setQuery('worker', feature.properties.id)
    await this.showMine()
    await this.loadIncidents()
  }

  async showMine() {
    const me = this.me.properties
    try {
      const cells = await Promise.all(me.cells.map((code) => get(`/api/cells/${encodeURIComponent(code)}`, { city: this.city.code })))
      this.view.mine.show(cells.map((cell) => ({ geometry: cell.outline, isMine: true })))
      await this.showRound()
      if (cells.length && !this.view.isPlaced) this.view.goToBounds(union(cells.map((cell) => boundsOf(cell.outline))))
    } catch (problem) {
      this.say(words(problem))
    }
  }

  async showRound() {
    const { features } = await get('/api/routes', { city: this.city.code })
    this.round.show(features.filter((feature) => feature.properties.responder?.id === this.me?.properties.id))
  }

  loadIncidents() {
    return fill(this.place, () => get('/api/incidents', { city: this.city.code, state: 'open', limit: 1000 }), ({ features }) => {
      if (!this.me) return empty('worker.nobody')
      this.features = features.filter((f) => f.properties.cell && this.me.properties.cells.includes(f.properties.cell.code))
      this.draw()
      return this.queue.element
    })
  }

  async hear(kinds) {
    if (!this.me) return
    if (concerns(kinds, 'incident', 'assignment')) await this.loadIncidents()
    if (concerns(kinds, 'responder')) await quietly(() => loadResponders(this.view))
    if (concerns(kinds, 'route')) await quietly(() => this.showRound())
    if (concerns(kinds, 'release') && !kinds.has('*')) this.view.reload()
  }

  draw() {
    if (!this.me) return
    const near = (f) => (f.geometry ? metresBetween(this.position(), f.geometry.coordinates) : Infinity)
    this.queue.show(this.features.slice().sort((a, b) => near(a) - near(b)))
    this.view.incidents.show(inPaintOrder(this.features))
  }

  /** Where distances are measured from: the phone when it told us, else the last known position. */
  position() {
    return this.here || this.me.geometry.coordinates
  }

  away(feature) {
    if (!feature.geometry) return null
    return el('span', { class: 'row-away' }, distance(metresBetween(this.position(), feature.geometry.coordinates), lang))
  }

  pick(feature) {
    this.queue.mark(feature)
    const body = this.card.open(categoryName(feature.properties), { onClose: () => this.view.incidents.choose(null) })
    this.view.incidents.choose(feature.properties.id)
    body.append(el('p', { class: 'lead' }, feature.properties.description), incidentFacts(feature.properties, this.city))
    if (feature.geometry) this.view.goTo(feature.geometry.coordinates, 17)
  }

  positionButton() {
    const button = el('button', { type: 'button', class: 'button', onclick: () => this.locate(button) }, word('position.find'))
    return button
  }

  locate(button) {
    if (!navigator.geolocation || !window.isSecureContext) {
      this.say(word('position.unsupported'))
      return
    }
    button.setAttribute('aria-busy', 'true')
    this.say(word('position.asking'))
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute('aria-busy')
        this.here = [coords.longitude, coords.latitude]
        this.say(word('position.found', { accuracy: distance(coords.accuracy, lang) }))
        this.showHere(coords.accuracy)
      },
      (error) => {
        button.removeAttribute('aria-busy')
        this.say(word(`position.error_${error.code}`))
      },
      { enableHighAccuracy: true, timeout: FIX_MS, maximumAge: 10000 })
  }

  showHere(accuracy) {
    const [lon, lat] = this.here
    if (this.circle) this.circle.remove()
    this.circle = window.L.circle([lat, lon], { radius: accuracy, interactive: false, pane: 'outlines', className: 'here' }).addTo(this.view.map)
    this.view.goTo(this.here, 16)
    this.draw()
  }

  say(text) {
    this.note.textContent = text
    announce(text)
  }
}

function union(boxes) {
  return [
    Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])),
    Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3])),
  ]
}

byId('panel').classList.add('big')
new Worker().open()
