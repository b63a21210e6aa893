/** Which incidents stand as marks of their own, and which are counted in a square of the map. Pure. */

const LATEST = 85.0511 // degrees; the square of the map ends there

/** Return the key of the square of a [lon, lat]: `across` of them along the side of a tile of zoom `z`. */
export function squareOf([lon, lat], z, across) {
  const n = 2 ** z * across
  const r = (Math.max(-LATEST, Math.min(LATEST, lat)) * Math.PI) / 180
  const column = Math.floor(((lon + 180) / 360) * n)
  const row = Math.floor(((1 - Math.asinh(Math.tan(r)) / Math.PI) / 2) * n)
  return `${column}/${row}`
}

/** Return the key of square number `square`, counted from the north-west, of tile x/y. */
export function squareIn(x, y, square, across) {
  return `${x * across + (square % across)}/${y * across + Math.floor(square / across)}`
}

/**
 * Return `{ marks, groups }` of what is shown at zoom `z`: of the listed features those that stand alone, and the groups that count the others.
 * Nothing is shown twice: a square with more than `few` incidents, or with some that are not listed, is one group, and what is listed of it is no mark;
 * a square whose few incidents are all listed is marks. `chosen`, an id, is always a mark.
 */
export function arrange(listed, groups, { z, across, few, chosen = null }) {
  const known = new Map()
  const keys = listed.map((feature) => (feature.geometry ? squareOf(feature.geometry.coordinates, z, across) : null))
  for (const key of keys) known.set(key, (known.get(key) || 0) + 1)
  const shown = groups.filter((group) => group.incidents > Math.max(few, 0) || group.incidents > (known.get(group.key) || 0))
  const hidden = new Set(shown.map((group) => group.key))
  return { marks: listed.filter((feature, i) => !hidden.has(keys[i]) || feature.properties.id === chosen), groups: shown }
}

/** Return zoom, column and row of the tiles that touch [west, south, east, north] at zoom `z`. */
export function tilesOver([west, south, east, north], z) {
  const most = 2 ** z - 1
  const within = (value) => Math.max(0, Math.min(most, value))
  const [left, top] = squareOf([west, north], z, 1).split('/').map(Number)
  const [right, bottom] = squareOf([east, south], z, 1).split('/').map(Number)
  const found = []
  for (let x = within(left); x <= within(right); x += 1) {
    for (let y = within(top); y <= within(bottom); y += 1) found.push({ z, x, y })
  }
  return found
}
