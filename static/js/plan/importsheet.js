/** What is wrong with a file: how many of each check, each with its place and mend; what waits is ticked and accepted. */

import { get } from '../api.js'
import { announce, el } from '../dom.js'
import { area, count, groupedCode } from '../format.js'
import { lang, said, term, word } from '../page.js'
import { form, textField } from '../parts/form.js'
import { words } from '../parts/states.js'
import { waited } from './importwait.js'

const SHOWN = 50 // findings at a time
const MOST_CELLS = 4
const WIDE = 10000000 // square metres from which km² are told
const MOST_CHANGES = 200

/** The report; `doing.accept(names)`, `doing.take(name)` and `doing.open(plan)` do what people decide. */
export class Sheet {
  constructor(sheet, marks, doing) {
    Object.assign(this, { sheet, marks, doing, kind: null, shown: SHOWN, ticked: new Set() })
    this.list = el('ul', { class: 'import-findings' })
    this.more = el('button', { type: 'button', class: 'button', onclick: () => this.showMore() }, word('imports.more'))
    this.tally = el('span', {})
    this.kinds = el('div', { class: 'import-kinds', role: 'group', 'aria-label': word('imports.kinds') })
    this.element = el('div', {}, this.head(), this.kinds, this.silent(), this.list, this.more, this.deciding(), this.changes(), this.taking())
    this.draw()
  }

  get waiting() {
    return this.sheet.findings.filter(({ weight }) => weight === 'open')
  }

  get isTaken() {
    return this.sheet.file.plan !== null || this.sheet.file.release !== null
  }

  /** Return in one sentence what this means for the import. */
  get verdict() {
    const n = (weight) => this.sheet.findings.filter((one) => one.weight === weight).length
    if (this.sheet.is_ready) return word(this.sheet.findings.length ? 'imports.ready' : 'imports.clean')
    return n('refused') ? word('imports.refused', { n: n('refused') }) : word('imports.waiting', { n: n('open') + this.sheet.left_off })
  }

  head() {
    const { file, format, frame, rows, cells } = this.sheet
    const facts = [term('grid_format', format), frame, word('imports.rows', { n: count(rows, lang), cells: count(cells, lang) })]
    return el('div', { class: 'plan-head' },
      el('h4', { tabindex: '-1' }, file.name), el('p', { class: 'soft' }, facts.join(' · ')),
      el('p', { class: `result ${this.sheet.is_ready ? 'good' : 'bad'}`, id: 'import-verdict' }, this.verdict))
  }

  /** Return which checks found nothing: silence would look like a check that is not done. */
  silent() {
    const none = Object.keys(this.sheet.counts).filter((kind) => this.sheet.counts[kind] === 0)
    if (none.length === 0) return null
    return el('p', { class: 'soft import-silent' }, word('imports.silent', { n: none.length, kinds: none.map((kind) => term('defect', kind)).join(word('page.comma')) }))
  }

  draw() {
    const { counts, findings } = this.sheet
    const button = (kind, text, n) => el('button', {
      type: 'button', class: 'button small', 'aria-pressed': String(this.kind === kind), 'data-kind': kind || 'all', onclick: () => this.filter(kind),
    }, `${text} ${count(n, lang)}`)
    const found = Object.entries(counts).filter(([, n]) => n > 0)
    this.kinds.replaceChildren(...(found.length ? [button(null, word('imports.all'), findings.length + this.sheet.left_off), ...found.map(([kind, n]) => button(kind, term('defect', kind), n))] : []))
    const chosen = findings.filter(({ kind }) => this.kind === null || kind === this.kind)
    this.list.replaceChildren(...chosen.slice(0, this.shown).map((one) => this.row(one)))
    this.more.hidden = chosen.length <= this.shown
    this.marks.show(chosen)
    this.count()
  }

  filter(kind) {
    Object.assign(this, { kind, shown: SHOWN })
    this.draw()
    this.kinds.querySelector(`[data-kind="${kind || 'all'}"]`).focus({ preventScroll: true })
  }

  showMore() {
    const next = this.shown
    this.shown += SHOWN
    this.draw()
    this.list.children[next].querySelector('button, input, [tabindex]').focus()
  }

  row(one) {
    const where = one.cells.length ? some(one.cells.map(groupedCode)) : one.rows.length ? word('imports.row', { n: some(one.rows) }) : word('imports.whole_file')
    const mend = [term('mend', one.mend), one.to ? `→ ${groupedCode(one.to)}` : null, one.area > 0 ? squares(one.area) : null].filter(Boolean).join(' · ')
    const title = [term('defect', one.kind), where].join(' ')
    return el('li', { 'data-finding': one.id, 'data-kind': one.kind, 'data-weight': one.weight },
      el('p', {}, el('strong', {}, term('defect', one.kind)), ' ', el('span', { class: `tag import-${one.weight}` }, term('defect_weight', one.weight))),
      el('p', { class: 'import-where' }, where), el('p', {}, said(one.says) || one.says), el('p', { class: 'soft' }, mend, ' · ', el('span', { class: 'digits', translate: 'no' }, one.id)),
      one.weight === 'open' && !this.isTaken ? this.tick(one, title) : null,
      one.place ? el('button', { type: 'button', class: 'link', 'aria-label': `${word('imports.look')} ${title}`, onclick: () => this.look(one, title) }, word('imports.look')) : el('span', { class: 'unseen', tabindex: '-1' }))
  }

