/** Audit search: who did what, when, from where; newest first. Each search is itself recorded. */

import { get } from '../api.js'
import { byId, el } from '../dom.js'
import { lang, term, word } from '../page.js'
import { form, textField } from '../parts/form.js'
import { addMe } from '../parts/me.js'
import { words } from '../parts/states.js'

const place = byId('place')
const FIELDS = ['actor', 'kind', 'subject']

async function begin() {
  const me = await addMe()
  if (!me) return
  const fields = Object.fromEntries(FIELDS.map((name) => [name, textField(name, term('audit', name), name === 'subject' ? { inputmode: 'numeric' } : {})]))
  fields.since = textField('since', word('audit.since'), { type: 'datetime-local' })
  fields.until = textField('until', word('audit.until'), { type: 'datetime-local' })
  const found = el('div', { 'aria-live': 'polite' })
  const asked = () => ({
    ...Object.fromEntries(FIELDS.map((name) => [name, fields[name].control.value.trim() || null])),
    since: moment(fields.since), until: moment(fields.until),
  })
  place.replaceChildren(el('p', { class: 'soft' }, word('audit.recorded')),
    form(fields, word('audit.search'), async () => show(found, asked(), await get('/api/audit', { ...asked(), limit: 50 }))), found)
}

function moment(field) {
  return field.control.value ? new Date(field.control.value).toISOString() : null
}

function show(found, asked, page) {
  if (!page.facts.length) {
    found.replaceChildren(el('p', { class: 'state' }, word('audit.nothing')))
    return
  }
  const list = el('ul', { class: 'rows found-facts' }, page.facts.map(row))
  found.replaceChildren(list)
  more(found, list, asked, page.next)
}

function more(found, list, asked, next) {
  if (!next) return
  const note = el('p', { class: 'result bad', role: 'alert' })
  const button = el('button', { type: 'button', class: 'button', onclick: async () => {
    try {
      const page = await get('/api/audit', { ...asked, limit: 50, before: next })
      list.append(...page.facts.map(row))
      button.remove()
      more(found, list, asked, page.next)
    } catch (problem) {
      note.textContent = words(problem)
    }
  } }, word('audit.more'))
  found.append(button, note)
}

function row(one) {
  const about = one.subject === null ? '' : ` #${one.subject}`
  const said = Object.entries(one.data).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  return el('li', {},
    el('span', {}, el('strong', {}, `${term('fact', one.kind)}${about}`), ` ${one.actor}`, one.address ? ` · ${one.address}` : ''),
    el('span', { class: 'soft' }, new Date(one.at).toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB'), ' · ', el('code', { translate: 'no' }, one.kind)),
    said.length || one.reason ? el('span', { class: 'soft' }, [one.reason, ...said].filter(Boolean).join(' · ')) : null)
}

begin()
