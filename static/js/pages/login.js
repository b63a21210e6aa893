/** Log in: name and password, then the second factor, set up the first time; recovery codes are shown once. */

import { get, post } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { lang, word } from '../page.js'
import { form, textField } from '../parts/form.js'
import { failed } from '../parts/states.js'

const place = byId('place')
const CODE = { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '12' }

/** The address asked for before the login: one of our own pages, never another site's. */
function next() {
  const asked = new URLSearchParams(window.location.search).get('next') || '/'
  const url = new URL(asked, window.location.origin)
  return url.origin === window.location.origin && /^\/(?![/\\])/.test(asked) ? url.pathname + url.search + url.hash : '/'
}

function show(title, ...parts) {
  place.replaceChildren(el('h2', { tabindex: '-1' }, title), ...parts)
  const first = place.querySelector('input') || place.querySelector('h2')
  first.focus()
  announce(title)
}

async function begin() {
  try {
    await get('/api/login')
  } catch (problem) {
    place.replaceChildren(failed(problem, begin))
    return
  }
  askName()
}

function askName() {
  const name = textField('username', word('login.username'), { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' })
  const password = textField('password', word('login.password'), { type: 'password', autocomplete: 'current-password' })
  show(word('login.enter'), form({ name, password }, word('login.enter'), async () => {
    const answer = await refuse('login.refused', () => post('/api/login', { username: name.control.value, password: password.control.value }))
    if (answer.tf_required && answer.tf_state === 'setup_from_login') await setUp()
    else if (answer.tf_required) askCode()
    else window.location.assign(next())
  }), el('p', { class: 'soft' }, word('login.help')),
    el('p', {}, el('a', { class: 'link', href: `/report?lang=${lang}` }, word('login.resident'))))
}

function askCode() {
  const code = textField('code', word('login.code'), CODE, word('login.code_hint'))
  show(word('login.second'), form({ code }, word('login.enter'), async () => {
    await refuse('login.code_refused', () => post('/api/second-factor/code', { code: code.control.value.trim() }))
    window.location.assign(next())
  }), el('p', {}, el('button', { type: 'button', class: 'button', onclick: askRecovery }, word('login.use_recovery'))))
}

function askRecovery() {
  const code = textField('recovery', word('login.recovery'), {}, word('login.recovery_hint'))
  show(word('login.second'), form({ code }, word('login.enter'), async () => {
    await refuse('login.code_refused', () => post('/api/second-factor/recovery', { code: code.control.value.trim() }))
    window.location.assign(next())
  }), el('p', {}, el('button', { type: 'button', class: 'button', onclick: askCode }, word('login.use_code'))))
}

async function setUp() {
  const made = await post('/api/second-factor', { setup: 'authenticator' })
  const { tf_authr_issuer: issuer, tf_authr_username: user, tf_authr_b32key: key } = made
  const name = encodeURIComponent(`${issuer}:${user}`)
  const uri = `otpauth://totp/${name}?secret=${key}&issuer=${encodeURIComponent(issuer)}`
  const { image } = await post('/api/second-factor/picture', { uri })
  const code = textField('code', word('login.code'), CODE)
  show(word('login.set_up'),
    el('p', {}, word('login.set_up_how')),
    el('p', {}, el('img', { class: 'code', src: image, alt: word('login.set_up_picture'), width: '232', height: '232' })),
    el('p', { class: 'soft' }, word('login.set_up_key')), el('p', { class: 'digits', translate: 'no' }, (key.match(/.{1,4}/g) || []).join(' ')),
    form({ code }, word('login.confirm'), async () => {
      await refuse('login.code_refused', () => post('/api/second-factor/code', { code: code.control.value.trim() }))
      await showRecovery()
    }))
}

async function showRecovery() {
  const { recovery_codes: codes } = await post('/api/second-factor/recovery-codes', {})
  show(word('login.recovery_codes'), el('p', {}, word('login.recovery_keep')),
    el('ul', { class: 'digits', translate: 'no' }, codes.map((one) => el('li', {}, one))),
    el('p', {}, el('a', { class: 'button strong', href: next() }, word('login.go_on'))))
}

/** Do something that may be refused; the refusal is said in the page's language. */
async function refuse(key, act) {
  try {
    return await act()
  } catch (problem) {
    if (problem.name === 'Problem' && [400, 401, 422, 429, 503].includes(problem.status)) {
      const said = problem.status === 429 ? 'login.slowed' : problem.status === 503 ? 'login.busy' : key
      Object.assign(problem, { plain: word(said), field: '' })
    }
    throw problem
  }
}

begin()
