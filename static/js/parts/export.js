/** Export incidents (导出): which, in what form and why; the answer is a file, and who took it is recorded. */

import { newKey, take } from '../api.js'
import { announce, el } from '../dom.js'
import { lang, word } from '../page.js'
import { momentOf } from '../wall.js'
import { openDialog } from './dialog.js'
import { Field } from './field.js'
import { rule, words } from './states.js'

const FORMATS = ['xlsx', 'csv']
const STATES = ['open', 'closed', 'all']
const SHORTEST = 5
const LONGEST = 500
const DAY_MS = 86400000

/** Return the button that opens the dialog. */
export function exportButton(city) {
  return el('button', { type: 'button', class: 'button small', onclick: () => new Export(city).open() }, word('export.open'))
}

/** One dialog; asked again it makes another file. */
class Export {
  constructor(city) {
    this.city = city
    this.key = newKey()
    const option = (group) => (value) => el('option', { value }, word(`export.${group}_${value}`))
    this.format = el('select', { id: 'export-format' }, FORMATS.map(option('format')))
    this.state = el('select', { id: 'export-state' }, STATES.map(option('state')))
    this.since = el('input', { id: 'export-since', type: 'date' })
    this.until = el('input', { id: 'export-until', type: 'date' })
    this.reason = el('input', { id: 'export-reason', type: 'text', maxlength: LONGEST, autocomplete: 'off', required: true })
    this.fields = {
      state: new Field(word('export.which'), this.state),
      since: new Field(word('export.since'), this.since),
      until: new Field(word('export.until'), this.until),
      format: new Field(word('export.format'), this.format),
      reason: new Field(word('export.reason'), this.reason, { hint: word('export.recorded') }),
    }
    this.result = el('p', { class: 'result', role: 'status' })
    this.submit = el('button', { type: 'submit', class: 'button primary' }, word('export.make'))
    this.form = el('form', { class: 'form', novalidate: true, onsubmit: (event) => this.send(event) },
      Object.values(this.fields).map((field) => field.element), this.result, el('div', { class: 'form-end' }, this.submit))
  }

  open() {
    openDialog('export-title', word('export.title'), this.form)
    this.state.focus()
  }

  get body() {
    const filters = { state: this.state.value }
    const zone = this.city.time_zone
    if (this.since.value) filters.since = momentOf(`${this.since.value}T00:00`, zone)
    if (this.until.value) filters.until = momentOf(`${dayAfter(this.until.value)}T00:00`, zone) // that day included
    return { city: this.city.code, things: 'incidents', format: this.format.value, lang, reason: this.reason.value.trim(), filters }
  }

  async send(event) {
    event.preventDefault()
    if (this.submit.hasAttribute('aria-busy')) return
    for (const field of Object.values(this.fields)) field.clear()
    const { body } = this
    if (body.reason.length < SHORTEST) {
      this.fields.reason.fail(word('people.too_short'))
      this.reason.focus()
      return
    }
    this.submit.setAttribute('aria-busy', 'true')
    this.say('', 'good')
    try {
      const { name, blob } = await take('/api/exports', body, this.key)
      save(name, blob)
      this.say(word('export.done', { name }), 'good')
    } catch (problem) {
      const isTooMany = problem.status === 422 && problem.field === 'rows'
      this.say(isTooMany ? word('export.too_many', { rule: rule(problem) }) : words(problem), 'bad')
    } finally {
      this.key = newKey() // the file is not kept: asking again makes another
      this.submit.removeAttribute('aria-busy')
    }
  }

  say(text, tone) {
    this.result.className = `result ${tone}`
    this.result.textContent = text
    if (text) announce(text)
  }
}

/** Return the day after a day, both as `2026-11-22`. */
function dayAfter(day) {
  return new Date(Date.parse(`${day}T00:00Z`) + DAY_MS).toISOString().slice(0, 10)
}

function save(name, blob) {
  const url = URL.createObjectURL(blob)
  const link = el('a', { href: url, download: name })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60000)
}
