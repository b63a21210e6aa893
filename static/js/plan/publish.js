/** Publish (发布) an approved plan: from when on, with what consequences, and a note. */

import { get, newKey, post } from '../api.js'
import { el } from '../dom.js'
import { count } from '../format.js'
import { lang, term, word } from '../page.js'
import { openDialog } from '../parts/dialog.js'
import { Field } from '../parts/field.js'
import { form } from '../parts/form.js'
import { fill } from '../parts/states.js'
import { momentOf, wallOf } from '../wall.js'

const LONGEST = 500
const AHEAD_MS = 3600000 // the date that is proposed: the next full hour
const REST_MS = 300

/** Open the dialog. */
export function showPublish(editing, city) {
  const next = new Date(Math.ceil((Date.now() + 1) / AHEAD_MS) * AHEAD_MS).toISOString()
  const at = el('input', { id: 'publish-at', type: 'datetime-local', value: wallOf(next, city.time_zone), step: 60, required: true })
  const isNow = el('input', { id: 'publish-now', type: 'checkbox' })
  const note = el('textarea', { id: 'publish-note', rows: 2, maxlength: LONGEST })
  const follows = el('div', { class: 'consequences' })
  const key = newKey()
  const chosen = () => (isNow.checked ? new Date().toISOString() : momentOf(at.value, city.time_zone))
  let pause = null
  const tell = () => {
    const moment = chosen()
    if (moment) fill(follows, () => get(`${editing.path}/consequences`, { effective_at: moment }), consequences)
  }
  const later = () => {
    clearTimeout(pause)
    pause = setTimeout(tell, REST_MS)
  }
  const effective = new Field(word('publish.at'), at, { hint: word('publish.zone', { zone: city.time_zone }) })
  at.addEventListener('input', later)
  isNow.addEventListener('change', () => {
    at.disabled = isNow.checked
    tell()
  })
  const close = openDialog('publish-title', word('publish.title'), form({ effective_at: effective }, word('publish.now_do'), async () => {
    const moment = chosen()
    if (!moment) {
      effective.fail(word('publish.bad_at'))
      at.focus()
      return
    }
    await post(`${editing.path}/publish`, { effective_at: moment, note: note.value.trim() }, key)
    close()
    await editing.again()
    editing.on.said(word('did.publish'))
  }, [
    effective.element, el('label', { class: 'check' }, isNow, el('span', {}, word('publish.at_once'))),
    el('div', { class: 'form-field' }, el('label', { for: 'publish-note' }, word('plan.note')), note),
    el('h3', {}, word('publish.follows')), follows,
  ]), { onClose: () => clearTimeout(pause) })
  at.focus()
  tell()
}

/** Return what publishing does, in words. */
function consequences({ cells = {}, cases = {}, workers = 0, warnings = [] }) {
  const kinds = Object.entries(cells).filter(([, n]) => n > 0)
  const told = Array.isArray(workers) ? workers.length : workers
  return el('dl', { class: 'facts' },
    kinds.map(([kind, n]) => [el('dt', {}, term('change', kind)), el('dd', {}, word('release.cells', { n: count(n, lang) }))]),
    el('dt', {}, word('publish.cases_cell')), el('dd', {}, count(cases.cell || 0, lang)),
    el('dt', {}, word('publish.cases_worker')), el('dd', {}, count(cases.worker || 0, lang)),
    el('dt', {}, word('publish.workers')), el('dd', {}, count(told, lang)),
    warnings.map((text) => [el('dt', {}, word('publish.warning')), el('dd', {}, text)]))
}
