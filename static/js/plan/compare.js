/** A plan beside another grid: the map is cut at a handle, a release or another plan on the left and the plan on the right; and all that differs. */

import { get } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { word } from '../page.js'
import { fill, quietly } from '../parts/states.js'
import { moved, percentAt } from './compared.js'
import { differences } from './differences.js'
import { Sides } from './sides.js'

/** The button, the list and the two sides; `onShown(isOpen)` hears when they open and close. */
export class Compare {
  constructor(editing, city, onShown) {
    Object.assign(this, { editing, city, onShown, percent: 50, sides: null })
    this.button = el('button', { type: 'button', id: 'compare-open', class: 'button', 'aria-expanded': 'false', 'aria-controls': 'compare-list', onclick: () => this.toggle() }, word('compare.open'))
    this.other = el('select', { id: 'compare-with', onchange: () => this.turn() })
    this.found = el('div', { class: 'differences' })
    this.list = el('div', { id: 'compare-list', hidden: true },
      el('div', { class: 'form-field' }, el('label', { for: 'compare-with' }, word('compare.with')), this.other), this.found)
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
    const { base } = this.editing.plan
    this.other.replaceChildren(option('release', base, word('compare.base', { id: base })))
    quietly(() => this.offer())
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
    this.found.replaceChildren()
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
    return fill(this.found, () => get('/api/compare', { city: this.city.code, from: this.other.value, to: `plan:${this.editing.plan.id}` }), (found) => {
      if (!this.isOpen) return []
      this.sides.show(found)
      return differences(found, (bounds) => this.editing.view.goToBounds(bounds))
    })
  }

  /** Offer every other release and every other plan of the city, the newest first. */
  async offer() {
    const { base, id } = this.editing.plan
    const city = { city: this.city.code }
    const [releases, plans] = await Promise.all([get('/api/releases', city), get('/api/plans', city)])
    this.other.append(
      ...releases.items.filter((one) => one.id !== base).map((one) => option('release', one.id, word('release.number', { id: one.id }))),
      ...plans.items.filter((one) => one.id !== id).map((one) => option('plan', one.id, one.name)))
  }

  /** Compare with what is chosen now. */
  turn() {
    this.left.textContent = this.name
    this.put(this.percent)
    return this.load()
  }

  /** What the plan is compared with, as it is called. */
  get name() {
    return this.other.selectedOptions[0].textContent
  }

  addHandle() {
    const drag = (event) => {
      const box = byId('stage').getBoundingClientRect()
      if (this.isHeld) this.put(percentAt(event.clientX, box.left, box.width))
    }
    const drop = () => { this.isHeld = false }
    this.left = el('span', { class: 'compare-side' }, this.name)
    this.handle = el('div', {
      class: 'compare-handle', role: 'slider', tabindex: '0', 'aria-label': word('compare.handle'), 'aria-orientation': 'horizontal', 'aria-valuemin': '0', 'aria-valuemax': '100',
      onkeydown: (event) => this.key(event), onpointermove: drag, onpointerup: drop, onpointercancel: drop,
      onpointerdown: (event) => {
        this.isHeld = event.button === 0 && event.isPrimary
        if (this.isHeld) this.handle.setPointerCapture(event.pointerId)
      },
    }, this.left, el('span', { class: 'compare-side' }, word('compare.new')))
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
    this.handle.setAttribute('aria-valuetext', word('compare.at', { n: percent, other: this.name }))
    this.sides.cut(percent)
  }
}

function option(kind, id, text) {
  return el('option', { value: `${kind}:${id}` }, text)
}
