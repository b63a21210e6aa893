import assert from 'node:assert/strict'
import test from 'node:test'

globalThis.window = { setTimeout: (...args) => setTimeout(...args) }
const { Arrivals, paintOnce, tileSource } = await import('../../../static/js/map/tiles.js')

const source = { url: '/tiles/{city}/cells/{z}/{x}/{y}.mvt', min_zoom: 5, max_zoom: 12 }
const city = { code: '110105', bounds: [-180, -85, 180, 85] }

function later() {
  const found = {}
  found.promise = new Promise((resolve, reject) => Object.assign(found, { resolve, reject }))
  return found
}

test('who waits for what is on its way goes on when the last of it came, whether it brought anything or not', async () => {
  const arrivals = new Arrivals()
  const [one, two] = [later(), later()]
  const told = []
  const running = [arrivals.of(one.promise), arrivals.of(two.promise).catch((error) => told.push(error.message))]
  const gathered = arrivals.task.then(() => told.push('gathered'))
  one.resolve(1)
  assert.equal(await running[0], 1)
  assert.deepEqual(told, [])
  two.reject(new Error('lost'))
  await Promise.all([running[1], gathered])
  assert.deepEqual(told.sort(), ['gathered', 'lost'])
  await arrivals.gathered() // nothing is on its way
})

test('what does not come keeps nobody waiting for ever', async () => {
  const arrivals = new Arrivals()
  arrivals.of(new Promise(() => undefined))
  await arrivals.gathered()
  assert.equal(arrivals.awaited, 1)
})

test('a tile that was never painted is not painted again, one that was is', () => {
  const again = []
  const layer = { _tiles: { a: { el: { key: '1:2:3' }, loaded: 5 }, b: { el: { key: '4:5:6' } } }, rerenderTile: (key) => again.push(key) }
  paintOnce(layer)
  for (const key of ['1:2:3', '4:5:6', '7:8:9']) layer.rerenderTile(key)
  assert.deepEqual(again, ['1:2:3'])
})

test('a family is asked for where something of it is shown, by the address that stands when it comes', async () => {
  const asked = []
  let isShown = false
  let version = '?v=1'
  globalThis.fetch = async (url) => {
    asked.push(url)
    if (asked.length === 1) version = '?v=2' // something changed while it was on its way
    return { ok: true, status: 200, arrayBuffer: async () => url }
  }
  const tiles = tileSource(source, city, () => assert.fail('no trouble'), { isShown: () => isShown, query: () => version })
  await assert.rejects(tiles.getZxy(7, 1, 2), { name: 'AbortError' })
  isShown = true
  assert.deepEqual(await tiles.getZxy(7, 1, 2), { data: '/tiles/110105/cells/7/1/2.mvt?v=2' })
  assert.deepEqual(asked, ['/tiles/110105/cells/7/1/2.mvt?v=1', '/tiles/110105/cells/7/1/2.mvt?v=2'])
  assert.equal(await tiles.getZxy(13, 1, 2), undefined)
})
