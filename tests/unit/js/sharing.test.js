import assert from 'node:assert/strict'
import test from 'node:test'

import { isWorthTelling } from '../../../static/js/sharing.js'

const HERE = [117.2, 39.5]
const NEAR = [117.2001, 39.5] // about 9 m
const FAR = [117.2004, 39.5] // about 34 m

test('the first position is told', () => {
  assert.ok(isWorthTelling(null, HERE, 0))
})

test('nothing is told twice within fifteen seconds, however far one has gone', () => {
  assert.ok(!isWorthTelling({ position: HERE, at: 0 }, FAR, 14999))
  assert.ok(isWorthTelling({ position: HERE, at: 0 }, FAR, 15000))
})

test('who has hardly moved says nothing, but is not silent for ever', () => {
  assert.ok(!isWorthTelling({ position: HERE, at: 0 }, NEAR, 60000))
  assert.ok(isWorthTelling({ position: HERE, at: 0 }, NEAR, 300000))
})
