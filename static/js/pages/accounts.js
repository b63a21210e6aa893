/** Accounts and roles: who can log in; invite, recover, grant, bind, end. What one may not do is not offered. */

import { get, post } from '../api.js'
import { byId, el } from '../dom.js'
import { query, setQuery, word } from '../page.js'
import { Beside } from '../parts/beside.js'
import { Field } from '../parts/field.js'
import { form, secret, textField } from '../parts/form.js'
import { addMe, roleName } from '../parts/me.js'
import { PersonCard, stateOf } from '../parts/person.js'
import { failed, fill } from '../parts/states.js'

const MOST = 200

class Accounts {
  async open() {
    this.me = await addMe()
    if (!this.me) return
    this.once = el('div', { 'aria-live': 'polite' })
    this.list = el('div', { class: 'account-list' })
    this.find = new Field(word('accounts.find'), el('input', { id: 'find', type: 'search', autocomplete: 'off', oninput: () => this.draw() }))
    const left = el('div', {}, this.may('account.manage') ? this.invitation() : null, this.once, el('div', { class: 'form' }, this.find.element), this.list)
    this.beside = new Beside(left, word('accounts.choose'))
    byId('place').replaceChildren(this.beside.element)
    try {
      await this.prepare()
    } catch (problem) {
      this.list.replaceChildren(failed(problem, () => this.open()))
    }
  }

  async prepare() {
    this.roles = (await get('/api/roles')).roles
    const cities = this.may('role.grant') ? (await get('/api/cities')).items : []
    this.card = new PersonCard(this.beside.inside, {
      may: (permission) => this.may(permission), roles: this.roles, cities,
      onChanged: () => this.load(), reload: (once) => this.show(query('account'), once) })
    await this.load()
    if (query('account')) await this.show(query('account'))
  }

  may(permission) {
    return this.me.permissions.includes(permission)
  }

  load() {
    return fill(this.list, () => get('/api/accounts'), ({ accounts }) => {
      this.accounts = accounts
      return this.rows()
    })
  }

  draw() {
    if (this.accounts) this.list.replaceChildren(...this.rows())
  }

  rows() {
    const typed = this.find.control.value.trim().toLowerCase()
    const hits = this.accounts.filter((one) => `${one.name} ${one.username} ${this.names(one.roles)}`.toLowerCase().includes(typed))
    if (!hits.length) return [el('p', { class: 'state' }, word('accounts.none'))]
    const more = hits.length > MOST ? [el('p', { class: 'soft' }, word('accounts.more', { n: hits.length - MOST }))] : []
    return [el('ul', { class: 'rows' }, hits.slice(0, MOST).map((one) => this.row(one))), ...more]
  }

  row(one) {
    const state = stateOf(one)
    return el('li', {}, el('button', {
      type: 'button', class: 'account-row', 'aria-current': String(one.id) === query('account') ? 'true' : null, onclick: () => this.show(one.id) },
    el('span', {}, `${one.name} (${one.username})`, el('span', { class: 'soft' }, this.names(one.roles))),
    state ? el('span', { class: `tag${one.locked_until ? ' urgent' : ''}` }, state) : null))
  }

  names(held) {
    const known = this.roles.filter((role) => held.includes(role.role)).map(roleName)
    return known.join(word('me.between')) || word('accounts.no_roles')
  }

  invitation() {
    const username = textField('invite-username', word('login.username'), { autocapitalize: 'none', spellcheck: 'false' }, word('accounts.username_hint'))
    const name = textField('invite-name', word('accounts.name'))
    const made = form({ username, name }, word('accounts.invite_send'), async () => {
      const { link, account } = await post('/api/accounts', { username: username.control.value.trim(), name: name.control.value.trim() })
      username.control.value = ''
      name.control.value = ''
      this.once.replaceChildren(secret(word('accounts.link_of', { name: account.name }), link))
      await this.load()
    })
    return el('details', {}, el('summary', {}, word('accounts.invite')), made)
  }

  async show(id, once = null) {
    setQuery('account', String(id))
    this.draw()
    this.beside.show()
    await fill(this.beside.inside, () => get(`/api/accounts/${id}`), (found) => this.card.draw(found, once))
    this.beside.focus()
  }
}

new Accounts().open()
