/** One task of a responder (任务): what, where, until when, and the one button that goes on. */

import { newKey, step } from '../api.js'
import { announce, el } from '../dom.js'
import { distance } from '../format.js'
import { incidentLook, picture } from '../map/shapes.js'
import { lang, term, word } from '../page.js'
import { shownSteps } from '../steps.js'
import { categoryName, dueText, placeText } from './incident.js'
import { words } from './states.js'

const REASONS = ['busy', 'far', 'skill', 'off', 'other']
const LONGEST = 500

/** A task in the list; it stays the same element while its assignment goes on, so that focus and a begun answer stay. */
export class Task {
  /** `onStep(assignment)` hears of a step taken, or null when it was refused; `away()` says how far it is in metres. */
  constructor(assignment, feature, { onStep, onOpen, away }) {
    Object.assign(this, { assignment, feature, onStep, onOpen, away })
    this.head = el('button', { type: 'button', class: 'task-head', onclick: () => this.onOpen(this.feature) })
    this.actions = el('div', { class: 'task-actions' })
    this.result = el('p', { class: 'result bad', role: 'alert' })
    this.form = this.declineForm()
    this.element = el('li', { class: 'task', 'data-id': assignment.id }, this.head, this.result, this.actions, this.form)
    this.draw()
  }

  /** Show the task as it is now. */
  update(assignment, feature) {
    Object.assign(this, { assignment, feature })
    this.draw()
  }

  draw() {
    const incident = this.feature.properties
    const due = this.assignment.state === 'on_site' ? null : dueText(incident, Date.now())
    const metres = this.away(this.feature)
    this.element.dataset.state = this.assignment.state
    this.head.replaceChildren(
      el('span', { class: 'row-mark' }, picture(incidentLook({ ...incident, assignment: null }))),
      el('span', { class: 'row-title' }, incident.is_urgent ? el('strong', { class: 'tag urgent' }, word('incident.urgent')) : null, categoryName(incident)),
      el('span', { class: 'tag state' }, term('assignment', this.assignment.state)),
      el('span', { class: 'row-text' }, incident.description),
      el('span', { class: 'row-cell' }, [metres === null ? null : distance(metres, lang), incident.address, placeText(incident)].filter(Boolean).join(' · ')),
      el('span', { class: `row-due${due && due.isLate ? ' late' : due && due.isNear ? ' near' : ''}` }, due ? due.text : ''))
    if (this.drawn === this.assignment.state) return
    this.drawn = this.assignment.state
    const hadFocus = this.actions.contains(document.activeElement) || this.form.contains(document.activeElement)
    this.form.hidden = true
    this.actions.hidden = false
    this.actions.replaceChildren(...shownSteps(this.assignment.steps).map((name, i) => el('button', {
      type: 'button', class: i === 0 ? 'button large primary' : 'button large', 'data-step': name, onclick: (event) => this.press(name, event.currentTarget),
    }, word(`step.${name}`))))
    if (hadFocus && this.actions.firstElementChild) this.actions.firstElementChild.focus()
  }

  press(name, button) {
    if (name === 'decline') this.ask(true)
    else this.take(name, null, button)
  }

  declineForm() {
    const id = `reason-${this.assignment.id}`
    const choice = (name) => el('label', { class: 'check' }, el('input', { type: 'radio', name: id, value: name }), el('span', {}, word(`decline.${name}`)))
    this.more = el('input', { id: `${id}-text`, type: 'text', maxlength: LONGEST - 60, autocomplete: 'off' })
    this.confirm = el('button', { type: 'submit', class: 'button large danger' }, word('decline.send'))
    return el('form', {
      class: 'form inline', hidden: true, novalidate: true, onsubmit: (event) => this.decline(event), onkeydown: (event) => event.key === 'Escape' && this.ask(false),
    },
    el('fieldset', {}, el('legend', {}, word('decline.why')), REASONS.map(choice)),
    el('label', { for: `${id}-text` }, word('decline.more')), this.more,
    el('div', { class: 'task-actions' }, this.confirm, el('button', { type: 'button', class: 'button large', onclick: () => this.ask(false) }, word('decline.back'))))
  }

  ask(isOpen) {
    this.form.hidden = !isOpen
    this.actions.hidden = isOpen
    this.result.textContent = ''
    const target = isOpen ? this.form.querySelector('input') : this.actions.querySelector('[data-step="decline"]')
    if (target) target.focus()
    if (isOpen) this.element.scrollIntoView({ block: 'start' })
  }

  decline(event) {
    event.preventDefault()
    const chosen = this.form.querySelector('input[type=radio]:checked')
    const text = this.more.value.trim()
    if (!chosen || (chosen.value === 'other' && !text)) {
      this.say(word(chosen ? 'wrong.reason' : 'wrong.reason_choice'))
      const wanted = chosen ? this.more : this.form.querySelector('input')
      wanted.focus()
      return
    }
    const reason = [chosen.value === 'other' ? null : word(`decline.${chosen.value}`), text].filter(Boolean).join(word('page.comma'))
    this.take('decline', reason, this.confirm)
  }

  async take(name, reason, button) {
    if (this.isBusy) return
    this.isBusy = true
    button.setAttribute('aria-busy', 'true')
    this.result.textContent = ''
    const { id, version } = this.assignment
    const text = `${version} ${name} ${reason}`
    if (text !== this.sent) this.key = newKey() // pressing again after a lost answer is the same step
    this.sent = text
    try {
      const made = await step(`/api/assignments/${id}/steps`, reason ? { step: name, reason } : { step: name }, version, this.key)
      announce(term('assignment', made.state))
      this.ended = made.state
      this.onStep(made)
    } catch (problem) {
      this.say(words(problem))
      if (problem.status === 409 || problem.status === 412) this.onStep(null)
    } finally {
      this.isBusy = false
      button.removeAttribute('aria-busy')
    }
  }

  say(text) {
    this.result.textContent = text
    announce(text)
  }
}
