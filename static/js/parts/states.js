/** Loading, nothing there, failed: each has words, and a failure a way on. */

import { announce, el } from '../dom.js'
import { said, term, word } from '../page.js'

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

const SENTENCES = { 404: ['state.not_found', 'state.gone'], 409: ['state.conflict', 'state.changed'] }

/** Return a failure in words of the page's language: our sentence for its kind, with what the server says where it is known. */
export function words(problem) {
  if (problem.name !== 'Problem') throw problem
  if (problem.plain) return problem.plain // a page knew better words
  if (problem.status === 0) return word('state.unreachable')
  if (problem.status === 401) return word('state.logged_out')
  if (problem.status === 403) return forbidden(problem)
  if (problem.status === 429) return word('state.too_fast')
  if (problem.status === 503) return word('state.not_ready')
  if (problem.status === 412) return word('state.stale') // what changed, and to what, the page shows itself
  if (problem.status === 422) return problem.field || problem.rule ? word('state.bad_input', { detail: wrong(problem) }) : rule(problem)
  const [sentence, alone] = SENTENCES[problem.status] || []
  if (!sentence) return word('state.refused', { status: problem.status })
  const detail = said(problem.detail)
  return detail ? word(sentence, { detail }) : word(alone)
}

/** Return the rule that a value breaks, without the name of its field. */
export function rule(problem) {
  return said(problem.rule || problem.detail) || problem.rule || problem.detail
}

function wrong(problem) {
  const named = problem.field ? term('field', problem.field) : ''
  return named && problem.rule ? word('state.field', { field: named, rule: rule(problem) }) : rule(problem)
}

function forbidden({ permission, scope, due }) {
  if (due === 'password') return word('state.password_due')
  if (permission) return word('state.no_permission', { permission: term('permission', permission) })
  return word(scope ? 'state.out_of_scope' : 'state.forbidden')
}

const latest = new WeakMap()

/** Begin a turn of work on `what`; returns whether no newer one has begun since: a late answer must not cover a newer one. */
export function turnOf(what) {
  const turn = (latest.get(what) || 0) + 1
  latest.set(what, turn)
  return () => latest.get(what) === turn
}

/**
 * Fill `place` with what `load` brings, through `draw`, showing loading and failure meanwhile; until then it is busy.
 * Whatever is already there stays while it is fetched again; an answer that a newer one has overtaken is dropped.
 */
export async function fill(place, load, draw) {
  const isLatest = turnOf(place)
  if (!place.firstElementChild) place.replaceChildren(loading())
  place.setAttribute('aria-busy', 'true')
  try {
    const result = await load()
    if (!isLatest()) return null
    put(place, [draw(result)].flat())
    return result
  } catch (problem) {
    if (problem.name === 'AbortError' || !isLatest()) return null
    place.replaceChildren(failed(problem, () => {
      place.replaceChildren()
      fill(place, load, draw)
    }))
    return null
  } finally {
    if (isLatest()) place.removeAttribute('aria-busy')
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
