/** The borders of a plan on the map: what is there, what is chosen, what is about to change; and what lies near a place. */

import { cellLabel } from '../format.js'
import { leafletPositions } from '../geo.js'
import { colour, word } from '../page.js'
import { nameOf } from './arcs.js'
import { inRings, inside, nearestStretch, nearestVertex } from './pixels.js'
import { wordAt } from './names.js'

const PANES = { 'plan-fills': 425, 'plan-lines': 430, 'plan-marks': 440 }
const NAMES_FROM = 15 // zoom from which cells have their numbers
const MOST_HANDLES = 600

/** How borders are drawn, by what they part. */
export const LINES = {
  chosen: { name: 'selected', weight: 3.5 }, outer: { name: 'district', weight: 3 },
  unit: { name: 'community', weight: 2.6 }, cell: { name: 'cell', weight: 1.5 },
}
const FILLS = { painted: ['community', 0.4], chosen: ['selected', 0.16], changed: ['warn', 0.2] }

/** What is drawn of a plan; a border that is as it was stays drawn, and only what moves is touched while it is dragged. */
export class Board {
  constructor(view) {
    this.view = view
    this.map = view.map
    this.arcs = null
    this.chosen = new Set()
    this.painted = new Set()
    this.handlesOf = new Set()
    this.lines = []
    this.drawn = new Map() // by arc: the line it has, and its kind
    this.dragged = new Set() // lines that stand elsewhere than the server knows
    this.fills = new Map()
    this.canvas = {}
    this.groups = {}
    for (const [name, zIndex] of Object.entries(PANES)) {
      const pane = this.map.getPane(name) || this.map.createPane(name)
      pane.style.zIndex = String(zIndex)
      pane.style.pointerEvents = 'none'
      this.canvas[name] = window.L.canvas({ pane: name, padding: 0.2 })
      this.groups[name] = window.L.layerGroup().addTo(this.map)
    }
    this.sketch = window.L.layerGroup().addTo(this.map)
    view.more.push(this)
  }

  /** Take everything away for good. */
  close() {
    this.clear()
    this.sketch.remove()
    Object.values(this.groups).forEach((group) => group.remove())
    Object.values(this.canvas).forEach((canvas) => canvas.remove())
    this.view.more.splice(this.view.more.indexOf(this), 1)
  }

  /** Show these arcs and no others. */
  show(arcs) {
    this.arcs = arcs
    this.pixels = null
    this.view.cover('cells', true)
    this.update()
    this.addMarks()
  }

  /** Show nothing: too far out, or not loaded. */
  clear() {
    this.arcs = null
    this.pixels = null
    this.sketch.clearLayers()
    this.view.cover('cells', false)
    this.refresh()
  }

  /** Let cells stand out. */
  choose(codes) {
    this.chosen = new Set(codes)
    this.update()
  }

  /** Show cells as about to be given to a unit. */
  paint(codes) {
    for (const code of codes) {
      if (!this.painted.has(code)) this.addFill(code, 'painted')
      this.painted.add(code)
    }
  }

  /** Show no cell as about to be given. */
  unpaint() {
    this.painted.clear()
    this.update()
  }

  /** Show the vertices of cells as handles. */
  handle(codes) {
    this.handlesOf = new Set(codes)
    this.addMarks()
  }

  /** Draw everything anew: other colours or zoom. */
  refresh() {
    this.groups['plan-lines'].clearLayers()
    this.drawn.clear()
    this.update()
    this.addMarks()
  }

  /** Draw the cells that stand out, and those borders that are not drawn as they are. */
  update() {
    this.groups['plan-fills'].clearLayers()
    this.fills.clear()
    for (const [code, cell] of this.arcs ? this.arcs.cells : []) {
      const kind = this.painted.has(code) ? 'painted' : this.chosen.has(code) ? 'chosen' : cell.is_changed ? 'changed' : null
      if (kind) this.addFill(code, kind)
    }
    const before = this.drawn
    this.drawn = new Map()
    this.lines = (this.arcs ? this.arcs.arcs : []).map((arc, number) => this.lineOf(arc, number, before.get(arc)))
    const kept = new Set(this.lines)
    for (const { line } of before.values()) if (!kept.has(line)) this.groups['plan-lines'].removeLayer(line)
    this.dragged.clear()
    for (const { line, kind } of this.drawn.values()) if (kind === 'chosen') line.bringToFront()
  }

