import assert from 'node:assert/strict'
import test from 'node:test'

import { sorted } from '../../../static/js/sort.js'

const rows = [
  { code: '2', name: '西街', cells: 9 },
  { code: '1', name: '安定', cells: 30 },
  { code: '3', name: '北关', cells: 9 },
]
const codes = (list) => list.map((row) => row.code).join('')

test('numbers are ordered by value, equal ones by code', () => {
  assert.equal(codes(sorted(rows, 'cells', false, 'zh')), '231')
  assert.equal(codes(sorted(rows, 'cells', true, 'zh')), '123')
})

test('Chinese names are ordered by pinyin', () => {
  assert.equal(codes(sorted(rows, 'name', false, 'zh')), '132')
})

test('the rows given are left as they were', () => {
  sorted(rows, 'cells', true, 'zh')
  assert.equal(codes(rows), '213')
})
