/** How an assignment goes: offered, accepted, under way, on site, done; and taking it back, with a reason. */

import { newKey, step } from '../api.js'
import { announce, el } from '../dom.js'
import { age } from '../format.js'
import { term, word } from '../page.js'
import { WAY, isActive } from '../steps.js'
import { words } from './states.js'

const LONGEST = 500

/** The progress of one assignment inside the card. */
export class Progress {
  /** `onStep(assignment)` hears when it was taken back, or turned out to have changed. */
  constructor(assignment, onStep) {
    this.assignment = assignment
    this.onStep = onStep
    this.way = el('ol', { class: 'way' })
    this.since = el('p', { class: 'soft' })
    this.result = el('p', { class: 'result bad', role: 'alert' })
    this.open = el('button', { type: 'button', class: 'button', 'aria-expanded': 'false', onclick: () => this.ask(true) }, word('progress.cancel'))
    this.form = this.cancelForm()
    this.element = el('div', { class: 'progress' },
      el('h3', {}, word('progress.title', { name: assignment.responder.name })), this.way, this.since, this.result, this.open, this.form)
    this.draw()
  }

  /** Show the assignment as it is now. */
  update(assignment) {
    if (assignment.state !== this.assignment.state) announce(`${assignment.responder.name} · ${term('assignment', assignment.state)}`)
    this.assignment = assignment
    this.draw()
  }

  draw() {
    const { state, changed_at: changedAt } = this.assignment
    const reached = WAY.indexOf(state)
    this.way.replaceChildren(...WAY.map((name, i) => el('li', {
      class: i < reached ? 'past' : i === reached ? 'now' : '', 'aria-current': i === reached ? 'step' : null, 'data-state': name,
    }, term('assignment', name))))
    this.since.textContent = changedAt ? word('progress.since', { ago: age(changedAt, Date.now(), word) }) : ''
    this.open.hidden = !isActive(this.assignment) || !this.form.hidden
    if (!isActive(this.assignment)) this.form.hidden = true
  }

  cancelForm() {
    this.reason = el('input', { id: 'cancel-reason', type: 'text', maxlength: LONGEST, autocomplete: 'off', required: true })
    return el('form', { class: 'form inline', hidden: true, novalidate: true, onsubmit: (event) => this.cancel(event), onkeydown: (event) => this.key(event) },
      el('label', { for: 'cancel-reason' }, word('progress.reason')), this.reason,
      el('div', { class: 'form-end' },
        el('button', { type: 'submit', class: 'button danger' }, word('progress.cancel_now')),
        el('button', { type: 'button', class: 'button', onclick: () => this.ask(false) }, word('progress.keep'))))
  }

  key(event) {
    if (event.key !== 'Escape') return
    event.stopPropagation() // closes the question, not the card
    this.ask(false)
  }

  ask(isOpen) {
    this.form.hidden = !isOpen
    this.open.hidden = isOpen
    this.open.setAttribute('aria-expanded', String(isOpen))
    this.result.textContent = ''
    if (isOpen) this.reason.focus()
    else this.open.focus()
  }

  async cancel(event) {
    event.preventDefault()
    const reason = this.reason.value.trim()
    if (!reason) {
      this.result.textContent = word('wrong.reason')
      this.reason.setAttribute('aria-invalid', 'true')
      this.reason.focus()
      return
    }
    if (this.isSending) return
    this.isSending = true
    const { id, version } = this.assignment
    const text = `${version} ${reason}`
    if (text !== this.sent) this.stepKey = newKey()
    this.sent = text
    try {
      this.onStep(await step(`/api/assignments/${id}/steps`, { step: 'cancel', reason }, version, this.stepKey))
    } catch (problem) {
      this.result.textContent = words(problem)
      if (problem.status === 409 || problem.status === 412) this.onStep(null)
    } finally {
      this.isSending = false
    }
  }
}