  /** Return the line of an arc: the one that is `known`, if it is drawn as it is, or a new one. */
  lineOf(arc, number, known) {
    const kind = this.kindOf(arc)
    const isAsWas = known && known.kind === kind && !this.dragged.has(known.line)
    const line = isAsWas ? known.line : this.addLine(number, kind)
    this.drawn.set(arc, { line, kind })
    return line
  }

  /** Write the cells' numbers and show the handles. */
  addMarks() {
    this.groups['plan-marks'].clearLayers()
    if (!this.arcs) return
    if (this.map.getZoom() >= NAMES_FROM) for (const cell of this.arcs.cells.values()) this.addName(cell)
    this.addHandles()
  }

  addFill(code, kind) {
    const [name, fillOpacity] = FILLS[kind]
    const known = this.fills.get(code)
    if (known) this.groups['plan-fills'].removeLayer(known)
    const fill = window.L.polygon(leafletPositions(this.arcs.rings(code)), {
      renderer: this.canvas['plan-fills'], interactive: false, stroke: false, fill: true, fillColor: colour(name), fillOpacity,
    })
    this.fills.set(code, fill)
    this.groups['plan-fills'].addLayer(fill)
  }

  kindOf({ one, other }) {
    const [here, there] = [this.arcs.cells.get(one), this.arcs.cells.get(other)]
    if (this.chosen.has(one) || this.chosen.has(other)) return 'chosen'
    if (other === null) return 'outer'
    return here && there && here.community !== there.community ? 'unit' : 'cell'
  }

  addLine(number, kind) {
    const { name, weight } = LINES[kind]
    const line = window.L.polyline(leafletPositions(this.arcs.shown[number]), {
      renderer: this.canvas['plan-lines'], interactive: false, color: colour(name), weight, opacity: 0.95, lineJoin: 'round',
    })
    this.groups['plan-lines'].addLayer(line)
    return line
  }

  addName(cell) {
    const [ring] = this.arcs.rings(cell.code)
    const { x, y } = inside(ring.map(([lon, lat]) => ({ x: lon, y: lat })))
    const text = cell.is_locked ? word('plan.locked_cell', { cell: cellLabel(cell) }) : cellLabel(cell)
    this.groups['plan-marks'].addLayer(wordAt([y, x], text, this.canvas['plan-marks']))
  }

  addHandles() {
    const names = new Set()
    for (const code of this.handlesOf) for (const name of this.arcs.corners(code)) names.add(name)
    if (names.size > MOST_HANDLES) return
    for (const name of names) {
      const { lonlat: [lon, lat], isJunction } = this.arcs.vertex(name)
      this.groups['plan-marks'].addLayer(window.L.circleMarker([lat, lon], {
        renderer: this.canvas['plan-marks'], interactive: false, radius: isJunction ? 7 : 4.5, weight: isJunction ? 3 : 2,
        color: colour('selected'), fill: true, fillColor: colour('halo'), fillOpacity: 1,
      }))
    }
  }

  /** Draw some arcs where they are shown now, and the cells beside them. */
  follow(numbers) {
    const codes = new Set()
    for (const number of numbers) {
      this.lines[number].setLatLngs(leafletPositions(this.arcs.shown[number]))
      this.dragged.add(this.lines[number])
      codes.add(this.arcs.arcs[number].one).add(this.arcs.arcs[number].other)
    }
    for (const code of codes) if (this.fills.has(code)) this.fills.get(code).setLatLngs(leafletPositions(this.arcs.rings(code)))
  }

