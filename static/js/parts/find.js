/** Find a cell without a mouse: by code, by its last digits, or from the list of cells in sight. */

import { announce, byId, el } from '../dom.js'
import { groupedCode } from '../format.js'
import { findCell } from '../lookup.js'
import { word } from '../page.js'

/** Put the search field on the map; `onCell(code)` is called with a whole code. */
export function addFind(view, onCell) {
  const list = el('datalist', { id: 'cells-in-sight' })
  const input = el('input', {
    id: 'find-cell', type: 'text', inputmode: 'numeric', autocomplete: 'off', list: 'cells-in-sight',
    placeholder: word('find.hint'), 'aria-describedby': 'find-note',
  })
  const note = el('p', { id: 'find-note', class: 'find-note', hidden: true })
  const say = (text) => {
    note.textContent = text
    note.hidden = text === ''
    if (text) announce(text)
  }
  input.addEventListener('focus', () => list.replaceChildren(...options(view)))
  input.addEventListener('input', () => say(''))
  const form = el('form', { class: 'find', role: 'search' },
    el('label', { for: 'find-cell', class: 'unseen' }, word('find.label')),
    input, list,
    el('button', { type: 'submit', class: 'button' }, word('find.go')),
    note)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const { code, key, n } = findCell(input.value, view.knownCells())
    say(code ? '' : word(key, { n }))
    if (code) onCell(code)
  })
  byId('stage').append(form)
}

function options(view) {
  const known = Array.from(view.knownCells()).sort(([a], [b]) => (a < b ? -1 : 1))
  return known.map(([code, name]) => el('option', { value: code, label: `${groupedCode(code)} ${name}` }))
}
