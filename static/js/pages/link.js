/** A one-time link: choose the password it is for, or enter a demo account. Its secret stands behind # in the address. */

import { post } from '../api.js'
import { byId, el } from '../dom.js'
import { lang, word } from '../page.js'
import { form, textField } from '../parts/form.js'

const place = byId('place')
const secret = window.location.hash.slice(1)

async function begin() {
  let found
  try {
    found = await post('/api/link', { secret: secret || '-' })
  } catch (problem) {
    if (problem.name !== 'Problem') throw problem
    place.replaceChildren(el('p', { class: 'result bad', role: 'alert' }, word(problem.status === 0 ? 'state.unreachable' : 'link.used')),
      el('p', {}, el('a', { class: 'button', href: `/login?lang=${lang}` }, word('login.enter'))))
    return
  }
  const hello = el('p', {}, word('link.hello', { name: found.name, username: found.username }))
  if (found.purpose === 'demo') place.replaceChildren(hello, el('p', { class: 'tag demo' }, word('me.demo')), enter())
  else place.replaceChildren(hello, rules(), choose(found.username))
}

function rules() {
  return el('ul', { class: 'rules' }, ['link.rule_length', 'link.rule_classes', 'link.rule_name', 'link.rule_common', 'link.rule_former'].map((key) => el('li', {}, word(key))))
}

function enter() {
  return form({}, word('link.enter'), async () => {
    await post('/api/link/use', { secret })
    window.location.assign(`/?lang=${lang}`)
  })
}

function choose(username) {
  const name = el('input', { type: 'text', name: 'username', value: username, autocomplete: 'username', hidden: true, readonly: true })
  const password = textField('new-password', word('link.password'), { type: 'password', autocomplete: 'new-password' })
  const again = textField('again', word('link.again'), { type: 'password', autocomplete: 'new-password' })
  const made = form({ password, again }, word('link.set'), async () => {
    if (password.control.value !== again.control.value) {
      again.fail(word('link.differs'))
      again.control.focus()
      return
    }
    await post('/api/link/use', { secret, password: password.control.value })
    place.replaceChildren(el('p', { class: 'result good', role: 'status' }, word('link.done')),
      el('p', {}, el('a', { class: 'button strong', href: `/login?lang=${lang}` }, word('login.enter'))))
  })
  made.prepend(name)
  return made
}

begin()
