/** A patrol route (巡查路线) cut where it crosses from cell to cell. Pure; metres along the line come from the server. */

const RADIUS = 6378137 // WGS 84: half axis in metres …
const E2 = 0.00669437999014 // … and first eccentricity squared
const ROUNDING = 0.15 // metres: the server rounds to decimetres, so what is shorter is no stretch

/**
 * Return the stretches of a route in the order they are walked: `{ number, code, name, enter, exit, positions }`.
 * What lies outside every cell is a stretch too, with `code` null; so together they are the whole line.
 */
export function stretches({ geometry, properties }) {
  const { cells, length } = properties
  const parts = []
  let walked = 0
  const add = (code, name, enter, exit) => parts.push({ number: parts.length + 1, code, name, enter, exit })
  for (const cell of cells) {
    if (cell.enter - walked > ROUNDING) add(null, '', walked, cell.enter)
    add(cell.code, cell.name, cell.enter, cell.exit)
    walked = cell.exit
  }
  if (length - walked > ROUNDING) add(null, '', walked, length)
  const line = measured(geometry.coordinates, length)
  return parts.map((part) => ({ ...part, positions: cut(line, part.enter, part.exit) }))
}

/** Return the codes of the cells that stretches run through, each once, in the order they are first met. */
export function codes(parts) {
  return Array.from(new Set(parts.map((part) => part.code).filter((code) => code !== null)))
}

/** Return [west, south, east, north] of positions. */
export function boundsAlong(positions) {
  const lons = positions.map(([lon]) => lon)
  const lats = positions.map(([, lat]) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

/** Return the positions with the metres at which each stands: measured on the ellipsoid, scaled to the true length. */
function measured(positions, length) {
  const lat = (positions[0][1] * Math.PI) / 180
  const bent = 1 - E2 * Math.sin(lat) ** 2
  const degree = Math.PI / 180
  const east = (RADIUS / Math.sqrt(bent)) * Math.cos(lat) * degree // metres in a degree of longitude, and of latitude
  const north = ((RADIUS * (1 - E2)) / bent ** 1.5) * degree
  const at = [0]
  for (let i = 1; i < positions.length; i += 1) {
    const [lon0, lat0] = positions[i - 1]
    const [lon1, lat1] = positions[i]
    at.push(at[i - 1] + Math.hypot((lon1 - lon0) * east, (lat1 - lat0) * north))
  }
  const whole = at[at.length - 1]
  const scale = whole > 0 ? length / whole : 0
  return { positions, at: at.map((metres) => metres * scale) }
}

function cut(line, enter, exit) {
  const between = line.positions.filter((_, i) => line.at[i] > enter && line.at[i] < exit)
  return [spot(line, enter), ...between, spot(line, exit)]
}

function spot({ positions, at }, metres) {
  const next = at.findIndex((there) => there >= metres)
  if (next === 0) return positions[0]
  if (next < 0) return positions[positions.length - 1]
  const share = (metres - at[next - 1]) / (at[next] - at[next - 1])
  return positions[next].map((value, axis) => positions[next - 1][axis] + share * (value - positions[next - 1][axis]))
}
