/** The pin that says where something is: dragged, or moved with the arrow keys (WCAG 2.5.7). */

import { svg } from '../dom.js'

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const STRIDE = 10 // pixels a press; with Shift one

/** One pin on the map; `onMove([lon, lat])` hears where a person has put it. */
export class Pin {
  constructor(view, label, onMove) {
    this.view = view
    this.label = label
    this.onMove = onMove
    this.marker = null
  }

  /** Put the pin at a [lon, lat]. */
  put([lon, lat]) {
    if (this.marker) this.marker.setLatLng([lat, lon])
    else this.make([lat, lon])
  }

  /** Take the pin away. */
  take() {
    if (this.marker) this.marker.remove()
    this.marker = null
  }

  /** Bring the focus to the pin, so that the arrow keys move it. */
  focus() {
    if (this.marker) this.marker.getElement().focus({ preventScroll: true })
  }

  make(latlng) {
    const picture = svg('svg', { viewBox: '0 0 32 44', 'aria-hidden': 'true', focusable: 'false' },
      svg('path', { d: 'M16 43C9 32 2 25 2 16a14 14 0 0 1 28 0c0 9-7 16-14 27z' }), svg('circle', { cx: 16, cy: 16, r: 5 }))
    const icon = window.L.divIcon({ className: 'pin', html: picture, iconSize: [32, 44], iconAnchor: [16, 43] })
    this.marker = window.L.marker(latlng, { icon, draggable: true, autoPan: true, zIndexOffset: 1000 }).addTo(this.view.map)
    this.marker.on('dragend', () => this.tell())
    const element = this.marker.getElement()
    element.setAttribute('aria-label', this.label)
    element.addEventListener('keydown', (event) => this.key(event))
  }

  key(event) {
    const step = STEPS[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    const { map } = this.view
    const by = window.L.point(step).multiplyBy(event.shiftKey ? 1 : STRIDE)
    this.marker.setLatLng(map.unproject(map.project(this.marker.getLatLng()).add(by)))
    const { lng, lat } = this.marker.getLatLng()
    this.view.goTo([lng, lat], map.getZoom())
    this.tell()
  }

  tell() {
    const { lng, lat } = this.marker.getLatLng()
    this.onMove([lng, lat])
  }
}
