/** A form of fields with one button: busy while it is sent, and every refusal said where it belongs. */

import { announce, el } from '../dom.js'
import { word } from '../page.js'
import { Field } from './field.js'
import { rule, words } from './states.js'

/** Return a text field; `type` and the rest are attributes of the input. */
export function textField(id, label, attributes = {}, hint = null) {
  return new Field(label, el('input', { id, name: id, type: 'text', autocomplete: 'off', ...attributes }), { hint })
}

/**
 * Return a form; `send()` does what it is for, and what it throws is shown. `fields` by the name of the server's field;
 * `parts` is what stands above the button when it is more than the fields.
 */
export function form(fields, label, send, parts = Object.values(fields).map((field) => field.element)) {
  const result = el('p', { class: 'result bad', role: 'alert' })
  const button = el('button', { type: 'submit', class: 'button strong' }, label)
  const element = el('form', { class: 'form', novalidate: true }, parts, result, button)
  element.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (button.getAttribute('aria-busy')) return
    button.setAttribute('aria-busy', 'true')
    result.textContent = ''
    try {
      await send()
    } catch (problem) {
      const field = problem.field ? fields[problem.field] : null
      const text = field && problem.rule ? rule(problem) : words(problem)
      if (field) {
        field.fail(text)
        unfold(field.control)
        field.control.focus()
      } else result.textContent = text
      announce(text)
    } finally {
      button.removeAttribute('aria-busy')
    }
  })
  return element
}

/** Open what a control is folded into: nothing that is wrong stays out of sight. */
export function unfold(control) {
  const fold = control.closest('details')
  if (fold) fold.open = true
}

/** Return a secret that is shown once, with a button that copies it; `hint` is the key of what is said of it. */
export function secret(label, text, hint = 'secret.once') {
  const said = el('p', { class: 'result good', role: 'status' })
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      said.textContent = word('secret.copied')
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error
      said.textContent = word('secret.by_hand')
    }
  }
  return el('section', { class: 'once', 'aria-label': label },
    el('h2', {}, label), el('p', { class: 'soft' }, word(hint)),
    el('p', { class: 'digits', translate: 'no', tabindex: '0' }, text),
    el('button', { type: 'button', class: 'button', onclick: copy }, word('secret.copy')), said)
}
