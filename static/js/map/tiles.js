/** Fetch vector tiles: only those a city can have, and with a word to the page when one does not come. */

import { tileTouches } from '../geo.js'

const A_MOMENT = 150 // ms

/** Knows which tiles are on their way, so that all that came together are painted once, with the names that reach over their edges. */
export class Arrivals {
  constructor() {
    this.awaited = 0
    this.gathering = null // the promise of those that wait for all that are on their way
    this.go = () => undefined
  }

  /** Return what a promise gives; until then something is on its way. */
  async of(promise) {
    this.awaited += 1
    try {
      return await promise
    } finally {
      this.awaited -= 1
      if (this.awaited === 0) this.go()
    }
  }

  /** Return when all that was asked for has come, or after a moment. */
  gathered() {
    if (this.awaited === 0) return Promise.resolve()
    if (!this.gathering) {
      this.gathering = new Promise((done) => {
        this.go = done
        window.setTimeout(done, A_MOMENT)
      })
      this.gathering.then(() => { this.gathering = null })
    }
    return this.gathering
  }

  /** What protomaps-leaflet waits for before it paints: it settles a list of promises anew for each tile. */
  get task() {
    return { then: (...next) => this.gathered().then(...next) }
  }
}

/** Let a tile that was never painted not be painted again: it will be, with every name that reaches into it by then. */
export function paintOnce(layer) {
  const again = layer.rerenderTile
  layer.rerenderTile = (key) => {
    if (Object.values(layer._tiles).some(({ el, loaded }) => loaded && el.key === key)) again.call(layer, key)
  }
}

/**
 * Return a tile source in the form protomaps-leaflet reads archives (`getZxy`), for one family of tiles.
 * A tile outside its zooms or the city, or of a family that nobody wants to see, is empty without asking. A failure, or that nothing of it
 * `isShown()` at the zoom of the display, is thrown as an AbortError: protomaps keeps no such tile, so that drawing again asks again, and leaves telling to us.
 * The address ends with what `query()` gives; a tile that comes when another one is wanted by then is asked for again.
 */
export function tileSource(source, city, onTrouble, { isWanted = always, isShown = always, query = nothing, arrivals = new Arrivals() } = {}) {
  return {
    async getZxy(z, x, y, signal) {
      if (!isWanted() || z < source.min_zoom || z > source.max_zoom || !tileTouches(z, x, y, city.bounds)) return undefined
      if (!isShown()) throw given('not shown at this zoom')
      const url = source.url.replace('{city}', city.code).replace('{z}', z).replace('{x}', x).replace('{y}', y)
      const asked = query()
      const data = await arrivals.of(bytes(url + asked, signal, onTrouble))
      if (query() !== asked) return this.getZxy(z, x, y, signal)
      return data === null ? undefined : { data }
    },
  }
}

async function bytes(url, signal, onTrouble) {
  const response = await reach(url, { signal }, onTrouble)
  if (response.status !== 204 && !response.ok) throw trouble(onTrouble)
  return response.status === 204 ? null : response.arrayBuffer()
}

async function reach(url, options, onTrouble) {
  try {
    return await fetch(url, options)
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw trouble(onTrouble)
  }
}

function trouble(onTrouble) {
  onTrouble()
  return given('tile not available')
}

function given(why) {
  const error = new Error(why)
  error.name = 'AbortError'
  return error
}

const always = () => true
const nothing = () => ''
