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

/**
 * Return what a sentence of the server is in the page's language, by a table from its English to it; null without one.
 * A sentence with values is found by its pattern: `there is no account {name}`.
 */
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

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}
