/** A labelled field of a form, and what is wrong with it, said right there. */

import { el } from '../dom.js'

/** One field: `element` holds label, control and the place for what is wrong. */
export class Field {
  /** `control` is the input; `inside` what stands in its place when it is part of something larger. */
  constructor(label, control, { inside = control, hint = null } = {}) {
    this.control = control
    this.wrong = el('p', { id: `${control.id}-wrong`, class: 'wrong', hidden: true })
    this.element = el('div', { class: 'form-field' },
      el('label', { for: control.id }, label), hint ? el('p', { class: 'soft', id: `${control.id}-hint` }, hint) : null, inside, this.wrong)
    if (hint) control.setAttribute('aria-describedby', `${control.id}-hint`)
    control.addEventListener('input', () => this.clear())
  }

  /** Say what is wrong. */
  fail(text) {
    this.wrong.textContent = text
    this.wrong.hidden = false
    this.control.setAttribute('aria-invalid', 'true')
    this.control.setAttribute('aria-describedby', this.wrong.id)
  }

  /** Take back what was wrong. */
  clear() {
    if (this.wrong.hidden) return
    this.wrong.hidden = true
    this.control.removeAttribute('aria-invalid')
    this.control.removeAttribute('aria-describedby')
  }

  get isWrong() {
    return !this.wrong.hidden
  }
}
