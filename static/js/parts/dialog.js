/** A dialog over the page: the focus stays inside, Escape and a click beside it close it, and the focus goes back. */

import { byId, el } from '../dom.js'
import { word } from '../page.js'

const STOPS = 'button:not([disabled]), input:not([type="hidden"]), select, textarea, a[href]'

/** Open a dialog and return the function that closes it. `id` is for its title; `onKey(event)` hears keys first. */
export function openDialog(id, title, children, { wide = false, onKey = null, onClose = null } = {}) {
  const back = document.activeElement
  const close = () => {
    veil.remove()
    if (onClose) onClose()
    const again = back && !back.isConnected && back.id ? byId(back.id) : back // it may have been drawn anew meanwhile
    if (again && again.isConnected) again.focus({ preventScroll: true })
  }
  const sheet = el('div', { class: `dialog${wide ? ' wide' : ''}`, role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': id },
    el('div', { class: 'card-head' },
      el('h2', { id }, title),
      el('button', { type: 'button', class: 'quiet close', 'aria-label': word('card.close'), onclick: () => close() }, '×')),
    children)
  const veil = el('div', { class: 'veil' }, sheet)
  veil.addEventListener('click', (event) => {
    if (event.target === veil) close()
  })
  veil.addEventListener('keydown', (event) => {
    if (onKey) onKey(event)
    if (event.key === 'Escape') close()
    if (event.key === 'Tab') keepInside(event, sheet)
    event.stopPropagation()
  })
  document.body.append(veil)
  sheet.querySelector('button').focus()
  return close
}

function keepInside(event, sheet) {
  const stops = Array.from(sheet.querySelectorAll(STOPS)).filter((one) => one.offsetParent !== null && !(one.type === 'radio' && !one.checked))
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
