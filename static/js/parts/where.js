/** Say where something is: by address, by a pin on the map, or by coordinates in their frame. */

import { get } from '../api.js'
import { announce, el } from '../dom.js'
import { readCoordinates, writeCoordinates } from '../coordinates.js'
import { distance, shortCode } from '../format.js'
import { Pin } from '../map/pin.js'
import { lang, word } from '../page.js'
import { Places } from './places.js'
import { words } from './states.js'

const FRAMES = ['wgs84', 'gcj02', 'bd09']
const EXACT_METRES = 50 // a suggestion this exact is a position; a vaguer one is an address to be weighed
const PAUSE_MS = 300 // a pin that is being moved is asked about when it rests

/** The fields and the pin; `value` is what was said: `{ address, position: { lon, lat, frame } }`, either may be missing. */
export class Where {
  /** `id` begins the ids of the fields; `onSaid()` is called whenever a place was said. */
  constructor(view, id, onSaid = () => {}) {
    this.view = view
    this.onSaid = onSaid
    this.position = null
    this.turn = 0
    this.pin = new Pin(view, word('where.pin'), (at) => this.dropped(at))
    this.places = new Places(view.city, `${id}-address`, { onChoose: (place) => this.chose(place), onText: (text) => this.typed(text), onEdit: () => this.edited() })
    this.note = el('p', { class: 'where-note', role: 'status' })
    this.coordinates = el('input', { id: `${id}-lonlat`, type: 'text', inputmode: 'text', autocomplete: 'off', placeholder: word('where.lonlat_hint'), onchange: () => this.readTyped() })
    this.frame = el('select', { id: `${id}-frame`, onchange: () => this.readTyped() }, FRAMES.map((frame) => el('option', { value: frame }, word(`frame.${frame}`))))
    this.more = this.coordinateFields(id)
    this.element = el('div', { class: 'where' },
      this.places.element,
      el('div', { class: 'where-ways' },
        el('button', { type: 'button', class: 'button small', onclick: () => this.placeAtCentre() }, word('where.put_pin')),
        el('span', { class: 'soft' }, word('where.hint'))),
      this.more, this.note)
  }

  get value() {
    const said = {}
    if (this.places.text) said.address = this.places.text
    if (this.position) said.position = this.position
    return said
  }

  /** Catch clicks on the map, and show the pin where it was. */
  open() {
    this.view.picker = (at) => this.dropped(at)
    document.body.classList.add('picks-place')
    if (this.shown) this.pin.put(this.shown)
  }

  /** Leave the map to others; what was said is kept. */
  close() {
    if (this.view.picker) this.view.picker = null
    document.body.classList.remove('picks-place')
    this.pin.take()
  }

  /** Show a place as the best guess: nobody has said so yet. */
  guess(at) {
    this.shown = at
    this.pin.put(at)
  }

  /** Take a place somebody chose from a list, wherever it lies. */
  settle(place) {
    this.places.write(place.name)
    this.take(place.position, 'wgs84', place.position)
  }

  coordinateFields(id) {
    return el('details', { class: 'lonlat' },
      el('summary', {}, word('where.by_coordinates')),
      el('div', { class: 'lonlat-fields' },
        el('label', { for: `${id}-lonlat` }, word('where.lonlat')), this.coordinates,
        el('label', { for: `${id}-frame` }, word('where.frame')), this.frame))
  }

  chose(place) {
    if (place.uncertainty <= EXACT_METRES) this.take(place.position, 'wgs84', place.position)
    else this.forget(place.position)
    this.isOfText = true
    this.say(placeNote(place))
    this.view.goTo(place.position, 17)
    this.onSaid()
  }

  /** A position that came with an address goes with it; a pin somebody put stays. */
  edited() {
    if (this.isOfText) this.position = null
    this.isOfText = false
  }

  async typed(text) {
    if (text === '' || this.position) return
    const turn = this.next()
    try {
      const found = await get('/api/places', { city: this.view.city.code, q: text, limit: 1 })
      if (turn !== this.turn) return
      if (found.items.length) this.forget(found.items[0].position)
      this.say(found.items.length ? placeNote(found.items[0], found.verdict) : word('where.not_found'))
      if (found.items.length) this.view.goTo(found.items[0].position, 16)
    } catch (problem) {
      if (turn === this.turn) this.say(words(problem))
    }
  }

  placeAtCentre() {
    this.dropped(this.view.middle())
    this.pin.focus()
  }

  dropped(at) {
    this.take(at, 'wgs84', at)
    clearTimeout(this.pause)
    const { turn } = this
    this.pause = setTimeout(() => this.describe(at, turn), PAUSE_MS)
    this.onSaid()
  }

  async readTyped() {
    if (this.coordinates.value.trim() === '') return
    const read = readCoordinates(this.coordinates.value)
    if (!read) {
      this.say(word('where.bad_lonlat'))
      return
    }
    const frame = this.frame.value
    const turn = this.next()
    try {
      // the server turns other frames into ours; what is sent later is what was typed
      const { items } = await get('/api/places', { city: this.view.city.code, q: `${read.lon}, ${read.lat}`, frame, limit: 1 })
      if (turn !== this.turn) return
      const at = items.length ? items[0].position : [read.lon, read.lat]
      this.take([read.lon, read.lat], frame, at)
      this.view.goTo(at, 17)
      this.onSaid()
      await this.describe(at, this.turn)
    } catch (problem) {
      if (turn === this.turn) this.say(words(problem))
    }
  }

  take([lon, lat], frame, shown) {
    this.next()
    this.isOfText = false
    this.position = { lon, lat, frame }
    this.shown = shown
    this.pin.put(shown)
    if (frame !== 'wgs84') return
    this.coordinates.value = writeCoordinates([lon, lat])
    this.frame.value = frame
  }

  /** An address will be weighed by the server: the pin only shows where that may be. */
  forget(shown) {
    this.next()
    this.position = null
    this.coordinates.value = ''
    this.guess(shown)
  }

  async describe([lon, lat], turn) {
    try {
      const { text, cell } = await get('/api/places/reverse', { city: this.view.city.code, lon, lat })
      if (turn !== this.turn) return
      this.say(cell ? word('where.at', { place: text, cell: `${shortCode(cell.code)} ${cell.name}` }) : word('where.outside', { place: text }))
    } catch (problem) {
      if (turn === this.turn) this.say(words(problem))
    }
  }

  next() {
    this.turn += 1
    return this.turn
  }

  say(text) {
    this.note.textContent = text
    announce(text)
  }
}

/** Return what is known of a place as one line: how exact it is, and the cells it may lie in. */
export function placeNote(place, verdict = null) {
  const cells = place.cells.map((cell) => cell.name)
  const shown = cells.length > 3 ? word('where.cells_more', { cells: cells.slice(0, 3).join(word('page.comma')), n: cells.length }) : cells.join(word('page.comma'))
  const exact = word('where.within', { distance: distance(place.uncertainty, lang) })
  const start = verdict && verdict !== 'sure' ? `${word(`location.${verdict}_why`)} ` : ''
  return start + (shown ? `${shown} · ${exact}` : exact)
}
