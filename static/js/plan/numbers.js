/** Numbers beside the map: the city before and after a plan, and each cell that changes. */

import { get } from '../api.js'
import { el } from '../dom.js'
import { area, count, distance, groupedCode } from '../format.js'
import { lang, term, word } from '../page.js'
import { empty, fill } from '../parts/states.js'
import { flat, isSame } from './figures.js'

const FIRST = ['cells', 'area', 'households', 'incidents', 'workload', 'open', 'cells_without_worker', 'polsby_popper_mean', 'among_cells_largest_to_smallest', 'among_cells_gini']

/** The table; asked again after every change of the plan. */
export class Numbers {
  constructor(plan) {
    this.plan = plan
    this.body = el('div', { class: 'plan-numbers' })
    this.element = el('section', { 'aria-label': word('numbers.title') }, el('h3', {}, word('numbers.title')), this.body)
  }

  /** Fetch and show them. */
  load() {
    const isOpen = Array.from(this.body.querySelectorAll('details')).map((one) => one.open)
    return fill(this.body, () => get(`/api/plans/${this.plan.id}/numbers`), (found) => this.draw(found, isOpen))
  }

  draw({ before, after, changes, cells }, isOpen) {
    const [was, is] = [flat(before), flat(after)]
    const keys = Object.keys(is)
    if (keys.length === 0) return empty('numbers.none')
    const isFirst = (key) => FIRST.includes(key) || !isSame(was[key], is[key])
    const rows = (some) => some.map((key) => row(key, was[key], is[key]))
    const others = keys.filter((key) => !isFirst(key))
    const moved = Object.entries(flat(changes)).filter(([, n]) => n > 0)
    const each = cells || []
    return [
      table([...rows(keys.filter(isFirst)), ...moved.filter(([key]) => !key.endsWith('among')).map(([key, n]) => row(`changes_${key}`, null, n))]),
      others.length ? fold('numbers.more', others.length, isOpen[0], table(rows(others))) : null,
      each.length ? fold('numbers.cells', each.length, isOpen[1], el('ul', { class: 'plan-list' }, each.map(cellRow))) : null,
    ].filter(Boolean)
  }
}

function fold(key, n, isOpen, content) {
  return el('details', { class: 'plan-fold', open: Boolean(isOpen) }, el('summary', {}, word(key, { n: count(n, lang) })), content)
}

function table(rows) {
  const head = ['numbers.what', 'numbers.before', 'numbers.after']
  return el('table', { class: 'units' }, el('caption', { class: 'unseen' }, word('numbers.title')),
    el('thead', {}, el('tr', {}, head.map((key, i) => el('th', { scope: 'col', class: i ? 'number' : '' }, word(key))))), el('tbody', {}, rows))
}

function row(key, before, after) {
  return el('tr', { class: before !== null && !isSame(before, after) ? 'changed' : '' }, el('th', { scope: 'row' }, term('number', key)),
    el('td', { class: 'number' }, written(key, before)), el('td', { class: 'number' }, written(key, after)))
}

function cellRow({ code, before, after }) {
  const [was, is] = [flat(before || {}), flat(after || {})]
  const keys = Object.keys(after ? is : was).filter((key) => !isSame(was[key], is[key]))
  return el('li', {}, el('strong', {}, groupedCode(code)), ' ', (after || before).name, before && after ? null : el('span', { class: 'tag' }, word(after ? 'numbers.new' : 'numbers.gone')),
    keys.map((key) => el('span', { class: 'soft' }, `${term('number', key)}: ${written(key, was[key])} → ${written(key, is[key])}`)))
}

/** Return a number as its kind is written: areas and lengths with their unit, the rest with few digits. */
function written(key, value) {
  if (value === null || value === undefined) return '—'
  if (key.endsWith('area')) return area(value, lang)
  if (key.includes('share')) return `${count(value * 100, lang, 1)} %`
  if (key.endsWith('perimeter')) return distance(value, lang)
  return Number.isInteger(value) ? count(value, lang) : count(value, lang, Math.abs(value) < 10 ? 3 : 1)
}
