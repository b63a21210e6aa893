import assert from 'node:assert/strict'
import test from 'node:test'

import { dayBegins, dayIsOver, dayOf, lastDayOf, standing } from '../../../static/js/span.js'

const ZONE = 'Asia/Shanghai'

test('a day begins and is over at midnight of the city', () => {
  assert.equal(dayBegins('2026-03-31', ZONE), '2026-03-30T16:00:00.000Z')
  assert.equal(dayIsOver('2026-03-31', ZONE), '2026-03-31T16:00:00.000Z')
  assert.equal(dayIsOver('2026-12-31', 'America/New_York'), '2027-01-01T05:00:00.000Z')
  assert.equal(dayBegins('', ZONE), null)
  assert.equal(dayIsOver('', ZONE), null)
})

test('the last day is the one before the end', () => {
  assert.equal(lastDayOf('2026-03-31T16:00:00Z', ZONE, 'zh'), '2026/03/31')
  assert.equal(lastDayOf('2026-03-31T18:00:00Z', ZONE, 'zh'), '2026/04/01', 'what ends in the middle of a day ends on it')
  assert.equal(dayOf('2026-03-31T16:00:00Z', ZONE, 'en'), '01/04/2026')
})

test('what has ended is past, what has not begun is to come', () => {
  const now = Date.parse('2026-05-01T00:00:00Z')
  assert.equal(standing({ since: '2026-01-01T00:00:00Z', until: null }, now), 'now')
  assert.equal(standing({ since: null, until: '2026-05-01T00:00:00Z' }, now), 'past')
  assert.equal(standing({ since: '2026-05-01T00:00:01Z', until: null }, now), 'future')
})
