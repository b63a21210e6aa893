/** The map of a page: Folium made it, this adds the tiles, the panes above them, and what can be picked. */

import { get } from '../api.js'
import { leafletBounds } from '../geo.js'
import { isCalm, onNight, style } from '../page.js'
import { quietly } from '../parts/states.js'
import { Lines } from './lines.js'
import { rules } from './paint.js'
import { Points } from './points.js'
import { incidentLook, responderLook } from './shapes.js'
import { remember, remembered, themesOf } from './themes.js'
import { Arrivals, paintOnce, tileSource } from './tiles.js'

const PANES = { outlines: 410, routes: 420, marks: 450 } // z-index; only marks can be clicked
const GRID = ['cells', 'communities', 'streets', 'districts'] // the sources that have releases
const FINGER = 6 // pixels of tolerance around a mark on a touch screen
const EDGE = 16 // pixels around what is shown as a whole
const PATIENCE = 3000 // ms that rows wait for the map
const MARGIN = 0.12 // of the free map; what lies further out is not well in sight

/** The map and everything drawn on it. */
export class MapView {
  /** `say(kind, properties)` gives the words of a tip; `on` hears of onCell, onUnit, … ; `hidden` parts start off, a city's themes are there to be switched on if `hasThemes`. */
  constructor(city, say, on, { hidden = [], hasThemes = false } = {}) {
    this.map = window.map_main
    this.city = city
    this.on = on
    this.picker = null
    this.release = null // the release whose grid is shown; null is now
    this.parts = { basemap: true, cells: true, routes: true, responders: true, incidents: true }
    for (const part of hidden) this.parts[part] = false
    this.covered = new Set() // parts that something above them shows better
    this.tinted = new Set()
    this.themes = hasThemes ? themesOf(city) : []
    for (const { part } of this.themes) this.parts[part] = remembered(city).has(part)
    if (isCalm()) Object.assign(this.map, { _zoomAnimated: false, _fadeAnimated: false }) // Leaflet asks no media query
    this.fit()
    this.map.setMinZoom(8) // only now: below it Leaflet would start an animation that ends after ours
    window.L.control.scale({ imperial: false, position: 'bottomleft' }).addTo(this.map)
    this.more = [] // what a page adds to the things above the ground
    this.addTiles()
    this.addThings(say)
    for (const part of hidden) this.setPart(part, false)
    this.map.on('click', (event) => this.pick(event.latlng))
    this.map.on('moveend', () => this.remember())
    this.isZooming = false
    this.map.on('zoomanim', () => { this.isZooming = true })
    this.map.on('zoomend', () => { this.isZooming = false })
    this.map.on('zoomend', () => this.things().forEach((things) => things.refresh()))
    onNight(() => this.repaint())
  }

  addTiles() {
    const sources = {}
    const arrivals = new Arrivals()
    for (const source of style.sources) {
      const isTheme = source.name === style.thematic.source
      sources[source.name] = {
        url: tileSource(source, this.city, this.on.onTrouble, {
          isWanted: () => !isTheme || this.shownThemes().length > 0,
          isShown: () => isTheme || isDrawnAt(source, this.base.lastRequestedZ),
          query: () => this.version(source),
          arrivals,
        }),
        maxDataZoom: source.max_zoom,
      }
    }
    this.base = window.protomapsL.leafletLayer({
      sources, attribution: '', ...this.rules(), maxZoom: 19, minZoom: 7, updateWhenZooming: false, tasks: [arrivals.task],
    })
    paintOnce(this.base)
    this.base.addTo(this.map)
  }

  /** Return what the address of a tile ends with: the release looked at, or the city's stamp, so that no tile is asked for twice while it stands. */
  version({ name }) {
    const isOther = GRID.includes(name) && this.release !== null
    return isOther ? `?release=${this.release}` : `?v=${encodeURIComponent(this.city.stamp)}`
  }

  /** Return when all tiles in sight have come, or after a while without them. */
  drawn() {
    return new Promise((done) => {
      this.base.once('load', done)
      window.setTimeout(done, this.base.isLoading() ? PATIENCE : 0)
    })
  }

