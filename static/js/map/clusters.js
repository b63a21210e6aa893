/** Open incidents of the whole city, more than a list holds: counted in squares far out, one by one near by. */

import { el } from '../dom.js'
import { count } from '../format.js'
import { colour, isCalm, lang, style, word } from '../page.js'
import { arrange, squareIn, tilesOver } from './squares.js'
import { tileSource } from './tiles.js'

const WORLD = [-180, -85, 180, 85] // an incident may lie outside its city
const EXTENT = 4096
const NEARER = 2 // zooms that a click brings

const leaflet = {}

/** Leaflet is there when the first map is: a disc with a number, its rim says how much of it is urgent. */
function discClass() {
  leaflet.Disc = leaflet.Disc || window.L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer
      if (!renderer._drawing || this._empty()) return
      const { x, y } = this._point
      const context = renderer._ctx
      const { size, label, share } = this.options
      context.setLineDash([])
      context.globalAlpha = 1
      circle(context, x, y, size, colour('incident'))
      ring(context, x, y, size, 1, colour('mark-edge'))
      if (share > 0) ring(context, x, y, size, share, colour('incident-urgent'))
      context.fillStyle = colour('paper')
      context.font = `700 ${Math.round(size * 0.8)}px ${style.fonts}`
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.fillText(label, x, y + 1)
      context.textAlign = 'start'
      context.textBaseline = 'alphabetic'
    },
  })
  return leaflet.Disc
}

function circle(context, x, y, size, fill) {
  context.beginPath()
  context.arc(x, y, size, 0, 2 * Math.PI)
  context.fillStyle = fill
  context.fill()
}

function ring(context, x, y, size, share, stroke) {
  context.beginPath()
  context.arc(x, y, size, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share)
  context.lineWidth = 3.5
  context.strokeStyle = stroke
  context.stroke()
}

/** The open incidents on a map: marks of those in the list, discs that count the others; `onTrouble` hears when no tile comes. */
export class Clusters {
  constructor(view, { onTrouble }) {
    this.view = view
    this.listed = []
    this.isCut = false
    this.groups = []
    this.others = []
    this.z = null
    this.discs = []
    this.turn = 0
    const source = tileSource(style.clusters, { code: view.city.code, bounds: WORLD }, onTrouble)
    this.source = new window.protomapsL.PmtilesSource(source, true)
    view.map.on('moveend', () => this.load())
    view.more.push(this)
  }

  /** Show these incidents; `isCut` says that there are more than these. */
  show(listed, isCut) {
    this.listed = listed
    this.isCut = isCut
    this.draw()
  }

  /** Ask for the tiles in sight again; what was on the map stays until they are there. */
  async load() {
    this.turn += 1
    const { turn } = this
    const { map } = this.view
    const z = Math.max(style.clusters.min_zoom, Math.min(style.clusters.max_zoom, Math.round(map.getZoom()) - 1))
    const isNear = z >= style.clusters.points_from
    const bounds = map.getBounds()
    const wanted = isNear && !this.isCut ? [] : tilesOver([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], z)
    const across = isNear ? style.clusters.across_near : style.clusters.across
    try {
      const found = await Promise.all(wanted.map((tile) => this.read(tile, across)))
      if (turn !== this.turn) return
      Object.assign(this, { z, across, groups: found.flatMap((one) => one.groups), others: found.flatMap((one) => one.others) })
    } catch (error) {
      if (error.name !== 'AbortError') throw error // a newer call aborts; trouble has been told
      return
    }
    this.draw()
  }

  async read(tile, across) {
    const layers = await this.source.get(tile, EXTENT)
    const place = ({ geom }) => this.place(tile, geom[0][0])
    return {
      groups: (layers.get('incident_groups') || []).map((one) => ({ ...one.props, place: place(one), key: squareIn(tile.x, tile.y, one.props.square, across) })),
      others: (layers.get('incidents') || []).map((one) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: place(one) }, properties: { ...one.props, is_other: true } })),
    }
  }

  place({ z, x, y }, point) {
    const n = 2 ** z
    const turned = Math.PI * (1 - (2 * (y + point.y / EXTENT)) / n)
    return [((x + point.x / EXTENT) / n) * 360 - 180, (Math.atan(Math.sinh(turned)) * 180) / Math.PI]
  }

  /** Draw everything again, as the colours, the zoom or the list changed. */
  refresh() {
    this.draw()
  }

  draw() {
    const { marks, groups } = this.z === null ? { marks: this.listed, groups: [] } : arrange(this.listed, this.groups, {
      z: this.z, across: this.across, few: this.z >= style.clusters.points_from ? 0 : style.clusters.few, chosen: this.view.incidents.chosen,
    })
    const listed = new Set(this.listed.map((feature) => feature.properties.id))
    const others = this.others.filter((feature) => !listed.has(feature.properties.id))
    this.view.incidents.show([...others, ...marks])
    this.discs.forEach((disc) => this.view.incidents.group.removeLayer(disc))
    this.discs = groups.map((group) => this.disc(group))
    this.discs.forEach((disc) => disc.bringToFront()) // its number is read
  }

  disc(group) {
    const [lon, lat] = group.place
    const { incidents: n, urgent, late } = group
    const size = Math.min(26, 13 + 4 * Math.log10(n))
    const disc = new (discClass())([lat, lon], {
      renderer: this.view.incidents.renderer, bubblingMouseEvents: false, radius: size + 4, size, label: count(n, lang), share: urgent / n, incidents: n,
    })
    disc.on('click', () => this.open(disc.getLatLng()))
    disc.bindTooltip(() => el('span', {}, word('cluster.says', { n: count(n, lang), urgent: count(urgent, lang), late: count(late, lang) })), { direction: 'top', offset: [0, -size] })
    this.view.incidents.group.addLayer(disc)
    return disc
  }

  open(latlng) {
    const { map } = this.view
    if (this.view.picker) this.view.picker([latlng.lng, latlng.lat])
    else map.setView(latlng, Math.min(map.getMaxZoom(), map.getZoom() + NEARER), { animate: !isCalm() })
  }
}
