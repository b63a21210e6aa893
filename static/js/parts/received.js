/** What a resident is told when the report is in: the code, what was understood of the place, the ways on. */

import { el } from '../dom.js'
import { word } from '../page.js'
import { secret } from './form.js'

/** Return the step after sending; `told` is the server's answer. */
export function received(told) {
  const follow = `#${encodeURIComponent(told.code)}`
  return [
    el('h2', {}, word('resident.received')),
    el('p', {}, understood(told)),
    secret(word('resident.code'), told.code, 'resident.keep'),
    el('p', {}, el('a', { class: 'button strong', href: follow }, word('resident.look'))),
    el('p', {}, el('button', { type: 'button', class: 'button', onclick: again }, word('resident.report_new'))),
  ]
}

function understood({ location, community, place }) {
  if (location === 'outside') return word('resident.outside')
  if (location !== 'sure') return word('resident.unsure')
  if (!community) return word('resident.located', { place: place || '' })
  return word(place && !place.includes(community) ? 'resident.located_in' : 'resident.located', { community, place: place || community })
}

function again() {
  window.location.reload()
}
