import assert from 'node:assert/strict'
import test from 'node:test'

import { boundsAlong, codes, stretches } from '../../../static/js/along.js'

// A way of 400 m north, 300 m east and back, near 39.5° N; a degree is 111025.6 m there and 86018.6 m (WGS 84).
const NORTH = 1 / 111025.6
const EAST = 1 / 86018.6
const CORNERS = [[0, 0], [0, 400], [300, 400], [0, 400]].map(([x, y]) => [117 + x * EAST, 39.5 + y * NORTH])
const cell = (code, enter, exit) => ({ code, name: `name of ${code}`, enter, exit })
const route = (cells, coordinates = CORNERS, length = 1000) => ({ geometry: { type: 'LineString', coordinates }, properties: { length, cells } })
const metres = (positions) => positions.slice(1).reduce((sum, [lon, lat], i) => (
  sum + Math.hypot((lon - positions[i][0]) / EAST, (lat - positions[i][1]) / NORTH)), 0)
const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 0.05, `${found} is not ${wanted}`)

test('each stretch is as long as the metres the server says and begins where the last one ended', () => {
  const parts = stretches(route([cell('a', 0, 150), cell('b', 150, 650.5), cell('a', 650.5, 1000)]))
  assert.deepEqual(parts.map((part) => [part.number, part.code, part.name]), [[1, 'a', 'name of a'], [2, 'b', 'name of b'], [3, 'a', 'name of a']])
  for (const part of parts) near(metres(part.positions), part.exit - part.enter)
  parts.slice(1).forEach((part, i) => assert.deepEqual(part.positions[0], parts[i].positions[parts[i].positions.length - 1]))
  assert.deepEqual(parts[0].positions[0], CORNERS[0])
  assert.deepEqual(parts[2].positions[parts[2].positions.length - 1], CORNERS[3])
})

test('corners inside a stretch are kept, also where the way turns back on itself', () => {
  const [first, second] = stretches(route([cell('a', 0, 800), cell('b', 800, 1000)]))
  assert.deepEqual(first.positions.slice(1, 3), [CORNERS[1], CORNERS[2]])
  assert.equal(first.positions.length, 4)
  assert.equal(second.positions.length, 2)
})

test('what lies outside every cell is a stretch of its own, so that nothing of the line is missing', () => {
  const parts = stretches(route([cell('a', 20, 300), cell('b', 302.4, 990)]))
  assert.deepEqual(parts.map((part) => [part.code, part.enter, part.exit]), [
    [null, 0, 20], ['a', 20, 300], [null, 300, 302.4], ['b', 302.4, 990], [null, 990, 1000],
  ])
  near(parts.reduce((sum, part) => sum + metres(part.positions), 0), 1000)
})

test('a route outside the grid is one stretch, and rounding makes none', () => {
  assert.deepEqual(stretches(route([])).map((part) => [part.code, part.enter, part.exit]), [[null, 0, 1000]])
  assert.equal(stretches(route([cell('a', 0, 500), cell('b', 500.1, 999.9)])).length, 2)
})

test('a cell met twice is one cell', () => {
  const parts = stretches(route([cell('b', 0, 100), cell('a', 100, 200), cell('b', 200, 900)]))
  assert.deepEqual(codes(parts), ['b', 'a'])
})

test('bounds hold every position', () => {
  assert.deepEqual(boundsAlong([[2, 5], [1, 7], [3, 6]]), [1, 5, 3, 7])
})
