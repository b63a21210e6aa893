import assert from 'node:assert/strict'
import { test } from 'node:test'

import { arrange, squareIn, squareOf, tilesOver } from '../../../static/js/map/squares.js'

const at = (id, lon, lat) => ({ properties: { id }, geometry: { coordinates: [lon, lat] } })
const options = { z: 10, across: 8, few: 3 }

test('a square is found from a place and from its number in a tile', () => {
  assert.equal(squareOf([-180, 85.05], 0, 8), '0/0')
  assert.equal(squareOf([0.1, -0.1], 0, 8), '4/4')
  assert.equal(squareIn(0, 0, 36, 8), '4/4')
  assert.equal(squareOf([116.4, 39.9], 10, 8), squareIn(843, 388, squareNumber([116.4, 39.9]), 8))
})

function squareNumber(place) {
  const [column, row] = squareOf(place, 10, 8).split('/').map(Number)
  return (row - 388 * 8) * 8 + (column - 843 * 8)
}

test('few that are all listed are marks, more are one group, and nothing is shown twice', () => {
  const place = [116.4, 39.9]
  const key = squareOf(place, 10, 8)
  const two = [at(1, ...place), at(2, 116.4001, 39.9)]
  assert.deepEqual(arrange(two, [{ key, incidents: 2 }], options), { marks: two, groups: [] })
  const crowd = { key, incidents: 4 }
  assert.deepEqual(arrange(two, [crowd], options), { marks: [], groups: [crowd] })
  const unlisted = { key, incidents: 3 }
  assert.deepEqual(arrange(two, [unlisted], options), { marks: [], groups: [unlisted] })
})

test('what is newer than the tiles is a mark, what is chosen always, and what has no place stays in the list', () => {
  const place = [116.4, 39.9]
  const key = squareOf(place, 10, 8)
  const fresh = [at(1, ...place)]
  assert.deepEqual(arrange(fresh, [], options), { marks: fresh, groups: [] })
  const crowd = { key, incidents: 9 }
  assert.deepEqual(arrange(fresh, [crowd], { ...options, chosen: 1 }).marks, fresh)
  const nowhere = [{ properties: { id: 7 }, geometry: null }]
  assert.deepEqual(arrange(nowhere, [crowd], options), { marks: nowhere, groups: [crowd] })
})

test('tiles over a box are all it touches, and none beyond the map', () => {
  assert.deepEqual(tilesOver([-1, -1, 1, 1], 1).length, 4)
  assert.deepEqual(tilesOver([10, 10, 20, 20], 2), [{ z: 2, x: 2, y: 1 }])
  assert.deepEqual(tilesOver([-500, -89, 500, 89], 1).length, 4)
})
