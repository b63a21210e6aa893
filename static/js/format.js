/** Write numbers, lengths, areas and times for people. Pure: words, language and the present come as arguments. */

const MINUTE = 60
const HOUR = 3600
const DAY = 86400

/** Return a number with the thousands of the language and exactly `digits` decimals. */
export function count(value, lang, digits = 0) {
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en', decimals).format(value)
}

/** Return a length: metres to the nearest ten below a kilometre, then kilometres with one digit. */
export function distance(metres, lang) {
  if (metres < 1000) return `${count(metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10, lang)} m`
  return `${count(metres / 1000, lang, 1)} km`
}

/** Return an area given in square metres: m², from 100,000 m² on km² with two digits. */
export function area(squareMetres, lang) {
  if (squareMetres < 100000) return `${count(Math.round(squareMetres), lang)} m²`
  return `${count(squareMetres / 1000000, lang, 2)} km²`
}

/** Return a duration in the largest unit that still says something: minutes, hours, days. */
export function duration(seconds, word) {
  const value = Math.max(0, seconds)
  if (value < MINUTE) return word('time.under_minute')
  if (value < HOUR) return word('time.minutes', { n: Math.round(value / MINUTE) })
  if (value < DAY) {
    const hours = Math.floor(value / HOUR)
    const minutes = Math.floor((value % HOUR) / MINUTE)
    return minutes === 0 || hours >= 10 ? word('time.hours', { n: hours }) : word('time.hours_minutes', { h: hours, m: minutes })
  }
  return word('time.days', { n: Math.floor(value / DAY) })
}

/** Return how long something has been waiting. */
export function age(iso, now, word) {
  return word('time.ago', { duration: duration((now - Date.parse(iso)) / 1000, word) })
}

/** Return what a deadline means now: `{ text, isLate, isNear }`; near is within ten minutes. */
export function deadline(iso, now, word) {
  const left = (Date.parse(iso) - now) / 1000
  const text = left < 0
    ? word('time.late', { duration: duration(-left, word) })
    : word('time.left', { duration: duration(left, word) })
  return { text, isLate: left < 0, isNear: left >= 0 && left <= 10 * MINUTE }
}

/** Return a moment in the city's own time, with day and minute. */
export function moment(iso, timeZone, lang) {
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).format(new Date(iso))
}

/** Return the last three digits of a cell code, as they stand on the map. */
export function shortCode(code) {
  return String(code).slice(-3)
}

/** Return what is written on a cell: its number in its community, or its name when it is all of the community. */
export function cellLabel({ code, name, community }) {
  return name && name === community ? name : shortCode(code)
}

/** Return a cell code in readable groups: county, street, community, cell where it has 15 digits. */
export function groupedCode(code) {
  const parts = /^(\d{6})(\d{3})(\d{3})(\d{3})$/.exec(String(code))
  return parts ? parts.slice(1).join('\u2009') : String(code)
}
