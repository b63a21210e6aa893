import assert from 'node:assert/strict'
import test from 'node:test'

import { atZoom, leafletBounds, leafletPositions, metresBetween, tileTouches } from '../../../static/js/geo.js'

test('a degree of latitude is 111.2 km on the sphere', () => {
  assert.ok(Math.abs(metresBetween([0, 0], [0, 1]) - 111195) < 1)
  assert.equal(metresBetween([117, 39], [117, 39]), 0)
})

test('GeoJSON is turned into the order Leaflet wants', () => {
  assert.deepEqual(leafletBounds([1, 2, 3, 4]), [[2, 1], [4, 3]])
  assert.deepEqual(leafletPositions([[[1, 2], [3, 4]]]), [[[2, 1], [4, 3]]])
})

test('only tiles over the city are asked for', () => {
  const bounds = [117.16, 39.49, 117.24, 39.55]
  const n = 2 ** 14
  const x = Math.floor(((117.2 + 180) / 360) * n)
  const r = (39.52 * Math.PI) / 180
  const y = Math.floor(((1 - Math.asinh(Math.tan(r)) / Math.PI) / 2) * n)
  assert.equal(tileTouches(14, x, y, bounds), true)
  assert.equal(tileTouches(14, x + 20, y, bounds), false)
  assert.equal(tileTouches(14, x, y - 20, bounds), false)
  assert.equal(tileTouches(0, 0, 0, bounds), true)
})

test('stops are interpolated and flat outside', () => {
  const stops = [[10, 1], [12, 3], [14, 3]]
  assert.equal(atZoom(stops, 8), 1)
  assert.equal(atZoom(stops, 11), 2)
  assert.equal(atZoom(stops, 13), 3)
  assert.equal(atZoom(stops, 20), 3)
})
