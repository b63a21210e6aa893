/** How far a plan is, and what may follow: submit, approve by another, return, withdraw, publish on a date, rebase. */

import { patch, post } from '../api.js'
import { el } from '../dom.js'
import { count, moment } from '../format.js'
import { lang, term, word } from '../page.js'
import { openDialog } from '../parts/dialog.js'
import { form, textField } from '../parts/form.js'
import { showPublish } from './publish.js'
import { showRebase } from './rebase.js'

const STEPS = [['submit', 'review'], ['approve', 'approved'], ['return', 'draft'], ['withdraw', 'withdrawn']]
const LOUD = ['submit', 'approve']
const LONGEST = 500

/** The head of an opened plan. */
export class Standing {
  constructor(editing, city) {
    this.editing = editing
    this.city = city
    this.element = el('section', { class: 'plan-head', 'aria-label': word('plan.head') })
  }

  /** Show the plan as it is now. */
  show(plan) {
    const had = this.element.contains(document.activeElement)
    const held = had ? document.activeElement.dataset.does : null
    const { may } = plan
    const buttons = [
      ...STEPS.filter(([name]) => may[name]).map(([name, to]) => this.button(name, LOUD.includes(name), () => this.ask(name, to))),
      may.publish ? this.button('publish', true, () => showPublish(this.editing, this.city)) : null,
      isBehind(plan) && may.edit ? this.button('rebase', false, () => showRebase(this.editing, this.city)) : null,
      may.edit ? this.button('name', false, () => this.rename()) : null,
    ]
    this.element.replaceChildren(
      el('h3', { tabindex: '-1' }, plan.name, ' ', el('span', { class: `tag plan-state ${plan.state}` }, term('plan_state', plan.state))),
      el('p', { class: 'soft' }, this.facts(plan)),
      ...this.warnings(plan),
      el('div', { class: 'plan-buttons' }, buttons))
    const again = held ? this.element.querySelector(`[data-does="${held}"]`) : null
    if (again) again.focus({ preventScroll: true })
    else if (had) this.focus() // the step was taken: its button is gone
  }

  /** Let the plan's name and state have the focus. */
  focus() {
    this.element.querySelector('h3').focus({ preventScroll: true })
  }

  facts(plan) {
    const when = plan.effective_from ? word('plan.effective', { at: moment(plan.effective_from, this.city.time_zone, lang) }) : null
    const authors = plan.authors.map(({ name }) => name).join(word('page.comma'))
    const changed = word('plan.changed_n', { n: count(changedCells(plan), lang) })
    const approvals = plan.approvals.map(({ by }) => by).join(word('page.comma'))
    return [
      word('plan.on', { id: plan.base }), authors ? word('plan.by', { names: authors }) : null, changed, when,
      approvals ? word('plan.approved_by', { names: approvals }) : null,
    ].filter(Boolean).join(' · ')
  }

  warnings(plan) {
    const behind = isBehind(plan) ? (plan.is_stale ? 'plan.is_stale' : 'plan.is_before') : null
    const keys = [plan.has_outer ? 'plan.has_outer' : null, behind, plan.rolls_back ? 'plan.rolls_back' : null]
    const at = plan.base_until ? moment(plan.base_until, this.city.time_zone, lang) : ''
    return keys.filter(Boolean).map((key) => el('p', { class: 'estimate' }, word(key, { id: plan.rolls_back || '', at })))
  }

  button(name, isLoud, act) {
    return el('button', { type: 'button', id: `does-${name}`, 'data-does': name, class: `button${isLoud ? ' primary' : ''}`, onclick: act }, word(`does.${name}`))
  }

  /** Ask for a note, then take the step. */
  ask(name, to) {
    const note = el('textarea', { id: 'plan-note', rows: 3, maxlength: LONGEST })
    const close = openDialog('plan-ask', word(`does.${name}`), form({}, word(`does.${name}`), async () => {
      const plan = await post(`${this.editing.path}/state`, { to, note: note.value.trim() })
      close()
      await this.done(plan, name)
    }, [el('p', { class: 'soft' }, word(`asks.${name}`)), el('div', { class: 'form-field' }, el('label', { for: 'plan-note' }, word('plan.note')), note)]))
    note.focus()
  }

  rename() {
    const name = textField('plan-title', word('plan.name'), { value: this.editing.plan.name, maxlength: 100 })
    const close = openDialog('plan-rename', word('does.name'), form({ name }, word('plan.save'), async () => {
      await patch(this.editing.path, { name: name.control.value.trim() }, this.editing.plan.seq)
      close()
      await this.done(null, 'name')
    }))
    name.control.select()
  }

  async done(_, name) {
    await this.editing.again()
    this.editing.on.said(word(`did.${name}`))
  }
}

/** Return how many cells a plan changes: new ones, other ones and those that are gone. */
function changedCells({ counts }) {
  return counts.new + counts.changed + counts.gone
}

/** Return whether a plan may, or must, go on from another release than it is drawn on. */
function isBehind({ state, base, newest, is_stale: isStale }) {
  return (isStale || base !== newest) && ['draft', 'review', 'approved'].includes(state)
}
