import assert from 'node:assert/strict'
import test from 'node:test'

import { findCell } from '../../../static/js/lookup.js'

const known = new Map([
  ['990101001001001', '学府社区第一网格'],
  ['990101001001012', '学府社区第十二网格'],
  ['990101001002001', '文澜社区第一网格'],
])

test('a whole code is taken as it is, in sight or not, with spaces or without', () => {
  assert.deepEqual(findCell('990101001001012', known), { code: '990101001001012' })
  assert.deepEqual(findCell('990101 004 001 007', known), { code: '990101004001007' })
})

test('last digits find a cell in sight when they are clear', () => {
  assert.deepEqual(findCell('012', known), { code: '990101001001012' })
  assert.deepEqual(findCell('001', known), { code: null, key: 'find.many', n: 2 })
  assert.deepEqual(findCell('777', known), { code: null, key: 'find.none' })
})

test('a name finds its cell, nothing finds nothing', () => {
  assert.deepEqual(findCell(' 文澜社区第一网格 ', known), { code: '990101001002001' })
  assert.deepEqual(findCell('  ', known), { code: null, key: 'find.empty' })
})
