import assert from 'node:assert/strict'
import test from 'node:test'

import { saidOf, wordFor, wordsOf } from '../../../static/js/words.js'

const table = { plain: 'Word', filled: '{n} of {all}', 'status.free': 'Free' }
const word = wordsOf(table)

test('a word is looked up and its values are filled in', () => {
  assert.equal(word('plain'), 'Word')
  assert.equal(word('filled', { n: 0, all: 5 }), '0 of 5')
})

test('a value that is not given stays visible, as does a key that does not exist', () => {
  assert.equal(word('filled', { n: 1 }), '1 of {all}')
  assert.equal(word('missing'), 'missing')
})

test('a count chooses between one and more of what it counts, also where it is written out', () => {
  const said = wordsOf({ cells: '{n} {n:cell differs|cells differ}: {code}' })
  const three = [1, 0, 2].map((n) => said('cells', { n, code: 7 }))
  assert.deepEqual(three, ['1 cell differs: 7', '0 cells differ: 7', '2 cells differ: 7'])
  assert.equal(said('cells', { n: '1', code: '' }), '1 cell differs: ')
  assert.equal(said('cells', { n: '1,001', code: 7 }), '1,001 cells differ: 7')
  assert.equal(said('cells', { code: 7 }), '{n} {n:cell differs|cells differ}: 7')
})

test('names of Object.prototype are not words', () => {
  assert.equal(word('toString'), 'toString')
  assert.equal(word('filled', Object.create({ n: 1, all: 2 })), '1 of 2')
})

test('a value is filled in as it is, also when it looks like a placeholder or a pattern', () => {
  assert.equal(word('filled', { n: '{all}', all: '$&' }), '{all} of $&')
})

test('a value of a city without a word of ours shows itself', () => {
  assert.equal(wordFor(table, 'status', 'free'), 'Free')
  assert.equal(wordFor(table, 'status', 'asleep'), 'asleep')
})

test('a sentence of the server is said in the language of the page, with its values', () => {
  const said = saidOf({ 'none of the last five': '不能与最近五个相同', 'incident {id} is closed (by {who})': '案件 {id} 已结案', '{least} to {most} signs': '{least} 至 {most} 个' })
  assert.equal(said('none of the last five'), '不能与最近五个相同')
  assert.equal(said('incident 7 is closed (by x.y)'), '案件 7 已结案')
  assert.equal(said('2 to 40 signs'), '2 至 40 个')
  assert.equal(said('2 to 40 signs or more'), null)
  assert.equal(said('toString'), null)
})