  addThings(say) {
    const canvas = {}
    for (const [name, zIndex] of Object.entries(PANES)) {
      const pane = this.map.createPane(name)
      pane.style.zIndex = String(zIndex)
      if (name !== 'marks') pane.style.pointerEvents = 'none'
      canvas[name] = window.L.canvas({ pane: name, tolerance: window.L.Browser.mobile ? FINGER : 1 })
    }
    const cellLook = (f) => (f.isMine ? { colour: 'mine', width: 4, fillOpacity: 0.1 } : { colour: 'selected', width: 3.5, fillOpacity: 0.12 })
    const routeLook = (f) => ({ colour: f.tone ? style.route.tones[f.tone] : style.route.colour, width: f.isMine ? style.route.mine : style.route.width, dash: style.route.dash })
    this.mine = new Lines(this.map, canvas.outlines, cellLook)
    this.outline = new Lines(this.map, canvas.outlines, cellLook)
    this.routes = new Lines(this.map, canvas.routes, routeLook)
    this.way = new Lines(this.map, canvas.routes, (f) => (f.isChosen ? { colour: 'selected', width: 5 } : { colour: 'edge', width: 2.5, dash: [1, 5] }))
    this.responders = new Points(this.map, canvas.marks, {
      look: responderLook, say: (p) => say('responder', p), onPick: (f) => this.choose(f, this.on.onResponder),
    })
    this.incidents = new Points(this.map, canvas.marks, {
      look: incidentLook, say: (p) => say('incident', p), onPick: (f) => this.choose(f, this.on.onIncident), ground: canvas.outlines,
    })
  }

  /** Switch a part of the map on or off. */
  setPart(part, isOn) {
    this.parts[part] = isOn
    const group = this[part] && this[part].group
    if (group && isOn) group.addTo(this.map)
    else if (group) group.remove()
    if (!group || this.tinted.size) this.repaint()
  }

  /** Leave out a part of the map while something above it shows the same, as a plan its cells. */
  cover(part, isCovered) {
    if (this.covered.has(part) === isCovered) return
    if (isCovered) this.covered.add(part)
    else this.covered.delete(part)
    this.repaint()
  }

  /** Switch one of the city's themes on or off; its tiles are asked for only once there is one to see. */
  setTheme(part, isOn) {
    const wasEmpty = this.shownThemes().length === 0
    this.parts[part] = isOn
    if (wasEmpty) this.base.views.get(style.thematic.source).tileCache.cache.clear()
    remember(this.city, this.shownThemes())
    this.repaint()
  }

  /** Return the parts of the themes that are switched on. */
  shownThemes() {
    return this.themes.map(({ part }) => part).filter((part) => this.parts[part])
  }

  /** Let the cells with these codes stand out as long as the routes are shown. */
  tint(codes) {
    if (codes.length === this.tinted.size && codes.every((code) => this.tinted.has(code))) return
    this.tinted = new Set(codes)
    this.repaint()
  }

  rules() {
    return rules((part) => this.parts[part] && !this.covered.has(part), this.tinted, this.themes)
  }

  /** Paint tiles and things again with the present colours and parts. */
  repaint() {
    const { paintRules, labelRules } = this.rules()
    this.base.paintRules = paintRules
    this.base.labelRules = labelRules
    this.base.clearLayout()
    this.base.rerenderTiles()
    this.things().forEach((things) => things.refresh())
  }

  /** Return all sets of things above the ground. */
  things() {
    return [this.mine, this.outline, this.routes, this.way, this.responders, this.incidents, ...this.more]
  }

  /** Show the ground as it is now: something was published, or may have been while nothing was heard. */
  async renew() {
    const { items } = await get('/api/cities')
    const city = items.find(({ code }) => code === this.city.code)
    if (!city || city.stamp === this.city.stamp) return
    this.city.stamp = city.stamp
    this.reload()
  }

  /** Ask for every tile again: the ground has changed, or tiles failed. */
  reload() {
    for (const view of this.base.views.values()) view.tileCache.cache.clear()
    this.base.clearLayout()
    this.base.redraw()
  }

  /** Show the grid as it is with a release, null for now; meanwhile `onCell` hears what its tiles say of a cell that is picked. */
  asOf(release, onCell = null) {
    Object.assign(this, { release, onPastCell: onCell })
    for (const name of GRID) this.base.views.get(name).tileCache.cache.clear()
    this.base.clearLayout()
    this.base.redraw()
  }

  /** Show the whole city, or the part of it in the address. */
  fit() {
    const place = /^#(\d+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(window.location.hash)
    this.isPlaced = Boolean(place)
    if (place) this.map.setView([Number(place[2]), Number(place[3])], Number(place[1]), { animate: false })
    else this.whole()
  }

  /** Show the whole city. */
  whole() {
    this.map.fitBounds(leafletBounds(this.city.bounds), { animate: false })
  }

  /** Go to a [lon, lat], nearer if it is far out; nothing moves when it is well in sight beside the card already. */
  goTo([lon, lat], zoom = 16) {
    if (this.isZooming) {
      this.map.once('zoomend', () => this.goTo([lon, lat], zoom)) // until then the map takes no other aim
      return
    }
    const target = window.L.latLng(lat, lon)
    const free = this.free()
    const margin = free.getSize().multiplyBy(MARGIN)
    const inner = window.L.bounds(free.min.add(margin), free.max.subtract(margin))
    if (this.map.getZoom() >= zoom - 1 && inner.contains(this.map.latLngToContainerPoint(target))) return
    const nearer = Math.max(zoom, this.map.getZoom())
    const offset = this.map.getSize().divideBy(2).subtract(free.getCenter())
    const centre = this.map.unproject(this.map.project(target, nearer).add(offset), nearer)
    this.map.setView(centre, nearer, { animate: !isCalm() })
  }

