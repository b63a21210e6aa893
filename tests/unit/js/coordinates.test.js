import assert from 'node:assert/strict'
import test from 'node:test'

import { readCoordinates, writeCoordinates } from '../../../static/js/coordinates.js'

test('two numbers are longitude and latitude, however they are parted', () => {
  for (const typed of ['116.397,39.908', ' 116.397 , 39.908 ', '116.397，39.908', '116.397 39.908', '116.397;39.908']) {
    assert.deepEqual(readCoordinates(typed), { lon: 116.397, lat: 39.908 })
  }
  assert.deepEqual(readCoordinates('-73.9712, 40.7831'), { lon: -73.9712, lat: 40.7831 })
})

test('what is on no globe, or no two numbers, is refused', () => {
  for (const typed of ['', '116.397', '39.908, 116.397', '181, 0', 'a, b', '1,2,3', '1e3, 2', '116.397,,39.9']) {
    assert.equal(readCoordinates(typed), null, typed)
  }
})

test('what is written can be read', () => {
  assert.deepEqual(readCoordinates(writeCoordinates([117.19363516, 39.5])), { lon: 117.193635, lat: 39.5 })
})
