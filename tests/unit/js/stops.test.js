import assert from 'node:assert/strict'
import test from 'node:test'

import { standingStop, stops, tense } from '../../../static/js/plan/stops.js'

const PAST = { id: 7, effective_from: '2026-01-01T00:00:00+00:00', effective_to: '2026-03-01T00:00:00+00:00' }
const NOW = { id: 9, effective_from: '2026-03-01T00:00:00+00:00', effective_to: '2027-01-01T08:00:00+08:00' }
const TO_COME = { id: 8, effective_from: '2027-01-01T00:00:00+00:00', effective_to: null }
const AT = Date.parse('2026-06-01T00:00:00Z')

test('stops are in the order of time, whatever the order of ids, and the list given stays as it was', () => {
  const given = [TO_COME, NOW, PAST]
  assert.deepEqual(stops(given).map(({ id }) => id), [7, 9, 8])
  assert.deepEqual(given, [TO_COME, NOW, PAST])
})

test('a release holds from its first moment on and no longer at its last', () => {
  assert.deepEqual([PAST, NOW, TO_COME].map((one) => tense(one, AT)), ['past', 'now', 'to_come'])
  assert.equal(tense(NOW, Date.parse(NOW.effective_from)), 'now')
  assert.equal(tense(PAST, Date.parse(PAST.effective_to)), 'past')
  assert.equal(tense(TO_COME, Date.parse(TO_COME.effective_from)), 'now')
})

test('the stop in force is found, or none is', () => {
  assert.equal(standingStop(stops([TO_COME, NOW, PAST]), AT), 1)
  assert.equal(standingStop(stops([TO_COME, PAST]), AT), -1)
  assert.equal(standingStop([], AT), -1)
})
