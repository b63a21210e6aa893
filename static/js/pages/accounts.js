/** Accounts and roles: who can log in; invite, recover, grant, bind, end. What one may not do is not offered. */

import { get, post } from '../api.js'
import { byId, el } from '../dom.js'
import { word } from '../page.js'
import { form, secret, textField } from '../parts/form.js'
import { addMe, roleName } from '../parts/me.js'
import { fill, words } from '../parts/states.js'

class Accounts {
  async open() {
    this.me = await addMe()
    if (!this.me) return
    this.once = el('div', { 'aria-live': 'polite' })
    this.list = el('div', { class: 'account-list' })
    this.detail = el('div', { class: 'account-detail' })
    byId('place').replaceChildren(...[this.may('account.manage') && this.invitation(), this.once, this.list, this.detail].filter(Boolean))
    this.roles = (await get('/api/roles')).roles
    this.units = this.may('role.grant') ? await this.places() : { cities: [] }
    await this.load()
  }

  may(permission) {
    return this.me.permissions.includes(permission)
  }

  async places() {
    const { items } = await get('/api/cities')
    return { cities: items }
  }

  load() {
    return fill(this.list, () => get('/api/accounts'), ({ accounts }) => el('ul', { class: 'rows' }, accounts.map((one) => this.row(one))))
  }

  row(one) {
    const roles = this.names(one.roles)
    return el('li', {}, el('button', { type: 'button', class: 'account-row', onclick: () => this.show(one.id) },
      el('span', { class: 'row-name' }, `${one.name} (${one.username})`), el('span', { class: 'soft' }, roles),
      this.state(one) ? el('span', { class: 'tag' }, this.state(one)) : null))
  }

  names(held) {
    const known = this.roles.filter((role) => held.includes(role.role)).map(roleName)
    return known.join(word('me.between')) || word('accounts.no_roles')
  }

  state(one) {
    if (!one.is_active) return word('accounts.ended')
    if (one.locked_until) return word('accounts.locked')
    if (one.is_demo) return word('me.demo')
    return one.has_password ? '' : word('accounts.invited')
  }

  invitation() {
    const username = textField('invite-username', word('login.username'), { autocapitalize: 'none', spellcheck: 'false' }, word('accounts.username_hint'))
    const name = textField('invite-name', word('accounts.name'))
    const made = form({ username, name }, word('accounts.invite'), async () => {
      const { link } = await post('/api/accounts', { username: username.control.value.trim(), name: name.control.value.trim() })
      username.control.value = ''
      name.control.value = ''
      this.once.replaceChildren(secret(word('accounts.link'), link))
      await this.load()
    })
    return el('details', {}, el('summary', {}, word('accounts.invite')), made)
  }

  show(id) {
    this.detail.replaceChildren()
    return fill(this.detail, () => get(`/api/accounts/${id}`), (found) => this.card(found))
  }

  card({ account, bindings, tokens }) {
    const path = `/api/accounts/${account.id}`
    const note = el('p', { class: 'result', role: 'status' })
    const act = (key, way, body) => el('button', { type: 'button', class: 'button', onclick: () => this.act(note, account.id, way, body) }, word(key))
    const manage = this.may('account.manage') ? el('p', { class: 'form-end' },
      el('button', { type: 'button', class: 'button', onclick: () => this.recover(note, account.id) }, word('accounts.recover')),
      act('accounts.end_sessions', `${path}/sessions/end`, {}), act('accounts.reset_factor', `${path}/second-factor/reset`, {}),
      act(account.is_active ? 'accounts.end' : 'accounts.reopen', `${path}/active`, { active: !account.is_active })) : null
    return el('section', { 'aria-label': account.username }, el('h2', { tabindex: '-1' }, `${account.name} (${account.username})`),
      el('p', { class: 'soft' }, [this.names(account.roles), this.state(account)].filter(Boolean).join(' · ')), note, manage,
      this.may('role.grant') ? [this.rolesOf(path, account, act), this.bindingsOf(path, account, bindings, act, note)] : null,
      this.tokensOf(path, tokens, act))
  }

  rolesOf(path, account, act) {
    return el('section', {}, el('h3', {}, word('accounts.roles')), el('ul', { class: 'rows' }, this.roles.map((role) => {
      const has = account.roles.includes(role.role)
      return el('li', {}, el('span', {}, `${has ? '✓ ' : ''}${roleName(role)}`),
        act(has ? 'accounts.take' : 'accounts.grant', `${path}/roles`, { role: role.role, granted: !has }))
    })))
  }

  bindingsOf(path, account, bindings, act, note) {
    const only = this.units.cities.length === 1 ? this.units.cities[0].name : null
    const select = el('select', { id: 'bind-city' }, this.units.cities.map((city) => el('option', { value: city.code }, city.name)))
    const add = el('button', { type: 'button', class: 'button', onclick: () => this.act(note, account.id, `${path}/bindings`, { city: select.value }) }, word('accounts.bind'))
    return el('section', {}, el('h3', {}, word('accounts.bindings')), el('ul', { class: 'rows' }, bindings.filter((one) => !one.until || new Date(one.until) > new Date()).map((one) => el('li', {},
      el('span', {}, one.unit ? word('accounts.unit', { id: one.unit }) : one.department ? word('accounts.department', { id: one.department }) : only || word('accounts.city', { id: one.city })),
      act('accounts.unbind', `${path}/bindings/${one.id}/end`, {})))),
    this.units.cities.length ? el('p', {}, el('label', { for: 'bind-city', class: 'unseen' }, word('accounts.bind')), select, ' ', add) : null)
  }

  tokensOf(path, tokens, act) {
    const live = tokens.filter((one) => !one.revoked_at)
    if (!live.length) return null
    return el('section', {}, el('h3', {}, word('account.tokens')), el('ul', { class: 'rows' }, live.map((one) => el('li', {},
      el('span', {}, `${one.name} · ${one.kind}`), this.may('token.manage') ? act('accounts.revoke', `${path}/tokens/${one.id}/revoke`, {}) : null))))
  }

  async recover(note, id) {
    try {
      const { link } = await post(`/api/accounts/${id}/recover`, {})
      this.once.replaceChildren(secret(word('accounts.link'), link))
      this.once.scrollIntoView({ block: 'nearest' })
    } catch (problem) {
      note.textContent = words(problem)
    }
  }

  async act(note, id, path, body) {
    try {
      await post(path, body)
      await this.load()
      await this.show(id)
      const head = this.detail.querySelector('h2')
      if (head) head.focus()
    } catch (problem) {
      note.className = 'result bad'
      note.textContent = words(problem)
    }
  }
}

new Accounts().open()
