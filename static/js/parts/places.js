/** A field for an address or place that suggests while one types (a combobox after the ARIA practices). */

import { get } from '../api.js'
import { announce, el } from '../dom.js'
import { word } from '../page.js'

const PAUSE_MS = 180 // between the last letter and the question
const MOST = 6

/** The field; `onChoose(place)` hears of a chosen suggestion, `onEdit()` of every letter, `onText(text)` of what was typed once it rests. */
export class Places {
  constructor(city, id, { onChoose, onText, onEdit }) {
    Object.assign(this, { city, onChoose, onText, onEdit })
    this.items = []
    this.current = -1
    this.asking = null
    this.list = el('ul', { id: `${id}-list`, class: 'suggestions', role: 'listbox', 'aria-label': word('where.suggestions'), hidden: true })
    this.input = el('input', {
      id, type: 'text', role: 'combobox', autocomplete: 'off', maxlength: 500, 'aria-autocomplete': 'list', 'aria-expanded': 'false',
      'aria-controls': `${id}-list`,
      oninput: () => {
        this.onEdit()
        this.ask()
      },
      onkeydown: (event) => this.key(event),
      onblur: () => this.close(),
      onchange: () => this.onText(this.input.value.trim()),
    })
    this.element = el('div', { class: 'combo' }, this.input, this.list)
  }

  get text() {
    return this.input.value.trim()
  }

  /** Write an address into the field without asking about it. */
  write(text) {
    this.input.value = text
    this.close()
  }

  ask() {
    clearTimeout(this.pause)
    if (this.asking) this.asking.abort()
    if (this.text === '') this.close()
    else this.pause = setTimeout(() => this.fetch(), PAUSE_MS)
  }

  async fetch() {
    this.asking = new AbortController()
    try {
      const values = { city: this.city.code, q: this.text, begun: 'yes', limit: MOST }
      const { items } = await get('/api/places', values, { signal: this.asking.signal })
      if (document.activeElement === this.input) this.show(items)
    } catch (error) {
      if (error.name !== 'AbortError' && error.name !== 'Problem') throw error
      this.close() // suggestions are a help: without them the address is read when it is sent
    }
  }

  show(items) {
    this.items = items
    this.list.replaceChildren(...items.map((place, i) => this.option(place, i)))
    this.point(-1)
    this.list.hidden = items.length === 0
    this.input.setAttribute('aria-expanded', String(items.length > 0))
    if (items.length) announce(word('where.found', { n: items.length }))
  }

  option(place, i) {
    const cells = place.cells.length === 1 ? place.cells[0].name : place.community
    return el('li', {
      id: `${this.input.id}-${i}`, role: 'option', 'aria-selected': 'false',
      onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
      onclick: () => this.choose(i),
    }, el('span', {}, place.name), cells ? el('span', { class: 'soft' }, cells) : null)
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return
    const isOpen = !this.list.hidden
    if (event.key === 'ArrowDown' && isOpen) this.point((this.current + 1) % this.items.length)
    else if (event.key === 'ArrowUp' && isOpen) this.point((this.current + this.items.length - (this.current < 0 ? 0 : 1)) % this.items.length)
    else if (event.key === 'Enter' && isOpen && this.current >= 0) this.choose(this.current)
    else if (event.key === 'Enter') this.onText(this.text)
    else if (event.key === 'Escape' && isOpen) this.close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  point(index) {
    this.current = index
    Array.from(this.list.children).forEach((option, i) => option.setAttribute('aria-selected', String(i === index)))
    if (index >= 0) {
      this.input.setAttribute('aria-activedescendant', `${this.input.id}-${index}`)
      this.list.children[index].scrollIntoView({ block: 'nearest' })
    } else this.input.removeAttribute('aria-activedescendant')
  }

  choose(index) {
    const place = this.items[index]
    this.write(place.name)
    this.onChoose(place)
  }

  close() {
    clearTimeout(this.pause)
    if (this.asking) this.asking.abort()
    this.list.hidden = true
    this.point(-1)
    this.input.setAttribute('aria-expanded', 'false')
  }
}
