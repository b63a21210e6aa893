/** The help with the keys of the page, and the switch for single-key shortcuts. */

import { byId, el } from '../dom.js'
import { actionOf } from '../keys.js'
import { word } from '../page.js'
import { openDialog } from './dialog.js'

const STORED = 'wangge.single_keys'

/** Return whether single letters and digits are shortcuts here (they are unless somebody switched them off). */
export function singleKeys() {
  return window.localStorage.getItem(STORED) !== 'off'
}

/** Wire the ? button and key; `rows` are [keys, word key] pairs of this page. */
export function addHelp(rows) {
  const button = byId('help')
  let isOpen = false
  const open = () => {
    if (isOpen) return
    isOpen = true
    button.focus() // the focus comes back here, also when a key opened it
    openDialog('help-title', word('help.title'), content(rows), { onClose: () => { isOpen = false } })
  }
  button.addEventListener('click', open)
  document.addEventListener('keydown', (event) => {
    if (actionOf(event, { '?': 'help' }, singleKeys())) open()
  })
}

function content(rows) {
  const all = [...rows, ['?', 'keys.help'], ['Esc', 'keys.close'], ['← ↑ ↓ →', 'keys.pan'], ['+ −', 'keys.zoom'], ['Enter', 'keys.centre']]
  const box = el('input', {
    type: 'checkbox', checked: singleKeys(),
    onchange: () => window.localStorage.setItem(STORED, box.checked ? 'on' : 'off'),
  })
  return [
    el('dl', { class: 'keys' }, all.map(([keys, key]) => [el('dt', {}, el('kbd', {}, keys)), el('dd', {}, word(key))])),
    el('label', { class: 'check' }, box, el('span', {}, word('help.single_keys'))),
  ]
}
