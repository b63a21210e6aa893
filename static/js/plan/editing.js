/** A plan being edited: its borders in view, edits sent one after the other, undo and redo; the server keeps everything. */

import { get, post, put, remove } from '../api.js'
import { announce } from '../dom.js'
import { leafletPositions } from '../geo.js'
import { word } from '../page.js'
import { turnOf, words } from '../parts/states.js'
import { Arcs } from './arcs.js'
import { Board } from './board.js'
import { Refused } from './refused.js'

const NEAREST_ZOOM = 13 // farther out no part of a city has few enough cells
const REST_MS = 250 // a map that moves is asked about when it rests
const SLOW_MS = 1000 // what takes longer says so

/** One open plan; `on` hears of plan (its data), chosen (codes), seen (how the view stands), busy (words or ''), and says with isBusy whether something is in the hand. */
export class Editing {
  constructor(view, plan, on) {
    this.view = view
    this.on = on
    this.plan = plan
    this.path = `/api/plans/${plan.id}`
    this.board = new Board(view)
    this.refused = new Refused(view, this.board)
    this.chosen = []
    this.snaps = false
    this.mayMoveOuter = false
    this.working = Promise.resolve()
    this.waiting = null
    this.looks = 0 // requests for what is in view that are on their way
    this.moved = () => {
      clearTimeout(this.pause)
      this.pause = setTimeout(() => this.look(), REST_MS)
    }
    view.map.on('moveend', this.moved)
  }

  get mayEdit() {
    return this.plan.may.edit
  }

  get arcs() {
    return this.board.arcs
  }

  /** Leave the plan: nothing of it stays on the map. */
  close() {
    clearTimeout(this.pause)
    turnOf(this)
    this.view.map.off('moveend', this.moved)
    this.refused.close()
    this.board.close()
  }

  /** Fetch the borders in view; far out there are too many, and the view says so. */
  async look() {
    const isLatest = turnOf(this)
    if (this.view.map.getZoom() < NEAREST_ZOOM) {
      this.blank('plan.zoom_in')
      return
    }
    const bounds = this.view.map.getBounds()
    this.looks += 1
    const bbox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(7)).join(',')
    try {
      const found = await get(`${this.path}/arcs`, { bbox })
      if (isLatest()) this.arrive(new Arcs(found))
    } catch (problem) {
      if (!isLatest()) return
      if (problem.status === 422) this.blank('plan.zoom_in')
      else this.blank(null, words(problem))
    } finally {
      this.looks -= 1
    }
  }

  /** What comes while something is in the hand waits until it is let go: it must not be drawn anew. */
  arrive(arcs) {
    if (this.on.isBusy()) this.waiting = arcs
    else this.show(arcs)
  }

  /** The hand is empty: show what came meanwhile. */
  catchUp() {
    if (this.waiting) this.show(this.waiting)
  }

  show(arcs) {
    this.waiting = null
    this.board.show(arcs)
    this.on.seen(arcs.cells.size ? { arcs, text: '' } : { arcs, text: word('plan.no_cells_here') })
    this.choose(this.chosen.filter((code) => arcs.cells.has(code)))
  }

  blank(key, text = word(key)) {
    this.board.clear()
    this.on.seen({ arcs: null, text })
  }

  /** Let these cells be the chosen ones. */
  choose(codes) {
    this.chosen = codes
    this.board.choose(codes)
    this.on.chosen(codes)
  }

  /** Choose a cell, or with `isMore` take it in or out of the chosen ones. */
  pick(code, isMore) {
    const others = this.chosen.filter((one) => one !== code)
    if (isMore) this.choose(others.length < this.chosen.length ? others : [...others, code])
    else this.choose([code])
    announce(word('plan.chosen_n', { n: this.chosen.length, code }))
  }

  /** Send an edit; resolves to whether it was made. `near` is the [lon, lat] beside which a refusal is said. */
  edit(edit, near = null, said = word(`done.${edit.kind}`)) {
    return this.send(`${this.path}/edits`, { edit }, near, said)
  }

  /** Take back one's own newest step. */
  undo() {
    return this.send(`${this.path}/undo`, {}, null, word('done.undo'))
  }

  /** Make again what was taken back last. */
  redo() {
    return this.send(`${this.path}/redo`, {}, null, word('done.redo'))
  }

  /** One after the other: what is sent has seen what came before it. */
  send(path, body, near, said) {
    this.working = this.working.then(() => this.sendNow(path, body, near, said))
    return this.working
  }

  async sendNow(path, body, near, said) {
    this.refused.clear()
    const slow = setTimeout(() => this.on.busy(word('plan.saving')), SLOW_MS)
    try {
      const made = await post(path, { seen: this.arcs ? this.arcs.seq : this.plan.seq, ...body })
      this.plan.seq = made.seq
      await this.took(made)
      this.on.said(said)
      return true
    } catch (problem) {
      this.board.settle()
      this.refuse(problem, near)
      return false
    } finally {
      clearTimeout(slow)
      this.on.busy('')
    }
  }

  /** Show what a step made: of the map only what its answer brought, unless more has changed or is asked for already. */
  async took(made) {
    const arcs = this.arcs && this.looks === 0 ? this.arcs.after(made, (rings) => this.isSeen(rings)) : null
    if (arcs) this.arrive(arcs)
    const [plan] = await Promise.all([get(this.path), arcs ? null : this.look()])
    this.plan = plan
    this.on.plan(plan)
    if (arcs && plan.seq !== arcs.seq) await this.look()
  }

  /** Return whether a cell with these rings of [lon, lat] lies in view. */
  isSeen([ring]) {
    return this.view.map.getBounds().intersects(leafletPositions(ring))
  }

  /** Show why something was not made; a conflict offers to load what others did. */
  refuse(problem, near = null) {
    this.on.refused(problem, near)
  }

  /** Fetch the plan; what is in view too when somebody has changed something. */
  async follow() {
    let [working, plan] = [null, null]
    while (working !== this.working) { // of one's own step the page is told too: its answer comes first
      working = this.working
      await working
      plan = await get(this.path)
    }
    if (this.plan.seq === plan.seq && this.plan.locks.length === plan.locks.length) {
      this.plan = plan
      this.on.plan(plan)
    } else await this.again()
  }

  /** Lock a cell or all of a unit, or let it go; the answer is awaited as that of an edit is, so that nothing is fetched twice. */
  lock(level, code, isOn) {
    const path = `${this.path}/locks/${level}/${encodeURIComponent(code)}`
    this.working = this.working.then(async () => {
      try {
        await (isOn ? put(path) : remove(path))
        await this.again()
        this.on.said(word(isOn ? 'done.lock' : 'done.unlock'))
      } catch (problem) {
        this.refuse(problem)
      }
    })
    return this.working
  }

  /** Fetch the plan and what is in view again. */
  async again() {
    const [plan] = await Promise.all([get(this.path), this.look()])
    this.plan = plan
    this.on.plan(plan)
  }
}
