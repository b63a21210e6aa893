/** On the map: where a file has something wrong, the one that is looked at, and a cell before and after its mend. */

import { leafletBounds } from '../geo.js'
import { colour } from '../page.js'

const PANE = 'import-marks'
const TONES = { open: 'warn', refused: 'urgent', accepted: 'good', mended: 'good', noted: 'edge' }
const LEAST = 0.0004 // degrees around a small place that are shown with it

/** Marks above the grid; gone when the room is left. */
export class Marks {
  constructor(view) {
    this.view = view
    this.map = view.map
    const pane = this.map.getPane(PANE) || this.map.createPane(PANE)
    pane.style.zIndex = '445'
    pane.style.pointerEvents = 'none'
    this.canvas = window.L.canvas({ pane: PANE, padding: 0.2 })
    this.places = window.L.layerGroup().addTo(this.map)
    this.chosen = window.L.layerGroup().addTo(this.map)
  }

  /** Show where these findings are. */
  show(findings) {
    this.clear()
    for (const { place, weight } of findings) {
      if (place) this.places.addLayer(this.spot(place.coordinates, TONES[weight], 6))
    }
  }

  spot([lon, lat], tone, radius) {
    return window.L.circleMarker([lat, lon], {
      renderer: this.canvas, interactive: false, radius, weight: 3, color: colour(tone), fill: true, fillColor: colour('halo'), fillOpacity: 0.8,
    })
  }

  /** Go to one finding. */
  look({ place, box, weight }) {
    this.chosen.clearLayers()
    const [west, south, east, north] = box
    const grown = [west - LEAST, south - LEAST, east + LEAST, north + LEAST]
    this.chosen.addLayer(window.L.rectangle(leafletBounds(box), { renderer: this.canvas, interactive: false, fill: false, weight: 3, color: colour('selected') }))
    this.chosen.addLayer(this.spot(place.coordinates, TONES[weight], 12))
    this.view.goToBounds(grown)
  }

  /** Show a cell as it is in the file, dashed, and as it would be when mended. */
  compare({ before, after, box }) {
    this.chosen.clearLayers()
    const looks = [[after, { color: colour('accent'), weight: 4, fill: true, fillOpacity: 0.12 }], [before, { color: colour('selected'), weight: 3, dashArray: '8 6', fill: false }]]
    for (const [geometry, style] of looks) {
      if (geometry) this.chosen.addLayer(window.L.geoJSON({ type: 'Feature', properties: {}, geometry }, { style: { ...style, renderer: this.canvas }, renderer: this.canvas, interactive: false }))
    }
    if (box) this.view.goToBounds(box)
  }

  /** Take everything away. */
  clear() {
    this.places.clearLayers()
    this.chosen.clearLayers()
  }

  /** Take everything away for good. */
  close() {
    this.clear()
    this.places.remove()
    this.chosen.remove()
  }
}
