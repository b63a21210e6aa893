import assert from 'node:assert/strict'
import test from 'node:test'

import { fitted, shrink } from '../../../static/js/picture.js'

test('a picture keeps its shape, its longer side is what the server keeps', () => {
  assert.deepEqual(fitted(4096, 3072), [2048, 1536])
  assert.deepEqual(fitted(3000, 9000), [683, 2048])
  assert.deepEqual(fitted(640, 480), [640, 480])
  assert.deepEqual(fitted(40000, 1), [2048, 1])
})

test('what is small already is sent as it is', async () => {
  const file = { size: 1000000 }
  assert.equal(await shrink(file), file)
})
