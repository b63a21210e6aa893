import assert from 'node:assert/strict'
import test from 'node:test'

import { boundsOf, clips, grouped, isOfLand, moved, percentAt } from '../../../static/js/plan/compared.js'

const cell = (code, name, west, east) => ({
  properties: { code, name, changes: [] }, geometry: { type: 'Polygon', coordinates: [[[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]] },
})
const answer = (said) => ({ changed: [], gone: [], lineage: [], old: { features: [] }, new: { features: [] }, ...said })

test('keys move the handle by one per cent, with Shift by ten, and never beyond the map', () => {
  assert.equal(moved(50, { key: 'ArrowRight' }), 51)
  assert.equal(moved(50, { key: 'ArrowLeft', shiftKey: true }), 40)
  assert.equal(moved(3, { key: 'ArrowDown', shiftKey: true }), 0)
  assert.equal(moved(100, { key: 'ArrowUp' }), 100)
  assert.equal(moved(30, { key: 'Home' }), 0)
  assert.equal(moved(30, { key: 'End' }), 100)
  assert.equal(moved(30, { key: 'a' }), null)
})

test('a pointer is at a percentage of the map, outside it at an end', () => {
  assert.equal(percentAt(560, 460, 400), 25)
  assert.equal(percentAt(10, 460, 400), 0)
  assert.equal(percentAt(1000, 460, 400), 100)
  assert.equal(percentAt(5, 0, 0), 0)
})

test('both sides meet at the handle and cover the picture, wherever the map was moved', () => {
  const { left, right } = clips({ x: -100, y: 20 }, [400, 300], 25)
  assert.equal(left, 'polygon(-100px 20px, 0px 20px, 0px 320px, -100px 320px)')
  assert.equal(right, 'polygon(0px 20px, 300px 20px, 300px 320px, 0px 320px)')
})

test('a new name, code or unit is no new border', () => {
  assert.equal(isOfLand(['renamed', 'reassigned', 'recoded']), false)
  assert.equal(isOfLand(['moved', 'renamed']), true)
  assert.equal(isOfLand([]), true)
})

test('bounds are those of every ring', () => {
  assert.deepEqual(boundsOf({ coordinates: [[[[0, 1], [2, 3]]], [[[-1, 5], [1, 1]]]] }), [-1, 1, 2, 5])
})

test('what differs is told by kind, with what it was and whose land it has', () => {
  const groups = grouped(answer({
    changed: [{ code: '2', changes: ['moved', 'renamed'] }, { code: '9', changes: ['added'] }],
    gone: [{ code: '3', changes: ['removed'] }],
    lineage: [{ old: '2', new: '2', share_of_new: 0.5 }, { old: '4', new: '2', share_of_new: 0.1 }, { old: '3', new: '2', share_of_new: 0.4 }],
    old: { features: [cell('2', 'old', 0, 1), cell('3', 'left', 1, 2)] }, new: { features: [cell('2', 'new', 0, 2)] },
  }))
  assert.deepEqual(groups.map(({ kind, items }) => [kind, items.map(({ code }) => code)]), [['moved', ['2']], ['added', ['9']], ['removed', ['3']], ['renamed', ['2']]])
  const [first] = groups[0].items
  assert.deepEqual([first.wasName, first.name, first.bounds], ['old', 'new', [0, 0, 2, 1]])
  assert.deepEqual(first.parents, [{ code: '3', share: 0.4 }, { code: '4', share: 0.1 }])
  assert.equal(groups[1].items[0].bounds, null) // the server left it out
  assert.equal(groups[2].items[0].isGone, true)
})

test('a cell under a new code is one entry with both codes', () => {
  const groups = grouped(answer({
    changed: [{ code: '8', changes: ['recoded'] }], gone: [{ code: '1', changes: ['recoded'] }, { code: '2', changes: ['recoded'] }],
    old: { features: [cell('2', 'b', 5, 6), cell('1', 'a', 0, 1)] }, new: { features: [cell('8', 'a', 0, 1)] },
  }))
  assert.deepEqual(groups.map(({ kind, items }) => [kind, items.map(({ code, wasCode }) => [code, wasCode])]), [['recoded', [['8', '1'], ['2', '2']]]])
})

test('nothing differs', () => {
  assert.deepEqual(grouped(answer({})), [])
})
