/** Move, put in and take out vertices: by dragging, and by the keys and fields of the point box. */

import { announce } from '../dom.js'
import { word } from '../page.js'
import { nameOf } from './arcs.js'
import { Tool } from './hand.js'
import { shifted, shiftedWhole } from './metres.js'
import { snapped } from './snap.js'

const REACH = 11 // pixels around a vertex in which it is meant
const THERE = 2 // pixels within which the server has put what was let go
const BESIDE = 7 // pixels beside a border in which it is meant

/** The tool; `onPoint(vertex | null)` hears which vertex is chosen, `onNudge(metres | null)` how far the keys have moved it. */
export class Dragging extends Tool {
  constructor(editing, { onPoint, onNudge }) {
    super(editing)
    Object.assign(this, { onPoint, onNudge, held: null, point: null, nudge: null })
  }

  get isBusy() {
    return Boolean(this.held || this.nudge)
  }

  begin() {
    this.board.handle(this.editing.chosen)
  }

  end() {
    super.end()
    this.choose(null)
    this.board.handle([])
  }

  /** The chosen cells, or what is in view, changed: the vertex that was chosen may be gone. */
  renew() {
    this.held = null
    this.nudge = null
    this.board.handle(this.editing.chosen)
    const name = this.point
    this.point = null
    this.choose(name && this.board.arcs && this.board.arcs.vertex(name) ? name : null)
  }

  down(at) {
    const { chosen } = this.editing
    if (!this.editing.mayEdit || chosen.length === 0 || !this.board.arcs) return false
    this.unnudge()
    const vertex = this.board.vertexNear(at, REACH, chosen)
    if (vertex) return this.hold(vertex)
    const border = this.board.borderNear(at, BESIDE, chosen)
    if (!border || border.arc.other === null) return false
    this.held = { border }
    return true
  }

  hold(vertex) {
    if (vertex.isOuter && !this.editing.mayMoveOuter) {
      this.editing.on.hint(word('plan.outer_locked'))
      return false
    }
    this.held = { vertex }
    return true
  }

  drag(at) {
    if (!this.held || !this.board.arcs) return
    this.follow(this.held, snapped(this.editing, at))
  }

  follow({ vertex, border }, lonlat) {
    const { arcs } = this.board
    if (vertex) this.board.follow(arcs.move(vertex.name, lonlat))
    else {
      const line = border.arc.lonlat.slice()
      line.splice(border.i + 1, 0, lonlat)
      this.board.follow(arcs.redraw(border.number, line))
    }
    this.board.draw([lonlat], { tone: 'urgent' })
  }

  async drop(at) {
    const { held } = this
    this.held = null
    if (!held || !this.board.arcs) return
    const [lon, lat] = snapped(this.editing, at)
    if (held.vertex) await this.move(held.vertex, { lon, lat }, at)
    else await this.insert(held.border, { lon, lat }, at)
  }

  /** A click on a vertex chooses it; elsewhere the cell there. */
  click(lonlat, isMore) {
    const { chosen } = this.editing
    const vertex = chosen.length ? this.board.vertexNear(lonlat, REACH, chosen) : null
    if (vertex) this.choose(vertex.name)
    else {
      super.click(lonlat, isMore)
      this.board.handle(this.editing.chosen)
    }
  }

  cancel() {
    const had = Boolean(this.held || this.nudge)
    this.held = null
    this.board.settle()
    this.unnudge()
    if (had) this.mark()
    return had
  }

  /** Let one vertex be the chosen one; null for none. */
  choose(name) {
    this.unnudge()
    this.point = name
    const vertex = name && this.board.arcs ? this.board.arcs.vertex(name) : null
    this.mark()
    this.onPoint(vertex)
    if (vertex) announce(word(vertex.isJunction ? 'point.junction_chosen' : 'point.vertex_chosen', { n: vertex.codes.length }))
  }

  /** Ring the chosen vertex where the server knows it. */
  mark() {
    const vertex = this.point && this.board.arcs ? this.board.arcs.vertex(this.point) : null
    this.board.draw(vertex ? [vertex.lonlat] : [], { tone: 'urgent' })
  }

  /** Move the chosen vertex by metres east and north, as a picture; `keep` sends it. */
  step([east, north]) {
    const vertex = this.point && this.board.arcs ? this.board.arcs.vertex(this.point) : null
    if (!vertex || !this.editing.mayEdit) return
    if (vertex.isOuter && !this.editing.mayMoveOuter) {
      this.editing.on.hint(word('plan.outer_locked'))
      return
    }
    const was = this.nudge || [0, 0]
    this.nudge = [was[0] + east, was[1] + north]
    const lonlat = shifted(vertex.lonlat, this.nudge)
    this.follow({ vertex }, lonlat)
    this.onNudge(this.nudge)
  }

  unnudge() {
    if (!this.nudge) return
    this.nudge = null
    this.board.settle()
    this.onNudge(null)
  }

  /** Send the move that the keys have made. */
  keep() {
    const vertex = this.point && this.board.arcs ? this.board.arcs.vertex(this.point) : null
    if (!vertex || !this.nudge) return Promise.resolve(false)
    return this.move(vertex, shiftedWhole(vertex.at, this.nudge), vertex.lonlat)
  }

  /** Send the move of a vertex; `to` is [x, y] in millimetres or { lon, lat }. */
  async move(vertex, to, near) {
    this.nudge = null
    const isMade = await this.editing.edit({ kind: vertex.isOuter ? 'move_outer_vertex' : 'move_vertex', at: vertex.at, to }, near)
    this.onNudge(null)
    if (isMade) this.keepAt(to)
    return isMade
  }

  /** The vertex that was moved stays the chosen one, for the next step. */
  keepAt(to) {
    const vertex = Array.isArray(to) ? null : this.board.vertexNear([to.lon, to.lat], THERE)
    const name = Array.isArray(to) ? nameOf(to) : vertex && vertex.name
    if (name && this.board.arcs && this.board.arcs.vertex(name)) this.choose(name)
  }

  /** Put a vertex into a border. */
  insert(border, to, near) {
    return this.editing.edit({ kind: 'insert_vertex', start: border.start, end: border.end, at: to }, near)
  }

  /** Take the chosen vertex out of its border. */
  remove() {
    const vertex = this.point && this.board.arcs ? this.board.arcs.vertex(this.point) : null
    if (!vertex || !this.editing.mayEdit) return Promise.resolve(false)
    return this.editing.edit({ kind: 'delete_vertex', at: vertex.at }, vertex.lonlat)
  }
}
