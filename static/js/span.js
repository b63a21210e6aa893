/** From which day to which day something holds, on the wall of a city. People name the last day; the server the moment after it. Pure. */

import { momentOf } from './wall.js'

/** Return the moment at which the day of a date field (`2026-03-31`) begins; null when it is none. */
export function dayBegins(date, timeZone) {
  return momentOf(`${date}T00:00`, timeZone)
}

/** Return the moment at which that day is over. */
export function dayIsOver(date, timeZone) {
  const begins = Date.parse(`${date}T00:00Z`)
  return Number.isNaN(begins) ? null : dayBegins(new Date(begins + 86400000).toISOString().slice(0, 10), timeZone)
}

/** Return the day of a moment, in the language of the page. */
export function dayOf(iso, timeZone, lang) {
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(iso))
}

/** Return the last day of what ends at a moment, which is not part of it. */
export function lastDayOf(iso, timeZone, lang) {
  return dayOf(new Date(Date.parse(iso) - 1).toISOString(), timeZone, lang)
}

/** Return whether something holds at `now` (milliseconds): `past`, `now` or `future`. */
export function standing({ since, until }, now) {
  if (until && Date.parse(until) <= now) return 'past'
  return since && Date.parse(since) > now ? 'future' : 'now'
}
