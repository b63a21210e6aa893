/** Settle where an incident is (定位): why it is not sure, what it may be, and the person's word on it. */

import { get, newKey, patch } from '../api.js'
import { announce, el } from '../dom.js'
import { word } from '../page.js'
import { fill, words } from './states.js'
import { Where, placeNote } from './where.js'

const MOST = 5

/** The part of the card where a dispatcher says where an incident is. */
export class Locate {
  /** `onSettled(feature)` gets the incident as it is now; `onStale()` is called when somebody else changed it. */
  constructor(view, feature, { onSettled, onStale }) {
    this.view = view
    this.incident = feature.properties
    this.onSettled = onSettled
    this.onStale = onStale
    this.key = newKey()
    this.choices = el('div', { class: 'place-choices' })
    this.result = el('p', { class: 'result bad', role: 'alert' })
    this.where = new Where(view, 'locate', () => this.said())
    this.button = el('button', { type: 'submit', class: 'button primary', disabled: true }, word('locate.settle'))
    this.element = el('form', { class: 'locate form', novalidate: true, 'aria-label': word('locate.title'), onsubmit: (event) => this.send(event) },
      el('h3', {}, word('locate.title')),
      el('p', { class: 'estimate' }, word(`location.${this.incident.location}_why`)),
      this.choices,
      el('label', { for: 'locate-address' }, word('locate.other')), this.where.element,
      this.result, el('div', { class: 'form-end' }, this.button))
    this.where.open()
    if (feature.geometry) this.where.guess(feature.geometry.coordinates)
  }

  /** Fetch the places that what was said may mean. */
  load() {
    if (!this.incident.address) return null
    this.where.places.write(this.incident.address)
    const ask = () => get('/api/places', { city: this.view.city.code, q: this.incident.address, limit: MOST })
    return fill(this.choices, ask, ({ items }) => (items.length ? this.list(items) : el('p', { class: 'soft' }, word('locate.nothing'))))
  }

  /** Leave the map to others. */
  close() {
    this.where.close()
  }

  list(items) {
    return el('fieldset', {}, el('legend', {}, word('locate.choices')), items.map((place, i) => this.choice(place, i)))
  }

  choice(place, i) {
    const box = el('input', {
      type: 'radio', name: 'locate-place', value: i,
      onchange: () => {
        this.where.settle(place)
        this.view.goTo(place.position, 17)
        this.said(true)
      },
    })
    return el('label', { class: 'check place' }, box, el('span', {}, el('strong', {}, place.name), el('span', { class: 'soft' }, placeNote(place))))
  }

  said(isChoice = false) {
    if (!isChoice) for (const box of this.choices.querySelectorAll('input')) box.checked = false
    this.button.disabled = !this.where.value.position
    this.result.textContent = ''
  }

  async send(event) {
    event.preventDefault()
    const { position, address } = this.where.value
    if (!position || this.button.hasAttribute('aria-busy')) return
    this.button.setAttribute('aria-busy', 'true')
    const body = address ? { position, address } : { position }
    const text = JSON.stringify(body)
    if (text !== this.sent) this.key = newKey() // another place is another decision
    this.sent = text
    try {
      const feature = await patch(`/api/incidents/${this.incident.id}`, body, this.incident.version, this.key)
      const { cell } = feature.properties
      announce(cell ? word('locate.settled', { cell: cell.name }) : word('locate.settled_outside'))
      this.onSettled(feature)
    } catch (problem) {
      this.result.textContent = words(problem)
      if (problem.status === 412) this.onStale(words(problem))
    } finally {
      this.button.removeAttribute('aria-busy')
    }
  }
}
