/** Who is logged in: name and roles in the header, the pages one may open, log out; and what to do when a session ends. */

import { get, post } from '../api.js'
import { byId, el } from '../dom.js'
import { lang, word } from '../page.js'
import { quietly } from './states.js'

const PAGES = [
  ['/dispatcher', 'assignment.make', 'role.dispatcher'], ['/worker', 'assignment.step', 'role.worker'], ['/planner', 'map.read', 'role.planner'],
  ['/accounts', 'account.read', 'accounts.title'], ['/organisation', 'organisation.read', 'organisation.title'],
  ['/audit', 'audit.read', 'audit.title'], ['/account', 'own.account', 'account.title'],
]

/** Fill the header's place and return what /api/me says; null when it could not be asked. */
export async function addMe() {
  document.addEventListener('session-ended', () => showEnded('me.ended', `/login?next=%2Faccount&lang=${lang}`, 'login.enter'))
  document.addEventListener('password-due', () => showEnded('state.password_due', `/account?lang=${lang}`, 'account.password'))
  let me = null
  await quietly(async () => {
    me = await get('/api/me')
    byId('me').replaceChildren(menu(me))
    hideClosed(me)
    if (!me.is_bound && me.permissions.includes('incident.read')) showEnded('me.unbound', `/account?lang=${lang}`, 'account.title')
  })
  return me
}

/** Return the name of a role in the page's language. */
export function roleName(role) {
  return lang === 'zh' ? role.name : role.name_en
}

/** Log out everywhere, and go to the login. */
export async function logOut() {
  await post('/api/logout', {})
  window.location.assign(`/login?lang=${lang}`)
}

function menu(me) {
  const roles = me.roles.map(roleName).join(word('me.between'))
  const links = PAGES.filter(([, permission]) => me.permissions.includes(permission))
    .map(([path, , key]) => el('li', {}, el('a', { href: `${path}?lang=${lang}` }, word(key))))
  const box = el('details', { class: 'menu' },
    el('summary', { 'aria-label': word('me.open', { name: me.account.name }) }, me.account.name),
    el('div', { class: 'menu-box' },
      el('p', { class: 'menu-who' }, me.account.username, me.account.is_demo ? el('span', { class: 'tag demo' }, word('me.demo')) : null),
      el('p', { class: 'soft' }, roles || word('accounts.no_roles')),
      el('ul', {}, links, el('li', {}, el('button', { type: 'button', class: 'quiet', onclick: () => quietly(logOut) }, word('me.log_out'))))))
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !box.open) return
    box.open = false
    box.querySelector('summary').focus()
  })
  document.addEventListener('pointerdown', (event) => { if (!box.contains(event.target)) box.open = false })
  return box
}

/** A page one may not open has no tab in the header. */
function hideClosed(me) {
  for (const link of document.querySelectorAll('.roles a')) {
    const [, permission] = PAGES.find(([path]) => path === link.pathname) || []
    if (permission && !me.permissions.includes(permission)) link.parentElement.hidden = true
  }
}

/** Say what must be done before anything else; it opens beside the page, so that what was typed here stays. */
function showEnded(says, href, opens) {
  const before = byId('ended')
  if (before && before.firstElementChild.textContent === word(says)) return
  if (before) before.remove()
  document.body.append(el('div', { id: 'ended', class: 'ended', role: 'alert' },
    el('p', {}, word(says)),
    el('a', { class: 'button', href, target: '_blank', rel: 'noopener' }, word(opens)),
    el('button', { type: 'button', class: 'button', onclick: () => byId('ended').remove() }, word('card.close'))))
}
