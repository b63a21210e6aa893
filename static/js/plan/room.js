/** An opened plan: tools on the map, what is chosen and what follows in the panel; reloaded, it opens the same. */

import { announce, byId, el } from '../dom.js'
import { actionOf, isTyping } from '../keys.js'
import { word } from '../page.js'
import { singleKeys } from '../parts/help.js'
import { CellBox } from './cellbox.js'
import { Comments } from './comments.js'
import { Compare } from './compare.js'
import { Dragging } from './dragging.js'
import { Editing } from './editing.js'
import { Hand, Tool } from './hand.js'
import { filesFold } from './importfold.js'
import { LineBox } from './linebox.js'
import { Reshaping, Splitting, Transferring } from './lining.js'
import { Numbers } from './numbers.js'
import { PaintBox } from './paintbox.js'
import { Painting } from './painting.js'
import { PointBox } from './pointbox.js'
import { Standing } from './standing.js'
import { Steps } from './steps.js'

const KEYS = { v: 'choose', m: 'points', r: 'reshape', s: 'split', t: 'transfer', b: 'paint' }
const TOOLS = Object.values(KEYS)
const HELP = [
  ...Object.entries(KEYS).map(([key, tool]) => [key.toUpperCase(), `tool.${tool}`]),
  ['Ctrl + Z', 'plan.undo'], ['Ctrl + Shift + Z', 'plan.redo'], ['Delete', 'point.remove'],
]
const DRAWING = ['reshape', 'split', 'transfer', 'paint']

/** One open plan; `onClose()` goes back to the list. */
export class Room {
  constructor(page, plan, units, onClose) {
    Object.assign(this, { page, units, onClose })
    this.editing = new Editing(page.view, plan, {
      plan: (now) => this.show(now), chosen: () => this.chose(), seen: (how) => this.saw(how), busy: (text) => this.wait(text),
      said: (text) => this.say(text, 'good'), hint: (text) => this.say(text, 'bad'), refused: (problem, near) => this.refuse(problem, near),
      isBusy: () => Boolean(this.tool && this.tool.isBusy),
    })
    this.result = el('p', { class: 'result', role: 'status' })
    this.notice = el('p', { class: 'state plan-notice', hidden: true })
    this.editing.refused.onLost = () => this.home()
    this.standing = new Standing(this.editing, page.city)
    this.cells = new CellBox(this.editing, units)
    this.numbers = new Numbers(plan)
    this.steps = new Steps(this.editing, page.city)
    this.comments = new Comments(this.editing, page.city)
    this.compare = new Compare(this.editing, page.city, (isOpen) => this.compares(isOpen))
    this.makeTools()
    this.place = el('div', { class: 'plan-tool' })
    this.element = el('div', { class: 'plan-room' },
      el('button', { type: 'button', class: 'quiet plan-back', onclick: () => this.onClose() }, word('plan.back')),
      this.standing.element, el('p', { class: 'soft plan-desk-only' }, word('plan.desk_only')), this.editing.refused.element, this.result, this.notice, this.place, this.cells.element,
      this.numbers.element, this.compare.element, this.steps.element, this.comments.element, filesFold(page.city, { plan: plan.id }))
    this.hand = new Hand(page.view, () => this.tool, { onEscape: () => this.escape(), onEmpty: () => this.editing.catchUp() })
    this.keys = (event) => this.key(event)
    document.addEventListener('keydown', this.keys)
    this.show(plan)
    this.take('choose')
  }

  makeTools() {
    this.points = new PointBox(this.editing)
    this.lines = new LineBox(this.editing, () => this.home())
    const dragging = new Dragging(this.editing, { onPoint: (vertex) => this.points.chose(vertex), onNudge: (by) => this.points.nudged(by) })
    this.points.tool = dragging
    const onLine = (n, next) => this.lines.line(n, next)
    const painting = new Painting(this.editing)
    this.tools = {
      choose: new Tool(this.editing), points: dragging, reshape: new Reshaping(this.editing, onLine),
      split: new Splitting(this.editing, onLine), transfer: new Transferring(this.editing, onLine), paint: painting,
    }
    this.boxes = { points: this.points, reshape: this.lines, split: this.lines, transfer: this.lines, paint: new PaintBox(painting, this.units) }
    this.undo = this.button('plan.undo', () => this.editing.undo(), 'Control+Z')
    this.redo = this.button('plan.redo', () => this.editing.redo(), 'Control+Shift+Z')
    this.buttons = TOOLS.map((name) => el('button', { type: 'button', class: 'button', 'data-tool': name, 'aria-pressed': 'false', onclick: () => this.take(name) }, word(`tool.${name}`)))
    this.bar = el('div', { class: 'plan-tools', role: 'toolbar', 'aria-label': word('plan.tools') }, this.buttons, this.undo, this.redo,
      this.check('plan.snap', (isOn) => { this.editing.snaps = isOn }), this.check('plan.outer', (isOn) => { this.editing.mayMoveOuter = isOn }))
    byId('stage').append(this.bar)
  }

  button(key, act, keys) {
    return el('button', { type: 'button', class: 'button', 'aria-keyshortcuts': keys, title: keys, onclick: act }, word(key))
  }

