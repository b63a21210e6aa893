import assert from 'node:assert/strict'
import test from 'node:test'

import { isActive, shownSteps } from '../../../static/js/steps.js'

test('one step goes on, and declining stands beside it as long as it is possible', () => {
  assert.deepEqual(shownSteps(['accept', 'decline', 'cancel']), ['accept', 'decline'])
  assert.deepEqual(shownSteps(['set_out', 'arrive', 'decline', 'cancel']), ['set_out', 'decline'])
  assert.deepEqual(shownSteps(['arrive', 'cancel']), ['arrive'])
  assert.deepEqual(shownSteps(['finish', 'cancel']), ['finish'])
})

test('nothing is left to do when it is over', () => {
  assert.deepEqual(shownSteps([]), [])
})

test('what was done, declined or cancelled is no longer under way', () => {
  const states = ['offered', 'accepted', 'under_way', 'on_site', 'done', 'declined', 'cancelled']
  assert.deepEqual(states.filter((state) => isActive({ state })), ['offered', 'accepted', 'under_way', 'on_site'])
})
