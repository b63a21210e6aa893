/** Talk to the server. Every failure is a Problem with words a person can read; nothing is retried behind their back. */

/**
 * A refusal or failure: `status` is 0 when the server could not be reached; `field` and `rule` when a value broke one;
 * `permission` or `scope` when it is missing, `due` when something comes first; `body` is all that was answered.
 */
export class Problem extends Error {
  constructor(status, body = {}) {
    const { title = '', detail = '', field = '', rule = '', permission = '', scope = '', due = '' } = body
    super(detail || title)
    this.name = 'Problem'
    Object.assign(this, { status, title, detail, field, rule, permission, scope, due, body })
  }
}

const known = new Map()

/** Take answers that came with the page, by address: each is given to the first who asks, so that it is never an old one. */
export function know(answers) {
  for (const [path, body] of Object.entries(answers)) known.set(path, body)
}

/** Return the JSON of a GET; `values` become the query, without those that are null or undefined. */
export async function get(path, values = {}, options = {}) {
  const asked = address(path, values)
  if (!known.has(asked)) return call(asked, { ...options, headers: { Accept: 'application/json' } })
  const body = known.get(asked)
  known.delete(asked)
  return body
}

/** Return a module that a page fetches only when somebody wants it; `load` imports it. */
export async function late(load) {
  try {
    return await load()
  } catch {
    throw new Problem(0)
  }
}

/** Send JSON; `key` identifies the decision, so that sending it twice does it once. */
export function post(path, body, key = newKey()) {
  return send('POST', path, body, { 'Idempotency-Key': key })
}

/** Take a step on what was seen in `version`: when somebody changed it meanwhile, the server refuses with 412. */
export function step(path, body, version, key = newKey()) {
  return send('POST', path, body, { 'Idempotency-Key': key, 'If-Match': `"${version}"` })
}

/** Change what was seen in `version`; 412 when somebody changed it meanwhile. */
export function patch(path, body, version, key = newKey()) {
  return send('PATCH', path, body, { 'Idempotency-Key': key, 'If-Match': `"${version}"` })
}

/** Make something so; `key` identifies the decision. */
export function put(path, body = {}, key = newKey()) {
  return send('PUT', path, body, { 'Idempotency-Key': key })
}

/** Take something away; `key` identifies the decision. */
export function remove(path, key = newKey()) {
  return send('DELETE', path, {}, { 'Idempotency-Key': key })
}

/** Send a form with a file in it; `key` identifies the decision, as in `post`. */
export async function upload(path, form, key = newKey()) {
  const headers = { Accept: 'application/json', 'Idempotency-Key': key, 'X-CSRF-Token': await tokenNow() }
  return call(path, { method: 'POST', headers, body: form }) // the browser writes the type, with its boundary
}

/** Send JSON and take the file that is answered: its name and its content. */
export async function take(path, body, key = newKey()) {
  const headers = { Accept: '*/*', 'Content-Type': 'application/json', 'Idempotency-Key': key, 'X-CSRF-Token': await tokenNow() }
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const named = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') || '')
  return { name: named ? named[1] : 'export', blob: await response.blob() }
}

/** Return a random key for one decision, as a UUID; Chrome 86 and Safari 14 have no randomUUID. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Return a path with its query. */
export function address(path, values) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) query.set(name, String(value))
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

const LOGGING_IN = /^\/api\/(login|second-factor)/
const session = { token: null, touched: Date.now() } // the token goes with every change: no foreign page has it

if (typeof document !== 'undefined') {
  for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => { session.touched = Date.now() }, { capture: true, passive: true })
}

async function tokenNow() {
  if (session.token === null && typeof document !== 'undefined') {
    const told = document.querySelector('meta[name="csrf-token"]')
    session.token = told ? told.content : ''
  }
  if (session.token === '' && typeof document !== 'undefined') await get('/api/me') // its answer brings a new one
  return session.token || ''
}

async function send(method, path, body, headers) {
  headers['X-CSRF-Token'] = await tokenNow()
  const all = { Accept: 'application/json', 'Content-Type': 'application/json', ...headers }
  return call(path, { method, headers: all, body: JSON.stringify(body) })
}

/** Ask and return the JSON that is answered, null when it is something else. */
async function call(url, options) {
  const response = await ask(url, options)
  const body = isJson(response) ? await response.json() : null
  if (body && body.csrf_token) session.token = body.csrf_token
  return body
}

function isJson(response) {
  return (response.headers.get('Content-Type') || '').includes('json')
}

async function ask(url, options) {
  let response
  options.headers['X-Idle'] = String(Math.max(0, Math.round((Date.now() - session.touched) / 1000)))
  try {
    response = await fetch(url, options)
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new Problem(0)
  }
  if (response.status === 401 && !LOGGING_IN.test(url)) leave()
  if (!response.ok) throw refusal(response.status, isJson(response) ? await response.json() : {})
  return response
}

/** Return the Problem a refusal is; a password that is due is told to the whole page. */
function refusal(status, body) {
  if (body.due && typeof document !== 'undefined') document.dispatchEvent(new CustomEvent('password-due'))
  return new Problem(status, body)
}

/** The session has ended: the page stays as it is, with what was typed; the next change asks for a new token. */
function leave() {
  session.token = ''
  if (typeof document !== 'undefined') document.dispatchEvent(new CustomEvent('session-ended'))
}
