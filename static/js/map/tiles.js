/** Fetch vector tiles: only those a city can have, and with a word to the page when one does not come. */

import { tileTouches } from '../geo.js'

/**
 * Return a tile source in the form protomaps-leaflet reads archives (`getZxy`), for one family of tiles.
 * A tile outside its zooms or the city, or of a family that nobody wants to see, is empty without asking. A failure is thrown as an AbortError: protomaps
 * keeps no such tile, so that drawing again asks again, and leaves telling to us.
 * The address names the city's stamp, so that a tile seen before is not asked for again; or the release that `releaseOf()` gives, and
 * a tile that comes when another one is wanted by then is asked for again.
 */
export function tileSource(source, city, onTrouble, isWanted, releaseOf = () => null) {
  return {
    async getZxy(z, x, y, signal) {
      if (!isWanted() || z < source.min_zoom || z > source.max_zoom || !tileTouches(z, x, y, city.bounds)) return undefined
      const url = source.url.replace('{city}', city.code).replace('{z}', z).replace('{x}', x).replace('{y}', y)
      const release = releaseOf()
      const response = await reach(`${url}?${release === null ? `v=${encodeURIComponent(city.stamp)}` : `release=${release}`}`, { signal }, onTrouble)
      if (response.status !== 204 && !response.ok) throw trouble(onTrouble)
      const data = response.status === 204 ? null : await response.arrayBuffer()
      if (releaseOf() !== release) return this.getZxy(z, x, y, signal)
      return data === null ? undefined : { data }
    },
  }
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
  const error = new Error('tile not available')
  error.name = 'AbortError'
  return error
}