  /** Show what the server knows again. */
  settle() {
    if (this.arcs) this.follow(this.arcs.restore())
  }

  /** Return the arcs as pixels of the world at this zoom; made once for each zoom. */
  onScreen() {
    const zoom = this.map.getZoom()
    if (!this.pixels || this.pixels.zoom !== zoom) {
      const lines = this.arcs.arcs.map((arc) => arc.lonlat.map(([lon, lat]) => this.map.project([lat, lon], zoom)))
      this.pixels = { zoom, lines }
    }
    return this.pixels.lines
  }

  /** Return the [lon, lat] as pixels of the world. */
  pixel([lon, lat]) {
    return this.map.project([lat, lon], this.map.getZoom())
  }

  /** Return the numbers of the arcs around some cells, or of all when `codes` is null. */
  among(codes) {
    return codes ? this.arcs.borders(codes) : this.arcs.arcs.map((_, number) => number)
  }

  /** Return the vertex nearest to a [lon, lat] within some pixels, of some cells or of all; null when there is none. */
  vertexNear(lonlat, within, codes = null) {
    if (!this.arcs) return null
    const numbers = this.among(codes)
    const found = nearestVertex(numbers.map((number) => this.onScreen()[number]), this.pixel(lonlat), within)
    return found ? this.arcs.vertex(nameOf(this.arcs.arcs[numbers[found.line]].line[found.i])) : null
  }

  /** Return the border nearest to a [lon, lat] within some pixels: `{ number, i, start, end, lonlat, arc }`; null when there is none. */
  borderNear(lonlat, within, codes = null) {
    if (!this.arcs) return null
    const numbers = this.among(codes)
    const found = nearestStretch(numbers.map((number) => this.onScreen()[number]), this.pixel(lonlat), within)
    if (!found) return null
    const number = numbers[found.line]
    const arc = this.arcs.arcs[number]
    const { lng, lat } = this.map.unproject([found.x, found.y], this.map.getZoom())
    return { number, i: found.i, start: arc.line[found.i], end: arc.line[found.i + 1], lonlat: [lng, lat], arc }
  }

  /** Return the cell in which a [lon, lat] lies; null when it is in none that is shown. */
  cellAt([lon, lat]) {
    if (!this.arcs) return null
    const place = { x: lon, y: lat }
    for (const cell of this.arcs.cells.values()) {
      const rings = this.arcs.rings(cell.code).map((ring) => ring.map(([x, y]) => ({ x, y })))
      if (inRings(rings, place)) return cell
    }
    return null
  }

  /** Return a place well inside a cell that is shown. */
  middleOf(code) {
    const [ring] = this.arcs.rings(code)
    const { x, y } = inside(ring.map(([lon, lat]) => ({ x: lon, y: lat })))
    return [x, y]
  }

  /** Return [west, south, east, north] of a cell that is shown. */
  boundsOf(code) {
    const [ring] = this.arcs.rings(code)
    const [lons, lats] = [ring.map(([lon]) => lon), ring.map(([, lat]) => lat)]
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
  }

  /** Draw a line that is being made, with its vertices, beside what was drawn if `isMore`; `tone` is a colour. */
  draw(positions, { tone = 'accent', isClosed = false, hasKnots = true, isMore = false } = {}) {
    if (!isMore) this.sketch.clearLayers()
    if (positions.length === 0) return
    const look = { renderer: this.canvas['plan-marks'], interactive: false, color: colour(tone), weight: 3, dashArray: [8, 6], fill: isClosed, fillColor: colour(tone), fillOpacity: 0.12 }
    const make = isClosed ? window.L.polygon : window.L.polyline
    this.sketch.addLayer(make(leafletPositions(positions), look))
    if (!hasKnots) return
    for (const [lon, lat] of positions) {
      this.sketch.addLayer(window.L.circleMarker([lat, lon], { ...look, dashArray: null, radius: 5, weight: 2, fill: true, fillColor: colour('halo'), fillOpacity: 1 }))
    }
  }
}
