/** What people said about a plan, or about one of its cells. */

import { get, post } from '../api.js'
import { el } from '../dom.js'
import { groupedCode, moment } from '../format.js'
import { lang, word } from '../page.js'
import { form } from '../parts/form.js'
import { empty, fill } from '../parts/states.js'

const LONGEST = 2000

/** The comments, folded, with a form; a comment belongs to the chosen cell when there is one. */
export class Comments {
  constructor(editing, city) {
    this.editing = editing
    this.city = city
    this.list = el('div', {})
    this.count = el('span', { class: 'soft' })
    this.text = el('textarea', { id: 'comment-text', rows: 2, maxlength: LONGEST })
    this.onCell = el('input', { id: 'comment-cell', type: 'checkbox' })
    this.element = el('details', { class: 'plan-fold' },
      el('summary', {}, word('comments.title'), ' ', this.count), this.list,
      form({}, word('comments.add'), () => this.send(), [
        el('div', { class: 'form-field' }, el('label', { for: 'comment-text' }, word('comments.text')), this.text),
        el('label', { class: 'check' }, this.onCell, el('span', {}, word('comments.on_cell'))),
      ]))
  }

  load() {
    return fill(this.list, () => get(`${this.editing.path}/comments`), ({ items }) => {
      this.count.textContent = items.length ? String(items.length) : ''
      return items.length === 0 ? empty('comments.none') : el('ul', { class: 'plan-list' }, items.map((one) => this.row(one)))
    })
  }

  async send() {
    const text = this.text.value.trim()
    if (!text) {
      this.text.focus()
      return
    }
    const cell = this.onCell.checked && this.editing.chosen.length === 1 ? this.editing.chosen[0] : null
    await post(`${this.editing.path}/comments`, cell ? { text, cell } : { text })
    this.text.value = ''
    await this.load()
  }

  row({ by, at, text, cell }) {
    return el('li', {},
      el('strong', {}, by), el('span', { class: 'soft' }, moment(at, this.city.time_zone, lang)),
      cell ? el('span', { class: 'tag' }, groupedCode(cell)) : null, el('p', { class: 'plan-said' }, text))
  }
}
