import assert from 'node:assert/strict'
import test from 'node:test'

import { foot, inRings, inside, middle, nearestStretch, nearestVertex, rectangle, thinned } from '../../../static/js/plan/pixels.js'
import { beside, readLine, shifted, shiftedWhole, stepOf, strideOf } from '../../../static/js/plan/metres.js'
import { readCoordinates } from '../../../static/js/coordinates.js'
import { metresBetween } from '../../../static/js/geo.js'

const at = (x, y) => ({ x, y })
const square = [at(0, 0), at(10, 0), at(10, 10), at(0, 10)]

test('the foot of a place stays on the stretch', () => {
  assert.deepEqual(foot(at(5, 3), at(0, 0), at(10, 0)), { x: 5, y: 0, t: 0.5, distance: 3 })
  assert.equal(foot(at(-4, 3), at(0, 0), at(10, 0)).distance, 5)
  assert.equal(foot(at(3, 4), at(0, 0), at(0, 0)).distance, 5)
})

test('the nearest vertex and the nearest stretch are found within a distance only', () => {
  const lines = [[at(0, 0), at(10, 0)], [at(0, 8), at(10, 8), at(20, 8)]]
  assert.deepEqual(nearestVertex(lines, at(11, 7), 4), { line: 1, i: 1, distance: Math.hypot(1, 1) })
  assert.equal(nearestVertex(lines, at(5, 4), 3), null)
  const found = nearestStretch(lines, at(14, 9), 4)
  assert.deepEqual([found.line, found.i, found.x, found.y], [1, 1, 14, 8])
  assert.equal(nearestStretch(lines, at(5, 4), 3), null)
})

test('a place is inside the outer ring and outside the holes', () => {
  const hole = [at(4, 4), at(6, 4), at(6, 6), at(4, 6)]
  assert.equal(inRings([square, hole], at(2, 2)), true)
  assert.equal(inRings([square, hole], at(5, 5)), false)
  assert.equal(inRings([square], at(11, 5)), false)
})

test('the place inside a ring is inside it, also where its middle is not', () => {
  assert.deepEqual(middle(square), at(5, 5))
  const hook = [at(0, 0), at(10, 0), at(10, 10), at(8, 10), at(8, 2), at(2, 2), at(2, 10), at(0, 10)]
  assert.equal(inRings([hook], middle(hook)), false)
  assert.equal(inRings([hook], inside(hook)), true)
  assert.deepEqual(middle([at(1, 1), at(3, 1)]), at(2, 1))
})

test('a line drawn by hand is thinned, its ends stay', () => {
  assert.deepEqual(thinned([at(0, 0), at(1, 0), at(5, 0), at(5.5, 0), at(6, 0)], 4), [at(0, 0), at(5, 0), at(6, 0)])
  assert.deepEqual(thinned([at(1, 1)], 4), [at(1, 1)])
  assert.equal(rectangle(at(0, 0), at(2, 3)).length, 4)
})

test('arrow keys go a metre, ten or a tenth; the picture agrees with the millimetres', () => {
  assert.equal(strideOf({}), 1000)
  assert.equal(strideOf({ shiftKey: true }), 10000)
  assert.equal(strideOf({ altKey: true }), 100)
  assert.deepEqual(stepOf('ArrowUp', 100), [0, 0.1])
  assert.equal(stepOf('a', 100), null)
  assert.deepEqual(shiftedWhole([1000, 2000], [0.1, -10]), [1100, -8000])
  const far = metresBetween([117.2, 39.5], shifted([117.2, 39.5], [3, 4]))
  assert.ok(Math.abs(far - 5) < 0.02, String(far))
})

test('a typed line is read whole or not at all', () => {
  assert.deepEqual(readLine('117.1, 39.5\n\n117.2，39.6\n', readCoordinates), [{ lon: 117.1, lat: 39.5 }, { lon: 117.2, lat: 39.6 }])
  assert.equal(readLine('117.1, 39.5\nx', readCoordinates), null)
  assert.equal(readLine('117.1, 39.5', readCoordinates), null)
})

test('a place beside a line lies on the asked side of it, inside the cell', () => {
  const square = [[[117, 39], [117.001, 39], [117.001, 39.001], [117, 39.001], [117, 39]]]
  const [, north] = beside([[116.999, 39.0004], [117.002, 39.0004]], square, 1)
  const [, south] = beside([[116.999, 39.0004], [117.002, 39.0004]], square, -1)
  assert.ok(north > 39.0004 && north < 39.000402, String(north))
  assert.ok(south < 39.0004 && south > 39.000398, String(south))
  const bent = beside([[116.99, 38.99], [117.0005, 39.0005], [116.99, 39.0005]], square, 1)
  assert.ok(bent[0] > 117 && bent[1] > 39, 'where the line is inside')
  assert.equal(beside([[116.9, 39.1], [116.99, 39.1]], square, 1), null)
})
