/** One's own report by its code: how it stands, what is kept of oneself, right it or have it erased. */

import { get, newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { moment } from '../format.js'
import { lang, term, word } from '../page.js'
import { form, textField } from './form.js'
import { agrees, person, terms, written } from './resident.js'
import { failed } from './states.js'

/** A report that is followed. */
export class Following {
  /** `show(...parts)` puts a step in the place of the one before. */
  constructor(code, show) {
    Object.assign(this, { show, path: `/api/reports/${encodeURIComponent(code)}` })
    this.result = el('p', { class: 'result good', role: 'status' })
  }

  /** Load it and show how it stands. */
  async open() {
    this.show(el('h2', {}, word('resident.follow')), el('p', { class: 'state loading' }, word('state.loading')))
    try {
      this.draw(await get(this.path))
    } catch (problem) {
      if (problem.status === 404) problem.plain = word('resident.no_code')
      this.show(el('h2', {}, word('resident.follow')), failed(problem, () => this.open()),
        el('p', {}, el('a', { class: 'button', href: '#code' }, word('resident.other_code'))))
    }
  }

  draw(report) {
    const rows = [['received_at', moment(report.received_at, undefined, lang)], ['told', report.description], ['address', report.address],
      ['name', report.name], ['phone', report.phone]].filter(([, value]) => value)
    this.show(el('h2', {}, word('resident.stands', { state: term('stands', report.state) })),
      this.result,
      el('dl', { class: 'facts' }, rows.map(([key, value]) => [el('dt', {}, word(`resident.${key}`)), el('dd', {}, value)])),
      report.erased_at ? el('p', { class: 'notice' }, word('resident.erased', { at: moment(report.erased_at, undefined, lang) })) : [this.correction(), this.erasure()],
      el('p', {}, el('a', { class: 'link', href: '#' }, word('resident.report_new'))))
  }

  correction() {
    const fields = { 'reporter.address': textField('right-address', word('resident.address'), { maxlength: '500' }), ...person() }
    const key = newKey()
    const send = form(fields, word('resident.correct'), async () => {
      if (!agrees(fields)) return
      const reporter = written(fields)
      const address = fields['reporter.address'].control.value.trim()
      if (address) reporter.address = address
      if (Object.keys(reporter).length) this.done(await post(`${this.path}/correct`, { reporter }, key), 'resident.corrected')
      else fields['reporter.name'].fail(word('resident.nothing_new'))
    })
    return el('details', {}, el('summary', {}, word('resident.correct')), el('p', { class: 'soft resident-inset' }, word('resident.correct_hint')), terms(), send)
  }

  erasure() {
    const key = newKey()
    const send = form({}, word('resident.erase_now'), async () => this.done(await post(`${this.path}/erase`, {}, key), 'resident.erased_now'))
    return el('details', {}, el('summary', {}, word('resident.erase')), el('p', { class: 'resident-inset' }, word('resident.erase_hint')), send)
  }

  done(report, key) {
    this.result.textContent = word(key)
    this.draw(report)
    announce(word(key))
  }
}
