/** Read and write the clock on the wall of a city, whatever zone the browser is in. Pure. */

const PARTS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }

/** Return a moment as the city's clock shows it: `2026-11-22T09:05`, as a form wants it. */
export function wallOf(moment, timeZone) {
  return new Date(seen(Date.parse(moment), timeZone)).toISOString().slice(0, 16)
}

/** Return the moment at which the city's clock shows `wall`, in UTC; the first one in an hour that comes twice. */
export function momentOf(wall, timeZone) {
  const meant = Date.parse(`${wall}Z`)
  if (Number.isNaN(meant)) return null
  const day = 86400000
  const offsets = [meant - day, meant + day].map((near) => seen(near, timeZone) - near) // before and after any change of clocks
  const found = offsets.map((offset) => meant - offset).filter((guess) => seen(guess, timeZone) === meant)
  const chosen = found.length ? Math.min(...found) : meant - offsets[0] // skipped in spring: as if the clock had not changed
  return new Date(chosen).toISOString()
}

function seen(at, timeZone) {
  const parts = {}
  for (const { type, value } of new Intl.DateTimeFormat('en-US', { timeZone, ...PARTS }).formatToParts(new Date(at))) parts[type] = Number(value)
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
}
