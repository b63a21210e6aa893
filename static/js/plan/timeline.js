/** The releases (网格版本) of a city in time: a slider that shows the grid on the map as it was or will be, never unmarked. */

import { get } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { count, moment } from '../format.js'
import { lang, word } from '../page.js'
import { fill } from '../parts/states.js'
import { differences } from './differences.js'
import { standingStop, stops, tense } from './stops.js'

/** Return from when to when a release is in force, in words. */
export function reign(release, city) {
  const when = (iso) => moment(iso, city.time_zone, lang)
  if (release.effective_to) return word('release.range', { from: when(release.effective_from), to: when(release.effective_to) })
  return word(tense(release, Date.now()) === 'to_come' ? 'release.from_then' : 'release.from', { from: when(release.effective_from) })
}

/** One a page; `show` gives it the releases, `back` shows what stands now. */
export class Timeline {
  constructor({ city, view, card }) {
    Object.assign(this, { city, view, card, ordered: [], chosen: null })
    this.slider = el('input', { id: 'timeline', type: 'range', min: 0, step: 1, oninput: () => this.choose(Number(this.slider.value)) })
    this.label = el('output', { class: 'timeline-label', for: 'timeline' })
    this.now = el('button', { type: 'button', class: 'button', onclick: () => this.back() }, word('timeline.now'))
    this.body = el('div', { class: 'timeline-body' }, el('label', { class: 'unseen', for: 'timeline' }, word('timeline.title')),
      this.slider, this.label, this.now)
    this.alone = el('p', { class: 'soft' })
    this.found = el('div', { class: 'differences' })
    this.fold = el('details', { class: 'plan-fold', id: 'timeline-differences', hidden: true, ontoggle: () => this.compare() },
      el('summary', {}, word('timeline.compare')), this.found)
    this.element = el('div', { class: 'timeline', hidden: true }, this.body, this.alone, this.fold)
    this.text = el('strong', {})
    this.picked = el('span', {})
    this.banner = el('section', { class: 'elsewhen', hidden: true, 'aria-label': word('timeline.title') },
      this.text, el('span', {}, word('timeline.only_grid')), this.picked,
      el('button', { type: 'button', class: 'button', onclick: () => this.back() }, word('timeline.back')))
    byId('stage').append(this.banner)
    document.addEventListener('keydown', (event) => this.key(event))
  }

  /** Take the releases as they are now; one that has gone, or that stands by now, is not looked at any longer. */
  show(releases) {
    this.ordered = stops(releases)
    this.element.hidden = releases.length === 0
    const isOne = this.ordered.length < 2
    const current = standingStop(this.ordered, Date.now())
    this.body.hidden = isOne || current === -1
    this.alone.hidden = !this.body.hidden
    this.alone.textContent = word(isOne ? 'timeline.one' : 'timeline.none')
    this.slider.max = Math.max(0, this.ordered.length - 1)
    const index = this.ordered.findIndex(({ id }) => id === this.chosen)
    if (this.chosen !== null && (index === -1 || index === current || this.body.hidden)) this.back()
    else if (!this.body.hidden) this.say(index === -1 ? current : index)
  }

  /** Show the grid of a stop; that in force now is shown as always. */
  choose(index) {
    const release = this.ordered[index]
    if (tense(release, Date.now()) === 'now') {
      this.back()
      return
    }
    this.say(index)
    if (release.id === this.chosen) return
    this.card.close() // what it tells is of now
    this.chosen = release.id
    this.picked.textContent = ''
    this.view.asOf(release.id, (cell) => this.pick(cell))
    announce(this.text.textContent)
    this.fold.hidden = false
    this.compare()
  }

  /** Tell what differs between the release that is shown and that in force, the earlier one first. */
  compare() {
    this.found.replaceChildren()
    if (!this.fold.open || this.chosen === null) return null
    const current = standingStop(this.ordered, Date.now())
    const pair = this.ordered.filter((one, index) => index === current || one.id === this.chosen).map(({ id }) => `release:${id}`)
    return fill(this.found, () => get('/api/compare', { city: this.city.code, from: pair[0], to: pair[1] }),
      (found) => differences(found, (bounds) => this.view.goToBounds(bounds)))
  }

  /** Show what stands now. */
  back() {
    const isAway = this.chosen !== null
    const hadFocus = this.banner.contains(document.activeElement) || document.activeElement === this.now
    this.chosen = null
    this.fold.hidden = true
    this.fold.open = false
    const current = standingStop(this.ordered, Date.now())
    if (current !== -1) this.say(current)
    this.banner.hidden = true
    if (!isAway) return
    this.view.asOf(null)
    if (hadFocus) this.slider.focus({ preventScroll: true })
    announce(word('timeline.is_now'))
  }

  /** Put a stop into words: at the slider, and on the map unless it stands now. */
  say(index) {
    const release = this.ordered[index]
    const standing = tense(release, Date.now())
    const number = word('release.number', { id: release.id })
    const words = word('timeline.stop', { number, standing: word(`timeline.is_${standing}`), reign: reign(release, this.city) })
    this.slider.value = index
    this.slider.setAttribute('aria-valuetext', words)
    this.label.textContent = `${words} · ${word('release.cells', { n: count(release.cells, lang) })}`
    this.text.textContent = words
    this.banner.hidden = standing === 'now'
    this.now.disabled = standing === 'now'
  }

  /** Name a cell of the release that is shown: the card would tell of another one, that of now. */
  pick({ code }) {
    const name = this.view.knownCells().get(code) || '' // its label may lie in a tile that is not at hand
    this.picked.textContent = word('timeline.cell', { name, code }).trim()
    announce(this.picked.textContent)
  }

  key(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || this.chosen === null) return
    if (event.target !== this.slider && event.target.closest && event.target.closest('input, textarea, select, .card, .dialog, .menu')) return
    this.back()
  }
}
