/** What may have been reported already (疑似重复): told beside the form while it is filled in; filing never waits for it. */

import { get } from '../api.js'
import { el } from '../dom.js'
import { age, distance } from '../format.js'
import { lang, term, word } from '../page.js'
import { categoryName } from './incident.js'

const PAUSE_MS = 250 // a form that is being filled in is asked about when it rests
export const OPEN_KEY = 'F2'

/** The open incidents a report may repeat; `onOpen(id)` looks at one instead, `onJoin(id)` adds the report to it. */
export class NearList {
  constructor(city, { onOpen, onJoin }) {
    Object.assign(this, { city, onOpen, onJoin })
    this.asked = ''
    this.items = []
    this.title = el('p', { class: 'alike-title', role: 'status' })
    this.list = el('ul', { class: 'alike-list' })
    this.element = el('div', { class: 'alike', hidden: true }, this.title, this.list)
  }

  /** Ask again when category or place have changed; a report without them repeats nothing yet. */
  ask(body) {
    const { category, address, position } = body
    const question = category && (position || address) ? { city: this.city.code, category, ...(position || { address }) } : null
    const asked = question ? JSON.stringify(question) : ''
    if (asked === this.asked) return
    this.asked = asked
    clearTimeout(this.pause)
    if (question) this.pause = setTimeout(() => this.fetch(question, asked), PAUSE_MS)
    else this.show([])
  }

  /** Open the likeliest one, if there is any. */
  openFirst() {
    if (this.items.length) this.onOpen(this.items[0].id)
  }

  async fetch(question, asked) {
    let items = []
    try {
      items = (await get('/api/incidents/near', question)).items
    } catch {
      items = [] // what cannot be told now is not told: the report is filed all the same
    }
    if (asked === this.asked) this.show(items)
  }

  show(items) {
    this.items = items
    this.element.hidden = items.length === 0
    this.title.textContent = items.length ? word('near.title', { n: items.length }) : ''
    this.list.replaceChildren(...items.map((one, index) => this.row(one, index)))
  }

  row(one, index) {
    const said = `alike-${one.id}` // the buttons are called the same in every row
    const where = word('near.where', { distance: distance(one.metres, lang), age: age(one.reported_at, Date.now(), word) })
    const state = one.is_exercise ? `${term('state', one.state)} · ${word('incident.exercise')}` : term('state', one.state)
    return el('li', { class: 'alike-row', 'data-id': one.id },
      el('p', { id: said }, el('strong', {}, categoryName(one)), ' ', el('span', { class: 'alike-where' }, where), ' ', el('span', { class: 'soft' }, state)),
      el('p', { class: 'alike-text' }, one.description),
      el('div', { class: 'alike-ways' },
        el('button', {
          type: 'button', class: 'button small', 'aria-keyshortcuts': index === 0 ? OPEN_KEY : null,
          'aria-describedby': said, onclick: () => this.onOpen(one.id),
        }, word('near.open'), index === 0 ? el('kbd', {}, OPEN_KEY) : null),
        el('button', {
          type: 'button', class: 'button small', 'aria-describedby': said, onclick: () => this.onJoin(one.id),
        }, word('near.join'))))
  }
}
