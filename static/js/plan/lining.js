/** Draw a line, click by click: to split a cell, to give a piece of it away, or to draw a border anew. */

import { announce } from '../dom.js'
import { word } from '../page.js'
import { nameOf } from './arcs.js'
import { Tool } from './hand.js'
import { snapped } from './snap.js'

const REACH = 11 // pixels around a vertex or beside a border in which it is meant
const OVER = 2e-6 // degrees a cut goes on over the border it ends at, so that rounding leaves no gap

/** What all lines have in common; `onLine(n, next)` hears how many points there are, and the key of what to do next if it is no point. */
class Lining extends Tool {
  constructor(editing, onLine) {
    super(editing)
    this.onLine = onLine
    this.points = []
  }

  /** The borders in view are others now; a line that was begun goes on. */
  renew() {
    this.show()
  }

  /** A click sets a point; the map still moves when it is dragged. */
  click(lonlat) {
    if (!this.editing.mayEdit || !this.board.arcs) return
    this.add(this.meant(lonlat))
  }

  hover(lonlat) {
    if (!this.editing.mayEdit || !this.board.arcs) return
    this.show(this.meant(lonlat))
  }

  put(point) {
    this.points.push(point)
    this.show()
    announce(word('line.points', { n: this.points.length }))
  }

  show(next = null) {
    const all = next ? [...this.points, next] : this.points
    this.board.draw(all.map(({ lonlat }) => lonlat))
    this.onLine(this.points.length)
  }

  /** Take back the last point. */
  back() {
    this.points.pop()
    this.show()
  }

  cancel() {
    const had = this.points.length > 0
    this.points = []
    this.board.draw([])
    this.onLine(0)
    return had
  }
}

/** Split a cell (分割) along a line from border to border. */
export class Splitting extends Lining {
  meant(lonlat) {
    const vertex = this.board.vertexNear(lonlat, REACH)
    if (vertex) return { lonlat: vertex.lonlat, vertex }
    const border = this.board.borderNear(lonlat, REACH)
    if (border) return { lonlat: border.lonlat, border }
    return { lonlat: snapped(this.editing, lonlat) }
  }

  add(point) {
    const last = this.points[this.points.length - 1]
    if (last && last.lonlat.join() === point.lonlat.join()) {
      this.finish() // a second click in the same place
      return
    }
    this.put(point)
    const isAtBorder = Boolean(point.vertex || point.border)
    if (this.points.length > 1 && isAtBorder && this.cell()) this.finish()
  }

  /** Return the code of the cell the line goes through. */
  cell() {
    for (let i = 0; i + 1 < this.points.length; i += 1) {
      const [a, b] = [this.points[i].lonlat, this.points[i + 1].lonlat]
      const cell = this.board.cellAt([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2])
      if (cell) return cell.code
    }
    return null
  }

  /** Return what was drawn as the server takes it: the cell and the line through it; null while there is too little. */
  drawn() {
    const { points } = this
    const code = this.cell()
    return points.length < 2 || !code ? null : { code, line: points.map((point, i) => said(point, points[i === 0 ? 1 : i - 1])) }
  }

  finish() {
    const drawn = this.drawn()
    return drawn ? this.give({ kind: 'split', ...drawn }) : Promise.resolve(false)
  }

  /** Send the edit with the line that was drawn; one that is refused stays on the map. */
  give(edit) {
    const places = this.points.map(({ lonlat }) => lonlat)
    this.points = []
    this.onLine(0)
    return this.editing.edit(edit, places[Math.floor(places.length / 2)]).then((isMade) => {
      this.board.draw(isMade ? [] : places, { tone: 'urgent' })
      return isMade
    })
  }
}

/** Give a piece of a cell to a neighbour (划拨): a line as for a split, then a click on the piece and one on who takes it. */
export class Transferring extends Splitting {
  constructor(editing, onLine) {
    super(editing, onLine)
    Object.assign(this, { cut: null, at: null })
  }

  click(lonlat) {
    if (!this.cut || !this.editing.mayEdit || !this.board.arcs) {
      super.click(lonlat)
      return
    }
    const cell = this.board.cellAt(lonlat)
    if (cell && cell.code === this.cut.code) this.choose(lonlat)
    else if (this.at && cell) this.send(cell.code)
    else this.editing.on.hint(word(this.at ? 'line.now_taker' : 'line.now_piece'))
  }

