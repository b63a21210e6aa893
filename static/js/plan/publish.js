/** Publish (发布) an approved plan: from when on, with what consequences, and a note. */

import { get, newKey, post } from '../api.js'
import { el } from '../dom.js'
import { count, groupedCode } from '../format.js'
import { lang, term, word } from '../page.js'
import { facts } from '../parts/card.js'
import { openDialog } from '../parts/dialog.js'
import { Field } from '../parts/field.js'
import { form } from '../parts/form.js'
import { fill } from '../parts/states.js'
import { momentOf, wallOf } from '../wall.js'

const LONGEST = 500
const AHEAD_MS = 3600000 // the date that is proposed: the next full hour
const REST_MS = 300
const SLOW_MS = 1000 // what takes longer says so
const MOST_NAMES = 8

/** Open the dialog. */
export function showPublish(editing, city) {
  const next = new Date(Math.ceil((Date.now() + 1) / AHEAD_MS) * AHEAD_MS).toISOString()
  const at = el('input', { id: 'publish-at', type: 'datetime-local', value: wallOf(next, city.time_zone), step: 60, required: true })
  const isNow = el('input', { id: 'publish-now', type: 'checkbox' })
  const note = el('textarea', { id: 'publish-note', rows: 2, maxlength: LONGEST })
  const follows = el('div', { class: 'consequences' })
  const slow = el('p', { class: 'soft', role: 'status' })
  const chosen = () => (isNow.checked ? new Date().toISOString() : momentOf(at.value, city.time_zone))
  let pause = null
  const tell = () => {
    const moment = chosen()
    if (moment) fill(follows, () => get(`${editing.path}/consequences`, { effective_at: isNow.checked ? null : moment }), consequences)
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
    const timer = setTimeout(() => { slow.textContent = word('publish.doing') }, SLOW_MS)
    try {
      await post(`${editing.path}/publish`, { effective_at: isNow.checked ? null : moment, note: note.value.trim() }, newKey())
    } finally {
      clearTimeout(timer)
      slow.textContent = ''
    }
    close()
    await editing.again()
    editing.on.said(word('did.publish'))
  }, [
    effective.element, el('label', { class: 'check' }, isNow, el('span', {}, word('publish.at_once'))),
    el('div', { class: 'form-field' }, el('label', { for: 'publish-note' }, word('plan.note')), note),
    el('h3', {}, word('publish.follows')), follows, slow,
  ]), { onClose: () => clearTimeout(pause) })
  at.focus()
  tell()
}

/** Return what publishing does, in words. */
function consequences({ cells, open_incidents: open, change_cell: cell, change_worker: worker, unanswered, told, workers }) {
  const names = workers.slice(0, MOST_NAMES).map(({ name }) => name).join(word('page.comma'))
  return facts([
    ...Object.entries(cells).map(([kind, n]) => [term('change', kind), word('release.cells', { n: count(n, lang) })]),
    [word('publish.open'), count(open, lang)],
    [word('publish.cases_cell'), count(cell, lang)],
    [word('publish.cases_worker'), count(worker, lang)],
    [word('publish.workers'), names ? word('publish.named', { n: count(told, lang), names }) : count(told, lang)],
    [word('publish.unanswered'), unanswered.length ? unanswered.slice(0, MOST_NAMES).map(groupedCode).join(word('page.comma')) : null],
  ])
}
