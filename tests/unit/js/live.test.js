import assert from 'node:assert/strict'
import test from 'node:test'

import { concerns, gatherer, whoChanged } from '../../../static/js/live.js'

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

test('with the kinds of a burst come the things they are about', () => {
  let heard = null
  const timers = handMadeTimers()
  const gather = gatherer((kinds, subjects) => { heard = subjects }, timers)
  gather('responder.moved', 3)
  gather('responder.moved', 4)
  gather('responder.moved', 3)
  gather('*')
  timers.run(400)
  assert.deepEqual(Array.from(heard.get('responder.moved')), [3, 4])
  assert.deepEqual(Array.from(heard.get('*')), [null])
  gather('responder.status', 5)
  timers.run(400)
  assert.deepEqual(Array.from(heard.keys()), ['responder.status'])
})

test('who moved is asked for alone, unless everybody may have changed or too many did', () => {
  const changed = (...facts) => {
    const subjects = new Map()
    facts.forEach(([kind, ...ids]) => subjects.set(kind, new Set(ids)))
    return whoChanged(new Set(subjects.keys()), subjects)
  }
  assert.deepEqual(changed(['responder.moved', 3, 4], ['responder.status', 4, 5], ['incident.reported', 9]), [3, 4, 5])
  assert.equal(changed(['responder.moved', 3], ['*', null]), null)
  assert.equal(changed(['responder.moved', 3], ['assignment.offered', 8]), null)
  assert.equal(changed(['responders.loaded', null], ['responder.moved', 3]), null)
  assert.equal(changed(['responder.moved', ...Array.from({ length: 51 }, (_, n) => n)]), null)
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
