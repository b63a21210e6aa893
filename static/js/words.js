/** Look up the words of the user interface and fill in values. Pure. */

/** Return `word(key, values)` over one language's table; a missing key shows itself, so that a test can find it. */
export function wordsOf(table) {
  return (key, values = {}) => fill(has(table, key) ? table[key] : key, values)
}

/** Return the word for `prefix.value`, or the value itself when a city brings one we have no word for. */
export function wordFor(table, prefix, value) {
  const key = `${prefix}.${value}`
  return has(table, key) ? table[key] : String(value)
}

function has(table, key) {
  return Object.prototype.hasOwnProperty.call(table, key)
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}
