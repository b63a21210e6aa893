/** Files of cells (网格文件): one is brought, what is wrong with it is looked at and accepted by name, a plan is made of it. */

import { get, newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { moment } from '../format.js'
import { lang, setQuery, word } from '../page.js'
import { empty, failed, fill, turnOf } from '../parts/states.js'
import { fileForm } from './importform.js'
import { Marks } from './importmarks.js'
import { Sheet } from './importsheet.js'
import { waited } from './importwait.js'

/** The room of one import; `onPlan(id)` opens what became a plan, `onBack()` goes back to the list of plans. */
export class Imports {
  constructor(page, { onPlan, onBack }) {
    Object.assign(this, { city: page.city, onPlan, onBack })
    this.marks = new Marks(page.view)
    this.title = el('h3', { class: 'import-title', tabindex: '-1' }, word('imports.title'))
    this.body = el('div', { class: 'import-body' })
    this.element = el('div', { class: 'plan-room imports' },
      el('button', { type: 'button', class: 'quiet plan-back', onclick: () => this.onBack() }, word('plan.back')), this.title, this.body)
  }

  /** Show an import by its number, or the form for a new one. */
  async open(id) {
    if (id === null) await this.begin()
    else await this.show(id)
  }

  /** Leave nothing on the map or in the address. */
  close() {
    this.marks.close()
    setQuery('import', null)
  }

  /** Show the form, and the files that were brought before. */
  begin() {
    setQuery('import', 'new')
    this.marks.clear()
    const before = el('div', {})
    const send = fileForm(this.city, (sheet) => this.has(sheet))
    this.body.replaceChildren(send, el('h4', { class: 'import-head' }, word('imports.before')), before)
    this.title.focus()
    return fill(before, () => get('/api/grids/imports', { city: this.city.code }), ({ items }) => (
      items.length === 0 ? empty('imports.none') : el('ul', {}, items.map((item) => this.row(item)))))
  }

  row(item) {
    const end = item.plan ? word('imports.is_plan', { id: item.plan }) : item.release ? word('imports.is_release', { id: item.release }) : word('imports.is_open')
    return el('li', {}, el('button', { type: 'button', class: 'plan-row', 'data-import': item.id, onclick: () => this.open(item.id) },
      el('span', { class: 'row-title' }, item.name), el('span', { class: `tag plan-state ${item.plan || item.release ? 'in_force' : 'draft'}` }, end),
      el('span', { class: 'soft' }, `${item.actor} ${moment(item.made_at, this.city.time_zone, lang)}`)))
  }

  /** Fetch the report of an import that was brought before. */
  async show(id) {
    const isLatest = turnOf(this.body)
    setQuery('import', String(id))
    this.body.replaceChildren()
    try {
      const sheet = await waited(this.body, () => get(`/api/grids/imports/${id}`))
      if (isLatest()) this.has(sheet)
    } catch (problem) {
      if (isLatest()) this.body.replaceChildren(failed(problem, () => this.show(id)))
    }
  }

  /** Show a report; it has the focus, unless it is the same file again. */
  has(sheet) {
    setQuery('import', String(sheet.file.id))
    this.key = newKey()
    const shown = new Sheet(sheet, this.marks, { accept: (names) => this.accept(sheet, names), take: (name) => this.take(sheet, name), open: this.onPlan })
    this.body.replaceChildren(shown.element)
    shown.element.querySelector('h4').focus()
    announce(shown.verdict)
  }

  /** Accept mends by the names of their findings; the report comes again with them done. */
  async accept(sheet, names) {
    this.has(await post(`/api/grids/imports/${sheet.file.id}/accept`, { accept: names }, this.key))
  }

  /** Make a plan of it, or the city's first release. */
  async take(sheet, name) {
    const { plan, release } = await post(`/api/grids/imports/${sheet.file.id}/plan`, { name }, this.key)
    announce(plan ? word('imports.is_plan', { id: plan }) : word('imports.is_release', { id: release }))
    if (plan) this.onPlan(plan)
    else this.onBack()
  }
}
