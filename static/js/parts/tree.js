/** The units of a city as nested lists: each level opens by its own button, each name shows its unit. */

import { el } from '../dom.js'
import { term, word } from '../page.js'
import { standing } from '../span.js'

const MOST = 100
/** Districts and streets stand open while all below them fits here. */
const OPEN_UNTIL = 60

export class Tree {
  /** `onChoose(unit)` is told which unit was chosen. */
  constructor(units, onChoose) {
    this.onChoose = onChoose
    this.byId = new Map(units.map((one) => [one.id, one]))
    this.below = new Map()
    for (const one of units) this.below.set(one.parent, [...(this.below.get(one.parent) || []), one])
    this.opensAll = units.length <= OPEN_UNTIL
    this.chosen = null
    this.buttons = new Map()
  }

  /** Return the whole tree, or what matches a name or a code, each with what lies above it. */
  draw(typed) {
    this.buttons.clear()
    const text = typed.trim().toLowerCase()
    if (text) return this.hits(text)
    return el('ul', { class: 'tree', 'aria-label': word('organisation.units') }, (this.below.get(null) || []).map((one) => this.item(one, true)))
  }

  hits(text) {
    const found = Array.from(this.byId.values()).filter(({ name, code }) => name.toLowerCase().includes(text) || code.toLowerCase().startsWith(text))
    if (!found.length) return el('p', { class: 'state' }, word('organisation.nothing'))
    const more = found.length > MOST ? el('p', { class: 'soft' }, word('accounts.more_places', { n: found.length - MOST })) : null
    return el('div', {}, el('ul', { class: 'tree', 'aria-label': word('organisation.found') },
      found.slice(0, MOST).map((one) => el('li', {}, this.name(one, this.above(one))))), more)
  }

  /** Return the names of the units above one, the largest first. */
  above(one) {
    const up = one.parent === null ? null : this.byId.get(one.parent)
    return up ? [...this.above(up), up.name] : []
  }

  item(one, opens) {
    const inside = this.below.get(one.id) || []
    if (!inside.length) return el('li', { class: 'leaf' }, this.name(one))
    const id = `below-${one.id}`
    const list = el('ul', { id, hidden: true })
    const button = el('button', { type: 'button', class: 'quiet turn', 'aria-expanded': 'false', 'aria-controls': id, 'aria-label': word('organisation.below', { name: one.name }) },
      el('span', { 'aria-hidden': 'true' }, '▸'))
    const turn = (isOpen) => {
      if (isOpen && !list.firstChild) list.append(...inside.map((each) => this.item(each, false)))
      list.hidden = !isOpen
      button.setAttribute('aria-expanded', String(isOpen))
      button.firstChild.textContent = isOpen ? '▾' : '▸'
    }
    button.addEventListener('click', () => turn(list.hidden))
    if (opens || this.opensAll) turn(true)
    return el('li', {}, button, this.name(one), list)
  }

  name(one, above = []) {
    const when = standing(one, Date.now())
    const button = el('button', { type: 'button', class: 'tree-name', 'aria-current': one.id === this.chosen ? 'true' : null, onclick: () => this.choose(one) },
      el('span', {}, one.name), el('span', { class: 'tag' }, term('place', one.level)),
      when === 'now' ? null : el('span', { class: 'tag' }, word(`dates.${when}`)),
      above.length ? el('span', { class: 'soft' }, above.join(' › ')) : null)
    this.buttons.set(one.id, button)
    return button
  }

  choose(one) {
    const before = this.buttons.get(this.chosen)
    if (before) before.removeAttribute('aria-current')
    this.chosen = one ? one.id : null
    if (!one) return
    if (this.buttons.has(one.id)) this.buttons.get(one.id).setAttribute('aria-current', 'true')
    this.onChoose(one)
  }
}
