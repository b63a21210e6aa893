/** Small geometry on lon/lat for the screen; nothing here is used to decide anything. Pure. */

const EARTH_RADIUS = 6371008.8

/** Return the metres between two [lon, lat] points on a sphere. */
export function metresBetween([lon1, lat1], [lon2, lat2]) {
  const rad = Math.PI / 180
  const dLat = (lat2 - lat1) * rad
  const dLon = (lon2 - lon1) * rad
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Return [[south, west], [north, east]] of [west, south, east, north], as Leaflet wants it. */
export function leafletBounds([west, south, east, north]) {
  return [[south, west], [north, east]]
}

/** Return GeoJSON positions, however nested, as Leaflet's [lat, lon]. */
export function leafletPositions(coordinates) {
  if (typeof coordinates[0] === 'number') return [coordinates[1], coordinates[0]]
  return coordinates.map(leafletPositions)
}

/** Return whether tile z/x/y touches [west, south, east, north]. */
export function tileTouches(z, x, y, [west, south, east, north]) {
  const n = 2 ** z
  const column = (lon) => Math.floor(((lon + 180) / 360) * n)
  const row = (lat) => {
    const r = (lat * Math.PI) / 180
    return Math.floor(((1 - Math.asinh(Math.tan(r)) / Math.PI) / 2) * n)
  }
  return x >= column(west) && x <= column(east) && y >= row(north) && y <= row(south)
}

/** Return the value at `zoom` of stops [[zoom, value], …], linear in between and flat outside. */
export function atZoom(stops, zoom) {
  if (zoom <= stops[0][0]) return stops[0][1]
  for (let i = 1; i < stops.length; i += 1) {
    const [z1, v1] = stops[i]
    const [z0, v0] = stops[i - 1]
    if (zoom <= z1) return v0 + ((v1 - v0) * (zoom - z0)) / (z1 - z0)
  }
  return stops[stops.length - 1][1]
}
