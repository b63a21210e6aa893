/** What the steps of the residents' page share: consent in plain words, the fields of a person, asking for a code. */

import { el } from '../dom.js'
import { lang, started, word } from '../page.js'
import { Field } from './field.js'
import { form, textField, unfold } from './form.js'

/** Return the name of a city or category in the language of the page. */
export function named(one) {
  return lang === 'en' && one.name_en ? one.name_en : one.name
}

/** Return name, phone and the consent to what is kept of them; each is left empty by who wants nothing kept. */
export function person() {
  const box = el('input', { id: 'consent', name: 'consent', type: 'checkbox' })
  const label = el('label', { class: 'check' }, box, el('span', {}, word('resident.consent')))
  const consent = new Field(word('resident.consent'), box, { inside: label })
  consent.element.firstElementChild.remove() // its label stands around the box
  box.addEventListener('change', () => consent.clear())
  return {
    'reporter.name': textField('name', word('resident.name'), { autocomplete: 'name', maxlength: '100' }),
    'reporter.phone': textField('phone', word('resident.phone'), { type: 'tel', inputmode: 'tel', autocomplete: 'tel', maxlength: '40' }),
    consent,
  }
}

/** Return what is kept of whoever leaves a name or a phone, what for and how long. */
export function terms() {
  const days = started('days')
  return el('ul', { class: 'rules' }, ['what_for', 'who_sees', 'how_long', 'your_right', 'children'].map((key) => el('li', {}, word(`resident.${key}`, { days }))))
}

/** Return what somebody wrote of themselves, without what is empty. */
export function written(fields) {
  const said = {}
  for (const name of ['name', 'phone']) {
    const text = fields[`reporter.${name}`].control.value.trim()
    if (text) said[name] = text
  }
  return said
}

/** Return whether who left a name or a phone has agreed to it; says what is missing when not. */
export function agrees(fields) {
  if (!Object.keys(written(fields)).length || fields.consent.control.checked) return true
  fields.consent.fail(word('resident.agree'))
  unfold(fields.consent.control)
  fields.consent.control.focus()
  return false
}

/** Return the step that asks for the code of a report. */
export function ask() {
  const code = textField('code', word('resident.code'), { autocapitalize: 'characters', spellcheck: 'false', maxlength: '40' }, word('resident.code_hint'))
  return [el('h2', {}, word('resident.follow')), form({ code }, word('resident.look'), async () => {
    const typed = code.control.value.trim()
    if (typed) window.location.hash = encodeURIComponent(typed)
    else code.fail(word('resident.code_empty'))
  }), el('p', {}, el('a', { class: 'link', href: '#' }, word('resident.report_new')))]
}
