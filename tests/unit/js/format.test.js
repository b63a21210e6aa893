import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import { age, area, cellLabel, count, deadline, distance, duration, groupedCode, moment, shortCode } from '../../../static/js/format.js'
import { wordsOf } from '../../../static/js/words.js'

const words = (lang) => wordsOf(JSON.parse(readFileSync(new URL(`../../../static/words/${lang}.json`, import.meta.url))))
const zh = words('zh')
const en = words('en')
const NOW = Date.parse('2026-01-01T12:00:00Z')

test('numbers carry the separators of the language', () => {
  assert.equal(count(1234567, 'zh'), '1,234,567')
  assert.equal(count(1234567, 'en'), '1,234,567')
})

test('lengths grow from metres to kilometres', () => {
  assert.equal(distance(0, 'en'), '0 m')
  assert.equal(distance(47.4, 'en'), '47 m')
  assert.equal(distance(347, 'en'), '350 m')
  assert.equal(distance(1249, 'en'), '1.2 km')
  assert.equal(distance(2000, 'en'), '2.0 km')
})

test('areas grow from square metres to square kilometres', () => {
  assert.equal(area(9876.4, 'zh'), '9,876 m²')
  assert.equal(area(1234567, 'zh'), '1.23 km²')
  assert.equal(area(8000000, 'zh'), '8.00 km²')
})

test('durations use the largest unit that still says something', () => {
  assert.equal(duration(59, en), 'under 1 min')
  assert.equal(duration(360, zh), '6 分钟')
  assert.equal(duration(3600, en), '1 h')
  assert.equal(duration(5400, zh), '1 小时 30 分')
  assert.equal(duration(11 * 3600 + 1800, en), '11 h')
  assert.equal(duration(3 * 86400, zh), '3 天')
  assert.equal(duration(-5, en), 'under 1 min')
})

test('an age is told in the words of the language', () => {
  assert.equal(age('2026-01-01T11:54:00Z', NOW, zh), '6 分钟前')
  assert.equal(age('2026-01-01T11:54:00Z', NOW, en), '6 min ago')
})

test('a deadline is far, near or late', () => {
  assert.deepEqual(deadline('2026-01-01T12:30:00Z', NOW, en), { text: '30 min left', isLate: false, isNear: false })
  assert.deepEqual(deadline('2026-01-01T12:10:00Z', NOW, en), { text: '10 min left', isLate: false, isNear: true })
  assert.deepEqual(deadline('2026-01-01T11:40:00Z', NOW, zh), { text: '超时 20 分钟', isLate: true, isNear: false })
})

test('a moment is told in the time of the city, not of the browser', () => {
  assert.match(moment('2026-01-01T16:30:00Z', 'Asia/Shanghai', 'zh'), /2026\/01\/02 00:30/)
  assert.match(moment('2026-01-01T16:30:00Z', 'Europe/Berlin', 'en'), /01\/01\/2026, 17:30/)
})

test('codes are shortened for the map and grouped for reading', () => {
  assert.equal(shortCode('990101001002003'), '003')
  assert.equal(groupedCode('990101001002003'), '990101\u2009001\u2009002\u2009003')
  assert.equal(groupedCode('A-17'), 'A-17')
})

test('a cell shows its number, and its name where it is all of its community', () => {
  assert.equal(cellLabel({ code: '110114012006001', name: '龙泽苑社区', community: '龙泽苑社区' }), '龙泽苑社区')
  assert.equal(cellLabel({ code: '110114012006002', name: '龙泽苑社区（2）', community: '龙泽苑社区' }), '002')
  assert.equal(cellLabel({ code: '110114012006003', name: '' }), '003')
})
