/** The organisation: districts, streets and communities as a tree, departments beside it, who is bound to each; with dates. */

import { get } from '../api.js'
import { announce, byId, el } from '../dom.js'
import { lang, query, setQuery, term, word } from '../page.js'
import { Beside } from '../parts/beside.js'
import { dates } from '../parts/bindings.js'
import { endDepartment, newDepartment, renameDepartment } from '../parts/department.js'
import { Field } from '../parts/field.js'
import { addMe } from '../parts/me.js'
import { empty, failed, fill } from '../parts/states.js'
import { Tree } from '../parts/tree.js'
import { standing } from '../span.js'

class OrganisationPage {
  async open() {
    this.me = await addMe()
    if (!this.me) return
    try {
      const { items } = await get('/api/cities')
      if (!items.length) {
        byId('place').replaceChildren(empty('city.none'))
        return
      }
      this.city = (items.find((one) => one.code === query('city')) || items[0]).code
      this.build(items)
      await this.load()
    } catch (problem) {
      byId('place').replaceChildren(failed(problem, () => this.open()))
    }
  }

  may(permission) {
    return this.me.permissions.includes(permission)
  }

  build(items) {
    this.find = new Field(word('organisation.find'), el('input', { id: 'find', type: 'search', autocomplete: 'off', oninput: () => this.draw() }))
    this.units = el('div', {})
    this.departments = el('div', {})
    const choose = el('select', { id: 'city', onchange: () => this.change(choose.value) }, items.map((one) => el('option', { value: one.code, selected: one.code === this.city }, lang === 'en' ? one.name_en : one.name)))
    const cities = items.length > 1 ? new Field(word('city.choose'), choose).element : null
    this.showsEnded = el('input', { type: 'checkbox', onchange: () => this.draw() })
    this.beside = new Beside(el('div', {},
      el('div', { class: 'form' }, cities, this.find.element, el('label', { class: 'check' }, this.showsEnded, el('span', {}, word('organisation.ended')))),
      el('section', { 'aria-labelledby': 'units-head' }, el('h2', { id: 'units-head' }, word('organisation.units')), this.units),
      el('section', { 'aria-labelledby': 'departments-head' }, el('h2', { id: 'departments-head' }, word('organisation.departments')), this.departments)), word('organisation.choose'))
    byId('place').replaceChildren(this.beside.element)
  }

  async change(code) {
    this.city = code
    setQuery('city', code)
    this.beside.close()
    try {
      await this.load()
    } catch (problem) {
      this.units.replaceChildren(failed(problem, () => this.change(code)))
    }
  }

  async load() {
    this.found = await get('/api/organisation', { city: this.city })
    this.adding = this.may('organisation.manage') ? newDepartment(this.found, (made) => this.changed(made, 'organisation.added')) : null
    this.draw()
  }

  draw() {
    if (!this.found) return
    const units = this.shown(this.found.units)
    const chosen = this.tree ? this.tree.chosen : null
    this.tree = new Tree(units, (one) => this.showUnit(one))
    this.tree.chosen = chosen
    this.units.replaceChildren(this.whole(), units.length ? this.tree.draw(this.find.control.value) : empty('organisation.no_units'))
    this.drawDepartments()
  }

  shown(all) {
    const now = Date.now()
    return all.filter((one) => this.showsEnded.checked || standing(one, now) !== 'past')
  }

  drawDepartments() {
    const typed = this.find.control.value.trim().toLowerCase()
    const hits = this.shown(this.found.departments).filter((one) => `${one.name} ${one.name_en} ${one.code}`.toLowerCase().includes(typed))
    const list = hits.length ? el('ul', { class: 'tree flat' }, hits.map((one) => this.departmentRow(one)))
      : empty(typed ? 'organisation.nothing' : 'organisation.no_departments')
    this.departments.replaceChildren(...[list, this.adding].filter(Boolean))
  }

  /** Who is bound to the whole city is seen from its name, above the tree. */
  whole() {
    return el('button', { type: 'button', class: 'tree-name', onclick: () => {
      this.tree.choose(null)
      this.department = null
      this.drawDepartments()
      this.show(this.named(this.found), null, [], {}, [])
    } }, el('span', {}, this.named(this.found)), el('span', { class: 'tag' }, term('place', 'city')))
  }

  named(one) {
    return lang === 'en' ? one.name_en : one.name
  }

  departmentRow(one) {
    const when = standing(one, Date.now())
    return el('li', {}, el('button', {
      type: 'button', class: 'tree-name', 'aria-current': one.id === this.department ? 'true' : null, onclick: () => this.showDepartment(one) },
      el('span', {}, this.named(one)), when === 'now' ? null : el('span', { class: 'tag' }, word(`dates.${when}`))))
  }

  async changed(department, key) {
    await this.load()
    this.showDepartment(this.found.departments.find((one) => one.id === department.id) || department)
    announce(word(key, { name: this.named(department) }))
  }

  showUnit(one) {
    this.department = null
    this.drawDepartments()
    const path = this.tree.above(one).join(' › ')
    this.show(one.name, one, [term('place', one.level), path].filter(Boolean), { unit: one.id }, [])
  }

  showDepartment(one) {
    this.tree.choose(null)
    this.department = one.id
    this.drawDepartments()
    const manages = this.may('organisation.manage')
    this.show(this.named(one), one, [term('place', 'department')], { department: one.id },
      manages ? [renameDepartment(one, (made) => this.changed(made, 'organisation.renamed')), endDepartment(one, this.found, (made) => this.changed(made, 'organisation.dated'))] : [])
  }

  show(name, one, kinds, asked, deeds) {
    const zone = this.found.time_zone
    const facts = one ? el('dl', { class: 'facts' },
      el('dt', {}, word('organisation.code')), el('dd', { translate: 'no' }, one.code),
      el('dt', {}, word('organisation.number')), el('dd', { translate: 'no' }, String(one.id)),
      el('dt', {}, word('organisation.time')), el('dd', {}, dates(one, zone))) : null
    const people = el('div', {})
    this.beside.show(el('section', { 'aria-label': name },
      el('h2', { tabindex: '-1' }, name), kinds.length ? el('p', { class: 'soft' }, kinds.join(' · ')) : null, facts, deeds,
      this.may('account.read') ? el('section', {}, el('h3', {}, word('organisation.bound')), people) : null))
    if (this.may('account.read')) fill(people, () => get('/api/organisation/bound', { city: this.city, ...asked }), ({ bindings }) => this.bound(bindings))
  }

  bound(bindings) {
    const now = Date.now()
    const live = bindings.filter((one) => standing(one, now) !== 'past')
    if (!live.length) return empty('organisation.nobody')
    return el('ul', { class: 'rows' }, live.map((one) => el('li', {},
      el('span', {}, el('a', { class: 'row-name', href: `/accounts?lang=${lang}&account=${one.account}` }, `${one.account_name} (${one.username})`),
        el('span', { class: 'soft' }, dates(one, this.found.time_zone))))))
  }
}

new OrganisationPage().open()
