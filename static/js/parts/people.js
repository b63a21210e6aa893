/** Who told the reports of an incident (联系人): masked; shown plain for a minute to who may and writes why. */

import { get, post } from '../api.js'
import { announce, el } from '../dom.js'
import { moment } from '../format.js'
import { lang, term, word } from '../page.js'
import { facts } from './card.js'
import { Field } from './field.js'
import { quietly, turnOf, words } from './states.js'

const SHOWN_MS = 60000
const SHORTEST = 5
const LONGEST = 500

/** The section of the card; fetched again only when more reports came in. */
export class People {
  constructor(incident, city) {
    Object.assign(this, { incident, city, count: null, tellers: [] })
    this.list = el('ul', { class: 'people' })
    this.element = el('section', { 'aria-labelledby': 'people-title', hidden: true },
      el('h3', { id: 'people-title' }, word('people.title')), this.list)
  }

  /** Show the reports; `count` is how many the incident has now. */
  update(count) {
    if (count === this.count) return null
    this.count = count
    const isLatest = turnOf(this)
    return quietly(async () => {
      try {
        const { items } = await get(`/api/incidents/${this.incident}/reports`)
        if (isLatest()) this.show(items)
      } catch (problem) {
        if (isLatest()) this.count = null // with the next news it is asked for again
        throw problem
      }
    })
  }

  show(reports) {
    this.leave()
    this.tellers = reports.map((report) => new Teller(report, this.city))
    this.list.replaceChildren(...this.tellers.map((one) => one.element))
    this.element.hidden = reports.length === 0
  }

  /** Forget what was shown plain. */
  leave() {
    for (const one of this.tellers) one.mask()
  }
}

/** One report: who told it, and the way to see it plain. */
class Teller {
  constructor(report, city) {
    Object.assign(this, { report, city, timer: null })
    this.values = el('div')
    this.foot = el('div')
    this.element = el('li', {}, this.values, this.foot)
    this.mask()
  }

  mask() {
    clearTimeout(this.timer)
    const hadFocus = this.foot.contains(document.activeElement)
    this.draw(this.report)
    this.button = el('button', {
      type: 'button', class: 'button small', 'aria-expanded': 'false', onclick: () => this.ask(),
    }, word('people.show'))
    this.foot.replaceChildren(this.report.erased_at ? el('p', { class: 'soft' }, word('people.erased')) : this.button)
    if (hadFocus) this.button.focus()
  }

  draw({ name, phone, description = null, address = null }, isPlain = false) {
    this.values.replaceChildren(facts([
      [word('people.came'), `${term('channel', this.report.channel)} · ${moment(this.report.received_at, this.city.time_zone, lang)}`],
      [word('people.name'), name || word('people.none')],
      [word('people.phone'), phone],
      [word('incident.address'), isPlain ? address : null],
      [word('people.told'), isPlain ? description : null],
    ]))
  }

  /** Ask why, right here. */
  ask() {
    const id = `people-reason-${this.report.id}`
    const input = el('input', { id, type: 'text', maxlength: LONGEST, autocomplete: 'off', required: true })
    const field = new Field(word('people.reason'), input, { hint: word('people.recorded') })
    const form = el('form', { novalidate: true, onsubmit: (event) => this.send(event, input, field) },
      field.element,
      el('div', { class: 'buttons' },
        el('button', { type: 'submit', class: 'button small primary' }, word('people.show')),
        el('button', { type: 'button', class: 'button small', onclick: () => this.mask() }, word('people.cancel'))))
    form.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return
      event.stopPropagation() // only the form goes, the card stays
      this.mask()
    })
    this.foot.replaceChildren(form)
    input.focus()
  }

  async send(event, input, field) {
    event.preventDefault()
    const reason = input.value.trim()
    if (reason.length < SHORTEST) {
      field.fail(word('people.too_short'))
      input.focus()
      return
    }
    try {
      this.reveal(await post(`/api/incidents/${this.report.incident}/reports/${this.report.id}/reveal`, { reason }))
    } catch (problem) {
      field.fail(words(problem))
      input.focus()
    }
  }

  reveal(plain) {
    if (!this.element.isConnected) return
    this.draw(plain, true)
    const hide = el('button', { type: 'button', class: 'button small', onclick: () => this.mask() }, word('people.hide'))
    this.foot.replaceChildren(hide, el('p', { class: 'soft' }, word('people.minute')))
    hide.focus()
    announce(word('people.shown'))
    this.timer = setTimeout(() => this.mask(), SHOWN_MS)
  }
}
