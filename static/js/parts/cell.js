/** What is known about one cell (单元网格), with its outline on the map. */

import { get } from '../api.js'
import { el } from '../dom.js'
import { area, count, distance, groupedCode, moment } from '../format.js'
import { picture, responderLook, standing } from '../map/shapes.js'
import { lang, term, word } from '../page.js'
import { facts } from './card.js'
import { fill } from './states.js'

/** Open the card of a cell by its code; with `goes` the map goes there. Resolves to the cell, or null on failure. */
export async function showCell(card, view, code, { goes = false } = {}) {
  const body = card.open(word('cell.title', { code: groupedCode(code) }), { onClose: () => view.outline.show([]) })
  return fill(body, () => get(`/api/cells/${encodeURIComponent(code)}`, { city: view.city.code }), (cell) => {
    if (!body.isConnected || !card.isOpen) return []
    view.outline.show([{ geometry: cell.outline }])
    if (goes) view.goToBounds(boundsOf(cell.outline))
    else view.reveal(boundsOf(cell.outline))
    return sheet(cell, view.city)
  })
}

/** Return [west, south, east, north] of a GeoJSON polygon. */
export function boundsOf(outline) {
  const positions = outline.coordinates.flat(outline.type === 'Polygon' ? 1 : 2)
  const lons = positions.map(([lon]) => lon)
  const lats = positions.map(([, lat]) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

function sheet(cell, city) {
  return [
    el('p', { class: 'lead' }, cell.name),
    facts([
      [word('unit.community'), unitName(cell.community)],
      [word('unit.street'), unitName(cell.street)],
      [word('unit.district'), unitName(cell.district)],
      [word('cell.area'), area(cell.area, lang)],
      [word('cell.perimeter'), distance(cell.perimeter, lang)],
      [word('cell.open_incidents'), count(cell.open_incidents, lang)],
      [word('cell.release'), release(cell.release, city)],
    ]),
    el('h3', {}, word('cell.people')),
    cell.people.length === 0
      ? el('p', { class: 'state' }, word('cell.no_people'))
      : el('ul', { class: 'people' }, cell.people.map(person)),
  ]
}

function unitName(unit) {
  return unit ? unit.name : null
}

function release(value, city) {
  if (!value) return null
  return word('release.since', { id: value.id, date: moment(value.effective_from, city.time_zone, lang) })
}

function person(someone) {
  return el('li', {},
    picture(responderLook(someone)),
    el('span', { class: 'who' }, someone.name),
    el('span', { class: 'soft' }, `${term('kind', someone.kind)} · ${term('status', standing(someone))}`))
}
