import assert from 'node:assert/strict'
import test from 'node:test'

import { address, get, know, newKey, patch, post, step, take, upload } from '../../../static/js/api.js'

const answer = (status, body, type = 'application/json') => new Response(body === null ? null : JSON.stringify(body), {
  status, headers: { 'Content-Type': type },
})

function serving(handler) {
  const calls = []
  globalThis.fetch = async (url, options) => {
    calls.push({ url, options })
    return handler()
  }
  return calls
}

test('a query leaves out what is not given and escapes the rest', () => {
  assert.equal(address('/api/x', { city: 'a b&c', state: null, limit: 0, k: undefined }), '/api/x?city=a+b%26c&limit=0')
  assert.equal(address('/api/x', {}), '/api/x')
})

test('a key is a version 4 UUID, also where the browser cannot make one', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  assert.match(newKey(), uuid)
  const own = crypto.randomUUID
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true, writable: true })
  assert.match(newKey(), uuid)
  assert.notEqual(newKey(), newKey())
  Object.defineProperty(crypto, 'randomUUID', { value: own, configurable: true, writable: true })
})

test('a write carries its key and its type', async () => {
  const calls = serving(() => answer(201, { id: 1 }))
  assert.deepEqual(await post('/api/x', { responder: 7 }, 'key-1'), { id: 1 })
  const { options } = calls[0]
  assert.equal(options.headers['Idempotency-Key'], 'key-1')
  assert.equal(options.headers['Content-Type'], 'application/json')
  assert.equal(options.body, '{"responder":7}')
})

test('an edit and a step name the version they were decided on', async () => {
  const calls = serving(() => answer(200, {}))
  await patch('/api/x', {}, 3, 'key-1')
  await step('/api/x', { step: 'accept' }, 4, 'key-2')
  assert.deepEqual(calls.map(({ options }) => [options.method, options.headers['If-Match'], options.headers['Idempotency-Key']]), [
    ['PATCH', '"3"', 'key-1'], ['POST', '"4"', 'key-2'],
  ])
})

test('a refusal names the field and the rule', async () => {
  serving(() => answer(422, { title: 'Bad input', detail: 'x', field: 'occurred_at', rule: 'not in the future' }, 'application/problem+json'))
  await assert.rejects(get('/api/x'), { field: 'occurred_at', rule: 'not in the future' })
})

test('a refusal becomes a Problem with the words of the server', async () => {
  serving(() => answer(409, { title: 'Conflict', detail: 'held by Li' }, 'application/problem+json'))
  await assert.rejects(get('/api/x'), { name: 'Problem', status: 409, detail: 'held by Li' })
})

test('a refusal without words is still a Problem', async () => {
  serving(() => new Response('<html>', { status: 502, headers: { 'Content-Type': 'text/html' } }))
  await assert.rejects(get('/api/x'), { name: 'Problem', status: 502, detail: '' })
})

test('a server out of reach is status 0, and nothing is tried twice', async () => {
  const calls = serving(() => { throw new TypeError('failed') })
  await assert.rejects(get('/api/x'), { name: 'Problem', status: 0 })
  assert.equal(calls.length, 1)
})

test('an aborted request stays an AbortError', async () => {
  serving(() => { throw new DOMException('stop', 'AbortError') })
  await assert.rejects(get('/api/x'), { name: 'AbortError' })
})

test('a form with a file carries its key and leaves its type to the browser', async () => {
  const calls = serving(() => answer(201, { id: 1 }))
  const form = new FormData()
  assert.deepEqual(await upload('/api/x', form, 'key-1'), { id: 1 })
  const { options } = calls[0]
  assert.equal(options.body, form)
  assert.equal(options.headers['Idempotency-Key'], 'key-1')
  assert.equal(options.headers['Content-Type'], undefined)
})

test('a file that is answered comes with its name', async () => {
  globalThis.fetch = async () => new Response('a,b', {
    status: 201, headers: { 'Content-Type': 'text/csv', 'Content-Disposition': 'attachment; filename="incidents-town-7.csv"' },
  })
  const { name, blob } = await take('/api/x', {})
  assert.equal(name, 'incidents-town-7.csv')
  assert.equal(await blob.text(), 'a,b')
})

test('a refused file is a Problem like any other', async () => {
  serving(() => answer(422, { title: 'Bad input', detail: 'x', field: 'rows', rule: 'at most 10' }, 'application/problem+json'))
  await assert.rejects(take('/api/x', {}), { name: 'Problem', status: 422, field: 'rows' })
})

test('an answer that came with the page is given once, and then asked for', async () => {
  const calls = serving(() => answer(200, { is: 'new' }))
  know({ '/api/me': { is: 'brought' }, '/api/units?city=a': { is: 'other' } })
  assert.deepEqual(await get('/api/me'), { is: 'brought' })
  assert.deepEqual(await get('/api/units', { city: 'a' }), { is: 'other' })
  assert.equal(calls.length, 0)
  assert.deepEqual(await get('/api/me'), { is: 'new' })
  assert.equal(calls.length, 1)
})
