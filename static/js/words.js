/** Look up the words of the user interface and fill in values. Pure. */

/** Return `word(key, values)` over one language's table; a missing key shows itself. */
export function wordsOf(table) {
  return (key, values = {}) => fill(has(table, key) ? table[key] : key, values)
}

/** Return the word for `prefix.value`, or the value itself when it has none. */
export function wordFor(table, prefix, value) {
  const key = `${prefix}.${value}`
  return has(table, key) ? table[key] : String(value)
}

/** Return `said(text)`, a sentence of the server by a table from its English; null without one. `{name}` is any value. */
export function saidOf(table) {
  const patterns = Object.keys(table).filter((key) => /\{\w+\}/.test(key)).map((key) => [pattern(key), table[key]])
  return (text) => {
    if (has(table, text)) return table[text]
    for (const [expression, words] of patterns) {
      const found = expression.exec(text)
      if (found) return fill(words, found.groups)
    }
    return null
  }
}

function pattern(sentence) {
  const plain = sentence.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${plain.replace(/\{(\w+)\}/g, '(?<$1>.{1,1000}?)')}$`)
}

function has(table, key) {
  return Object.prototype.hasOwnProperty.call(table, key)
}

/** `{n:cell|cells}` is its first form when n is 1. */
function fill(text, values) {
  return text.replace(/\{(\w+)(?::(.+?)\|(.+?))?\}/g, (whole, name, one, more) => (name in values ? (one && String(values[name]) === '1' ? one : more || values[name]) : whole))
}
