/** A resident's report in two taps (上报): what it is, then send; words, another place, a name and a phone if one wants. */

import { newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { distance } from '../format.js'
import { lang, started, word } from '../page.js'
import { Field } from './field.js'
import { form, textField } from './form.js'
import { Photos } from './photos.js'
import { received } from './received.js'
import { agrees, named, person, terms, written } from './resident.js'

const FIX = { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 }
const CLOSE = 100 // metres: a phone that knows no better is no place to send anybody to
const LONGEST = 4000

/** The report being written; it stays as it is until it is sent. */
export class Telling {
  /** `show(...parts)` puts a step in the place of the one before. */
  constructor(show) {
    this.show = show
    this.key = newKey() // one a report: sending again after a lost answer reports once
    this.position = null
    this.status = el('p', { class: 'resident-place', role: 'status' })
    this.photos = new Photos()
    this.fields = {
      address: textField('address', word('resident.address'), { maxlength: '500', autocomplete: 'off' }, word('resident.address_hint')),
      description: new Field(word('resident.description'), el('textarea', { id: 'description', rows: '3', maxlength: String(LONGEST) })),
      ...person(),
    }
  }

  /** Ask what it is. */
  open() {
    const city = started('name')
    this.show(el('h2', {}, word('resident.what')), el('p', { class: 'soft' }, word('resident.where_to', { city: named(city) })),
      el('ul', { class: 'tiles resident-tiles' }, started('categories').map((one) => this.tile(one))))
  }

  tile(category) {
    return el('li', {}, el('button', { type: 'button', class: `tile${category.is_urgent ? ' urgent' : ''}`, onclick: () => this.choose(category) },
      category.is_urgent ? el('span', { class: 'tag urgent' }, word('incident.urgent')) : null, el('span', {}, named(category))))
  }

  /** Go on with a category: where it is the phone may know, and all else may be left out. */
  choose(category) {
    this.category = category
    const { address, description, consent } = this.fields
    const known = el('details', {}, el('summary', {}, word('resident.person')), terms(), this.fields['reporter.name'].element, this.fields['reporter.phone'].element, consent.element)
    const parts = [this.status, address.element, description.element, el('div', { class: 'resident-photos' }, this.photos.bar, this.photos.list), known]
    this.show(el('h2', {}, named(category)),
      el('p', {}, el('button', { type: 'button', class: 'link', onclick: () => this.open() }, word('resident.other'))),
      form(this.fields, word('resident.send'), () => this.send(), parts))
    if (!this.position) this.find()
  }

  /** Ask the phone where it is; without an answer the address says it. */
  find() {
    if (!navigator.geolocation || !window.isSecureContext) {
      this.say(word('resident.by_address'))
      return
    }
    this.say(word('resident.finding'))
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const accuracy = distance(coords.accuracy, lang)
      if (coords.accuracy > CLOSE) {
        this.say(word('resident.too_rough', { accuracy }))
        return
      }
      this.position = { lon: coords.longitude, lat: coords.latitude, frame: 'wgs84' }
      this.say(word('resident.here', { accuracy }))
    }, () => this.say(word('resident.by_address')), FIX)
  }

  say(text) {
    this.status.textContent = text
    announce(text)
  }

  get body() {
    const body = { city: started('city'), category: this.category.code, description: this.fields.description.control.value.trim() || named(this.category) }
    const address = this.fields.address.control.value.trim()
    if (address) body.address = address
    if (this.position) body.position = this.position
    const reporter = written(this.fields)
    if (Object.keys(reporter).length) Object.assign(body, { reporter, consent: true })
    return body
  }

  async send() {
    const { address } = this.fields
    const body = this.body
    if (!body.position && !body.address) {
      address.fail(word('resident.where'))
      address.control.focus()
      return
    }
    if (!agrees(this.fields)) return
    const said = JSON.stringify(body)
    if (this.said && said !== this.said) this.key = newKey() // what was changed is another report
    this.said = said
    try {
      const told = await post('/api/reports', body, this.key)
      const done = () => this.show(...received(told))
      if (this.photos.isEmpty) done()
      else this.show(el('h2', {}, word('resident.received')), this.photos.sending({ path: `/api/reports/${told.code}/photos` }, done))
    } catch (problem) {
      if (problem.status === 429) problem.plain = word('resident.too_many')
      throw problem
    }
  }
}
