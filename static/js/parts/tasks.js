/** The tasks of one responder, what is new among them, and their steps. */

import { get } from '../api.js'
import { alarm, announce, arrange, el } from '../dom.js'
import { word } from '../page.js'
import { categoryName } from './incident.js'
import { fill } from './states.js'
import { Task } from './task.js'

const TITLE = document.title

/** The list of tasks; `onChange()` is called when it has changed on the map too. */
export class Tasks {
  constructor(city, { onOpen, away, onChange }) {
    Object.assign(this, { city, onOpen, away, onChange })
    this.me = null
    this.tasks = new Map()
    this.list = el('ol', { class: 'task-list' })
    this.none = el('p', { class: 'state' }, word('tasks.empty'))
    this.body = el('div')
    this.notice = el('div', { class: 'new-task', hidden: true })
    this.gone = el('p', { class: 'result bad' })
    this.element = el('section', { class: 'tasks', hidden: true, 'aria-labelledby': 'tasks-title' },
      el('h3', { id: 'tasks-title', class: 'unseen' }, word('tasks.title')), this.gone, this.notice, this.body)
  }

  /** Show the tasks of this responder (an id), or of nobody. */
  async show(me) {
    if (this.me !== me) {
      this.tasks.clear()
      this.isKnown = false
      this.notice.hidden = true
      this.gone.textContent = ''
      this.body.replaceChildren()
    }
    this.me = me
    this.element.hidden = me === null
    if (me === null) return
    await fill(this.body, () => get('/api/assignments', { city: this.city.code, responder: me, active: 'yes' }), ({ assignments }) => this.take(assignments))
  }

  /** Return the incidents of the tasks, for the map. */
  get features() {
    return Array.from(this.tasks.values(), (task) => task.feature)
  }

  /** Write ages, deadlines and distances anew. */
  draw() {
    for (const task of this.tasks.values()) task.draw()
  }

  take(found) {
    const before = this.tasks
    const hadFocus = this.list.contains(document.activeElement)
    this.tasks = new Map(found.map(({ feature, ...assignment }) => [assignment.id, this.task(before.get(assignment.id), assignment, feature)]))
    const fresh = Array.from(this.tasks.values()).filter((task) => !before.has(task.assignment.id))
    const wanted = Array.from(this.tasks.values(), (task) => task.element)
    arrange(this.list, wanted)
    this.tell(fresh.filter((task) => task.assignment.state === 'offered'))
    this.tellGone(before)
    if (hadFocus && !this.list.contains(document.activeElement)) this.focus()
    this.isKnown = true
    this.onChange()
    return this.tasks.size ? this.list : this.none
  }

  task(known, assignment, feature) {
    if (!known) return new Task(assignment, feature, { onStep: () => this.show(this.me), onOpen: this.onOpen, away: this.away })
    known.update(assignment, feature)
    return known
  }

  /** A task that comes while the page is open interrupts; those found on opening it are there to be seen. */
  tell(fresh) {
    const offered = Array.from(this.tasks.values()).filter((task) => task.assignment.state === 'offered')
    document.title = offered.length ? `(${offered.length}) ${TITLE}` : TITLE
    if (offered.length === 0) this.notice.hidden = true
    if (!this.isKnown || fresh.length === 0) return
    const { feature } = fresh[0]
    const text = word('tasks.new', { category: categoryName(feature.properties) })
    this.notice.replaceChildren(el('strong', {}, text), el('button', {
      type: 'button', class: 'button', onclick: () => {
        this.notice.hidden = true
        const button = fresh[0].actions.querySelector('button')
        if (button) button.focus()
        this.onOpen(feature, false)
      },
    }, word('tasks.look')))
    this.notice.hidden = false
    alarm(text)
  }

  /** Whoever is on the way to something must see that it was taken away; it stands there until there is a task again. */
  tellGone(before) {
    if (this.tasks.size) this.gone.textContent = ''
    if (!this.isKnown) return
    const gone = Array.from(before.values()).filter((task) => !this.tasks.has(task.assignment.id) && !['done', 'declined'].includes(task.ended))
    if (gone.length === 0) return
    this.gone.textContent = word('tasks.gone', { n: gone.length })
    announce(this.gone.textContent)
  }

  focus() {
    const next = this.list.querySelector('.task-actions button')
    if (next) next.focus({ preventScroll: true })
    else document.getElementById('panel').focus({ preventScroll: true })
  }
}
