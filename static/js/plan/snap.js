/** Snap to roads: to the lines of the base map's tiles that are in view already, so nothing more is fetched. */

import { foot } from './pixels.js'

const WITHIN = 14 // pixels
const LINES = 2 // the geometry type of a line in a vector tile

/** Return a [lon, lat], or the nearest place on a road when the planner snaps to roads and one is near. */
export function snapped(editing, lonlat) {
  if (!editing.snaps) return lonlat
  return roadNear(editing.view, lonlat, WITHIN) || lonlat
}

/** Return the place on a road of the base map nearest to a [lon, lat], within some pixels; null when there is none. */
export function roadNear(view, [lon, lat], within) {
  const { map } = view
  const zoom = map.getZoom()
  const p = map.project([lat, lon], zoom)
  let best = null
  for (const line of linesNear(view, p, zoom, within)) {
    for (let i = 0; i + 1 < line.length; i += 1) {
      const at = foot(p, line[i], line[i + 1])
      if (at.distance <= within && (!best || at.distance < best.distance)) best = at
    }
  }
  if (!best) return null
  const found = map.unproject([best.x, best.y], zoom)
  return [found.lng, found.lat]
}

/** Return the roads near a place as lines in pixels of the world at a zoom. */
function linesNear(view, p, zoom, within) {
  const source = view.base.views.get('basemap')
  const { cache, tileSize } = source.tileCache
  const level = Math.min(zoom - source.levelDiff, source.maxDataLevel)
  const side = 256 * 2 ** (zoom - level) // pixels of the screen along a tile
  const lines = []
  for (const [column, row] of tilesAround(p, side, within)) {
    const tile = cache.get(`${column}:${row}:${level}`)
    const roads = tile ? (tile.data.get('roads') || []).filter(({ geomType }) => geomType === LINES) : []
    const place = ({ x, y }) => ({ x: (column + x / tileSize) * side, y: (row + y / tileSize) * side })
    for (const { geom } of roads) lines.push(...geom.map((line) => line.map(place)))
  }
  return lines
}

function tilesAround(p, side, within) {
  const found = new Map()
  for (const dx of [-within, within]) {
    for (const dy of [-within, within]) {
      const at = [Math.floor((p.x + dx) / side), Math.floor((p.y + dy) / side)]
      found.set(at.join(), at)
    }
  }
  return Array.from(found.values())
}
