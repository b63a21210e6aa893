/** Loading, nothing there, failed: each has words, and a failure a way on. */

import { announce, el } from '../dom.js'
import { word } from '../page.js'

/** Return the words for something on its way. */
export function loading() {
  return el('p', { class: 'state loading' }, word('state.loading'))
}

/** Return the words for an empty list. */
export function empty(key) {
  return el('p', { class: 'state' }, word(key))
}

/** Return what went wrong in words, with a button to try again. */
export function failed(problem, retry) {
  const text = words(problem)
  announce(text)
  return el('div', { class: 'state failed' },
    el('p', {}, text),
    retry ? el('button', { type: 'button', class: 'button', onclick: retry }, word('state.retry')) : null)
}

const SENTENCES = { 404: 'state.not_found', 403: 'state.forbidden', 409: 'state.conflict', 422: 'state.bad_input' }

/** Return a failure in words: our sentence for its kind, with what the server says about it. */
export function words(problem) {
  if (problem.name !== 'Problem') throw problem
  if (problem.status === 0) return word('state.unreachable')
  if (problem.status === 401) return word('state.logged_out')
  if (problem.status === 503) return word('state.not_ready')
  if (problem.status === 412) return word('state.stale') // what changed, and to what, the page shows itself
  const sentence = SENTENCES[problem.status]
  if (sentence && problem.detail) return word(sentence, { detail: problem.detail })
  return word('state.refused', { status: problem.status })
}

const latest = new WeakMap()

/**
 * Fill `place` with what `load` brings, through `draw`, showing loading and failure meanwhile.
 * Whatever is already there stays while it is fetched again; an answer that a newer one has overtaken is dropped.
 */
export async function fill(place, load, draw) {
  const turn = (latest.get(place) || 0) + 1
  latest.set(place, turn)
  if (!place.firstElementChild) place.replaceChildren(loading())
  try {
    const result = await load()
    if (latest.get(place) !== turn) return null
    put(place, [draw(result)].flat())
    return result
  } catch (problem) {
    if (problem.name === 'AbortError' || latest.get(place) !== turn) return null
    place.replaceChildren(failed(problem, () => {
      place.replaceChildren()
      fill(place, load, draw)
    }))
    return null
  }
}

/** Load what is beside the main thing: when it fails, the page stays as it is and the live region says why. */
export async function quietly(load) {
  try {
    await load()
  } catch (problem) {
    announce(words(problem))
  }
}

/** An element that is already there is not put in again: that would take focus and scroll from whoever is in it. */
function put(place, children) {
  const isThere = children.length === place.children.length && children.every((child, i) => child === place.children[i])
  if (!isThere) place.replaceChildren(...children)
}
