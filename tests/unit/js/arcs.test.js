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

/** What the server answers when the junction (5, 5) of `three` is moved to (6, 6): all three cells may look otherwise. */
function moved(seq = 5) {
  const now = three()
  const at = ([x, y]) => (x === 5 && y === 5 ? [6, 6] : [x, y])
  const arcs = now.arcs.map((arc) => ({ ...arc, line: arc.line.map(at), lonlat: arc.line.map(at).map(([x, y]) => [x / 100, y / 100]) }))
  return { seq, gone: [], changed: ['a', 'b', 'c'], cells: Array.from(now.cells.values()), arcs, junctions: [[6, 6], [5, 0], [0, 5], [10, 5]] }
}

test('after a step only borders that are others are other objects', () => {
  const before = three()
  const after = before.after(moved(), () => false)
  assert.equal(after.seq, 5)
  assert.deepEqual(after.corners('a'), ['5,0', '5,2', '6,6', '0,5', '0,0'])
  assert.equal(after.vertex('6,6').isJunction, true)
  assert.equal(after.vertex('5,5'), null)
  const same = after.arcs.filter((arc) => before.arcs.includes(arc)).map(({ id }) => id)
  assert.deepEqual(same.sort(), ['a|', 'b|c', 'c|'])
})

test('after a step others made, or that does not fit what is here, all is to be fetched again', () => {
  assert.equal(three().after(moved(6), () => false), null)
  const torn = { ...moved(), changed: ['a'], cells: [{ code: 'a', rings: [[0, 1, 2]] }], arcs: moved().arcs.slice(0, 3) }
  assert.equal(three().after(torn, () => false), null, 'b still has the border that moved')
  const many = { ...moved(), cells: [], arcs: [], junctions: [] }
  assert.equal(three().after(many, () => false), null, 'so many were changed that none is in the answer')
})

test('a cell split off belongs to what is seen only where it is seen; one that is gone is gone', () => {
  const line = (...xy) => ({ line: xy, lonlat: xy.map(([x, y]) => [x / 100, y / 100]) })
  const split = {
    seq: 5, gone: ['c'], changed: ['d', 'e'], junctions: [[5, 5], [5, 0], [0, 5], [10, 5], [0, 10]],
    cells: [{ code: 'a', rings: [[0, 1, 2]] }, { code: 'b', rings: [[~0, 3, 4]] }, { code: 'd', rings: [[5, ~1, 6]] }, { code: 'e', rings: [[~5, ~4, ~3, 7]] }],
    arcs: [
      { id: 'a|b', one: 'a', other: 'b', ...line([5, 0], [5, 2], [5, 5]) }, { id: 'a|d', one: 'a', other: 'd', ...line([5, 5], [0, 5]) },
      { id: 'a|', one: 'a', other: null, ...line([0, 5], [0, 0], [5, 0]) }, { id: 'b|e', one: 'b', other: 'e', ...line([5, 0], [10, 0], [10, 5]) },
      { id: 'b|e|2', one: 'b', other: 'e', ...line([10, 5], [5, 5]) }, { id: 'd|e', one: 'd', other: 'e', ...line([0, 10], [5, 5]) },
      { id: 'd|', one: 'd', other: null, ...line([0, 5], [0, 10]) }, { id: 'e|', one: 'e', other: null, ...line([10, 5], [0, 10]) },
    ],
  }
  const near = three().after(split, () => true)
  assert.deepEqual(Array.from(near.cells.keys()), ['a', 'b', 'd', 'e'])
  assert.deepEqual(near.neighbours('d'), ['a', 'e'])
  const far = three().after(split, () => false)
  assert.deepEqual(Array.from(far.cells.keys()), ['a', 'b'])
  assert.deepEqual(far.neighbours('a'), ['b', 'd'], 'borders of what is shown are there, whoever is beyond')
  assert.deepEqual(far.corners('b'), near.corners('b'))
})
