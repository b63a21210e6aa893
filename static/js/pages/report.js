/** Report a trouble without an account; whoever has the code of a report, behind # in the address, sees what became of it. */

import { announce, byId, el } from '../dom.js'
import { lang, query, setQuery, started, word } from '../page.js'
import { Following } from '../parts/following.js'
import { ask, named } from '../parts/resident.js'
import { Telling } from '../parts/telling.js'

const place = byId('place')
const root = document.documentElement
const step = el('div', { class: 'resident-step' })

/** Put something in the place of what is shown; its heading is where one goes on reading. */
function show(...parts) {
  step.replaceChildren(...parts.flat())
  const heading = step.querySelector('h2')
  heading.setAttribute('tabindex', '-1')
  heading.focus({ preventScroll: true })
  window.scrollTo(0, 0)
  announce(heading.textContent)
}

function route() {
  keepLanguage()
  const code = decodeURIComponent(window.location.hash.slice(1))
  if (code === 'code') show(...ask())
  else if (code) new Following(code, show).open()
  else if (started('city')) new Telling(show).open()
  else chooseCity()
}

function chooseCity() {
  const cities = started('cities')
  const link = (one) => el('li', {}, el('a', { class: 'button', href: `/report?city=${one.code}&lang=${lang}` }, named(one)))
  show(el('h2', {}, word(cities.length ? 'resident.which_city' : 'resident.no_city')), el('ul', { class: 'resident-cities' }, cities.map(link)))
}

/** The other language shows the same report, in the same size of type. */
function keepLanguage() {
  const link = byId('language')
  const url = new URL(link.href)
  if (query('large')) url.searchParams.set('large', '1')
  else url.searchParams.delete('large')
  url.hash = window.location.hash
  link.href = url.pathname + url.search + url.hash
}

function size() {
  const button = el('button', { type: 'button', class: 'button', onclick: () => {
    setQuery('large', query('large') ? null : '1')
    dress()
  } }, word('resident.large'))
  const dress = () => {
    root.classList.toggle('large', Boolean(query('large')))
    button.setAttribute('aria-pressed', String(Boolean(query('large'))))
    keepLanguage()
  }
  dress()
  return button
}

root.classList.add('resident')
place.replaceChildren(
  el('div', { class: 'resident-top' }, el('p', { class: 'notice' }, word('resident.danger')), size()),
  step,
  el('p', { class: 'resident-end' }, el('a', { class: 'link', href: '#code' }, word('resident.have_code'))))
window.addEventListener('hashchange', route)
route()
