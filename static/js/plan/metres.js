/** Steps in metres and degrees, for what is shown before the server has placed it. Pure. */

import { inRings } from './pixels.js'

const METRES_A_DEGREE = 111319.49 // of longitude on the equator of WGS 84; good for a picture, not for an edit
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
const BESIDE = 0.1 // metres beside a line

/** Millimetres a press of an arrow key moves a vertex, from the finest. */
export const STRIDES = [100, 1000, 10000]

/** Return the step of an arrow key in metres east and north; null for any other key. */
export function stepOf(key, stride) {
  const step = STEPS[key]
  return step ? step.map((one) => (one * stride) / 1000) : null
}

/** Return the stride of a key press: 1 m, with Shift 10 m, with Alt 0.1 m. */
export function strideOf({ shiftKey, altKey }) {
  if (altKey) return STRIDES[0]
  return shiftKey ? STRIDES[2] : STRIDES[1]
}

/** Return a [lon, lat] moved by metres east and north. */
export function shifted([lon, lat], [east, north]) {
  return [lon + east / (METRES_A_DEGREE * Math.cos((lat * Math.PI) / 180)), lat + north / METRES_A_DEGREE]
}

/** Return whole millimetres moved by metres east and north. */
export function shiftedWhole([x, y], [east, north]) {
  return [x + Math.round(east * 1000), y + Math.round(north * 1000)]
}

/** Return the positions of a text with one `lon, lat` a line, read by `read`; null when one is no position or fewer than `least` are there. */
export function readLine(text, read, least = 2) {
  const found = text.split(/\n/).map((row) => row.trim()).filter((row) => row !== '').map(read)
  return found.length >= least && found.every(Boolean) ? found : null
}

/**
 * Return a [lon, lat] a little left (1) or right (-1) of a line of them, seen along it, where both lie inside `rings`;
 * null when the line does not go through there.
 */
export function beside(line, rings, side) {
  const places = rings.map((ring) => ring.map(place))
  const isInside = (at) => inRings(places, place(at))
  for (let i = 0; i + 1 < line.length; i += 1) {
    for (const on of middles(line[i], line[i + 1], rings)) {
      const at = aside(on, line[i], line[i + 1], side)
      if (isInside(on) && isInside(at)) return at
    }
  }
  return null
}

function place([x, y]) {
  return { x, y }
}

/** Return the middles between the places where the stretch from `a` to `b` crosses rings. */
function middles(a, b, rings) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const crossings = [0, 1]
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [ex, ey] = [ring[i + 1][0] - ring[i][0], ring[i + 1][1] - ring[i][1]]
      const across = dx * ey - dy * ex
      const t = ((ring[i][0] - a[0]) * ey - (ring[i][1] - a[1]) * ex) / across
      const along = ((ring[i][0] - a[0]) * dy - (ring[i][1] - a[1]) * dx) / across
      if (t > 0 && t < 1 && along >= 0 && along <= 1) crossings.push(t) // parallel stretches give no number
    }
  }
  crossings.sort((one, other) => one - other)
  return crossings.slice(1).map((t, i) => (t + crossings[i]) / 2).map((t) => [a[0] + dx * t, a[1] + dy * t])
}

/** Return a place BESIDE metres left (1) or right (-1) of a place on the way from `a` to `b`. */
function aside(on, a, b, side) {
  const [east, north] = [(b[0] - a[0]) * Math.cos((on[1] * Math.PI) / 180), b[1] - a[1]]
  const far = (BESIDE * side) / (Math.hypot(east, north) || 1)
  return shifted(on, [-north * far, east * far])
}
