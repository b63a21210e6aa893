import assert from 'node:assert/strict'
import test from 'node:test'

import { Arcs, joined, nameOf } from '../../../static/js/plan/arcs.js'

/** Three cells around the junction (5, 5): a west, b east, c north of both. */
function three() {
  const line = (...xy) => ({ line: xy, lonlat: xy.map(([x, y]) => [x / 100, y / 100]) })
  return new Arcs({
    seq: 4,
    cells: [{ code: 'a', rings: [[0, 1, 2]] }, { code: 'b', rings: [[~0, 3, 4]] }, { code: 'c', rings: [[~1, ~3, 5]] }],
    arcs: [
      { id: 'a|b', one: 'a', other: 'b', ...line([5, 0], [5, 2], [5, 5]) },
      { id: 'a|c', one: 'a', other: 'c', ...line([5, 5], [0, 5]) },
      { id: 'a|', one: 'a', other: null, ...line([0, 5], [0, 0], [5, 0]) },
      { id: 'b|c', one: 'b', other: 'c', ...line([5, 0], [10, 0], [10, 5]) },
      { id: 'b|c|2', one: 'b', other: 'c', ...line([10, 5], [5, 5]) },
      { id: 'c|', one: 'c', other: null, ...line([10, 5], [0, 10], [0, 5]) },
    ],
    junctions: [[5, 5], [5, 0], [0, 5], [10, 5]],
  })
}

test('a junction moves in every border that ends there, and back', () => {
  const arcs = three()
  assert.deepEqual(arcs.move('5,5', [0.06, 0.06]).sort(), [0, 1, 4])
  assert.deepEqual(arcs.shown[0][2], [0.06, 0.06])
  assert.deepEqual(arcs.shown[1][0], [0.06, 0.06])
  assert.deepEqual(arcs.rings('a')[0][2], [0.06, 0.06])
  assert.deepEqual(arcs.arcs[0].lonlat[2], [0.05, 0.05], 'what the server knows stays')
  assert.deepEqual(arcs.restore().sort(), [0, 1, 4])
  assert.deepEqual(arcs.shown[0][2], [0.05, 0.05])
  assert.deepEqual(arcs.restore(), [])
})

test('rings are closed runs of arcs, also backward', () => {
  const arcs = three()
  const [ring] = arcs.rings('b')
  assert.deepEqual(ring[0], ring[ring.length - 1])
  assert.deepEqual(arcs.corners('a'), ['5,0', '5,2', '5,5', '0,5', '0,0'])
  assert.deepEqual(joined([0, ~1], [[1, 2], [4, 3, 2]]), [1, 2, 3, 4])
})

test('a vertex says what it is and which cells it belongs to', () => {
  const arcs = three()
  const junction = arcs.vertex('5,5')
  assert.deepEqual([junction.isJunction, junction.isOuter, junction.codes], [true, false, ['a', 'b', 'c']])
  assert.equal(arcs.vertex('5,2').isJunction, false)
  assert.equal(arcs.vertex('0,0').isOuter, true)
  assert.equal(arcs.vertex('7,7'), null)
})

test('neighbours and borders are those of the cell', () => {
  const arcs = three()
  assert.deepEqual(arcs.neighbours('a'), ['b', 'c'])
  assert.deepEqual(arcs.borders(['a']), [0, 1, 2])
  assert.equal(nameOf([1, 2]), '1,2')
})

test('the way between two vertices follows one border, in the direction asked for', () => {
  const arcs = three()
  assert.deepEqual(arcs.way('5,5', '5,0'), { number: 0, was: [[5, 5], [5, 2], [5, 0]] })
  assert.deepEqual(arcs.way('5,2', '5,5').was, [[5, 2], [5, 5]])
  assert.equal(arcs.way('5,2', '0,0'), null)
  assert.equal(arcs.way('5,2', '5,2'), null)
})

test('around an island the shorter way is taken, also over the start of its border', () => {
  const ring = [[0, 0], [1, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
  const arcs = new Arcs({
    seq: 1, cells: [{ code: 'i', rings: [[0]] }], junctions: [],
    arcs: [{ id: 'i|o', one: 'i', other: 'o', line: ring, lonlat: ring }],
  })
  assert.deepEqual(arcs.way('1,0', '0,2').was, [[1, 0], [0, 0], [0, 2]])
  assert.deepEqual(arcs.way('0,2', '1,0').was, [[0, 2], [0, 0], [1, 0]])
  assert.deepEqual(arcs.way('1,0', '2,0').was, [[1, 0], [2, 0]])
  assert.deepEqual(arcs.corners('i').length, 5)
})
