/** The form for a new report (登记): what somebody on the phone says becomes an incident. */

import { get, newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { word } from '../page.js'
import { momentOf, wallOf } from '../wall.js'
import { Field } from './field.js'
import { categoryLabel } from './incident.js'
import { NearList, OPEN_KEY } from './near.js'
import { rule, words } from './states.js'
import { Where } from './where.js'

const CHANNELS = ['hotline', 'web', 'partner', 'patrol', 'system']
const LONGEST = 4000
const OF = { position: 'address', lon: 'address', lat: 'address', frame: 'address', x: 'address', y: 'address', name: 'reporter_name', phone: 'reporter_phone', reporter: 'reporter_name' }

/** One report being written; it stays as it is until it is filed, also when the card shows something else meanwhile. */
export class ReportForm {
  /** `onFiled(answer)` hears of the new incident, `onJoined(id)` of the one this joined, `onOpen(id)` of one to look at. */
  constructor(view, { onFiled, onJoined, onOpen }) {
    Object.assign(this, { view, onFiled, onJoined })
    this.key = newKey() // one a form: filing again after a lost answer files once
    this.joinKeys = {}
    this.near = new NearList(view.city, { onOpen, onJoin: (id) => this.join(id) })
    this.opened = wallOf(new Date().toISOString(), view.city.time_zone)
    this.where = new Where(view, 'report', () => {
      this.fields.address.clear()
      this.near.ask(this.body)
    })
    this.fields = this.makeFields()
    this.result = el('p', { class: 'result bad', role: 'alert' })
    this.submit = el('button', { type: 'submit', class: 'button primary' }, word('report.file'))
    const hears = { onsubmit: (event) => this.send(event), onchange: () => this.near.ask(this.body), onkeydown: (event) => this.pressed(event) }
    this.element = el('form', { class: 'form', novalidate: true, 'aria-label': word('report.title'), ...hears },
      Object.values(this.fields).map((field) => field.element), this.result, el('div', { class: 'form-end' }, this.submit))
    this.fields.description.element.after(this.near.element)
  }

  /** Show the form in the card. */
  open(card) {
    const body = card.open(word('report.title'), { onClose: () => this.where.close(), takesFocus: false })
    body.append(this.element)
    this.where.open()
    this.where.places.input.focus({ preventScroll: true })
    if (!this.isLoaded && !this.isLoading) this.load()
  }

  makeFields() {
    const select = (name, options) => el('select', { id: `report-${name}` }, options)
    const text = (name, most, type = 'text') => el('input', { id: `report-${name}`, type, maxlength: most, autocomplete: 'off' })
    this.category = select('category', [el('option', { value: '' }, word('report.choose'))])
    this.channel = select('channel', CHANNELS.map((channel) => el('option', { value: channel }, word(`channel.${channel}`))))
    this.description = el('textarea', { id: 'report-description', rows: 3, maxlength: LONGEST })
    this.name = text('reporter_name', 100)
    this.phone = text('reporter_phone', 40, 'tel')
    this.occurred = el('input', { id: 'report-occurred_at', type: 'datetime-local', value: this.opened })
    return {
      address: new Field(word('report.address'), this.where.places.input, { inside: this.where.element }),
      category: new Field(word('report.category'), this.category),
      description: new Field(word('report.description'), this.description),
      channel: new Field(word('report.channel'), this.channel),
      reporter_name: new Field(word('report.name'), this.name),
      reporter_phone: new Field(word('report.phone'), this.phone),
      occurred_at: new Field(word('report.occurred'), this.occurred),
    }
  }

  async load() {
    this.isLoading = true
    try {
      const { items } = await get('/api/categories', { city: this.view.city.code })
      const option = (one) => el('option', { value: one.code }, categoryLabel(one))
      const group = (isUrgent) => items.filter((one) => one.is_urgent === isUrgent).map(option)
      this.category.append(
        el('optgroup', { label: word('incident.urgent') }, group(true)), el('optgroup', { label: word('report.other') }, group(false)))
      this.isLoaded = true
    } catch (problem) {
      this.fields.category.fail(words(problem))
    } finally {
      this.isLoading = false
    }
  }

  get body() {
    const body = { city: this.view.city.code, ...this.where.value, category: this.category.value, channel: this.channel.value, description: this.description.value.trim() }
    const reporter = { name: this.name.value.trim(), phone: this.phone.value.trim() }
    for (const part of ['name', 'phone']) if (!reporter[part]) delete reporter[part]
    if (Object.keys(reporter).length) body.reporter = reporter
    if (this.occurred.value !== this.opened) body.occurred_at = momentOf(this.occurred.value, this.view.city.time_zone) || this.occurred.value
    return body
  }

  pressed(event) {
    if (event.key !== OPEN_KEY) return
    event.preventDefault()
    this.near.openFirst()
  }

  send(event) {
    event.preventDefault()
    return this.tell('/api/incidents', this.body, this.key, (filed) => {
      announce(word('report.filed', { id: filed.id }))
      this.onFiled(filed)
    })
  }

  /** Let this report join an incident that is open already instead of opening another. */
  join(id) {
    this.joinKeys[id] = this.joinKeys[id] || newKey()
    return this.tell(`/api/incidents/${id}/reports`, this.body, this.joinKeys[id], () => {
      announce(word('near.joined', { id }))
      this.onJoined(id)
    })
  }

  async tell(path, body, key, onDone) {
    if (this.submit.hasAttribute('aria-busy') || !this.check(body)) return
    this.submit.setAttribute('aria-busy', 'true')
    this.result.textContent = ''
    try {
      const answer = await post(path, path === '/api/incidents' ? body : joining(body), key)
      this.where.close()
      onDone(answer)
    } catch (problem) {
      this.refuse(problem)
    } finally {
      this.submit.removeAttribute('aria-busy')
    }
  }

  check(body) {
    for (const field of Object.values(this.fields)) field.clear()
    if (!body.address && !body.position) this.fields.address.fail(word('wrong.address'))
    if (!body.category) this.fields.category.fail(word('wrong.category'))
    if (!body.description) this.fields.description.fail(word('wrong.description'))
    if (!this.occurred.value) this.fields.occurred_at.fail(word('wrong.occurred_at'))
    return !this.focusWrong()
  }

  /** Say what the server did not take: at the field it names, else above the button. */
  refuse(problem) {
    if (problem.status === 422 && problem.field === 'Idempotency-Key') {
      this.result.textContent = word('report.twice')
      this.key = newKey() // the first one was filed: from now on this is another report
      this.joinKeys = {}
      return
    }
    const name = problem.field.split('.').map((part) => OF[part] || part).find((part) => this.fields[part])
    if (problem.status !== 422 || !name) {
      this.result.textContent = words(problem)
      return
    }
    this.fields[name].fail(word('wrong.rule', { says: word(`wrong.${name}`), rule: rule(problem) }))
    this.focusWrong()
  }

  focusWrong() {
    const wrong = Object.values(this.fields).find((field) => field.isWrong)
    if (!wrong) return false
    announce(wrong.wrong.textContent)
    wrong.control.focus()
    return true
  }
}

/** Return what a report says that joins an incident: city and category are those of the incident. */
function joining(body) {
  const said = { ...body }
  delete said.city
  delete said.category
  return said
}
