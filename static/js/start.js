/** Start a page: the city, the map with its tools, and what every role needs. */

import { get } from './api.js'
import { byId, el } from './dom.js'
import { keepLinks, term, word } from './page.js'
import { standing } from './map/shapes.js'
import { MapView } from './map/view.js'
import { Card } from './parts/card.js'
import { showCell } from './parts/cell.js'
import { openCity } from './parts/city.js'
import { addFind } from './parts/find.js'
import { addHelp } from './parts/help.js'
import { categoryName } from './parts/incident.js'
import { showResponder } from './parts/responder.js'
import { addMe } from './parts/me.js'
import { turnOf } from './parts/states.js'
import { addTools, tileTrouble } from './parts/tools.js'

/**
 * Open the page and return `{ city, view, card, openCell, account, permissions }`, or null when there is no city to show.
 * `parts` are the layers one may switch, those in `hidden` start off; `hasThemes` offers the city's own;
 * `keys` are the rows of the help; `onIncident` what a click on an incident does.
 */
export async function start({ parts, hidden, hasThemes, keys, onIncident }) {
  keepLinks()
  addHelp(keys)
  const [me, city] = await Promise.all([addMe(), openCity()])
  if (!city) return null
  const card = new Card()
  const openCell = (code, options) => showCell(card, view, code, options)
  const view = new MapView(city, tip, {
    onCell: (code) => openCell(code),
    onUnit: (unit, position) => view.goTo(position, view.map.getZoom() + 2),
    onIncident,
    onResponder: (feature) => showResponder(card, view, feature, (code) => openCell(code, { goes: true })),
    onTrouble: () => tileTrouble(view),
    onMove: keepLinks,
  }, { hidden, hasThemes })
  addTools(view, parts)
  addFind(view, (code) => openCell(code, { goes: true }))
  return { city, view, card, openCell, account: me && me.account, permissions: me ? me.permissions : [] }
}

const asked = { last: Promise.resolve() } // one after the other: an older answer never covers a newer one

/** Fetch the responders, or only those of some `ids`, and show them on the map with the others; returns the features. */
export function loadResponders(view, ids = null) {
  asked.last = Promise.allSettled([asked.last]).then(() => fetchResponders(view, ids))
  return asked.last
}

async function fetchResponders(view, ids) {
  const city = view.city.code
  const known = new Map(view.responders.features.map((one) => [one.properties.id, one]))
  const isKnown = ids !== null && ids.every((id) => known.has(id))
  const { features } = await get('/api/responders', isKnown ? { city, id: ids.join(',') } : { city })
  if (isKnown) {
    const now = new Map(features.map((one) => [one.properties.id, one]))
    ids.forEach((id) => (now.has(id) ? known.set(id, now.get(id)) : known.delete(id)))
  }
  const shown = isKnown ? Array.from(known.values()) : features
  view.responders.show(shown)
  return shown
}

/** Fetch the patrol routes and show all of them. */
export async function loadRoutes(view) {
  const isLatest = turnOf(view.routes)
  const { features } = await get('/api/routes', { city: view.city.code })
  if (isLatest()) view.routes.show(features)
}

/** Return incidents in the order of painting: urgent ones last, so that they lie on top. */
export function inPaintOrder(features) {
  return features.slice().sort((a, b) => Number(a.properties.is_urgent) - Number(b.properties.is_urgent))
}

/** Show whether the page hears of facts as they happen. */
export function showConnection(state) {
  const place = byId('connection')
  place.className = `connection ${state}`
  place.replaceChildren(el('span', { class: 'dot', 'aria-hidden': 'true' }), el('span', {}, word(`connection.${state}`)))
}


function tip(kind, properties) {
  if (kind === 'incident' && properties.is_other) return word('cluster.one')
  if (kind === 'incident') return `${properties.is_urgent ? `${word('incident.urgent')} · ` : ''}${categoryName(properties)}`
  return `${properties.name} · ${term('status', standing(properties))}`
}
