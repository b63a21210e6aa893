/** What the brush gives cells to, and how it is led. */

import { el } from '../dom.js'
import { word } from '../page.js'
import { WAYS } from './painting.js'

/** The box of the tool that gives cells to a community. */
export class PaintBox {
  constructor(tool, units) {
    const unit = el('select', { id: 'paint-unit', onchange: () => { tool.unit = unit.value || null } },
      el('option', { value: '' }, word('paint.choose')), units.map(({ code, name }) => el('option', { value: code }, name)))
    const way = (name) => el('label', { class: 'choice' },
      el('input', { type: 'radio', name: 'paint-way', value: name, checked: name === tool.way, onchange: () => { tool.way = name } }),
      el('span', {}, word(`paint.${name}`)))
    this.element = el('section', { 'aria-label': word('paint.title') },
      el('div', { class: 'form' }, el('div', { class: 'form-field' }, el('label', { for: 'paint-unit' }, word('paint.unit')), unit)),
      el('fieldset', { class: 'choices' }, el('legend', { class: 'unseen' }, word('paint.way')), WAYS.map(way)),
      el('p', { class: 'state' }, word('paint.how')))
  }

  /** Nothing of it depends on what is in view. */
  show() {}
}
