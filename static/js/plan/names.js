/** Short words on the plan's canvas: one circle of Leaflet each that paints text in its place. */

import { colour, style } from '../page.js'

const leaflet = {}

/** Leaflet's classes are there when the first map is, not when this module loads. */
function wordClass() {
  leaflet.Word = leaflet.Word || window.L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer
      if (!renderer._drawing || this._empty()) return
      const context = renderer._ctx
      const { x, y } = this._point
      context.globalAlpha = 1
      context.setLineDash([])
      context.font = `600 13px ${style.fonts}`
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.lineJoin = 'round'
      context.lineWidth = 3.5
      context.strokeStyle = colour('halo')
      context.fillStyle = colour('cell-text')
      context.strokeText(this.options.text, x, y)
      context.fillText(this.options.text, x, y)
      context.textAlign = 'start'
      context.textBaseline = 'alphabetic'
    },
  })
  return leaflet.Word
}

/** Return a layer that writes `text` at a [lat, lon]. */
export function wordAt(position, text, renderer) {
  return new (wordClass())(position, { renderer, text, radius: 7 * text.length + 6, interactive: false, stroke: true, fill: true })
}
