/** Lines without drawing (WCAG 2.5.7): from one point of the chosen cell to another, through typed coordinates. */

import { readCoordinates, writeCoordinates } from '../coordinates.js'
import { el } from '../dom.js'
import { word } from '../page.js'
import { cut, reshape } from './lining.js'
import { readLine } from './metres.js'

/** The box of the tools that draw lines; `kind` is split or reshape. */
export class LineBox {
  constructor(editing) {
    this.editing = editing
    this.kind = 'split'
    this.tool = null
    this.from = el('select', { id: 'line-from' })
    this.to = el('select', { id: 'line-to' })
    this.between = el('textarea', { id: 'line-between', rows: 3, 'aria-describedby': 'line-hint' })
    this.wrong = el('p', { class: 'wrong', role: 'alert', hidden: true })
    this.submit = el('button', { type: 'submit', class: 'button strong' })
    this.drawn = el('p', { class: 'state' })
    this.finish = el('button', { type: 'button', class: 'button strong', onclick: () => this.tool.finish() }, word('line.finish'))
    this.undo = el('button', { type: 'button', class: 'button', onclick: () => this.tool.back() }, word('line.back'))
    this.stop = el('button', { type: 'button', class: 'button', onclick: () => this.tool.cancel() }, word('line.stop'))
    this.making = el('div', { class: 'plan-buttons', hidden: true }, this.finish, this.undo, this.stop)
    this.form = el('form', { class: 'form', novalidate: true, onsubmit: (event) => this.send(event) },
      el('div', { class: 'form-field' }, el('label', { for: 'line-from' }, word('line.from')), this.from),
      el('div', { class: 'form-field' }, el('label', { for: 'line-between' }, word('line.between')), el('p', { id: 'line-hint', class: 'soft' }, word('line.between_hint')), this.between),
      el('div', { class: 'form-field' }, el('label', { for: 'line-to' }, word('line.to')), this.to),
      this.wrong, this.submit)
    this.typed = el('details', { class: 'plan-fold' }, el('summary', {}, word('line.by_coordinates')), this.form)
    this.element = el('section', { 'aria-label': word('line.title') }, this.drawn, this.making, this.typed)
  }

  /** Show the points of the chosen cell. */
  show() {
    const { arcs, chosen, mayEdit } = this.editing
    const names = arcs && chosen.length === 1 ? arcs.corners(chosen[0]) : []
    this.typed.hidden = !mayEdit
    this.drawn.textContent = word(this.kind === 'split' ? 'line.split_how' : 'line.reshape_how')
    this.submit.textContent = word(this.kind === 'split' ? 'line.split_now' : 'line.reshape_now')
    const options = (was) => [
      el('option', { value: '' }, word(names.length ? 'line.no_point' : 'line.choose_cell')),
      ...names.map((name, i) => el('option', { value: name, selected: name === was }, `${i + 1} · ${writeCoordinates(arcs.vertex(name).lonlat)}`)),
    ]
    for (const select of [this.from, this.to]) select.replaceChildren(...options(select.value))
  }

  /** Say how far a line drawn on the map is. */
  line(n) {
    this.making.hidden = n === 0
  }

  async send(event) {
    event.preventDefault()
    const edit = this.read()
    this.wrong.hidden = Boolean(edit)
    if (!edit) {
      this.wrong.textContent = word(this.kind === 'split' ? 'line.bad_split' : 'line.bad_reshape')
      return
    }
    const { chosen, board } = this.editing
    if (await this.editing.edit(edit, board.middleOf(chosen[0]))) this.between.value = ''
  }

  /** Return the edit that was typed; null when something of it is missing. */
  read() {
    const { arcs, chosen } = this.editing
    if (!arcs || chosen.length !== 1) return null
    const between = this.between.value.trim() === '' ? [] : readLine(this.between.value, readCoordinates, 1)
    if (!between) return null
    const [from, to] = [this.from, this.to].map((select) => (select.value ? arcs.vertex(select.value) : null))
    if (this.kind === 'split') return cut(chosen[0], from, between, to)
    const way = from && to ? arcs.way(from.name, to.name) : null
    return way ? reshape(arcs, way, between) : null
  }
}
