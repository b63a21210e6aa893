/** My account: who I am, a new password, my phone, recovery codes, ending sessions, tokens of my devices. */

import { post } from '../api.js'
import { byId, el } from '../dom.js'
import { lang, word } from '../page.js'
import { form, textField } from '../parts/form.js'
import { addMe, logOut, roleName } from '../parts/me.js'
import { failed, quietly } from '../parts/states.js'
import { living, tokenRow } from '../parts/tokens.js'

const place = byId('place')

async function begin() {
  const me = await addMe()
  if (!me) return
  if (me.owes_password) place.replaceChildren(due(), password('%2F'))
  else place.replaceChildren(...[who(me), me.account.has_password && password('%2Faccount'), phone(me), me.account.has_second_factor && codes(), sessions(), tokens(me)].filter(Boolean))
}

function section(key, ...parts) {
  return el('section', { 'aria-labelledby': `${key}-head` }, el('h2', { id: `${key}-head` }, word(`account.${key}`)), ...parts)
}

function due() {
  return el('div', { class: 'notice', role: 'status' }, el('p', {}, el('strong', {}, word('state.password_due'))),
    el('p', {}, el('button', { type: 'button', class: 'button', onclick: () => quietly(logOut) }, word('me.log_out'))))
}

function who(me) {
  const { account } = me
  const factor = account.has_second_factor ? 'account.factor_on' : me.needs_second_factor ? 'account.factor_due' : 'account.factor_off'
  return section('who',
    el('p', {}, `${account.name} (${account.username})`, account.is_demo ? el('span', { class: 'tag demo' }, word('me.demo')) : null),
    el('p', {}, me.roles.map(roleName).join(word('me.between')) || word('accounts.no_roles')),
    el('p', { class: 'soft' }, word(factor)))
}

function toLogin(next) {
  window.location.assign(`/login?next=${next}&lang=${lang}`)
}

function password(next) {
  const current = textField('current', word('account.current'), { type: 'password', autocomplete: 'current-password' })
  const fresh = textField('new', word('link.password'), { type: 'password', autocomplete: 'new-password' }, word('account.rules'))
  return section('password', form({ current, password: fresh }, word('link.set'), async () => {
    await post('/api/me/password', { current: current.control.value, new: fresh.control.value })
    toLogin(next)
  }))
}

/** A grid worker's own phone may lie down for longer, once it is bound. */
function phone(me) {
  if (me.device !== null) return section('phone', el('p', {}, word('account.phone_is')))
  if (!me.may_bind_device) return null
  const name = textField('phone-name', word('account.phone_name'), { maxlength: '60', value: word('account.phone_default') })
  return section('phone', el('p', { class: 'soft' }, word('account.phone_how')), form({ name }, word('account.phone_bind'), async () => {
    await post('/api/me/devices', { name: name.control.value.trim() })
    await begin()
    byId('phone-head').scrollIntoView({ block: 'nearest' })
  }))
}

function codes() {
  const shown = el('div', {})
  const draw = async () => {
    try {
      const { recovery_codes: fresh } = await post('/api/second-factor/recovery-codes', {})
      shown.replaceChildren(el('p', {}, word('login.recovery_keep')), el('ul', { class: 'digits', translate: 'no' }, fresh.map((one) => el('li', {}, one))))
    } catch (problem) {
      shown.replaceChildren(failed(problem, draw))
    }
  }
  return section('codes', el('p', { class: 'soft' }, word('account.codes_how')),
    el('button', { type: 'button', class: 'button', onclick: draw }, word('account.codes_new')), shown)
}

function sessions() {
  return section('sessions', el('p', { class: 'soft' }, word('account.sessions_how')),
    el('button', { type: 'button', class: 'button', onclick: () => quietly(async () => {
      await post('/api/me/sessions/end', {})
      toLogin('%2Faccount')
    }) }, word('account.sessions_end')))
}

function tokens(me) {
  const live = living(me.tokens)
  if (live.length === 0) return section('tokens', el('p', { class: 'soft' }, word('account.no_tokens')))
  return section('tokens', el('ul', { class: 'rows' }, live.map((one) => tokenRow(one,
    el('button', { type: 'button', class: 'button', 'aria-label': `${word('accounts.revoke')}: ${one.name}`, onclick: () => quietly(async () => {
      await post(`/api/me/tokens/${one.id}/revoke`, {})
      await begin()
    }) }, word('accounts.revoke')),
    one.id === me.device ? el('span', { class: 'tag good' }, word('account.this_phone')) : null))))
}

begin()
