/** The log of a plan (步骤): who did what and when, newest first. */

import { get } from '../api.js'
import { el } from '../dom.js'
import { groupedCode, moment } from '../format.js'
import { lang, term, word } from '../page.js'
import { empty, fill } from '../parts/states.js'

const MOST_CODES = 4

/** The log, folded; it is fetched when the plan changes. */
export class Steps {
  constructor(editing, city) {
    this.editing = editing
    this.city = city
    this.list = el('div', {})
    this.element = el('details', { class: 'plan-fold' }, el('summary', {}, word('steps.title')), this.list)
  }

  load() {
    return fill(this.list, () => get(`${this.editing.path}/steps`), ({ items }) => (
      items.length === 0 ? empty('steps.none') : el('ol', { class: 'plan-list' }, items.map((step) => this.row(step)))))
  }

  row(step) {
    const codes = step.touched
    const shown = codes.slice(0, MOST_CODES).map(groupedCode).join(word('page.comma'))
    const what = step.kind === 'edit' ? term('made', step.edit.kind) : term('step', step.kind)
    const isUndone = step.ended_by !== null
    return el('li', { class: isUndone ? 'undone' : '' },
      el('strong', {}, `${step.seq} · ${what}`),
      isUndone ? el('span', { class: 'tag' }, word('steps.undone')) : null,
      el('span', { class: 'soft' }, `${step.by} · ${moment(step.at, this.city.time_zone, lang)}`),
      shown ? el('span', { class: 'soft' }, codes.length > MOST_CODES ? word('steps.more_cells', { cells: shown, n: codes.length }) : shown) : null)
  }
}
