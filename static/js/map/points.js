/** Points on the map: incidents and responders as shapes on one canvas, cheap enough for thousands. */

import { el } from '../dom.js'
import { atZoom } from '../geo.js'
import { colour } from '../page.js'
import { trace } from './shapes.js'

const ROOM = 1.5 // shapes reach further than a circle of their size
const GROWTH = [[12, 0.6], [16, 1]] // marks are smaller far out, where they lie close together

const leaflet = {}

/** Leaflet is a classic script: its classes are there when the first map is, not when this module loads. */
function markClass() {
  leaflet.Mark = leaflet.Mark || window.L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer
      if (!renderer._drawing || this._empty()) return
      const { shape, size, isChosen } = this.options
      if (isChosen) ring(renderer._ctx, this._point, size)
      trace(renderer._ctx, shape, this._point.x, this._point.y, size)
      renderer._fillStroke(renderer._ctx, this)
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

/** A set of points of one kind that is replaced as a whole and can be switched off. */
export class Points {
  /** `look(properties)` gives shape, size, colour; `say(properties)` the words of the tip; `onPick(feature)` a click. */
  constructor(map, renderer, { look, say, onPick }) {
    this.group = window.L.layerGroup().addTo(map)
    this.map = map
    this.renderer = renderer
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
    this.group.clearLayers()
    this.marks = new Map(features.filter((f) => f.geometry).map((feature) => [feature.properties.id, this.mark(feature)]))
    for (const mark of this.marks.values()) this.group.addLayer(mark)
    this.choose(this.chosen)
  }

  /** Draw everything again, as the colours changed. */
  refresh() {
    this.show(this.features)
  }

  /** Put a ring around one point; null for none. */
  choose(id) {
    const before = this.marks.get(this.chosen)
    if (before) before.setStyle({ isChosen: false })
    this.chosen = id
    const mark = this.marks.get(id)
    if (mark) mark.setStyle({ isChosen: true }).bringToFront()
  }

  mark(feature) {
    const look = this.look(feature.properties)
    const size = look.size * atZoom(GROWTH, this.map.getZoom())
    const [lon, lat] = feature.geometry.coordinates
    const mark = new (markClass())([lat, lon], {
      renderer: this.renderer,
      radius: size * ROOM + 8,
      size,
      shape: look.shape,
      fill: true,
      fillOpacity: 1,
      fillColor: look.isHollow ? colour('paper') : look.colour,
      color: look.isHollow ? look.colour : colour('mark-edge'),
      weight: look.isHollow ? 2.5 : 1.5,
      bubblingMouseEvents: false,
    })
    mark.on('click', () => this.onPick(feature))
    mark.bindTooltip(() => el('span', {}, this.say(feature.properties)), { direction: 'top', offset: [0, -8] })
    return mark
  }
}
