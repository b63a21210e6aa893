/** Lines and outlines above the ground: patrol routes, the way to an incident, chosen and own cells. */

import { atZoom, leafletPositions } from '../geo.js'
import { colour, style } from '../page.js'

const BEAD = 0.75 // of the width of its line
const GROWTH = [[11, 0.4], [15, 1]] // lines are thinner far out

/** A set of GeoJSON lines, polygons or points along a line, drawn with a pale casing, never in the way of a click. */
export class Lines {
  /** `look(feature)` gives colour name, width, dash and fill opacity. */
  constructor(map, renderer, look) {
    this.group = window.L.layerGroup().addTo(map)
    this.map = map
    this.renderer = renderer
    this.look = look
    this.features = []
  }

  /** Show these features and no others. */
  show(features) {
    this.features = features
    this.group.clearLayers()
    for (const feature of features.filter((f) => f && f.geometry)) this.add(feature)
  }

  /** Draw everything again, as the colours changed. */
  refresh() {
    this.show(this.features)
  }

  add(feature) {
    const look = this.look(feature)
    const width = look.width * atZoom(GROWTH, this.map.getZoom())
    if (feature.geometry.type === 'Point') this.bead(feature, look, width)
    else this.stroke(feature, look, width)
  }

  bead(feature, look, width) {
    this.group.addLayer(window.L.circleMarker(leafletPositions(feature.geometry.coordinates), {
      renderer: this.renderer, interactive: false, radius: width * BEAD, weight: width / 2.5, color: colour(look.colour),
      fill: true, fillColor: colour(style.route.casing), fillOpacity: 1,
    }))
  }

  stroke(feature, look, width) {
    const isArea = feature.geometry.type.endsWith('Polygon')
    const make = isArea ? window.L.polygon : window.L.polyline
    const positions = leafletPositions(feature.geometry.coordinates)
    const base = { renderer: this.renderer, interactive: false, lineJoin: 'round', stretch: feature.stretch }
    const casing = { ...base, color: colour(style.route.casing), weight: width + 3, opacity: 0.8, fill: false }
    const line = {
      ...base, color: colour(look.colour), weight: width, opacity: 1, dashArray: look.dash || null,
      fill: isArea && Boolean(look.fillOpacity), fillColor: colour(look.colour), fillOpacity: look.fillOpacity || 0,
    }
    this.group.addLayer(make(positions, casing))
    this.group.addLayer(make(positions, line))
  }
}
