import assert from 'node:assert/strict'
import test from 'node:test'

import { concerns, gatherer } from '../../../static/js/live.js'

/** Timers that run when they are told to. */
function handMadeTimers() {
  let next = 1
  const waiting = new Map()
  return {
    setTimeout: (run, after) => {
      waiting.set(next, { run, after })
      next += 1
      return next - 1
    },
    clearTimeout: (id) => waiting.delete(id),
    run: (after) => Array.from(waiting).filter(([, t]) => t.after === after).forEach(([id, t]) => {
      waiting.delete(id)
      t.run()
    }),
    get count() { return waiting.size },
  }
}

test('facts of a burst arrive together, once', () => {
  const heard = []
  const timers = handMadeTimers()
  const gather = gatherer((kinds) => heard.push(Array.from(kinds)), timers)
  gather('incident.reported')
  gather('incident.reported')
  gather('responder.status')
  assert.deepEqual(heard, [])
  timers.run(400)
  assert.deepEqual(heard, [['incident.reported', 'responder.status']])
  assert.equal(timers.count, 0)
})

test('a stream without a pause is still heard after the longest wait', () => {
  const heard = []
  const timers = handMadeTimers()
  const gather = gatherer((kinds) => heard.push(Array.from(kinds)), timers)
  gather('a.b')
  gather('c.d')
  timers.run(2000)
  assert.deepEqual(heard, [['a.b', 'c.d']])
})

test('a kind concerns its subject, singular or plural; a gap concerns everything', () => {
  assert.equal(concerns(new Set(['incident.reported']), 'incident'), true)
  assert.equal(concerns(new Set(['incidents.loaded']), 'incident'), true)
  assert.equal(concerns(new Set(['incident.reported']), 'responder', 'release'), false)
  assert.equal(concerns(new Set(['*']), 'release'), true)
  assert.equal(concerns(new Set(), 'release'), false)
})
