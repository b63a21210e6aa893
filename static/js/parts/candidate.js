/** One person who could be sent: how soon, how far, from where, how busy, how fresh the position is, and why. */

import { el } from '../dom.js'
import { distance, duration, shortCode } from '../format.js'
import { picture, responderLook } from '../map/shapes.js'
import { lang, term, word } from '../page.js'

const STALE = 900 // seconds; an older position may be anywhere by now

/** Return the button that sends a candidate; `number` is its key, `soon` the seconds until their round passes by. */
export function candidateButton(candidate, { number = null, isEstimate = false, soon = null, onSend, onPoint }) {
  const { responder } = candidate
  const isStale = candidate.position_age > STALE
  const seen = typeof candidate.position_age === 'number' ? word('candidates.seen', { duration: duration(candidate.position_age, word) }) : null
  const button = el('button', { type: 'button', class: number === null ? 'candidate plain' : 'candidate', 'data-id': responder.id, onclick: () => onSend(button), onfocus: onPoint, onmouseenter: onPoint },
    number === null ? null : el('span', { class: 'number', 'aria-hidden': 'true' }, String(number)),
    el('span', { class: 'who' }, picture(responderLook(responder)), responder.name),
    el('span', { class: 'eta' }, duration(candidate.seconds, word), isEstimate ? el('span', { class: 'tag' }, word('candidates.estimate')) : null),
    el('span', { class: 'soft' }, [
      term('kind', responder.kind), term('status', responder.status), distance(candidate.metres, lang), cellText(candidate.cell), loadText(candidate.load), isStale ? null : seen,
    ].filter(Boolean).join(' · ')),
    isStale ? el('span', { class: 'seen stale' }, word('candidates.stale', { seen })) : null,
    el('span', { class: 'reasons' },
      soon === null ? null : el('span', { class: 'tag soon' }, word('candidates.passes', { duration: duration(soon, word) })),
      (candidate.reasons || []).map((reason) => el('span', { class: reason === 'no_skill' ? 'tag lacks' : 'tag' }, term('reason', reason)))),
    el('span', { class: 'send' }, word('candidates.send')))
  return button
}

/** Return the line about somebody who passes by on a patrol route. */
export function passingLine(passing) {
  return el('li', { class: 'passing' },
    el('strong', {}, passing.responder.name),
    el('span', {}, word('candidates.passes', { duration: duration(passing.seconds, word) })),
    el('span', { class: 'soft' }, `${passing.route.name} · ${distance(passing.metres, lang)}`))
}

function cellText(cell) {
  return cell ? word('incident.in_cell', { code: shortCode(cell.code), name: cell.name }) : null
}

function loadText(load) {
  return load ? word('candidates.load', { active: load.active, capacity: load.capacity, today: load.today }) : null
}
