/** A department comes, changes its name and ends, each with its day in the city. */

import { post } from '../api.js'
import { el } from '../dom.js'
import { word } from '../page.js'
import { dayBegins, dayIsOver } from '../span.js'
import { wallOf } from '../wall.js'
import { Field } from './field.js'
import { form, textField } from './form.js'

/** Return the form for a new department of `city`; `onDone(department)` gets it. */
export function newDepartment(city, onDone) {
  const code = textField('department-code', word('organisation.code'), { maxlength: '40', autocapitalize: 'none', spellcheck: 'false' })
  const names = nameFields('new')
  const since = new Field(word('dates.first'), el('input', { id: 'department-since', type: 'date' }), { hint: word('dates.first_hint') })
  const made = form({ code, ...names, since }, word('organisation.add'), async () => {
    const body = { city: city.city, code: code.control.value.trim(), name: names.name.control.value, name_en: names.name_en.control.value }
    if (since.control.value) body.since = dayBegins(since.control.value, city.time_zone)
    await onDone(await post('/api/departments', body))
  })
  return el('details', {}, el('summary', {}, word('organisation.add')), made)
}

/** Return the form for other names. */
export function renameDepartment(one, onDone) {
  const names = nameFields('rename', one)
  const made = form(names, word('organisation.rename'), async () => {
    await onDone(await post(`/api/departments/${one.id}/names`, { name: names.name.control.value, name_en: names.name_en.control.value }))
  })
  return el('details', {}, el('summary', {}, word('organisation.rename')), made)
}

/** Return the form for the last day; empty means that it goes on. */
export function endDepartment(one, city, onDone) {
  const was = one.until ? wallOf(new Date(Date.parse(one.until) - 1).toISOString(), city.time_zone).slice(0, 10) : ''
  const until = new Field(word('dates.last'), el('input', { id: 'department-until', type: 'date', value: was }), { hint: word('dates.last_hint') })
  const made = form({ until }, word('organisation.end'), async () => {
    const chosen = until.control.value
    await onDone(await post(`/api/departments/${one.id}/until`, { until: chosen ? dayIsOver(chosen, city.time_zone) : null }))
  })
  return el('details', {}, el('summary', {}, word('organisation.end')), made)
}

function nameFields(prefix, one = { name: '', name_en: '' }) {
  return {
    name: textField(`${prefix}-name`, word('organisation.name'), { maxlength: '60', value: one.name }),
    name_en: textField(`${prefix}-name-en`, word('organisation.name_en'), { maxlength: '60', value: one.name_en }, word('organisation.name_en_hint')),
  }
}
