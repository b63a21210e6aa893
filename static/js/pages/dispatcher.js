/** The dispatcher's console (派遣台): the queue on the left, the map, and who can go. */

import { get, post } from '../api.js'
import { announce, el } from '../dom.js'
import { count } from '../format.js'
import { actionOf } from '../keys.js'
import { concerns, listen } from '../live.js'
import { lang, word } from '../page.js'
import { Candidates } from '../parts/candidates.js'
import { singleKeys } from '../parts/help.js'
import { assigned, categoryName, incidentFacts } from '../parts/incident.js'
import { Queue } from '../parts/queue.js'
import { fillPanel, panelHead } from '../parts/sheet.js'
import { fill, loading, quietly } from '../parts/states.js'
import { inPaintOrder, loadResponders, loadRoutes, showConnection, start } from '../start.js'

const MOST = 500 // incidents in the list; when there are more, the counts say so
const TICK_MS = 20000 // ages and countdowns are in minutes
const KEYS = [['j ↓', 'keys.next'], ['k ↑', 'keys.previous'], ['Enter', 'keys.candidates'], ['1 – 5', 'keys.assign']]
const ACTIONS = { j: 'next', k: 'previous', 1: 'send', 2: 'send', 3: 'send', 4: 'send', 5: 'send' }
const LIST_ACTIONS = { ArrowDown: 'next', ArrowUp: 'previous' }

class Console {
  async open() {
    const page = await start({
      parts: ['cells', 'incidents', 'responders', 'routes', 'basemap'], hidden: ['routes'], hasThemes: true, keys: KEYS, onIncident: (feature) => this.pick(feature),
    })
    if (!page) return
    Object.assign(this, page)
    this.features = []
    this.shows = 'waiting'
    this.candidates = null
    this.queue = new Queue({
      onPick: (feature) => this.pick(feature), onPoint: (feature) => this.point(feature), emptyKey: 'queue.empty',
    })
    this.place = el('div', { class: 'panel-body' }, loading())
    this.counts = { waiting: el('span', { class: 'count' }), all: el('span', { class: 'count' }) }
    fillPanel(panelHead(word('queue.title'), this.demoButton()), this.filter(), this.place)
    document.addEventListener('keydown', (event) => this.key(event))
    await listen(this.city.code, (kinds) => this.refresh(kinds), showConnection)
    await this.refresh(new Set(['*']))
    setInterval(() => this.draw(), TICK_MS)
  }

  async refresh(kinds) {
    if (concerns(kinds, 'incident', 'assignment')) {
      await fill(this.place, () => get('/api/incidents', { city: this.city.code, state: 'open', limit: MOST }), ({ features }) => {
        this.tellNew(features)
        this.features = features
        this.draw()
        this.keepCard(features)
        return this.queue.element
      })
    }
    if (concerns(kinds, 'responder', 'assignment')) await quietly(() => loadResponders(this.view))
    if (concerns(kinds, 'route', 'patrol')) await quietly(() => loadRoutes(this.view))
    if (concerns(kinds, 'release') && !kinds.has('*')) this.view.reload()
    if (concerns(kinds, 'stream') && this.showDemo) await quietly(this.showDemo)
  }

  /** When somebody else has sent a responder meanwhile, the open card must not offer to send another. */
  keepCard(features) {
    if (!this.candidates || this.candidates.isDone) return
    const shown = features.find((f) => f.properties.id === this.candidates.incident.id)
    if (!shown || !shown.properties.assignment) return
    announce(assigned(shown.properties.assignment))
    this.pick(shown)
  }

  tellNew(features) {
    const known = new Set(this.features.map((f) => f.properties.id))
    const fresh = features.filter((f) => !known.has(f.properties.id))
    if (known.size > 0 && fresh.length > 0) announce(word('queue.new', { n: fresh.length }))
  }

  draw() {
    const waiting = this.features.filter((f) => !f.properties.assignment)
    const more = this.features.length === MOST ? '+' : ''
    this.counts.waiting.textContent = count(waiting.length, lang) + more
    this.counts.all.textContent = count(this.features.length, lang) + more
    this.queue.show(this.shows === 'waiting' ? waiting : this.features)
    this.view.incidents.show(inPaintOrder(this.features))
  }

  point(feature) {
    this.view.incidents.choose(feature.properties.id)
    if (feature.geometry) this.view.goTo(feature.geometry.coordinates, 16)
  }

  pick(feature) {
    const incident = feature.properties
    this.queue.mark(feature)
    const body = this.card.open(categoryName(incident), {
      onClose: () => {
        this.candidates = null
        this.view.way.show([])
        this.view.incidents.choose(null)
      },
    })
    this.point(feature)
    body.append(
      el('p', { class: 'lead' }, incident.is_urgent ? el('strong', { class: 'tag urgent' }, word('incident.urgent')) : null, incident.description),
      incidentFacts(incident, this.city))
    if (incident.assignment) return
    this.candidates = new Candidates(this.view, incident, () => this.refresh(new Set(['assignment.offered'])))
    body.append(this.candidates.element)
    this.candidates.load()
  }

  key(event) {
    const inList = this.queue.list.contains(event.target)
    const action = actionOf(event, ACTIONS, singleKeys()) || (inList && actionOf(event, LIST_ACTIONS))
    if (!action) return
    if (action === 'send' && !this.candidates) return
    event.preventDefault()
    if (action === 'next') this.queue.step(1)
    if (action === 'previous') this.queue.step(-1)
    if (action === 'send') this.candidates.choose(Number(event.key))
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
    return el('fieldset', { class: 'choices' }, el('legend', { class: 'unseen' }, word('queue.filter')), radio('waiting'), radio('all'))
  }

  demoButton() {
    if (!this.city.is_generated) return null
    const path = `/api/demo/${encodeURIComponent(this.city.code)}/stream`
    const button = el('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' }, word('demo.stream'))
    const show = ({ running }) => button.setAttribute('aria-pressed', String(running))
    button.addEventListener('click', () => quietly(async () => {
      const running = button.getAttribute('aria-pressed') !== 'true'
      show(await post(path, { running }))
      announce(word(running ? 'demo.started' : 'demo.stopped'))
    }))
    this.showDemo = async () => show(await get(path)) // somebody else may start or stop it too
    return button
  }
}

new Console().open()
