/** The grid worker's round (巡查): which cells it crosses, in order, on the map and as a list that leads there. */

import { boundsAlong, codes, stretches } from '../along.js'
import { announce, el } from '../dom.js'
import { count, distance, shortCode } from '../format.js'
import { lang, word } from '../page.js'

/** The routes of one person; `element` is the list for the panel, the map is drawn through `view`. */
export class Round {
  constructor(view) {
    this.view = view
    this.element = el('div', { class: 'rounds', hidden: true })
    this.routes = []
    this.chosen = null
  }

  /** Show these routes and no others; a list that is open, and the focus in it, stay. */
  show(features) {
    const text = JSON.stringify(features)
    if (text === this.text) return
    this.text = text
    const open = Array.from(this.element.querySelectorAll('details[open]'), (box) => box.dataset.route)
    this.routes = features.map((feature) => ({ route: feature.properties, parts: stretches(feature) }))
    this.chosen = null
    this.element.hidden = features.length === 0
    this.element.replaceChildren(...this.routes.map((one) => this.list(one, open.includes(one.route.code))))
    this.draw()
  }

  /** Draw each stretch in the tone of its row, with a bead where one cell ends and the next begins. */
  draw() {
    const lines = this.routes.map(({ parts }) => parts.map((part) => ({
      geometry: { type: 'LineString', coordinates: part.positions }, isMine: true, tone: this.tone(part), stretch: part.number,
    })))
    const beads = this.routes.map(({ parts }) => parts.slice(1).map((part) => ({
      geometry: { type: 'Point', coordinates: part.positions[0] }, isMine: true, tone: 'crossing',
    })))
    this.view.tint(this.routes.map(({ parts }) => codes(parts)).flat())
    const chosenLast = lines.flat().sort((a, b) => Number(a.tone === 'chosen') - Number(b.tone === 'chosen'))
    this.view.routes.show([...chosenLast, ...beads.flat()]) // a way walked twice must not hide what was chosen
  }

  tone(part) {
    if (part === this.chosen) return 'chosen'
    if (part.code === null) return 'outside'
    return part.number % 2 ? 'odd' : 'even'
  }

  list({ route, parts }, isOpen) {
    return el('details', { class: 'round', 'data-route': route.code, open: isOpen },
      el('summary', {}, el('span', {}, route.name),
        el('span', { class: 'soft' }, word('round.figures', { length: distance(route.length, lang), n: count(codes(parts).length, lang) }))),
      el('ol', { class: 'stretches' }, parts.map((part) => el('li', {}, this.row(part)))))
  }

  row(part) {
    const where = part.code === null ? word('incident.no_cell') : word('incident.in_cell', { code: shortCode(part.code), name: part.name })
    const button = el('button', {
      type: 'button', class: `stretch ${this.tone(part)}`, 'aria-pressed': 'false', 'data-stretch': part.number, onclick: () => this.go(part, button),
    },
    el('span', { class: 'stretch-number', 'aria-hidden': 'true' }, count(part.number, lang)),
    el('span', { class: 'stretch-cell' }, where),
    el('span', { class: 'stretch-length' }, distance(part.exit - part.enter, lang)))
    return button
  }

  /** Bring a stretch into sight and make it stand out. */
  go(part, button) {
    this.chosen = part
    for (const other of this.element.querySelectorAll('.stretch')) other.setAttribute('aria-pressed', String(other === button))
    this.draw()
    this.view.goToBounds(boundsAlong(part.positions))
    announce(word('round.shown', { cell: button.querySelector('.stretch-cell').textContent }))
  }
}
