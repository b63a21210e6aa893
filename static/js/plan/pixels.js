/** What lies near a place of the screen, and inside what is drawn on it. Pure; a place is { x, y } in pixels. */

/** Return the foot of `p` on the stretch from `a` to `b`: `{ x, y, t, distance }`, t from 0 to 1 along it. */
export function foot(p, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length))
  const [x, y] = [a.x + t * dx, a.y + t * dy]
  return { x, y, t, distance: Math.hypot(p.x - x, p.y - y) }
}

/** Return the nearest vertex of some lines within a distance: `{ line, i, distance }`; null when none is. */
export function nearestVertex(lines, p, within) {
  let found = null
  lines.forEach((line, number) => line.forEach((at, i) => {
    const distance = Math.hypot(p.x - at.x, p.y - at.y)
    if (distance <= within && (!found || distance < found.distance)) found = { line: number, i, distance }
  }))
  return found
}

/** Return the nearest place on some lines within a distance: `{ line, i, x, y, t, distance }` on the stretch from vertex i; null when none is. */
export function nearestStretch(lines, p, within) {
  let found = null
  lines.forEach((line, number) => {
    for (let i = 0; i + 1 < line.length; i += 1) {
      const at = foot(p, line[i], line[i + 1])
      if (at.distance <= within && (!found || at.distance < found.distance)) found = { line: number, i, ...at }
    }
  })
  return found
}

/** Return whether a place lies inside rings: inside the first and outside the others. */
export function inRings(rings, p) {
  return rings.reduce((isIn, ring) => isIn !== inRing(ring, p), false)
}

function inRing(ring, p) {
  let isIn = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[i], ring[j]]
    if ((a.y > p.y) !== (b.y > p.y) && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) isIn = !isIn
  }
  return isIn
}

/** Return the middle of a ring by area; of a ring without any, the middle of its vertices. */
export function middle(ring) {
  let [area, x, y] = [0, 0, 0]
  const origin = ring[0]
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [ax, ay, bx, by] = [ring[j].x - origin.x, ring[j].y - origin.y, ring[i].x - origin.x, ring[i].y - origin.y]
    const cross = ax * by - bx * ay
    area += cross
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  if (Math.abs(area) < 1e-9) {
    const mean = (name) => ring.reduce((sum, at) => sum + at[name], 0) / ring.length
    return { x: mean('x'), y: mean('y') }
  }
  return { x: origin.x + x / (3 * area), y: origin.y + y / (3 * area) }
}

/** Return a place inside a ring: its middle, or where the level through the middle crosses the ring's widest part. */
export function inside(ring) {
  const centre = middle(ring)
  if (inRing(ring, centre)) return centre
  const cuts = []
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[i], ring[j]]
    if ((a.y > centre.y) !== (b.y > centre.y)) cuts.push(((b.x - a.x) * (centre.y - a.y)) / (b.y - a.y) + a.x)
  }
  cuts.sort((one, other) => one - other)
  let best = centre
  let widest = 0
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    if (cuts[i + 1] - cuts[i] > widest) {
      widest = cuts[i + 1] - cuts[i]
      best = { x: (cuts[i] + cuts[i + 1]) / 2, y: centre.y }
    }
  }
  return best
}

/** Return the ring around the rectangle between two corners. */
export function rectangle(a, b) {
  return [{ x: a.x, y: a.y }, { x: b.x, y: a.y }, { x: b.x, y: b.y }, { x: a.x, y: b.y }]
}

/** Return a line without the places that say nothing new: nearer than `least` to the one before; its ends stay. */
export function thinned(line, least) {
  const kept = line.slice(0, 1)
  for (const at of line.slice(1, -1)) {
    const last = kept[kept.length - 1]
    if (Math.hypot(at.x - last.x, at.y - last.y) >= least) kept.push(at)
  }
  return line.length > 1 ? [...kept, line[line.length - 1]] : kept
}
