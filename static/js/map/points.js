/** Points on the map: incidents and responders as shapes on one canvas, cheap enough for thousands. */

import { el } from '../dom.js'
import { atZoom } from '../geo.js'
import { colour, style } from '../page.js'
import { trace } from './shapes.js'

const ROOM = 1.5 // shapes reach further than a circle of their size
const GROWTH = [[12, 0.6], [16, 1]] // marks are smaller far out, where they lie close together
const WIDEST_FILL = 300 // metres; a wider circle would only tint the whole map
const DASH = [2.5, 2.5] // the edge of what may lie elsewhere

const leaflet = {}

/** Leaflet is a classic script: its classes are there when the first map is, not when this module loads. */
function markClass() {
  leaflet.Mark = leaflet.Mark || window.L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer
      if (!renderer._drawing || this._empty()) return
      const { shape, size, isChosen, isUncertain, color } = this.options
      if (isChosen) ring(renderer._ctx, this._point, size)
      trace(renderer._ctx, shape, this._point.x, this._point.y, size)
      renderer._fillStroke(renderer._ctx, this)
      if (isUncertain) question(renderer._ctx, this._point, size, color)
    },
  })
  return leaflet.Mark
}

function ring(context, point, size) {
  context.beginPath()
  context.arc(point.x, point.y, size + 6, 0, 2 * Math.PI)
  context.globalAlpha = 1
  context.setLineDash([])
  context.lineWidth = 3
  context.strokeStyle = colour('selected')
  context.stroke()
}

function question(context, point, size, ink) {
  context.globalAlpha = 1
  context.fillStyle = ink
  context.font = `700 ${size * 1.7}px ${style.fonts}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText('?', point.x, point.y + size * 0.1)
  context.textAlign = 'start'
  context.textBaseline = 'alphabetic'
}

/** A set of points of one kind that can be switched off; what has not changed is not drawn again. */
export class Points {
  /** `look(properties)` gives shape, size, colour; `say(properties)` the words of the tip; `onPick(feature)` a click; `ground` draws how far off a point may be. */
  constructor(map, renderer, { look, say, onPick, ground }) {
    this.group = window.L.layerGroup().addTo(map)
    this.map = map
    this.renderer = renderer
    this.ground = ground
    this.look = look
    this.say = say
    this.onPick = onPick
    this.features = []
    this.marks = new Map()
    this.chosen = null
  }

  /** Show these GeoJSON points and no others; later ones lie above earlier ones. */
  show(features) {
    this.features = features
    const before = this.marks
    this.marks = new Map()
    let isNew = false
    for (const feature of features.filter((f) => f.geometry)) {
      const { id } = feature.properties
      const known = before.get(id)
      this.marks.set(id, known ? this.change(known, feature) : this.mark(feature))
      isNew = isNew || !known
    }
    for (const [id, mark] of before) if (!this.marks.has(id)) this.drop(mark)
    if (isNew) this.marks.forEach((mark) => mark.bringToFront())
    this.choose(this.chosen, isNew)
  }

  /** Draw everything again, as the colours or the zoom changed. */
  refresh() {
    this.show(this.features)
  }

  /** Put a ring around one point; null for none. */
  choose(id, isBuried = false) {
    const before = this.marks.get(this.chosen)
    if (before && this.chosen !== id) before.setStyle({ isChosen: false })
    this.chosen = id
    const mark = this.marks.get(id)
    if (mark && (isBuried || !mark.options.isChosen)) mark.setStyle({ isChosen: true }).bringToFront()
  }

  mark(feature) {
    const [lon, lat] = feature.geometry.coordinates
    const mark = new (markClass())([lat, lon], { renderer: this.renderer, bubblingMouseEvents: false, ...this.paint(feature) })
    mark.feature = feature
    mark.on('click', () => this.onPick(mark.feature))
    mark.bindTooltip(() => el('span', {}, this.say(mark.feature.properties)), { direction: 'top', offset: [0, -8] })
    this.group.addLayer(mark)
    this.surround(mark)
    return mark
  }

  /** Move and paint a mark as its feature is now, if that is different. */
  change(mark, feature) {
    const [lon, lat] = feature.geometry.coordinates
    const { lng: wasLon, lat: wasLat } = mark.getLatLng()
    const paint = this.paint(feature)
    mark.feature = feature
    if (Object.keys(paint).some((name) => String(paint[name]) !== String(mark.options[name]))) mark.setStyle(paint)
    if (lon !== wasLon || lat !== wasLat) mark.setLatLng([lat, lon])
    this.surround(mark)
    return mark
  }

  drop(mark) {
    this.group.removeLayer(mark)
    if (mark.circle) this.group.removeLayer(mark.circle)
  }

  paint(feature) {
    const look = this.look(feature.properties)
    const size = look.size * atZoom(GROWTH, this.map.getZoom())
    const isOpen = look.isHollow || look.isUncertain
    return {
      radius: size * ROOM + 8,
      size,
      shape: look.shape,
      fill: true,
      fillOpacity: 1,
      fillColor: isOpen ? colour('paper') : look.colour,
      color: isOpen ? look.colour : colour('mark-edge'),
      weight: isOpen ? 2.5 : 1.5,
      dashArray: look.isUncertain ? DASH : null,
      isUncertain: Boolean(look.isUncertain),
      reach: look.reach || 0,
    }
  }

  /** Draw how far off a point may be, in metres on the ground. */
  surround(mark) {
    const { reach, color } = mark.options
    if (mark.circle) this.group.removeLayer(mark.circle)
    mark.circle = null
    if (!reach || !this.ground) return
    mark.circle = window.L.circle(mark.getLatLng(), {
      renderer: this.ground, interactive: false, radius: reach, color, weight: 2, dashArray: [6, 6], fillColor: color, fillOpacity: reach <= WIDEST_FILL ? 0.08 : 0,
    })
    this.group.addLayer(mark.circle)
  }
}