  /** Return the [lon, lat] in the middle of what the card leaves free. */
  middle() {
    const { lng, lat } = this.map.containerPointToLatLng(this.free().getCenter())
    return [lng, lat]
  }

  /** Return the part of the map, in pixels of its container, that the card leaves free. */
  free() {
    const { x, y } = this.map.getSize()
    const stage = this.map.getContainer().getBoundingClientRect()
    const card = document.querySelector('.card:not([hidden])')
    const box = card ? card.getBoundingClientRect() : null
    const isBelow = box && box.left <= stage.left
    const right = box && !isBelow ? box.left - stage.left : x
    const bottom = isBelow ? Math.min(y, box.top - stage.top) : y
    return window.L.bounds([0, 0], [right, bottom])
  }

  /** Bring the middle of [west, south, east, north] into sight, if it is not, without zooming. */
  reveal([west, south, east, north]) {
    this.goTo([(west + east) / 2, (south + north) / 2], this.map.getZoom())
  }

  /** Show [west, south, east, north] in the free part of the map. */
  goToBounds(bounds) {
    const covered = this.map.getSize().subtract(this.free().max)
    const options = { animate: !isCalm(), maxZoom: 17, paddingTopLeft: [EDGE, EDGE], paddingBottomRight: covered.add([EDGE, EDGE]) }
    this.map.fitBounds(leafletBounds(bounds), options)
  }

  /** Show [west, south, east, north] whole; nothing moves when it is in sight beside the card already. */
  include(bounds) {
    if (this.isZooming) {
      this.map.once('zoomend', () => this.include(bounds))
      return
    }
    const { min, max } = this.free()
    const seen = window.L.latLngBounds(this.map.containerPointToLatLng(min), this.map.containerPointToLatLng(max))
    if (!seen.contains(leafletBounds(bounds))) this.goToBounds(bounds)
  }

  /** While somebody says where something is, a mark is a place like any other. */
  choose(feature, tell) {
    if (this.picker) this.picker(feature.geometry.coordinates)
    else tell(feature)
  }

  /** Tell the page what lies at a place: a cell, else far out a community, street or district. */
  pick(latlng) {
    if (this.picker) {
      this.picker([latlng.lng, latlng.lat])
      return
    }
    const found = this.at(latlng)
    if (found.cells && this.release !== null) this.onPastCell(found.cells)
    else if (found.cells) this.on.onCell(found.cells.code)
    else {
      const unit = found.communities || found.streets || found.districts
      if (unit) this.on.onUnit(unit, [latlng.lng, latlng.lat])
      else if (this.release === null) quietly(() => this.ask(latlng))
    }
  }

  /** Where no tile has come yet, the service says which cell it is. */
  async ask(latlng) {
    const { cell } = await get('/api/places/reverse', { city: this.city.code, lon: latlng.lng, lat: latlng.lat })
    if (cell) this.on.onCell(cell.code)
  }

  /** Return what is drawn at a place: properties by source, only of what this zoom shows. */
  at(latlng) {
    const found = {}
    const zoom = this.map.getZoom()
    for (const [source, features] of this.base.queryTileFeaturesDebug(latlng.lng, latlng.lat, 1)) {
      const isShown = style.paint.some((rule) => rule.source === source && zoom >= rule.min_zoom && zoom <= rule.max_zoom)
      const hit = features.find(({ layerName }) => layerName === source)
      if (hit && isShown) found[source] = hit.feature.props
    }
    return found
  }

  /** Return code and name of the cells whose tiles are at hand, for the list of the search field. */
  knownCells() {
    const known = new Map()
    for (const { data } of this.base.views.get('cells').tileCache.cache.values()) {
      for (const { props } of data.get('cells_label') || []) known.set(props.code, props.name)
    }
    return known
  }

  /** Write the place into the address, so that reloading and links come back to it. */
  remember() {
    const { lat, lng } = this.map.getCenter()
    window.history.replaceState(null, '', `#${this.map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`)
    this.on.onMove()
  }
}

/** Return whether a family of tiles has anything that is drawn at a zoom of the display. */
function isDrawnAt(source, zoom) {
  return [...style.paint, ...style.labels].some((rule) => rule.source === source.name && zoom >= rule.min_zoom && zoom <= rule.max_zoom)
}
