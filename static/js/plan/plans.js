/** The planner's plans (调整方案): which there are, a new one, and the one that is open. */

import { get, late, newKey, post } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { moment } from '../format.js'
import { lang, query, setQuery, term, word } from '../page.js'
import { form, textField } from '../parts/form.js'
import { empty, failed, fill, quietly } from '../parts/states.js'
import { Bases } from './bases.js'
import { filesFold } from './importfold.js'
import { Room } from './room.js'

const SLOW_MS = 1000 // what takes longer says so

/** The view; `element` goes into the panel, `close` leaves the map as it was. */
export class Plans {
  constructor(page) {
    this.page = page
    this.city = page.city
    this.room = null
    this.files = null
    this.list = el('div', { class: 'plan-rows' })
    this.element = el('div', { class: 'plans' })
    this.key = newKey()
    this.slow = el('p', { class: 'state', role: 'status' })
  }

  get mayEdit() {
    return this.page.permissions.includes('plan.edit')
  }

  /** Show the list, or the plan of the address. */
  async open() {
    const [asked, file] = [query('plan'), query('import')]
    if (this.mayEdit && file && /^(new|\d{1,15})$/.test(file)) await this.bring(file === 'new' ? null : Number(file))
    else if (asked && /^\d{1,15}$/.test(asked)) await this.show(Number(asked))
    else await this.showList()
  }

  /** Leave the view: nothing of it stays on the map or in the address. */
  close() {
    this.leaveRoom()
    setQuery('plan', null)
  }

  leaveRoom() {
    if (this.room) this.room.close()
    if (this.files) this.files.close()
    this.room = null
    this.files = null
  }

  /** Open the room in which a file of cells becomes a plan; its screens are fetched now. */
  async bring(id = null) {
    this.leaveRoom()
    const isLatest = {}
    this.asked = isLatest
    try {
      const { Imports } = await late(() => import('./importing.js'))
      if (this.asked !== isLatest) return
      this.files = new Imports(this.page, { onPlan: (plan) => this.show(plan), onBack: () => this.afterFiles() })
      this.element.replaceChildren(this.files.element)
      await this.files.open(id)
    } catch (problem) {
      this.element.replaceChildren(failed(problem, () => this.bring(id)))
    }
  }

  /** Go back to the list from the room of files, to the button that leads there. */
  async afterFiles() {
    await this.showList()
    this.element.querySelector('.plan-files').open = true
    byId('import-open').focus()
  }

  showList() {
    this.asked = null
    this.leaveRoom()
    setQuery('plan', null)
    this.element.replaceChildren(...[this.mayEdit ? this.maker() : null, filesFold(this.city, {}, this.mayEdit ? () => this.bring() : null), this.list].filter(Boolean))
    return this.loadList()
  }

  loadList() {
    return fill(this.list, () => get('/api/plans', { city: this.city.code }), ({ items }) => (
      items.length === 0 ? empty(this.mayEdit ? 'plans.none' : 'plans.none_to_see') : el('ul', {}, items.map((plan) => this.row(plan)))))
  }

  row(plan) {
    const made = `${plan.by} ${moment(plan.made_at, this.city.time_zone, lang)}`
    const when = plan.effective_from ? word('plan.effective', { at: moment(plan.effective_from, this.city.time_zone, lang) }) : ''
    return el('li', {}, el('button', { type: 'button', class: 'plan-row', 'data-plan': plan.id, onclick: () => this.show(plan.id) },
      el('span', { class: 'row-title' }, plan.name),
      el('span', { class: `tag plan-state ${plan.state}` }, term('plan_state', plan.state)),
      el('span', { class: 'soft' }, [made, when, word('plan.on', { id: plan.base })].filter(Boolean).join(' · '))))
  }

  maker() {
    const name = textField('new-plan', word('plans.name'), { maxlength: 100, required: true }, word('plans.name_hint'))
    const bases = new Bases(this.city, 'new-base', 'plans.base')
    return form({ name }, word('plans.begin'), async () => {
      await this.begin({ name: name.control.value.trim(), ...bases.said })
      name.control.value = ''
    }, [name.element, bases.element])
  }

  /** Make a plan and open it; `said` has its name, and what it stands on, goes back to or is copied from. */
  async begin(said) {
    const made = await this.patiently(() => post(`/api/plans?city=${encodeURIComponent(this.city.code)}`, said, this.key))
    this.key = newKey()
    await this.show(made.id)
  }

  /** Wait for `ask`; the grid of a large city takes a server that has just started some seconds, and then the page says so. */
  async patiently(ask) {
    const slow = setTimeout(() => {
      this.element.prepend(this.slow)
      this.slow.textContent = word('plan.loading')
    }, SLOW_MS)
    try {
      return await ask()
    } finally {
      clearTimeout(slow)
      this.slow.remove()
      this.slow.textContent = ''
    }
  }

  /** Make a plan that goes back to an earlier release, and open it. */
  async goBack(release) {
    try {
      await this.begin({ name: word('plans.back_to', { id: release }), rolls_back: release })
      if (this.room) this.room.standing.focus() // the button was in the list of releases
    } catch (problem) {
      this.element.prepend(failed(problem, () => this.showList().then(() => this.goBack(release))))
    }
  }

  /** Open a plan. */
  async show(id) {
    const had = this.element.contains(document.activeElement)
    this.leaveRoom()
    const isLatest = {}
    this.asked = isLatest
    try {
      const [plan, { items }] = await this.patiently(() => Promise.all([get(`/api/plans/${id}`), get('/api/units', { city: this.city.code })]))
      if (this.asked !== isLatest) return
      const units = items.filter((unit) => unit.level === 'community')
      setQuery('plan', String(id))
      this.room = new Room(this.page, plan, units, () => this.back(id))
      this.element.replaceChildren(this.room.element)
      if (had) this.room.standing.focus() // what had it was in the list
      announce(word('plan.opened', { name: plan.name }))
      await this.room.open()
    } catch (problem) {
      this.element.replaceChildren(failed(problem, () => this.show(id)), el('button', { type: 'button', class: 'quiet', onclick: () => this.showList() }, word('plan.back')))
    }
  }

  async back(id) {
    await this.showList()
    const row = this.list.querySelector(`[data-plan="${id}"]`)
    if (row) row.focus({ preventScroll: true })
  }

  /** Something happened to plans or releases. */
  hear() {
    return quietly(() => (this.room ? this.room.hear() : this.files ? null : this.loadList()))
  }
}
