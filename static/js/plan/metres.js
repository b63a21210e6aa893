/** Steps in metres and degrees, for what is shown before the server has placed it. Pure. */

const METRES_A_DEGREE = 111319.49 // of longitude on the equator of WGS 84; good for a picture, not for an edit
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

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
