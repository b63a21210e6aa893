/** The grid worker's page (网格员): my cells, my route, what is open in them; made for a phone in one hand. */

import { get } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { distance } from '../format.js'
import { metresBetween } from '../geo.js'
import { concerns, listen, whoChanged } from '../live.js'
import { lang, query, setQuery, term, word } from '../page.js'
import { Album } from '../parts/album.js'
import { boundsOf } from '../parts/cell.js'
import { categoryLabel, categoryName, incidentFacts } from '../parts/incident.js'
import { Queue } from '../parts/queue.js'
import { Round } from '../parts/round.js'
import { Share } from '../parts/share.js'
import { fillPanel, panelHead } from '../parts/sheet.js'
import { empty, failed, fill, loading, quietly, turnOf, words } from '../parts/states.js'
import { Tasks } from '../parts/tasks.js'
import { Tell } from '../parts/tell.js'
import { inPaintOrder, loadResponders, showConnection, start } from '../start.js'

const STORED = 'wangge.worker'
const KINDS = ['grid_worker', 'partner', 'department', 'inspector']
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
    this.tasks = new Tasks(this.city, {
      onOpen: (feature, isSheet = true) => this.pick(feature, isSheet), away: (feature) => this.metresTo(feature), onChange: () => this.draw(),
    })
    this.share = new Share(this.city, {
      me: () => (this.me ? this.me.properties.id : null), onHere: (position, accuracy) => this.stand(position, accuracy),
    })
    this.place = el('div', { class: 'panel-body' }, loading())
    this.who = el('div', { class: 'who-am-i' })
    this.note = el('p', { class: 'result', role: 'status' })
    const tell = el('button', { type: 'button', class: 'button primary', onclick: () => this.tellNew() }, word('tell.open'))
    this.title = el('h3', { class: 'second', hidden: true }, word('worker.open'))
    fillPanel(
      panelHead(word('worker.title'), tell, this.positionButton()), this.note, this.tasks.element, this.who, this.share.element,
      this.round.element, this.title, this.place)
    await listen(this.city.code, (kinds, subjects) => this.hear(kinds, subjects), showConnection)
    setInterval(() => this.draw(), TICK_MS)
    await this.meetPeople()
  }

  async meetPeople() {
    try {
      const people = await loadResponders(this.view)
      this.people = people
      this.who.replaceChildren(this.chooser())
      this.who.hidden = this.account !== null && this.account.responder !== null // who is tied to a responder acts as them
      const own = this.who.hidden ? String(this.account.responder) : null
      const known = own || query('worker') || window.localStorage.getItem(this.stored())
      await this.become(this.people.find((f) => String(f.properties.id) === known) || null)
    } catch (problem) {
      this.place.replaceChildren(failed(problem, () => this.meetPeople()))
    }
  }

  stored() {
    return `${STORED}.${this.city.code}`
  }

  chooser() {
    const select = el('select', { id: 'worker', onchange: () => this.become(this.people.find((f) => String(f.properties.id) === select.value) || null) },
      el('option', { value: '' }, word('worker.choose')),
      KINDS.map((kind) => this.group(kind)))
    this.select = select
    return el('div', { class: 'field' }, el('label', { for: 'worker' }, word('worker.who')), select)
  }

  /** Whoever can be sent has tasks here: grid workers first, then the others. */
  group(kind) {
    const people = this.people.filter((f) => f.properties.kind === kind)
    if (people.length === 0) return null
    return el('optgroup', { label: term('kind', kind) }, people.map((f) => el('option', { value: f.properties.id }, f.properties.name)))
  }

  async become(feature) {
    this.me = feature
    this.select.value = feature ? String(feature.properties.id) : ''
    this.share.element.hidden = !feature
    this.title.hidden = !feature
    this.share.stop() // what is shared is the position of the one who switched it on
    if (!feature) {
      await this.tasks.show(null)
      this.view.mine.show([])
      this.round.show([])
      this.place.replaceChildren(empty('worker.nobody'))
      return
    }
    window.localStorage.setItem(this.stored(), feature.properties.id)
    setQuery('worker', feature.properties.id)
    await Promise.all([quietly(() => this.tasks.show(feature.properties.id)), this.showMine(), this.loadIncidents()])
  }

  async showMine() {
    const { me } = this
    try {
      const cells = await Promise.all(me.properties.cells.map((code) => get(`/api/cells/${encodeURIComponent(code)}`, { city: this.city.code })))
      if (this.me !== me) return // somebody else was chosen meanwhile
      this.view.mine.show(cells.map((cell) => ({ geometry: cell.outline, isMine: true })))
      await this.showRound()
      if (this.me === me && cells.length && !this.view.isPlaced && !this.card.isOpen) this.view.goToBounds(union(cells.map((cell) => boundsOf(cell.outline))))
    } catch (problem) {
      this.say(words(problem))
    }
  }

  async showRound() {
    const isLatest = turnOf(this.round)
    const { features } = await get('/api/routes', { city: this.city.code })
    if (isLatest() && this.me) this.round.show(features.filter((feature) => feature.properties.responder?.id === this.me.properties.id))
  }

  loadIncidents() {
    return fill(this.place, () => get('/api/incidents', { city: this.city.code, state: 'open', limit: 1000 }), ({ features }) => {
      if (!this.me) return empty('worker.nobody')
      this.features = features.filter((f) => f.properties.cell && this.me.properties.cells.includes(f.properties.cell.code))
      this.draw()
      return this.queue.element
    })
  }

  async hear(kinds, subjects) {
    if (!this.me) return
    if (concerns(kinds, 'assignment')) await this.tasks.show(this.me.properties.id)
    if (concerns(kinds, 'incident', 'assignment', 'photo')) await this.loadIncidents()
    if (subjects.has('placement.moved')) await this.tellMoved(subjects.get('placement.moved'))
    if (concerns(kinds, 'responder')) await quietly(() => loadResponders(this.view, whoChanged(kinds, subjects)))
    if (concerns(kinds, 'route')) await quietly(() => this.showRound())
    if (concerns(kinds, 'release')) await quietly(() => this.view.renew())
  }

  /** Say which of these incidents a new grid has given to my cells, and how many it has taken from them. */
  async tellMoved(ids) {
    const before = this.features
    await this.loadIncidents()
    const without = (some, others) => some.filter((f) => ids.has(f.properties.id) && !others.some((o) => o.properties.id === f.properties.id))
    const gained = without(this.features, before).length
    const lost = without(before, this.features).length
    if (gained || lost) this.say(word('worker.moved', { gained, lost }))
  }

  draw() {
    if (!this.me) return
    const near = (f) => this.metresTo(f) ?? Infinity
    const mine = this.tasks.features
    const ids = mine.map((f) => f.properties.id)
    const others = this.features.filter((f) => !ids.includes(f.properties.id))
    this.tasks.draw()
    this.queue.show(others.sort((a, b) => near(a) - near(b)))
    this.view.incidents.show([...inPaintOrder(others), ...mine])
  }

  /** Return how far an incident is, in metres as the crow flies, or null when nobody knows where it is. */
  metresTo(feature) {
    return feature.geometry ? metresBetween(this.position(), feature.geometry.coordinates) : null
  }

  /** Where distances are measured from: the phone when it told us, else the last known position. */
  position() {
    return this.here || this.me.geometry.coordinates
  }

  away(feature) {
    const metres = this.metresTo(feature)
    return metres === null ? null : el('span', { class: 'row-away' }, distance(metres, lang))
  }

  /** Show an incident on the map, and its facts in the card unless the buttons of its task must stay in sight. */
  pick(feature, isSheet = true) {
    this.queue.mark(feature)
    this.view.incidents.choose(feature.properties.id)
    if (isSheet) {
      const body = this.card.open(categoryName(feature.properties), { onClose: () => this.view.incidents.choose(null) })
      this.view.incidents.choose(feature.properties.id)
      const album = new Album(feature.properties.id, this.city)
      body.append(el('p', { class: 'lead' }, feature.properties.description), incidentFacts(feature.properties, this.city), album.element)
      album.update(feature.properties.photos)
    }
    if (feature.geometry) this.view.goTo(feature.geometry.coordinates, 17)
  }

  /** Report what one sees; a report that was begun and not sent is gone on with. */
  tellNew() {
    this.tell = this.tell || new Tell(this.view, this.card, (told, category) => {
      this.tell = null
      const name = categoryLabel(category)
      this.say(told.cell ? word('tell.done', { category: name, cell: told.cell.name }) : word('tell.done_outside', { category: name }))
    })
    this.tell.open(this.here)
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
        this.say(word('position.found', { accuracy: distance(coords.accuracy, lang) }))
        this.stand([coords.longitude, coords.latitude], coords.accuracy)
        this.view.goTo(this.here, 16)
      },
      (error) => {
        button.removeAttribute('aria-busy')
        this.say(word(`position.error_${error.code}`))
      },
      { enableHighAccuracy: true, timeout: FIX_MS, maximumAge: 10000 })
  }

  /** Note where the phone is, and how exactly in metres. */
  stand(position, accuracy) {
    const [lon, lat] = position
    this.here = position
    if (this.circle) this.circle.setLatLng([lat, lon]).setRadius(accuracy)
    else this.circle = window.L.circle([lat, lon], { radius: accuracy, interactive: false, pane: 'outlines', className: 'here' }).addTo(this.view.map)
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
