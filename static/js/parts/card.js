/** The card beside the map (a sheet on the phone): facts about one thing at a time. */

import { byId, el } from '../dom.js'
import { word } from '../page.js'

/** One card a page; `onClose` runs whenever what it showed goes away. */
export class Card {
  constructor() {
    this.title = el('h2', { id: 'card-title', tabindex: '-1' })
    this.body = el('div', { class: 'card-body' })
    this.element = el('section', { class: 'card', hidden: true, 'aria-labelledby': 'card-title' },
      el('div', { class: 'card-head' },
        this.title,
        el('button', { type: 'button', class: 'quiet close', 'aria-label': word('card.close'), onclick: () => this.close() }, '×')),
      this.body)
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close()
    })
    byId('stage').append(this.element)
    this.onClose = null
    this.back = null
  }

  /** Open with a title; returns the body to fill. What was shown before is closed first. */
  open(title, { onClose = null, takesFocus = true } = {}) {
    const from = this.element.hidden ? document.activeElement : this.back
    this.leave()
    this.back = from
    this.onClose = onClose
    this.title.textContent = title
    const body = el('div', { class: 'card-body' }) // a new one: an answer that comes late finds the old one gone
    this.body.replaceWith(body)
    this.body = body
    this.element.hidden = false
    document.body.classList.add('has-card')
    if (takesFocus) this.title.focus({ preventScroll: true })
    return this.body
  }

  /** Close and give the focus back to where it came from. */
  close() {
    if (this.element.hidden) return
    this.element.hidden = true
    document.body.classList.remove('has-card')
    this.leave()
    if (this.back && this.back.isConnected) this.back.focus({ preventScroll: true })
    this.back = null
  }

  get isOpen() {
    return !this.element.hidden
  }

  leave() {
    const onClose = this.onClose
    this.onClose = null
    if (onClose) onClose()
  }
}

/** Return a list of facts: pairs of a word and its value; pairs without a value are left out. */
export function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]).flat())
}
