/** Tokens of an account: what lives, when it was seen, revoke; and for who may, a new one, whose secret is shown once. */

import { post } from '../api.js'
import { el } from '../dom.js'
import { lang, term, word } from '../page.js'
import { dayOf } from '../span.js'
import { Field } from './field.js'
import { form, secret, textField } from './form.js'

const TERMS = [30, 90, 180, 365]

/** Return the tokens that live, newest first, without those that only say which phone it is when `keys` is set. */
export function living(tokens) {
  const now = Date.now()
  return tokens.filter((one) => !one.revoked_at && Date.parse(one.expires_at) > now).reverse()
}

/** Return a row: what it is, until when it lives, when it was seen, and a button. */
export function tokenRow(one, button, mark = null) {
  const seen = one.seen_at ? word('tokens.seen', { at: moment(one.seen_at) }) : word('tokens.unseen')
  const may = one.permissions.map((name) => term('permission', name)).join(word('me.between'))
  return el('li', {}, el('span', {},
    el('span', { class: 'row-name' }, one.name), el('span', { class: 'tag' }, word(one.is_bound_device ? 'tokens.phone' : `tokens.${one.kind}`)), mark,
    el('span', { class: 'soft' }, `${word('tokens.until', { day: dayOf(one.expires_at, undefined, lang) })} · ${seen}`),
    may ? el('span', { class: 'soft' }, may) : null), button)
}

/** Return the form for a new token; `permissions` is what its account may do, `onIssued()` lets the list be drawn again. */
export function tokenForm(path, permissions, onIssued) {
  const name = textField('token-name', word('tokens.name'), { maxlength: '60' }, word('tokens.name_hint'))
  const kind = new Field(word('tokens.kind'), el('select', { id: 'token-kind' }, ['system', 'device'].map((one) => el('option', { value: one }, word(`tokens.${one}`)))))
  const days = new Field(word('tokens.days'), el('select', { id: 'token-days' }, TERMS.map((one) => el('option', { value: one, selected: one === 90 }, word('time.days', { n: one })))))
  const boxes = permissions.map((one) => el('label', { class: 'check' }, el('input', { type: 'checkbox', value: one }), el('span', {}, term('permission', one))))
  const wrong = el('p', { class: 'wrong', id: 'token-wrong', hidden: true })
  const fieldset = { element: el('fieldset', { 'aria-describedby': 'token-wrong' }, el('legend', {}, word('tokens.permissions')), el('div', { class: 'checks' }, boxes), wrong),
    control: boxes[0].querySelector('input'),
    fail: (text) => { wrong.textContent = text; wrong.hidden = false } }
  return form({ name, kind, days, permissions: fieldset }, word('tokens.issue'), async () => {
    wrong.hidden = true
    const chosen = boxes.map((box) => box.querySelector('input')).filter((box) => box.checked).map((box) => box.value)
    const body = { kind: kind.control.value, name: name.control.value.trim(), permissions: chosen, days: Number(days.control.value) }
    const { secret: made } = await post(`${path}/tokens`, body)
    onIssued(secret(word('tokens.secret'), made))
  })
}

/** Return a moment with its minute, on the browser's clock. */
export function moment(iso) {
  return new Date(iso).toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
}
