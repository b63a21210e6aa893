/** When a phone tells where it is. Pure: the present and the position come as arguments. */

import { metresBetween } from './geo.js'

const SOONEST_MS = 15000
const LEAST_METRES = 20
const STILL_MS = 300000 // who stands still says so now and then, or the position would look forgotten

/** Return whether a position is worth telling; `last` is `{ position, at }` of the one told before, or null. */
export function isWorthTelling(last, position, now) {
  if (!last) return true
  const since = now - last.at
  if (since < SOONEST_MS) return false
  return since >= STILL_MS || metresBetween(last.position, position) >= LEAST_METRES
}
