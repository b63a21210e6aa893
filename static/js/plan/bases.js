/** Which release (网格版本) a plan goes on from: asked only where one is scheduled beside that in force. */

import { get } from '../api.js'
import { el } from '../dom.js'
import { moment } from '../format.js'
import { lang, word } from '../page.js'
import { quietly } from '../parts/states.js'
import { stops, tense } from './stops.js'

/** A field with the releases that stand or will, the last one first; hidden where there is nothing to choose. */
export class Bases {
  constructor(city, id, key) {
    this.city = city
    this.select = el('select', { id })
    this.element = el('div', { class: 'form-field', hidden: true }, el('label', { for: id }, word(key)), this.select)
    quietly(() => this.offer())
  }

  /** What a request says of it: nothing where the newest release is the only one. */
  get said() {
    return this.element.hidden ? {} : { base: Number(this.select.value) }
  }

  async offer() {
    const { items } = await get('/api/releases', { city: this.city.code })
    const now = Date.now()
    const standing = stops(items).filter((one) => tense(one, now) !== 'past').reverse()
    this.select.replaceChildren(...standing.map((one) => el('option', { value: one.id }, word(tense(one, now) === 'now' ? 'plans.base_now' : 'plans.base_to_come', {
      id: one.id, at: moment(one.effective_from, this.city.time_zone, lang),
    }))))
    this.element.hidden = standing.length < 2
  }
}
