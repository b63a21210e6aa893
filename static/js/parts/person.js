/** One account beside the list: its state, and what whoever looks may do with it. */

import { post } from '../api.js'
import { announce, el } from '../dom.js'
import { word } from '../page.js'
import { BindForm, bindingList } from './bindings.js'
import { secret } from './form.js'
import { roleName } from './me.js'
import { words } from './states.js'
import { living, moment, tokenForm, tokenRow } from './tokens.js'

/** Return what must be said of an account's state; '' when it is simply open. */
export function stateOf(one) {
  if (!one.is_active) return word('accounts.ended')
  if (one.locked_until) return word('accounts.locked_until', { at: moment(one.locked_until) })
  if (one.is_demo) return word('me.demo')
  if (!one.has_password) return word('accounts.invited')
  return one.must_change_password ? word('accounts.password_demanded') : ''
}

export class PersonCard {
  /**
   * `may(permission)`, all `roles`, the `cities` one may bind to; `onChanged()` lets the list be drawn again,
   * `reload(once)` the account itself, with a secret on top.
   */
  constructor(place, { may, roles, cities, onChanged, reload }) {
    Object.assign(this, { place, may, roles, cities, onChanged, reload })
  }

  /** Return the account's parts, drawn from what the server says of it; `once` is a secret to show on top. */
  draw(found, once = null) {
    const { account, bindings, tokens } = found
    this.path = `/api/accounts/${account.id}`
    this.note = el('p', { class: 'result', role: 'status' })
    const state = stateOf(account)
    const held = this.roles.filter((role) => account.roles.includes(role.role))
    return el('section', { 'aria-label': account.username },
      el('h2', { tabindex: '-1' }, `${account.name} (${account.username})`, state ? el('span', { class: `tag${account.locked_until || !account.is_active ? ' urgent' : ''}` }, state) : null),
      el('p', { class: 'soft' }, held.map(roleName).join(word('me.between')) || word('accounts.no_roles')),
      this.note, once, this.may('account.manage') ? this.deeds(account) : null,
      this.may('role.grant') && account.has_second_factor ? this.button('accounts.reset_factor', `${this.path}/second-factor/reset`, {}) : null,
      this.part('accounts.roles', this.may('role.grant') ? this.rolesOf(account) : null),
      this.part('accounts.bindings', bindingList(this.path, bindings, this.may('role.grant') ? this.button.bind(this) : null),
        this.may('role.grant') && this.cities.length ? new BindForm(this.path, this.cities, (detail) => this.done(detail)).element : null),
      this.part('account.tokens', this.tokensOf(found, living(tokens))))
  }

  part(key, ...children) {
    const inside = children.flat().filter(Boolean)
    return inside.length ? el('section', {}, el('h3', {}, word(key)), inside) : null
  }

  /** A button that does something and draws the account again; `about` tells it from others of its name. */
  button(key, path, body, about = '') {
    return el('button', { type: 'button', class: 'button', 'aria-label': about ? `${word(key)}: ${about}` : null, onclick: () => this.act(path, body) }, word(key))
  }

  deeds(account) {
    const locked = account.locked_until ? this.button('accounts.unlock', `${this.path}/unlock`, {}) : null
    const changes = account.has_password ? this.button('accounts.demand', `${this.path}/password/demand`, {}) : null
    return el('div', { class: 'deeds' }, locked,
      account.is_demo ? null : el('button', { type: 'button', class: 'button', onclick: () => this.recover() }, word('accounts.recover')),
      account.must_change_password ? null : changes,
      this.button('accounts.end_sessions', `${this.path}/sessions/end`, {}),
      this.button(account.is_active ? 'accounts.end' : 'accounts.reopen', `${this.path}/active`, { active: !account.is_active }))
  }

  rolesOf(account) {
    return el('ul', { class: 'rows' }, this.roles.map((role) => {
      const has = account.roles.includes(role.role)
      return el('li', {}, el('span', { class: has ? 'row-name' : '' }, `${has ? '✓ ' : ''}${roleName(role)}`),
        this.button(has ? 'accounts.take' : 'accounts.grant', `${this.path}/roles`, { role: role.role, granted: !has }, roleName(role)))
    }))
  }

  tokensOf({ account }, live) {
    const manages = this.may('token.manage')
    const list = live.length ? el('ul', { class: 'rows' }, live.map((one) => tokenRow(one, manages ? this.button('accounts.revoke', `${this.path}/tokens/${one.id}/revoke`, {}, one.name) : null)))
      : el('p', { class: 'soft' }, word('tokens.none'))
    const may = [...new Set(this.roles.filter((role) => account.roles.includes(role.role)).flatMap((role) => role.permissions))].sort()
    if (!manages || !may.length) return [list]
    return [list, el('details', {}, el('summary', {}, word('tokens.new')), tokenForm(this.path, may, (once) => this.again(once)))]
  }

  async recover() {
    try {
      const { link } = await post(`${this.path}/recover`, {})
      await this.again(secret(word('accounts.link'), link))
    } catch (problem) {
      this.refuse(problem)
    }
  }

  async act(path, body) {
    try {
      this.done(await post(path, body))
    } catch (problem) {
      this.refuse(problem)
    }
  }

  refuse(problem) {
    const text = words(problem)
    this.note.className = 'result bad'
    this.note.textContent = text
    this.note.scrollIntoView({ block: 'nearest' })
    announce(text)
  }

  done(detail) {
    this.place.replaceChildren(this.draw(detail))
    this.place.querySelector('h2').focus()
    announce(word('accounts.done'))
    this.onChanged()
  }

  /** Draw the account again with a secret on top. */
  async again(once) {
    await this.reload(once)
    this.place.querySelector('.once').scrollIntoView({ block: 'nearest' })
  }
}
