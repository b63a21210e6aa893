/** Order rows of a table. Pure. */

/** Return a sorted copy: numbers by value, words in the order of the language, equal rows by code. */
export function sorted(rows, key, isDescending, lang) {
  const collator = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en', { numeric: true })
  const sign = isDescending ? -1 : 1
  return rows.slice().sort((a, b) => sign * compare(a[key], b[key], collator) || compare(a.code, b.code, collator))
}

function compare(a, b, collator) {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return collator.compare(String(a ?? ''), String(b ?? ''))
}