  /** The line is drawn: which piece goes, and to whom? */
  finish() {
    if (this.cut) return Promise.resolve(false)
    this.cut = this.drawn()
    this.show()
    if (this.cut) announce(word('line.now_piece'))
    return Promise.resolve(false)
  }

  choose(lonlat) {
    this.at = lonlat
    this.show()
    announce(word('line.now_taker'))
  }

  send(to) {
    const edit = transfer(this.cut, this.at, to)
    Object.assign(this, { cut: null, at: null })
    return this.give(edit)
  }

  show(next = null) {
    super.show(this.cut ? null : next)
    if (this.at) this.board.draw(next ? [this.at, next.lonlat] : [this.at], { tone: 'urgent', isMore: true })
    this.onLine(this.points.length, this.at ? 'line.now_taker' : this.cut ? 'line.now_piece' : null)
  }

  /** Take back what was done last: the piece, the end of the line, a point. */
  back() {
    if (this.at) this.at = null
    else if (this.cut) this.cut = null
    else this.points.pop()
    this.show()
  }

  cancel() {
    Object.assign(this, { cut: null, at: null })
    return super.cancel()
  }
}

/** Return a point as the server takes it; one on a border goes on a little over it, away from the point beside. */
function said({ lonlat: [lon, lat], vertex, border }, beside) {
  if (vertex) return vertex.at
  if (!border) return { lon, lat }
  const [dx, dy] = [lon - beside.lonlat[0], lat - beside.lonlat[1]]
  const length = Math.hypot(dx, dy) || 1
  return { lon: lon + (dx / length) * OVER, lat: lat + (dy / length) * OVER }
}

/** Draw a border anew (重画边界) from one of its vertices to another. */
export class Reshaping extends Lining {
  meant(lonlat) {
    const vertex = this.board.vertexNear(lonlat, REACH)
    const isEnd = vertex && (this.points.length === 0 || this.board.arcs.way(this.points[0].vertex.name, vertex.name))
    return isEnd ? { lonlat: vertex.lonlat, vertex } : { lonlat: snapped(this.editing, lonlat) }
  }

  add(point) {
    if (this.points.length === 0 && !point.vertex) {
      this.editing.on.hint(word('line.begin_at_vertex'))
      return
    }
    this.put(point)
    if (this.points.length > 1 && point.vertex) this.finish()
  }

  finish() {
    const { points } = this
    const [first, last] = [points[0], points[points.length - 1]]
    const way = points.length > 1 && last.vertex ? this.board.arcs.way(first.vertex.name, last.vertex.name) : null
    const isOuter = way && this.board.arcs.arcs[way.number].other === null
    if (!way || (isOuter && !this.editing.mayMoveOuter)) {
      this.editing.on.hint(word(way ? 'plan.outer_locked' : 'line.end_at_vertex'))
      return Promise.resolve(false)
    }
    this.points = []
    this.onLine(0)
    return this.editing.edit(reshape(this.board.arcs, way, points.slice(1, -1).map(({ lonlat: [lon, lat] }) => ({ lon, lat }))), points[0].lonlat)
      .then((isMade) => {
        this.board.draw(isMade ? [] : points.map(({ lonlat }) => lonlat), { tone: 'urgent' })
        return isMade
      })
  }
}

/** Return the edit that draws a way along a border anew through `between`. */
export function reshape(arcs, { number, was }, between) {
  const kind = arcs.arcs[number].other === null ? 'change_outer_border' : 'reshape_border'
  return { kind, was, line: [was[0], ...between, was[was.length - 1]] }
}

/** Return the edit that gives a piece beside a line to a neighbour; `cutting` is the edit that would split along it. */
export function transfer({ code, line }, [lon, lat], to) {
  return { kind: 'transfer', code, line, at: { lon, lat }, to }
}

/** Return the edit that cuts a cell from one vertex through `between` to another; either may be missing. */
export function cut(code, from, between, to) {
  const line = [from ? from.at : null, ...between, to ? to.at : null].filter(Boolean)
  if (from && to && nameOf(from.at) === nameOf(to.at) && between.length < 2) return null
  return line.length < 2 ? null : { kind: 'split', code, line }
}
