/** Give cells to a community (划归) with a brush, a rectangle or a lasso. */

import { announce } from '../dom.js'
import { word } from '../page.js'
import { Tool } from './hand.js'
import { inRings, rectangle, thinned } from './pixels.js'

export const WAYS = ['brush', 'rectangle', 'lasso']
const LEAST = 6 // pixels between two points of a lasso or a brush

/** The tool; `unit` is the code of the community that gets the cells, `way` one of WAYS. */
export class Painting extends Tool {
  constructor(editing) {
    super(editing)
    Object.assign(this, { unit: null, way: 'brush', trail: null })
  }

  get isBusy() {
    return Boolean(this.trail)
  }

  renew() {
    this.cancel()
  }

  down(at) {
    if (!this.editing.mayEdit || !this.board.arcs) return false
    if (!this.unit) {
      this.editing.on.hint(word('paint.choose_unit'))
      return false
    }
    this.trail = [at]
    if (this.way === 'brush') this.brush(at, at)
    return true
  }

  drag(at) {
    if (!this.trail || !this.board.arcs) return
    const last = this.trail[this.trail.length - 1]
    if (this.way === 'brush') this.brush(last, at)
    if (this.way === 'rectangle') this.trail = [this.trail[0], at]
    else this.trail.push(at)
    if (this.way !== 'brush') this.board.draw(this.ring(), { isClosed: true, hasKnots: false, tone: 'community' })
  }

  /** Every cell on the way of the brush. */
  brush(from, to) {
    const [a, b] = [this.board.pixel(from), this.board.pixel(to)]
    const n = Math.max(1, Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / LEAST))
    for (let i = 0; i <= n; i += 1) {
      const cell = this.board.cellAt([from[0] + ((to[0] - from[0]) * i) / n, from[1] + ((to[1] - from[1]) * i) / n])
      if (cell && cell.community !== this.unit) this.board.paint([cell.code])
    }
  }

  ring() {
    const places = this.trail.map(([x, y]) => ({ x, y }))
    const ring = this.way === 'rectangle' ? rectangle(places[0], places[places.length - 1]) : places
    return ring.map(({ x, y }) => [x, y])
  }

  async drop() {
    if (!this.trail || !this.board.arcs) return
    if (this.way !== 'brush') this.board.paint(this.enclosed())
    const codes = Array.from(this.board.painted)
    const near = this.trail[this.trail.length - 1]
    this.trail = null
    this.board.draw([])
    if (codes.length === 0) announce(word('paint.none'))
    else await this.give(codes, near)
    this.board.unpaint()
  }

  /** Return the codes of the cells whose middle lies in what was drawn, without those that belong there already. */
  enclosed() {
    const ring = thinned(this.ring().map((at) => this.board.pixel(at)), LEAST)
    return Array.from(this.board.arcs.cells.values())
      .filter((cell) => cell.community !== this.unit && inRings([ring], this.board.pixel(this.board.middleOf(cell.code))))
      .map(({ code }) => code)
  }

  /** Send it: cells become the unit's. */
  give(codes, near = null) {
    const units = {}
    for (const code of codes) units[code] = this.unit
    return this.editing.edit({ kind: 'assign_units', units }, near)
  }

  /** A click gives one cell. */
  click(lonlat) {
    if (!this.editing.mayEdit) return
    const cell = this.board.cellAt(lonlat)
    if (!cell) return
    if (!this.unit) this.editing.on.hint(word('paint.choose_unit'))
    else if (cell.community !== this.unit) this.give([cell.code], lonlat)
  }

  cancel() {
    const had = Boolean(this.trail)
    this.trail = null
    this.board.draw([])
    if (this.board.painted.size) this.board.unpaint()
    return had
  }
}
