/** The queue of open incidents: newest first, urgent ones marked by shape and word, moved through by keys. */

import { arrange, el } from '../dom.js'
import { age } from '../format.js'
import { move } from '../keys.js'
import { incidentLook, isUnsettled, picture } from '../map/shapes.js'
import { word } from '../page.js'
import { assigned, categoryName, dueText, placeText } from './incident.js'
import { empty } from './states.js'

/** A list of incidents; `onPick(feature)` opens one, `onPoint(feature)` hears where the keys are. */
export class Queue {
  constructor({ onPick, onPoint, emptyKey, extra }) {
    this.onPick = onPick
    this.onPoint = onPoint
    this.extra = extra || (() => null)
    this.features = []
    this.current = null
    this.rows = new Map()
    this.list = el('ol', { class: 'queue' })
    this.nothing = empty(emptyKey)
    this.element = el('div', { class: 'queue-box' }, this.list, this.nothing)
  }

  /** Show these incidents; the place in the list, the focus and the row under a finger stay with the same incident. */
  show(features) {
    const hadFocus = this.list.contains(document.activeElement)
    const index = this.index()
    this.features = features
    const isThere = features.some((f) => f.properties.id === this.current)
    if (!isThere) this.current = features.length ? features[Math.min(Math.max(index, 0), features.length - 1)].properties.id : null
    const before = this.rows
    this.rows = new Map(features.map((feature) => [feature.properties.id, kept(before.get(feature.properties.id), this.row(feature))]))
    arrange(this.list, Array.from(this.rows.values()))
    this.list.hidden = features.length === 0
    this.nothing.hidden = features.length > 0
    if (hadFocus && !this.list.contains(document.activeElement)) this.focus()
  }

  /** Move the place in the list by `step` and bring the focus there. */
  step(step) {
    const next = move(this.list.contains(document.activeElement) ? this.index() : this.index() - (step > 0 ? 1 : 0), step, this.features.length)
    if (next < 0) return
    this.point(this.features[next])
    this.focus()
  }

  /** Open the incident the list stands on. */
  open() {
    const feature = this.features[this.index()]
    if (feature) this.onPick(feature)
  }

  /** Make an incident the place in the list; the page hears of it through `onPoint`. */
  point(feature) {
    this.mark(feature)
    this.onPoint(feature)
  }

  /** Make an incident the place in the list, as when it was picked on the map; one that is not listed changes nothing. */
  mark(feature) {
    if (!this.rows.has(feature.properties.id)) return
    this.current = feature.properties.id
    for (const button of this.list.querySelectorAll('button')) {
      const isCurrent = button.dataset.id === String(this.current)
      button.tabIndex = isCurrent ? 0 : -1
      button.classList.toggle('current', isCurrent)
      if (isCurrent) button.scrollIntoView({ block: 'nearest' })
    }
  }

  focus() {
    const button = this.list.querySelector('button.current')
    if (button) button.focus({ preventScroll: true })
  }

  index() {
    return this.features.findIndex((f) => f.properties.id === this.current)
  }

  row(feature) {
    const incident = feature.properties
    const isCurrent = incident.id === this.current
    const due = dueText(incident, Date.now())
    const tone = due && due.isLate ? 'late' : due && due.isNear ? 'near' : ''
    return el('li', {}, el('button', {
      type: 'button', class: `row${isCurrent ? ' current' : ''}${incident.is_urgent ? ' urgent' : ''}`,
      'data-id': incident.id, tabindex: isCurrent ? '0' : '-1',
      onclick: () => this.onPick(this.features.find((f) => f.properties.id === incident.id)), // as it is by then
    },
    el('span', { class: 'row-mark' }, picture(incidentLook(incident))),
    el('span', { class: 'row-title' },
      incident.is_urgent ? el('strong', { class: 'tag urgent' }, word('incident.urgent')) : null,
      categoryName(incident)),
    el('span', { class: 'row-age' }, age(incident.occurred_at, Date.now(), word)),
    el('span', { class: 'row-text' }, incident.description),
    el('span', { class: `row-cell${isUnsettled(incident) ? ' unsettled' : ''}` }, placeText(incident)),
    incident.assignment
      ? el('span', { class: 'row-due sent' }, assigned(incident.assignment))
      : el('span', { class: `row-due ${tone}` }, due ? due.text : ''),
    this.extra(feature)))
  }
}

/** Return the row to show: the one that is there, with what the new one says, or the new one. */
function kept(row, fresh) {
  if (!row) return fresh
  const [button, now] = [row.firstElementChild, fresh.firstElementChild]
  if (button.isEqualNode(now)) return row
  button.className = now.className
  button.tabIndex = now.tabIndex
  button.replaceChildren(...now.childNodes)
  return row
}
