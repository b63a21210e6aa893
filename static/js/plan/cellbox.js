/** The chosen cells in the panel: name, code, unit, locks, merging; and a list of the cells in view for those who do not point. */

import { el } from '../dom.js'
import { groupedCode } from '../format.js'
import { word } from '../page.js'
import { form, textField } from '../parts/form.js'

/** The box; `units` are the communities of the city: code and name. */
export class CellBox {
  constructor(editing, units) {
    this.editing = editing
    this.units = units
    this.chosen = el('div', { class: 'plan-cells' })
    this.filter = el('input', { id: 'plan-filter', type: 'text', autocomplete: 'off', oninput: () => this.narrow() })
    this.list = el('ul', { class: 'plan-list', 'aria-label': word('cells.in_view') })
    this.count = el('span', { class: 'soft' })
    this.more = el('details', { class: 'plan-fold' },
      el('summary', {}, word('cells.in_view'), ' ', this.count),
      el('div', { class: 'form' }, el('label', { for: 'plan-filter' }, word('cells.filter')), this.filter), this.list)
    this.element = el('section', { 'aria-label': word('cells.title') }, this.chosen, this.more)
  }

  /** Show the chosen cells and what is in view as they are now. */
  show() {
    const { arcs, chosen } = this.editing
    this.more.hidden = !arcs
    this.count.textContent = arcs ? String(arcs.cells.size) : ''
    const cells = arcs ? chosen.map((code) => arcs.cells.get(code)).filter(Boolean) : []
    this.draw(cells)
    if (arcs) this.fillList(arcs)
  }

  /** Draw the chosen cells anew only when they are others or not as they were: what is being typed stays. */
  draw(cells) {
    const { arcs, mayEdit, plan } = this.editing
    const now = JSON.stringify([Boolean(arcs), mayEdit, plan.locks, cells.map(({ rings, ...cell }) => cell)])
    if (now === this.drawn) return
    this.drawn = now
    const had = this.chosen.contains(document.activeElement)
    const held = this.heldIn(this.chosen)
    this.chosen.replaceChildren(...this.content(cells).filter(Boolean))
    focusAgain(held)
    const head = this.chosen.querySelector('[tabindex]')
    if (had && head && !this.chosen.contains(document.activeElement)) head.focus({ preventScroll: true })
  }

  /** What has the focus is found again by its id. */
  heldIn(place) {
    return place.contains(document.activeElement) ? document.activeElement.id || null : null
  }

  content(cells) {
    if (!this.editing.arcs) return []
    if (cells.length === 0) return [el('p', { class: 'state', tabindex: '-1' }, word('cells.choose'))]
    const codes = cells.map(({ code }) => code)
    const head = el('h3', { tabindex: '-1' }, cells.length === 1 ? word('cell.title', { code: groupedCode(codes[0]) }) : word('cells.chosen', { n: cells.length }))
    const facts = cells.length === 1 ? this.facts(cells[0]) : el('p', { class: 'soft' }, codes.map(groupedCode).join(word('page.comma')))
    if (!this.editing.mayEdit) return [head, facts]
    return [head, facts, this.locks(cells), ...(cells.length === 1 ? this.naming(cells[0]) : [this.merging(cells)]), this.giving(cells)]
  }

  facts(cell) {
    const tags = [cell.is_changed ? 'cells.is_changed' : null, cell.is_locked ? 'cells.is_locked' : null].filter(Boolean)
    return el('p', {}, cell.name || word('cells.no_name'), ' · ', this.unitName(cell.community), ' ', tags.map((key) => el('span', { class: 'tag' }, word(key))))
  }

  unitName(code) {
    const unit = this.units.find((one) => one.code === code)
    return unit ? unit.name : code
  }

  naming(cell) {
    const name = textField('plan-name', word('cells.name'), { value: cell.name, maxlength: 60 })
    const code = textField('plan-code', word('cells.code'), { value: cell.code, maxlength: 40, inputmode: 'text' }, word('cells.code_hint'))
    const near = this.editing.board.middleOf(cell.code)
    return [
      form({ name }, word('cells.rename'), () => this.editing.edit({ kind: 'rename', code: cell.code, name: name.control.value.trim() }, near)),
      form({ codes: code }, word('cells.recode'), async () => {
        const to = code.control.value.trim()
        if (await this.editing.edit({ kind: 'recode', code: cell.code, to }, near)) this.editing.choose([to])
      }),
    ]
  }

  merging(cells) {
    const into = el('select', { id: 'plan-into' }, cells.map(({ code, name }) => el('option', { value: code }, `${groupedCode(code)} ${name}`)))
    return form({}, word('cells.merge_n', { n: cells.length }), () => this.merge(into.value), [el('div', { class: 'form-field' }, el('label', { for: 'plan-into' }, word('cells.into')), into)])
  }

  /** Merge the chosen cells into one of them. */
  async merge(into) {
    const { chosen, board } = this.editing
    if (await this.editing.edit({ kind: 'merge', codes: chosen, into }, board.middleOf(into))) this.editing.choose([into])
  }

  giving(cells) {
    const unit = this.unitChoice('plan-unit', cells[0].community)
    const codes = cells.map(({ code }) => code)
    return form({}, word('cells.assign'), () => {
      const units = {}
      for (const code of codes) units[code] = unit.value
      return this.editing.edit({ kind: 'assign_units', units }, this.editing.board.middleOf(codes[0]))
    }, [el('div', { class: 'form-field' }, el('label', { for: 'plan-unit' }, word('cells.unit')), unit)])
  }

  /** Return a choice of the communities. */
  unitChoice(id, value) {
    return el('select', { id }, this.units.map(({ code, name }) => el('option', { value: code, selected: code === value }, name)))
  }

  locks(cells) {
    const { plan } = this.editing
    const kept = new Set(plan.locks.map((lock) => `${lock.kind} ${lock.code}`))
    const button = (level, code, key) => {
      const isOn = kept.has(`${level} ${code}`)
      return el('button', { type: 'button', id: `lock-${level}-${code}`, class: 'button small', 'aria-pressed': String(isOn), onclick: () => this.editing.lock(level, code, !isOn) }, word(key))
    }
    const units = Array.from(new Set(cells.map(({ community }) => community)))
    return el('div', { class: 'plan-buttons' },
      cells.length === 1 ? button('cell', cells[0].code, 'cells.lock') : null,
      units.length === 1 ? button('unit', units[0], 'cells.lock_unit') : null)
  }

  fillList(arcs) {
    const cells = Array.from(arcs.cells.values()).sort((a, b) => (a.code < b.code ? -1 : 1))
    const chosen = new Set(this.editing.chosen)
    const held = this.heldIn(this.list)
    this.list.replaceChildren(...cells.map((cell) => {
      const box = el('input', { type: 'checkbox', id: `in-view-${cell.code}`, checked: chosen.has(cell.code), onchange: () => this.editing.pick(cell.code, true) })
      return el('li', { 'data-words': `${cell.code} ${cell.name}` }, el('label', { class: 'check' }, box, el('span', {}, `${groupedCode(cell.code)} ${cell.name}`)))
    }))
    this.narrow()
    focusAgain(held)
  }

  narrow() {
    const wanted = this.filter.value.trim().toLowerCase()
    for (const row of this.list.children) row.hidden = !row.dataset.words.toLowerCase().includes(wanted)
  }
}

function focusAgain(id) {
  const again = id ? document.getElementById(id) : null
  if (again) again.focus({ preventScroll: true })
}
