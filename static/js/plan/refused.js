/** Why an edit was not made: the place is marked on the map, what is wrong and what to do stands beside it. */

import { el } from '../dom.js'
import { groupedCode } from '../format.js'
import { colour, term, word } from '../page.js'
import { words } from '../parts/states.js'

const MOST_CELLS = 4 // named beside the map
const EDGE = 8 // pixels between what is said and the side of the map
const ROOM = 96 // pixels at the top and foot of the map in which tools and the legend stand

/** Return what a Problem says to a planner: `{ sentence, advice, place }`. */
export function sayingOf(problem) {
  const body = problem.body || {}
  if (problem.status === 409 && body.by) {
    const said = { name: body.by.join(word('page.comma')), cells: (body.cells || []).slice(0, MOST_CELLS).map(groupedCode).join(word('page.comma')) }
    return body.lock
      ? { sentence: word('edit.locked', said), advice: word('edit.unlock_first'), place: null }
      : { sentence: word('edit.conflict', said), advice: word('edit.load_theirs'), place: null }
  }
  if (problem.status === 422 && body.reason) return { sentence: term('refusal', body.reason), advice: term('advice', body.reason), place: body.place || null }
  return { sentence: words(problem), advice: '', place: null }
}

function between(least, value, most) {
  return Math.max(least, Math.min(most, value))
}

/** The mark on the map; one at a time. */
export class Refused {
  constructor(view, board) {
    this.view = view
    this.board = board
    this.group = window.L.layerGroup().addTo(view.map)
    this.back = null // what had the focus when it was said
    this.onLost = () => {} // hears when whoever was in it has nowhere to go back to
    this.element = el('div', { class: 'refused', role: 'alert', hidden: true })
  }

  /** Show what a Problem says, at its place or else at `near`; `actions` are buttons. */
  show(problem, near, actions = []) {
    this.clear()
    this.back = document.activeElement
    const { sentence, advice, place } = sayingOf(problem)
    const text = () => [el('strong', {}, sentence), advice ? el('span', {}, advice) : null].filter(Boolean)
    this.element.replaceChildren(...text(), ...actions)
    this.element.hidden = false
    const at = this.mark(place) || near
    if (at) this.tell([at[1], at[0]], el('div', {}, text()))
  }

  /** Say it beside a place: above or below it, where there is room, and never beyond the side of the map. */
  tell(place, content) {
    const { map } = this.view
    const [at, size] = [map.latLngToContainerPoint(place), map.getSize()]
    const isAbove = at.y > size.y / 2
    at.y = between(ROOM, at.y, size.y - ROOM)
    this.tip = window.L.tooltip({ permanent: true, direction: isAbove ? 'top' : 'bottom', className: 'refused-tip', offset: [0, isAbove ? -12 : 12], interactive: false })
      .setLatLng(map.containerPointToLatLng(at)).setContent(content).addTo(map)
    const half = this.tip.getElement().offsetWidth / 2 + EDGE
    this.tip.options.offset[0] = between(half, at.x, size.x - half) - at.x
    this.tip.update()
  }

  /** Draw the place and return a [lon, lat] beside it; null when there is none. */
  mark(place) {
    if (!place || !place.coordinates || place.coordinates.length === 0) return null
    const look = { renderer: this.board.canvas['plan-marks'], interactive: false, color: colour('urgent'), weight: 5, fill: false }
    if (place.type === 'Point') {
      const [lon, lat] = place.coordinates
      this.group.addLayer(window.L.circleMarker([lat, lon], { ...look, radius: 14, weight: 4 }))
      return place.coordinates
    }
    const layer = window.L.geoJSON({ type: 'Feature', properties: {}, geometry: place }, { style: look, pointToLayer: (_, latlng) => window.L.circleMarker(latlng, { ...look, radius: 14 }) })
    this.group.addLayer(layer)
    const { lng, lat } = layer.getBounds().getCenter()
    return [lng, lat]
  }

  /** Take it away; whoever was in it goes on where they were when it was said. */
  clear() {
    const had = this.element.contains(document.activeElement)
    this.group.clearLayers()
    this.element.hidden = true
    this.element.replaceChildren()
    if (this.tip) this.tip.remove()
    this.tip = null
    if (had && this.back && this.back !== document.body && this.back.offsetParent) this.back.focus({ preventScroll: true })
    else if (had) this.onLost()
  }

  get isShown() {
    return !this.element.hidden
  }

  /** Take it away for good. */
  close() {
    this.clear()
    this.group.remove()
  }
}
