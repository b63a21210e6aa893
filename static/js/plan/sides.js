/** Both sides of a comparison on the map: the release left of a place, the plan right of it. */

import { cellLabel } from '../format.js'
import { leafletPositions } from '../geo.js'
import { colour } from '../page.js'
import { LINES } from './board.js'
import { clips, isOfLand } from './compared.js'
import { wordAt } from './names.js'
import { inside } from './pixels.js'

const PANES = { 'compare-new': 431, 'compare-old': 432 }
const OF_PLAN = ['plan-lines', 'plan-marks', 'compare-new'] // what is drawn of the plan is to be seen on its side only
const FILLS = 'plan-fills' // put away meanwhile: what changed has the fills of both sides
const MOVES = 'move zoomend viewreset resize'
const NAMES_FROM = 15 // zoom from which cells have their numbers

/** What is drawn while two grids are compared; `close` takes all of it away. */
export class Sides {
  constructor(editing) {
    Object.assign(this, { editing, found: null, percent: 50, canvas: {}, groups: {} })
    this.view = editing.view
    this.map = this.view.map
    for (const [name, zIndex] of Object.entries(PANES)) {
      const pane = this.map.getPane(name) || this.map.createPane(name)
      Object.assign(pane.style, { zIndex: String(zIndex), pointerEvents: 'none' })
      this.canvas[name] = window.L.canvas({ pane: name, padding: 0.2 })
      this.groups[name] = window.L.layerGroup().addTo(this.map)
    }
    this.map.getPane(FILLS).style.display = 'none'
    this.again = () => this.cut()
    this.map.on(MOVES, this.again)
    this.view.more.push(this)
  }

  close() {
    this.view.more.splice(this.view.more.indexOf(this), 1)
    this.map.off(MOVES, this.again)
    for (const name of OF_PLAN) this.map.getPane(name).style.clipPath = ''
    this.map.getPane(FILLS).style.display = ''
    Object.values(this.groups).forEach((group) => group.remove())
    Object.values(this.canvas).forEach((canvas) => canvas.remove())
  }

  /** Draw what the server found. */
  show(found) {
    this.found = found
    this.refresh()
  }

  /** Cut the map at so many per cent of its width. */
  cut(percent = this.percent) {
    this.percent = percent
    const { x, y } = this.map.getSize()
    const { left, right } = clips(this.map.containerPointToLayerPoint([0, 0]), [x, y], this.percent)
    this.map.getPane('compare-old').style.clipPath = left
    for (const name of OF_PLAN) this.map.getPane(name).style.clipPath = right
  }

  /** Draw both sides again: other cells, borders in view, colours or zoom. */
  refresh() {
    Object.values(this.groups).forEach((group) => group.clearLayers())
    if (!this.found) return
    const { old, new: now, changed } = this.found
    for (const feature of now.features) this.addCell('compare-new', feature)
    this.addSame(new Set(changed.map(({ code }) => code)))
    for (const feature of old.features) this.addCell('compare-old', feature)
  }

  addCell(pane, { geometry, properties }) {
    const isLand = isOfLand(properties.changes)
    const tone = colour(isLand ? 'warn' : 'community')
    this.groups[pane].addLayer(window.L.polygon(leafletPositions(geometry.coordinates), {
      renderer: this.canvas[pane], interactive: false, stroke: isLand || pane === 'compare-old', fill: true, fillColor: tone, fillOpacity: isLand ? 0.2 : 0.12,
      color: isLand ? tone : colour('cell'), weight: isLand ? 3 : 1.5, opacity: 0.95, lineJoin: 'round',
    }))
    if (pane === 'compare-old') this.addName(properties, geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0])
  }

  /** What is the same on both sides stands on the left as the plan's borders have it. */
  addSame(changed) {
    const { arcs } = this.editing
    if (!arcs) return
    const look = { renderer: this.canvas['compare-old'], interactive: false, opacity: 0.95, lineJoin: 'round' }
    for (const { one, other, lonlat } of arcs.arcs) {
      if (changed.has(one) || changed.has(other)) continue
      const [here, there] = [arcs.cells.get(one), arcs.cells.get(other)]
      const { name, weight } = LINES[other === null ? 'outer' : here && there && here.community !== there.community ? 'unit' : 'cell']
      this.groups['compare-old'].addLayer(window.L.polyline(leafletPositions(lonlat), { ...look, color: colour(name), weight }))
    }
    for (const cell of arcs.cells.values()) if (!changed.has(cell.code)) this.addName(cell, arcs.rings(cell.code)[0])
  }

  addName(cell, ring) {
    if (this.map.getZoom() < NAMES_FROM) return
    const { x, y } = inside(ring.map(([lon, lat]) => ({ x: lon, y: lat })))
    this.groups['compare-old'].addLayer(wordAt([y, x], cellLabel(cell), this.canvas['compare-old']))
  }
}
