/** Where the releases (网格版本) of a city stand in time. Pure, so that it is tested without a page. */

/** Return the releases in the order of time: one stop of the slider each. */
export function stops(releases) {
  return releases.slice().sort((a, b) => Date.parse(a.effective_from) - Date.parse(b.effective_from) || a.id - b.id)
}

/** Return when a release holds, seen at `now` (milliseconds): `past`, `now` or `to_come`. */
export function tense({ effective_from: from, effective_to: to }, now) {
  if (Date.parse(from) > now) return 'to_come'
  return to && Date.parse(to) <= now ? 'past' : 'now'
}

/** Return the index of the stop in force at `now`; -1 when there is none. */
export function standingStop(ordered, now) {
  return ordered.findIndex((release) => tense(release, now) === 'now')
}