  check(key, act) {
    const box = el('input', { type: 'checkbox', onchange: () => act(box.checked) })
    return el('label', { class: 'check' }, box, el('span', {}, word(key)))
  }

  get tool() {
    return this.tools[this.toolName]
  }

  /** Take up a tool; what the last one had begun is given up. */
  take(name) {
    if (this.toolName) this.tool.end()
    this.toolName = name
    this.editing.refused.clear()
    for (const button of this.buttons) button.setAttribute('aria-pressed', String(button.dataset.tool === name))
    const box = this.boxes[name]
    if (box === this.lines) Object.assign(this.lines, { kind: name, tool: this.tool })
    this.place.replaceChildren(...(box ? [box.element] : []))
    if (box) box.show()
    this.tool.begin()
    document.body.classList.toggle('plan-draws', DRAWING.includes(name))
    announce(word(`tool.${name}`))
  }

  /** Fetch what is in view, and what is said beside it. */
  open() {
    return Promise.all([this.editing.look(), this.numbers.load(), this.steps.load(), this.comments.load()])
  }

  close() {
    this.compare.close()
    this.tool.end()
    this.hand.close()
    document.removeEventListener('keydown', this.keys)
    document.body.classList.remove('plan-draws')
    this.bar.remove()
    this.page.help.length = 0
    this.editing.close()
  }

  /** Show the plan as it is now. */
  show(plan) {
    const { may } = plan
    this.standing.show(plan)
    if (this.state !== plan.state) this.say('', '') // what was said is of a state it no longer has
    this.state = plan.state
    const wasIn = this.bar.contains(document.activeElement) // a button that is switched off or put away loses the focus
    this.undo.disabled = !may.undo
    this.redo.disabled = !may.redo
    this.bar.hidden = !may.edit || this.compare.isOpen
    this.page.help.splice(0, Infinity, ...(may.edit ? HELP : []))
    if (!may.edit && this.toolName && this.toolName !== 'choose') this.take('choose')
    if (wasIn && (this.bar.hidden || document.activeElement.disabled || !this.bar.contains(document.activeElement))) this.home()
    this.cells.show()
    if (this.seq === undefined || plan.seq !== this.seq) this.changed(plan.seq)
  }

  /** Let the tool that is taken up have the focus, or the plan's name when there are no tools. */
  home() {
    const button = this.buttons.find((one) => one.dataset.tool === this.toolName)
    if (button && button.offsetParent) button.focus({ preventScroll: true })
    else this.standing.focus()
  }

  /** The plan has other cells: what is counted of them is fetched again. */
  changed(seq) {
    const isFirst = this.seq === undefined
    this.seq = seq
    if (isFirst) return
    this.numbers.load()
    this.steps.load()
    this.compare.load()
  }

  /** While both sides are shown nothing is drawn: tools are put away. */
  compares(isOpen) {
    if (isOpen && this.toolName !== 'choose') this.take('choose')
    this.bar.hidden = isOpen || !this.editing.mayEdit
  }

  /** Somebody else changed something: the plan is fetched again. */
  async hear() {
    const { seq } = this.editing.plan
    await this.editing.follow()
    await this.comments.load()
    if (this.editing.plan.seq > seq) announce(word('plan.others'))
  }

  chose() {
    this.cells.show()
    if (this.tool && this.tool.renew) this.tool.renew()
    const box = this.boxes[this.toolName]
    if (box) box.show()
  }

  saw({ arcs, text }) {
    this.notice.hidden = text === ''
    this.notice.textContent = text
    this.compare.refresh()
    if (!arcs) this.chose()
  }

  wait(text) {
    if (text) this.say(text, '')
    else if (this.result.className === 'result ') this.say('', '')
  }

  say(text, tone) {
    this.result.className = `result ${tone}`
    this.result.textContent = text
  }

  refuse(problem, near) {
    this.say('', '')
    const load = problem.status === 409
      ? [el('button', { type: 'button', class: 'button', onclick: () => this.reload() }, word('edit.load_now'))]
      : []
    const leave = el('button', { type: 'button', class: 'button', onclick: () => this.escape() }, word('edit.understood'))
    this.editing.refused.show(problem, near, [...load, leave])
  }

  async reload() {
    this.editing.refused.clear()
    this.tool.cancel()
    await this.editing.again()
    this.say(word('edit.loaded'), 'good')
  }

  /** Escape with nothing begun: a refusal goes first, then what is chosen. */
  escape() {
    if (this.editing.refused.isShown) {
      this.editing.refused.clear()
      this.editing.board.draw([])
    } else if (this.compare.isOpen) this.compare.close()
    else if (this.editing.chosen.length) this.editing.choose([])
  }

  key(event) {
    if (isTyping(event) || event.defaultPrevented || !this.editing.mayEdit) return
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
      event.preventDefault()
      if (event.shiftKey) this.editing.redo()
      else this.editing.undo()
      return
    }
    const tool = actionOf(event, KEYS, singleKeys())
    if (this.compare.isOpen) return
    if (tool) this.take(tool)
    else if (event.key === 'Delete' && this.toolName === 'points') this.tool.remove()
  }
}
