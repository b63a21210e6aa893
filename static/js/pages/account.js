/** My account: who I am, a new password, recovery codes, ending sessions, tokens of my devices. */

import { post } from '../api.js'
import { byId, el } from '../dom.js'
import { lang, word } from '../page.js'
import { form, textField } from '../parts/form.js'
import { addMe, roleName } from '../parts/me.js'
import { failed, quietly } from '../parts/states.js'

const place = byId('place')

async function begin() {
  const me = await addMe()
  if (!me) return
  place.replaceChildren(...[who(me), me.account.has_password && password(), me.account.has_second_factor && codes(), sessions(), tokens(me)].filter(Boolean))
}

function section(key, ...parts) {
  return el('section', { 'aria-labelledby': `${key}-head` }, el('h2', { id: `${key}-head` }, word(`account.${key}`)), ...parts)
}

function who(me) {
  const { account } = me
  const factor = account.has_second_factor ? 'account.factor_on' : me.needs_second_factor ? 'account.factor_due' : 'account.factor_off'
  return section('who',
    el('p', {}, `${account.name} (${account.username})`, account.is_demo ? el('span', { class: 'tag demo' }, word('me.demo')) : null),
    el('p', {}, me.roles.map(roleName).join(word('me.between')) || word('accounts.no_roles')),
    el('p', { class: 'soft' }, word(factor)))
}

function toLogin() {
  window.location.assign(`/login?next=%2Faccount&lang=${lang}`)
}

function password() {
  const current = textField('current', word('account.current'), { type: 'password', autocomplete: 'current-password' })
  const fresh = textField('new', word('link.password'), { type: 'password', autocomplete: 'new-password' }, word('account.rules'))
  return section('password', form({ current, password: fresh }, word('link.set'), async () => {
    await post('/api/me/password', { current: current.control.value, new: fresh.control.value })
    toLogin()
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
      toLogin()
    }) }, word('account.sessions_end')))
}

function tokens(me) {
  const live = me.tokens.filter((one) => !one.revoked_at)
  if (live.length === 0) return section('tokens', el('p', { class: 'soft' }, word('account.no_tokens')))
  return section('tokens', el('ul', { class: 'rows' }, live.map((one) => el('li', {},
    el('span', {}, `${one.name} · ${new Date(one.expires_at).toLocaleDateString(lang)}`),
    el('button', { type: 'button', class: 'button', onclick: () => quietly(async () => {
      await post(`/api/me/tokens/${one.id}/revoke`, {})
      await begin()
    }) }, word('accounts.revoke'))))))
}

begin()
