/** What an account's rows lie in: units and departments with dates; whoever grants may bind and end. */

import { get, post } from '../api.js'
import { el } from '../dom.js'
import { lang, term, word } from '../page.js'
import { dayBegins, dayIsOver, dayOf, lastDayOf, standing } from '../span.js'
import { Field } from './field.js'
import { form } from './form.js'
import { words } from './states.js'

const MOST = 60
const NONE = 'none'
const LEVELS = ['district', 'street', 'community']

/** Return from when to when something holds, in words; `zone` null is that of the browser. */
export function dates({ since, until }, zone = undefined) {
  const from = since ? dayOf(since, zone, lang) : ''
  return until ? word('dates.range', { since: from, until: lastDayOf(until, zone, lang) }) : word('dates.since', { since: from })
}

/** Return the name of a place in the language of the page. */
export function placeName(one) {
  return lang === 'en' && one.place_en ? one.place_en : one.place
}

/** Return a binding's place with its kind. */
export function placeOf(one) {
  return [el('span', { class: 'row-name' }, placeName(one)), el('span', { class: 'tag' }, term('place', one.kind))]
}

/** Return the list of what an account is bound to; `act(path)` ends one, null when one may not. */
export function bindingList(path, bindings, act) {
  const now = Date.now()
  const live = bindings.filter((one) => standing(one, now) !== 'past')
  const past = bindings.filter((one) => standing(one, now) === 'past')
  const row = (one) => el('li', {}, el('span', {}, placeOf(one), el('span', { class: 'soft' }, dates(one))),
    act && standing(one, now) !== 'past' ? act('accounts.unbind', `${path}/bindings/${one.id}/end`, {}, placeName(one)) : null)
  return [
    live.length ? el('ul', { class: 'rows' }, live.map(row)) : el('p', { class: 'soft' }, word('accounts.unbound')),
    past.length ? el('details', {}, el('summary', {}, word('accounts.bound_before', { n: past.length })), el('ul', { class: 'rows inside' }, past.map(row))) : null,
  ]
}

/** The form that binds an account: a place found by its name, and its dates. */
export class BindForm {
  /** `onBound(detail)` gets the account as it is then. */
  constructor(path, cities, onBound) {
    Object.assign(this, { path, cities, onBound, places: [] })
    this.city = new Field(word('city.choose'), el('select', { id: 'bind-city', onchange: () => this.load() }, cities.map((one) => el('option', { value: one.code }, one.name))))
    this.text = new Field(word('accounts.find_place'), el('input', { id: 'bind-find', type: 'search', autocomplete: 'off', oninput: () => this.narrow() }), { hint: word('accounts.find_hint') })
    this.place = new Field(word('accounts.place'), el('select', { id: 'bind-place', required: true }))
    this.since = new Field(word('dates.first'), el('input', { id: 'bind-since', type: 'date' }), { hint: word('dates.first_hint') })
    this.until = new Field(word('dates.last'), el('input', { id: 'bind-until', type: 'date' }), { hint: word('dates.last_hint') })
    const fields = { unit: this.place, find: this.text, since: this.since, until: this.until }
    const made = form(fields, word('accounts.bind'), () => this.send())
    made.prepend(this.text.element)
    if (cities.length > 1) made.prepend(this.city.element)
    this.element = el('details', { ontoggle: () => { if (this.element.open && !this.places.length) this.load() } }, el('summary', {}, word('accounts.bind')), made)
  }

  async load() {
    try {
      this.found = await get('/api/organisation', { city: this.city.control.value })
    } catch (problem) {
      this.text.fail(words(problem))
      return
    }
    const now = Date.now()
    const open = (one) => standing(one, now) !== 'past'
    const names = new Map(this.found.units.map((one) => [one.id, one]))
    const above = (one) => (one.parent ? ` · ${names.get(one.parent).name}` : '')
    this.places = [
      { value: '', text: word('accounts.whole_city', { name: lang === 'en' ? this.found.name_en : this.found.name }) },
      ...LEVELS.flatMap((level) => this.found.units.filter((one) => one.level === level && open(one)).map((one) => ({
        value: `unit:${one.id}`, text: `${one.name} · ${term('place', level)}${above(one)}`, code: one.code }))),
      ...this.found.departments.filter(open).map((one) => ({
        value: `department:${one.id}`, text: `${lang === 'en' ? one.name_en : one.name} · ${term('place', 'department')}`, code: one.code })),
    ]
    this.narrow()
  }

  narrow() {
    const typed = this.text.control.value.trim().toLowerCase()
    const hits = this.places.filter(({ text, code = '' }) => text.toLowerCase().includes(typed) || code.toLowerCase().startsWith(typed))
    const none = el('option', { value: NONE, disabled: true, selected: true }, word('accounts.choose_place'))
    this.place.control.replaceChildren(none, ...hits.slice(0, MOST).map(({ value, text }) => el('option', { value }, text)))
    if (hits.length > MOST) this.place.control.append(el('option', { disabled: true, value: 'more' }, word('accounts.more_places', { n: hits.length - MOST })))
    if (hits.length) this.text.clear()
    else this.text.fail(word('accounts.no_place'))
  }

  async send() {
    if (this.place.control.value === NONE) {
      this.place.fail(word('accounts.choose_place'))
      this.place.control.focus()
      return
    }
    const [kind, id] = this.place.control.value.split(':')
    const zone = this.found.time_zone
    const body = { city: this.found.city }
    if (id) body[kind] = Number(id)
    if (this.since.control.value) body.since = dayBegins(this.since.control.value, zone)
    if (this.until.control.value) body.until = dayIsOver(this.until.control.value, zone)
    this.onBound(await post(`${this.path}/bindings`, body))
  }
}
