import assert from 'node:assert/strict'
import test from 'node:test'

import { momentOf, wallOf } from '../../../static/js/wall.js'

test('a moment is shown as the clock of the city shows it, and read back', () => {
  assert.equal(wallOf('2026-11-22T01:05:40Z', 'Asia/Shanghai'), '2026-11-22T09:05')
  assert.equal(momentOf('2026-11-22T09:05', 'Asia/Shanghai'), '2026-11-22T01:05:00.000Z')
  assert.equal(momentOf('2026-07-01T12:00', 'America/New_York'), '2026-07-01T16:00:00.000Z')
  assert.equal(momentOf('2026-12-31T23:30', 'America/New_York'), '2027-01-01T04:30:00.000Z')
})

test('of an hour that comes twice the first is meant', () => {
  assert.equal(momentOf('2026-11-01T01:30', 'America/New_York'), '2026-11-01T05:30:00.000Z')
})

test('an hour that is skipped is read as if the clock had not changed', () => {
  assert.equal(momentOf('2026-03-08T02:30', 'America/New_York'), '2026-03-08T07:30:00.000Z')
})

test('what is no time is none', () => {
  assert.equal(momentOf('', 'Asia/Shanghai'), null)
  assert.equal(momentOf('soon', 'Asia/Shanghai'), null)
})
