/** A plan beside what stands: the map is cut at a handle, its release on the left and the plan on the right; and all that differs, by kind. */

import { get } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { count, groupedCode } from '../format.js'
import { lang, term, word } from '../page.js'
import { fill } from '../parts/states.js'
import { grouped, isOfLand, moved, percentAt } from './compared.js'
import { Sides } from './sides.js'

const MOST_LISTED = 200 // of each kind
const MOST_PARENTS = 3

/** The button, the list and the two sides; `onShown(isOpen)` hears when they open and close. */
export class Compare {
  constructor(editing, city, onShown) {
    Object.assign(this, { editing, city, onShown, percent: 50, sides: null })
    this.button = el('button', { type: 'button', id: 'compare-open', class: 'button', 'aria-expanded': 'false', 'aria-controls': 'compare-list', onclick: () => this.toggle() }, word('compare.open'))
    this.list = el('div', { id: 'compare-list', hidden: true })
    this.element = el('section', { id: 'plan-compare', 'aria-label': word('compare.title') }, el('div', { class: 'plan-buttons' }, this.button), this.list)
  }

  get isOpen() {
    return this.sides !== null
  }

  /** Draw both sides again: other borders are in view. */
  refresh() {
    if (this.isOpen) this.sides.refresh()
  }

  toggle() {
    if (this.isOpen) this.close()
    else this.open()
  }

  /** Open both sides; the handle has the focus. */
  open() {
    this.sides = new Sides(this.editing)
    this.addHandle()
    this.shown()
    this.put(50)
    this.handle.focus({ preventScroll: true })
    announce(word('compare.opened'))
    return this.load()
  }

  /** Take both sides away; the focus goes back to the button if it was at them. */
  close() {
    if (!this.isOpen) return
    const held = [this.handle, this.list].some((place) => place.contains(document.activeElement))
    this.sides.close()
    this.sides = null
    this.handle.remove()
    this.list.replaceChildren()
    this.shown()
    if (held) this.button.focus({ preventScroll: true })
    announce(word('compare.closed'))
  }

  shown() {
    this.list.hidden = !this.isOpen
    this.button.setAttribute('aria-expanded', String(this.isOpen))
    this.button.textContent = word(this.isOpen ? 'compare.close' : 'compare.open')
    this.onShown(this.isOpen)
  }

  /** Ask what differs; again whenever the plan has changed. */
  load() {
    if (!this.isOpen) return null
    const { base, id } = this.editing.plan
    return fill(this.list, () => get('/api/compare', { city: this.city.code, from: `release:${base}`, to: `plan:${id}` }), (found) => {
      if (!this.isOpen) return []
      this.sides.show(found)
      return this.content(found)
    })
  }

  addHandle() {
    const drag = (event) => {
      const box = byId('stage').getBoundingClientRect()
      if (this.isHeld) this.put(percentAt(event.clientX, box.left, box.width))
    }
    const drop = () => { this.isHeld = false }
    this.handle = el('div', {
      class: 'compare-handle', role: 'slider', tabindex: '0', 'aria-label': word('compare.handle'), 'aria-orientation': 'horizontal', 'aria-valuemin': '0', 'aria-valuemax': '100',
      onkeydown: (event) => this.key(event), onpointermove: drag, onpointerup: drop, onpointercancel: drop,
      onpointerdown: (event) => {
        this.isHeld = event.button === 0 && event.isPrimary
        if (this.isHeld) this.handle.setPointerCapture(event.pointerId)
      },
    }, el('span', { class: 'compare-side' }, word('compare.old', { id: this.editing.plan.base })), el('span', { class: 'compare-side' }, word('compare.new')))
    byId('stage').append(this.handle)
  }

  key(event) {
    const to = moved(this.percent, event)
    if (to !== null) this.put(to)
    else if (event.key === 'Escape') this.close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Let the handle stand at so many per cent of the map. */
  put(percent) {
    this.percent = percent
    this.handle.style.left = `${percent}%`
    this.handle.setAttribute('aria-valuenow', String(percent))
    this.handle.setAttribute('aria-valuetext', word('compare.at', { n: percent, id: this.editing.plan.base }))
    this.sides.cut(percent)
  }

  content(found) {
    const groups = grouped(found)
    const kept = el('p', { class: 'soft' }, word('compare.kept', { n: count(found.kept, lang) }))
    announce(word(groups.length ? 'compare.found' : 'compare.nothing', { n: count(found.changed.length, lang) }))
    if (groups.length === 0) return [el('p', { class: 'state' }, word('compare.nothing')), kept]
    const left = found.left_out ? el('p', { class: 'estimate' }, word('compare.left_out', { n: count(found.left_out, lang) })) : null
    return [kept, left, ...groups.map((group) => this.group(group))].filter(Boolean)
  }

  group({ kind, items }) {
    const more = items.length - MOST_LISTED
    return el('details', { class: 'plan-fold', open: true }, el('summary', {}, `${term('change', kind)} (${count(items.length, lang)})`),
      el('ul', { class: 'plan-list', 'data-change': kind }, items.slice(0, MOST_LISTED).map((item) => this.row(kind, item)),
        more > 0 ? el('li', {}, word('compare.more', { n: count(more, lang) })) : null))
  }

  row(kind, item) {
    const label = titleOf(kind, item)
    const parents = item.parents.slice(0, MOST_PARENTS).map(({ code, share }) => word('compare.share', { code: groupedCode(code), n: count(share * 100, lang, 1) }))
    return el('li', {}, item.bounds ? el('button', { type: 'button', class: 'link', onclick: () => this.go(item, label) }, label) : el('span', {}, label),
      item.isGone ? el('span', { class: 'tag' }, word('numbers.gone')) : null,
      parents.length && isOfLand([kind]) ? el('span', { class: 'soft' }, word('compare.land', { parts: parents.join(word('page.comma')) })) : null)
  }

  go({ bounds }, label) {
    this.editing.view.goToBounds(bounds)
    announce(word('compare.there', { cell: label }))
  }
}

/** Return what an entry is called: of a name or a code that changed, both. */
function titleOf(kind, { code, name, wasCode, wasName }) {
  if (kind === 'renamed') return `${groupedCode(code)} ${wasName || word('cells.no_name')} → ${name || word('cells.no_name')}`
  if (kind === 'recoded' && wasCode && wasCode !== code) return `${groupedCode(wasCode)} → ${groupedCode(code)} ${name}`
  return `${groupedCode(code)} ${name}`
}