  tick(one, title) {
    const box = el('input', {
      type: 'checkbox', checked: this.ticked.has(one.id), 'aria-label': `${word('imports.accept_one')} ${title}`, onchange: () => {
        if (box.checked) this.ticked.add(one.id)
        else this.ticked.delete(one.id)
        this.count()
      },
    })
    return el('label', { class: 'check' }, box, el('span', {}, word('imports.accept_one')))
  }

  look(one, title) {
    this.marks.look(one)
    announce(word('imports.looked', { what: title }))
  }

  /** Return the form that accepts what is ticked; nothing where nothing waits. */
  deciding() {
    if (this.waiting.length === 0 || this.isTaken) return null
    const all = el('input', { type: 'checkbox', id: 'import-all', onchange: () => {
      this.ticked = new Set(all.checked ? this.waiting.map(({ id }) => id) : [])
      this.draw()
    } })
    this.every = all
    const place = el('div', {})
    const send = form({}, word('imports.accept'), async () => {
      if (this.ticked.size === 0) {
        all.focus()
        announce(word('imports.none_ticked'))
        return
      }
      await waited(place, () => this.doing.accept(Array.from(this.ticked)))
    }, [el('label', { class: 'check' }, all, el('span', {}, word('imports.tick_all', { n: count(this.waiting.length, lang) }))), el('p', { class: 'soft' }, this.tally), place])
    send.id = 'import-accept'
    return send
  }

  count() {
    this.tally.textContent = word('imports.ticked', { n: count(this.ticked.size, lang), of: count(this.waiting.length, lang) })
    if (this.every) this.every.checked = this.ticked.size === this.waiting.length
  }

  /** Return the cells that mending changes, each with a button that shows it before and after. */
  changes() {
    const { changes, changed } = this.sheet
    if (changes.length === 0) return null
    const head = ['imports.cell', 'imports.area_before', 'imports.area_after', 'imports.share']
    const rows = changes.slice(0, MOST_CHANGES).map((one) => el('tr', {},
      el('th', { scope: 'row' }, el('button', { type: 'button', class: 'link', 'data-change': one.code, onclick: () => this.compare(one.code) }, groupedCode(one.code))),
      el('td', { class: 'number' }, squares(one.before)), el('td', { class: 'number' }, squares(one.after)), el('td', { class: 'number' }, `${count(one.share * 100, lang, 2)} %`)))
    this.compared = el('div', { role: 'status' })
    return el('details', { class: 'plan-fold', id: 'import-changes' }, el('summary', {}, word('imports.changes', { n: count(changed, lang) })), this.compared,
      el('table', { class: 'units' }, el('caption', { class: 'unseen' }, word('imports.changes', { n: count(changed, lang) })),
        el('thead', {}, el('tr', {}, head.map((key, i) => el('th', { scope: 'col', class: i ? 'number' : '' }, word(key))))), el('tbody', {}, rows)))
  }

  /** Show a cell before and after on the map. */
  async compare(code) {
    this.compared.replaceChildren()
    try {
      this.marks.compare(await waited(this.compared, () => get(`/api/grids/imports/${this.sheet.file.id}/cells/${encodeURIComponent(code)}`)))
      this.compared.replaceChildren(el('p', { class: 'state' }, word('imports.compared', { code: groupedCode(code) })))
    } catch (problem) {
      this.compared.replaceChildren(el('p', { class: 'result bad' }, words(problem)))
    }
  }

  /** Return the form that makes a plan of it, or what it became. */
  taking() {
    const { file } = this.sheet
    if (file.plan !== null) return el('div', { class: 'plan-buttons import-taken' }, el('button', { type: 'button', class: 'button strong', onclick: () => this.doing.open(file.plan) }, word('imports.open_plan', { id: file.plan })))
    if (file.release !== null) return el('p', { class: 'state' }, word('imports.is_release', { id: file.release }))
    if (!this.sheet.is_ready) return el('p', { class: 'state' }, word('imports.not_yet'))
    const name = textField('import-plan-name', word('imports.name'), { maxlength: 100, required: true, value: file.name.replace(/\.[a-z]+$/i, '').slice(0, 100) })
    const place = el('div', {})
    const element = form({ name }, word('imports.take'), () => waited(place, () => this.doing.take(name.control.value.trim())), [name.element, place])
    element.id = 'import-take'
    return element
  }
}

/** Return the first few, and a sign that there are more. */
function some(names) {
  return names.slice(0, MOST_CELLS).join(word('page.comma')) + (names.length > MOST_CELLS ? ' …' : '')
}

/** Return square metres: small ones with two decimals, for a sliver is not nothing; whole ones while a change would show. */
function squares(value) {
  return value < WIDE ? `${count(value, lang, value < 1000 ? 2 : 0)} m²` : area(value, lang)
}
