/** The help with the keys of the page, and the switch for single-key shortcuts. */

import { byId, el } from '../dom.js'
import { actionOf } from '../keys.js'
import { word } from '../page.js'

const STORED = 'wangge.single_keys'

/** Return whether single letters and digits are shortcuts here (they are unless somebody switched them off). */
export function singleKeys() {
  return window.localStorage.getItem(STORED) !== 'off'
}

/** Wire the ? button and key; `rows` are [keys, word key] pairs of this page. */
export function addHelp(rows) {
  const button = byId('help')
  let dialog = null
  const close = () => {
    if (dialog) dialog.remove()
    dialog = null
    button.focus()
  }
  const open = () => {
    if (dialog) return
    dialog = build(rows, close)
    document.body.append(dialog)
    dialog.querySelector('button').focus()
  }
  button.addEventListener('click', open)
  document.addEventListener('keydown', (event) => {
    if (actionOf(event, { '?': 'help' }, singleKeys())) open()
  })
}

function build(rows, close) {
  const all = [...rows, ['?', 'keys.help'], ['Esc', 'keys.close'], ['← ↑ ↓ →', 'keys.pan'], ['+ −', 'keys.zoom'], ['Enter', 'keys.centre']]
  const box = el('input', {
    type: 'checkbox', checked: singleKeys(),
    onchange: () => window.localStorage.setItem(STORED, box.checked ? 'on' : 'off'),
  })
  const sheet = el('div', { class: 'dialog', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'help-title' },
    el('div', { class: 'card-head' },
      el('h2', { id: 'help-title' }, word('help.title')),
      el('button', { type: 'button', class: 'quiet close', 'aria-label': word('card.close'), onclick: close }, '×')),
    el('dl', { class: 'keys' }, all.map(([keys, key]) => [el('dt', {}, el('kbd', {}, keys)), el('dd', {}, word(key))])),
    el('label', { class: 'check' }, box, el('span', {}, word('help.single_keys'))))
  const veil = el('div', { class: 'veil' }, sheet)
  veil.addEventListener('click', (event) => {
    if (event.target === veil) close()
  })
  veil.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close()
    if (event.key === 'Tab') keepInside(event, sheet)
    event.stopPropagation()
  })
  return veil
}

function keepInside(event, sheet) {
  const stops = sheet.querySelectorAll('button, input')
  const first = stops[0]
  const last = stops[stops.length - 1]
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault()
    last.focus()
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault()
    first.focus()
  }
}
