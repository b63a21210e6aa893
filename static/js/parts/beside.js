/** A list, and beside it what was chosen of it; on the phone one of the two, with a way back. */

import { el } from '../dom.js'
import { word } from '../page.js'

export class Beside {
  /** `list` holds what one chooses from; `hint` says what to do while nothing is chosen. */
  constructor(list, hint) {
    this.list = list
    this.hint = hint
    this.inside = el('div', {})
    this.detail = el('div', { class: 'beside' },
      el('p', { class: 'back' }, el('button', { type: 'button', class: 'button', onclick: () => this.back() }, word('beside.back'))), this.inside)
    this.element = el('div', { class: 'two' }, list, this.detail)
    this.close()
  }

  /** Show the detail; its heading gets the focus. */
  show(...children) {
    this.inside.replaceChildren(...children)
    this.element.classList.add('chosen')
    this.focus()
  }

  /** Give the heading of the detail the focus. */
  focus() {
    const head = this.inside.querySelector('h2')
    if (head) head.focus()
  }

  /** Let nothing be chosen. */
  close() {
    this.inside.replaceChildren(el('p', { class: 'state' }, this.hint))
    this.element.classList.remove('chosen')
  }

  back() {
    this.element.classList.remove('chosen')
    const current = this.list.querySelector('[aria-current]') || this.list.querySelector('input')
    current.focus()
  }
}
