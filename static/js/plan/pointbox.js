/** Points of the chosen cell without dragging (WCAG 2.5.7): chosen from a list, moved by arrow keys or to typed coordinates. */

import { readCoordinates, writeCoordinates } from '../coordinates.js'
import { el } from '../dom.js'
import { count } from '../format.js'
import { lang, word } from '../page.js'
import { STRIDES, shifted, stepOf, strideOf } from './metres.js'

const SIGNS = [['ArrowLeft', '←', 'west'], ['ArrowUp', '↑', 'north'], ['ArrowDown', '↓', 'south'], ['ArrowRight', '→', 'east']]

/** The box of the tool that moves points. */
export class PointBox {
  constructor(editing) {
    this.editing = editing
    this.tool = null
    this.list = el('select', { id: 'point-list', size: 6, onchange: () => this.tool.choose(this.list.value), onkeydown: (event) => this.key(event) })
    this.stride = el('select', { id: 'point-stride' }, STRIDES.map((one) => el('option', { value: one, selected: one === STRIDES[1] }, word('point.metres', { n: one / 1000 }))))
    this.moved = el('p', { class: 'soft', role: 'status' })
    this.lonlat = el('input', { id: 'point-lonlat', type: 'text', autocomplete: 'off' })
    this.wrong = el('p', { class: 'wrong', id: 'point-wrong', hidden: true })
    this.keep = el('button', { type: 'button', class: 'button strong', disabled: true, onclick: () => this.tool.keep() }, word('point.keep'))
    this.leave = el('button', { type: 'button', class: 'button', disabled: true, onclick: () => this.tool.cancel() }, word('point.leave'))
    this.inner = el('div', { class: 'form', hidden: true }, this.parts())
    this.none = el('p', { class: 'state' }, word('point.choose_cell'))
    this.element = el('section', { 'aria-label': word('point.title') }, this.none, this.inner)
  }

  parts() {
    return [
      el('label', { for: 'point-list' }, word('point.list')), this.list,
      el('p', { class: 'soft' }, word('point.keys')),
      el('div', { class: 'point-pad' },
        SIGNS.map(([key, sign, side]) => el('button', { type: 'button', class: 'button', 'aria-label': word(`point.to_${side}`), onclick: () => this.step(key, Number(this.stride.value)) }, sign)),
        el('label', { for: 'point-stride', class: 'unseen' }, word('point.stride')), this.stride),
      this.moved,
      el('div', { class: 'plan-buttons' }, this.keep, this.leave),
      el('form', { class: 'point-typed', novalidate: true, onsubmit: (event) => this.typed(event) },
        el('label', { for: 'point-lonlat' }, word('point.lonlat')), this.lonlat, this.wrong,
        el('button', { type: 'submit', class: 'button' }, word('point.move_there'))),
      el('div', { class: 'plan-buttons' },
        el('button', { type: 'button', class: 'button', onclick: () => this.insert() }, word('point.insert')),
        el('button', { type: 'button', class: 'button danger', onclick: () => this.tool.remove() }, word('point.remove'))),
    ]
  }

  /** Show the points of the chosen cell; the one that was chosen stays so. */
  show() {
    const { arcs, chosen, mayEdit } = this.editing
    const names = arcs && chosen.length === 1 ? arcs.corners(chosen[0]) : []
    this.inner.hidden = names.length === 0 || !mayEdit
    this.none.hidden = names.length > 0
    const was = this.list.value
    this.list.replaceChildren(...names.map((name, i) => this.option(arcs.vertex(name), i + 1)))
    this.list.value = this.tool && this.tool.point ? this.tool.point : names.includes(was) ? was : ''
    this.nudged(null)
  }

  option({ name, lonlat, isJunction, isOuter }, number) {
    const kind = isOuter ? 'point.outer' : isJunction ? 'point.junction' : 'point.vertex'
    return el('option', { value: name }, `${number} · ${word(kind)} · ${writeCoordinates(lonlat)}`)
  }

  /** A point was chosen, here or on the map. */
  chose(vertex) {
    this.list.value = vertex ? vertex.name : ''
    this.lonlat.value = vertex ? writeCoordinates(vertex.lonlat) : ''
    this.say('')
  }

  /** Say how far the keys have moved the point; null for not at all. */
  nudged(by) {
    const had = [this.keep, this.leave].includes(document.activeElement)
    if (!by && had) this.list.focus({ preventScroll: true })
    this.keep.disabled = !by
    this.leave.disabled = !by
    this.moved.textContent = by ? word('point.moved', { east: count(by[0], lang, 1), north: count(by[1], lang, 1) }) : ''
  }

  key(event) {
    if (event.key === 'Delete' && this.tool.point) {
      event.preventDefault()
      this.tool.remove()
      return
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      this.tool.keep()
      return
    }
    if (!(event.ctrlKey || event.metaKey) || !stepOf(event.key, 1)) return
    event.preventDefault() // the arrow keys alone go through the list
    this.step(event.key, strideOf(event))
  }

  step(key, stride) {
    if (!this.tool.point) {
      this.say(word('point.choose'))
      return
    }
    this.tool.step(stepOf(key, stride))
  }

  async typed(event) {
    event.preventDefault()
    const read = readCoordinates(this.lonlat.value)
    const vertex = this.vertex()
    if (!vertex || !read) {
      this.say(word(vertex ? 'where.bad_lonlat' : 'point.choose'))
      this.lonlat.focus()
      return
    }
    if (vertex.isOuter && !this.editing.mayMoveOuter) {
      this.say(word('plan.outer_locked'))
      return
    }
    this.say('')
    await this.tool.move(vertex, read, vertex.lonlat)
  }

  vertex() {
    return this.tool.point && this.editing.arcs ? this.editing.arcs.vertex(this.tool.point) : null
  }

  /** Put a point in the middle between the chosen one and the next around the cell. */
  insert() {
    const vertex = this.vertex()
    if (!vertex) {
      this.say(word('point.choose'))
      return
    }
    const { arcs, chosen } = this.editing
    const ring = arcs.corners(chosen[0])
    const next = arcs.vertex(ring[(ring.indexOf(vertex.name) + 1) % ring.length])
    const [a, b] = [vertex.at, next.at]
    const at = [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)]
    this.editing.edit({ kind: 'insert_vertex', start: a, end: b, at }, shifted(vertex.lonlat, [0, 0]))
  }

  say(text) {
    this.wrong.textContent = text
    this.wrong.hidden = text === ''
  }
}
