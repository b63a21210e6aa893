/** Understand what was typed into the search field for cells. Pure. */

/**
 * Return `{ code }` when it is clear which cell was meant, else `{ key, n }`: the word that says why not.
 * `known` maps the codes of the cells in sight to their names; a whole code may also lie elsewhere.
 */
export function findCell(typed, known) {
  const text = typed.replace(/\s/g, '')
  if (text === '') return { code: null, key: 'find.empty' }
  if (known.has(text)) return { code: text }
  const hits = Array.from(known).filter(([code, name]) => code.endsWith(text) || name === typed.trim()).map(([code]) => code)
  if (hits.length === 1) return { code: hits[0] }
  if (hits.length > 1) return { code: null, key: 'find.many', n: hits.length }
  if (/^[0-9A-Za-z-]{12,}$/.test(text)) return { code: text }
  return { code: null, key: 'find.none' }
}
