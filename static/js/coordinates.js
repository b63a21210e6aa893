/** Understand coordinates as people type or paste them. Pure. */

/** Return `{ lon, lat }` of two numbers, longitude first, or null when it is not that. */
export function readCoordinates(typed) {
  const found = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*$/.exec(typed)
  if (!found) return null
  const [lon, lat] = [Number(found[1]), Number(found[2])]
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : null
}

/** Return a [lon, lat] as it is typed, to about a tenth of a metre. */
export function writeCoordinates([lon, lat]) {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`
}
