/** Hear of facts as they happen, and say honestly whether we still do. */

const CALM_MS = 400 // facts come in bursts: wait for a pause before fetching again …
const LONGEST_MS = 2000 // … but never longer than this
const AGAIN_MS = 5000 // after the browser itself gave up
const PATIENCE_MS = 1000 // for the connection, before the page fetches without it

const MOST_MOVED = 50 // so many may be asked for by their ids

/**
 * Listen to /api/stream. `onFacts(kinds, subjects)` gets the set of kinds since the last call and the ids by kind,
 * `onState('live' | 'reconnecting')` hears of the connection. After a gap everything may have changed: kinds has '*'.
 * Resolves once the stream is open, or when it takes too long: what is fetched from then on misses nothing, because
 * a connection that comes late counts as a gap.
 */
export function listen(city, onFacts, onState) {
  const gather = gatherer(onFacts)
  let stream = null
  let wasLost = false
  return new Promise((resolve) => {
    const open = () => {
      stream = new EventSource(`/api/stream?city=${encodeURIComponent(city)}`)
      stream.onopen = () => {
        onState('live')
        if (wasLost) gather('*')
        wasLost = false
        resolve()
      }
      stream.addEventListener('fact', (event) => gather(...told(event.data)))
      stream.onerror = () => {
        lose()
        onState('reconnecting')
        if (stream.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS)
      }
    }
    const lose = () => {
      wasLost = true
      resolve()
    }
    open()
    setTimeout(() => {
      if (stream.readyState !== EventSource.OPEN) lose()
    }, PATIENCE_MS)
    window.addEventListener('pagehide', () => stream.close())
    window.addEventListener('pageshow', (event) => {
      if (!event.persisted) return // only a page that comes back from the browser's memory has lost its stream
      wasLost = true
      open()
    })
  })
}

/** Return a function that collects kinds, with what they are about, and hands them on after a pause. */
export function gatherer(onFacts, timers = window) {
  let kinds = new Set()
  let subjects = new Map()
  let pause = null
  let limit = null
  const flush = () => {
    timers.clearTimeout(pause)
    timers.clearTimeout(limit)
    const now = [kinds, subjects]
    kinds = new Set()
    subjects = new Map()
    pause = null
    limit = null
    onFacts(...now)
  }
  return (kind, subject = null) => {
    kinds.add(kind)
    if (!subjects.has(kind)) subjects.set(kind, new Set())
    subjects.get(kind).add(subject)
    timers.clearTimeout(pause)
    pause = timers.setTimeout(flush, CALM_MS)
    if (limit === null) limit = timers.setTimeout(flush, LONGEST_MS)
  }
}

/** Return whether any of the kinds is about one of the subjects, as `incident` in `incident.filed`, `incidents.loaded`. */
export function concerns(kinds, ...subjects) {
  return Array.from(kinds).some((kind) => kind === '*' || subjects.includes(kind.split('.')[0].replace(/s$/, '')))
}

/** Return the ids of the responders something is told of; null when it is about all of them, or too many. */
export function whoChanged(kinds, subjects) {
  if (concerns(kinds, 'assignment')) return null // how much each has to do is told nowhere else
  const about = Array.from(kinds).filter((kind) => concerns(new Set([kind]), 'responder'))
  const ids = new Set(about.reduce((all, kind) => all.concat(Array.from(subjects.get(kind) || [null])), []))
  return ids.has(null) || ids.size > MOST_MOVED ? null : Array.from(ids)
}

function told(text) {
  try {
    const { kind, subject } = JSON.parse(text)
    return [kind || '*', subject]
  } catch (error) {
    if (error instanceof SyntaxError) return ['*'] // a fact we cannot read still means that something changed
    throw error
  }
}
