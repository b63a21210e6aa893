/** Lines without drawing (WCAG 2.5.7): from one point of the chosen cell to another, through typed coordinates. */

import { readCoordinates, writeCoordinates } from '../coordinates.js'
import { el } from '../dom.js'
import { groupedCode } from '../format.js'
import { word } from '../page.js'
import { cut, reshape, transfer } from './lining.js'
import { beside, readLine } from './metres.js'

/** The box of the tools that draw lines; `onLost()` hears when what had the focus is put away; `kind` is split, transfer or reshape. */
export class LineBox {
  constructor(editing, onLost) {
    Object.assign(this, { editing, onLost, next: null })
    this.kind = 'split'
    this.tool = null
    this.from = el('select', { id: 'line-from' })
    this.to = el('select', { id: 'line-to' })
    this.between = el('textarea', { id: 'line-between', rows: 3, 'aria-describedby': 'line-hint' })
    this.side = el('select', { id: 'line-side' }, ['left', 'right'].map((side) => el('option', { value: side === 'left' ? 1 : -1 }, word(`line.${side}`))))
    this.taker = el('select', { id: 'line-taker' })
    this.giving = el('div', { hidden: true },
      el('div', { class: 'form-field' }, el('label', { for: 'line-side' }, word('line.side')), this.side),
      el('div', { class: 'form-field' }, el('label', { for: 'line-taker' }, word('line.taker')), this.taker))
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
      this.giving,
      this.wrong, this.submit)
    this.typed = el('details', { class: 'plan-fold' }, el('summary', {}, word('line.by_coordinates')), this.form)
    this.element = el('section', { 'aria-label': word('line.title') }, this.drawn, this.making, this.typed)
  }

  /** Show the points of the chosen cell. */
  show() {
    const { arcs, chosen, mayEdit } = this.editing
    const names = arcs && chosen.length === 1 ? arcs.corners(chosen[0]) : []
    this.typed.hidden = !mayEdit
    this.line(this.making.hidden ? 0 : 1, this.next)
    this.submit.textContent = word(`line.${this.kind}_now`)
    this.giving.hidden = this.kind !== 'transfer'
    this.showTakers()
    const options = (was) => [
      el('option', { value: '' }, word(names.length ? 'line.no_point' : 'line.choose_cell')),
      ...names.map((name, i) => el('option', { value: name, selected: name === was }, `${i + 1} · ${writeCoordinates(arcs.vertex(name).lonlat)}`)),
    ]
    for (const select of [this.from, this.to]) select.replaceChildren(...options(select.value))
  }

  /** Offer the neighbours of the chosen cell; the one that was named stays. */
  showTakers() {
    const { arcs, chosen } = this.editing
    const cells = arcs && chosen.length === 1 ? arcs.neighbours(chosen[0]).map((code) => arcs.cells.get(code)).filter(Boolean) : []
    const was = this.taker.value
    this.taker.replaceChildren(...cells.map(({ code, name }) => el('option', { value: code, selected: code === was }, `${groupedCode(code)} ${name}`)))
  }

  /** Say how far a line drawn on the map is; `next` is the key of what is to be done now. */
  line(n, next = null) {
    const had = this.making.contains(document.activeElement)
    this.next = next
    this.making.hidden = n === 0
    this.finish.hidden = Boolean(next)
    if (had && !document.activeElement.offsetParent) this.onLost()
    this.drawn.textContent = word(next || `line.${this.kind}_how`)
  }

  async send(event) {
    event.preventDefault()
    const edit = this.read()
    const isOuter = Boolean(edit) && edit.kind === 'change_outer_border' && !this.editing.mayMoveOuter
    this.wrong.hidden = Boolean(edit) && !isOuter
    this.wrong.textContent = word(isOuter ? 'plan.outer_locked' : `line.bad_${this.kind}`)
    if (!edit || isOuter) return
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
    const cutting = this.kind === 'reshape' ? null : cut(chosen[0], from, between, to)
    if (this.kind === 'split') return cutting
    if (this.kind === 'transfer') return cutting && this.giveAway(cutting, [from && from.lonlat, ...between.map(({ lon, lat }) => [lon, lat]), to && to.lonlat].filter(Boolean))
    const way = from && to ? arcs.way(from.name, to.name) : null
    return way ? reshape(arcs, way, between) : null
  }

  /** Return the edit that gives away the piece on the chosen side of a line; null when the line does not go through the cell. */
  giveAway(cutting, line) {
    const at = beside(line, this.editing.arcs.rings(cutting.code), Number(this.side.value))
    return at && this.taker.value ? transfer(cutting, at, this.taker.value) : null
  }
}
