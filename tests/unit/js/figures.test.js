import assert from 'node:assert/strict'
import test from 'node:test'

import { flat, isSame } from '../../../static/js/plan/figures.js'

test('groups of numbers become one list, all else is left out', () => {
  assert.deepEqual(flat({ cells: 3, among: { gini: 0.2, worst: null }, names: ['a'] }), { cells: 3, among_gini: 0.2 })
})

test('numbers are the same when nobody could read a difference', () => {
  assert.equal(isSame(1000000, 1000000.5), true)
  assert.equal(isSame(0.2, 0.21), false)
  assert.equal(isSame(null, 0), false)
  assert.equal(isSame('a', 'a'), true)
})
