/** Who can be sent to an incident, nearest first, and sending them; their ways are drawn, the chosen one boldly. */

import { get, newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { duration } from '../format.js'
import { boundsAlong } from '../along.js'
import { word } from '../page.js'
import { candidateButton, passingLine } from './candidate.js'
import { fill, words } from './states.js'

const MOST = 5 // as many as there are number keys for

/** The list of candidates of one incident inside the card. */
export class Candidates {
  /** `onSent(assignment, words)` is called once the server has taken the decision. */
  constructor(view, incident, onSent) {
    this.view = view
    this.incident = incident
    this.onSent = onSent
    this.rows = []
    this.all = []
    this.keys = new Map()
    this.isSending = false
    this.isDone = false
    this.list = el('div', { class: 'candidates' })
    this.result = el('p', { class: 'result', role: 'status' })
    this.element = el('div', {}, el('h3', {}, word('candidates.title')), this.result, this.list)
  }

  /** Show what is known already, as when the incident was filed just now; why it is nobody is known only later. */
  begin(answer) {
    if (answer.candidates.length) this.list.replaceChildren(...this.draw(answer))
  }

  /** Fetch and show them. */
  load() {
    return fill(this.list, () => get(`/api/incidents/${this.incident.id}/candidates`, { k: MOST }), (answer) => this.draw(answer))
  }

  /** Send the candidate with this number (from 1); nothing happens when there is none. */
  choose(number) {
    const row = this.rows[number - 1]
    if (row) this.send(row.candidate, row.button)
  }

  /** Take the ways off the map. */
  close() {
    this.view.way.show([])
  }

  draw(answer) {
    const held = this.list.contains(document.activeElement) ? document.activeElement.dataset.id : null
    const candidates = answer.candidates.slice(0, MOST)
    const others = answer.others || []
    const ids = [...candidates, ...others].map((one) => one.responder.id)
    const passing = (answer.passing || []).filter((one) => !ids.includes(one.responder.id))
    this.rows = []
    this.all = [...candidates, ...others]
    const parts = [
      answer.is_estimate ? el('p', { class: 'estimate' }, word('candidates.estimate_note')) : null,
      candidates.length === 0
        ? el('p', { class: 'state' }, answer.unreachable ? word('candidates.cut_off', { n: answer.unreachable }) : word('candidates.none'))
        : el('ol', { class: 'candidate-list' }, candidates.map((one, i) => this.row(one, answer, i + 1))),
      others.length ? [el('h3', {}, word('candidates.others')), el('ul', { class: 'candidate-list' }, others.map((one) => this.row(one, answer)))] : null,
      passing.length ? [el('h3', {}, word('candidates.passing')), el('ul', {}, passing.map(passingLine))] : null,
    ].flat().filter(Boolean)
    this.drawWays(candidates[0])
    this.showWay(candidates[0])
    if (held) requestAnimationFrame(() => this.list.querySelector(`[data-id="${held}"]`)?.focus({ preventScroll: true }))
    return parts
  }

  row(candidate, answer, number = null) {
    const soon = (answer.passing || []).find((one) => one.responder.id === candidate.responder.id)
    const button = candidateButton(candidate, {
      number, isEstimate: answer.is_estimate, soon: soon ? soon.seconds : null,
      onSend: (pressed) => this.send(candidate, pressed), onPoint: () => this.drawWays(candidate),
    })
    if (number !== null) this.rows.push({ candidate, button })
    return el('li', {}, button)
  }

  /** Once, when it is known: bring the way of the nearest into sight; afterwards the map is left where somebody moved it. */
  showWay(nearest) {
    if (this.isWayShown || !nearest || !nearest.route) return
    this.isWayShown = true
    this.view.include(boundsAlong(nearest.route.coordinates))
  }

  drawWays(chosen) {
    const ways = this.all.filter((one) => one.route).map((one) => ({ geometry: one.route, isChosen: one === chosen }))
    this.view.way.show(ways.sort((a, b) => Number(a.isChosen) - Number(b.isChosen)))
  }

  async send(candidate, button) {
    if (this.isSending || this.isDone) return
    this.isSending = true
    button.setAttribute('aria-busy', 'true')
    try {
      // one key a decision: pressing again after a lost answer cannot send two people
      if (!this.keys.has(candidate.responder.id)) this.keys.set(candidate.responder.id, newKey())
      const key = this.keys.get(candidate.responder.id)
      const made = await post(`/api/incidents/${this.incident.id}/assignments`, { responder: candidate.responder.id }, key)
      this.isDone = true
      this.rows = []
      this.onSent(made, word('candidates.sent', { name: made.responder.name, minutes: duration(candidate.seconds, word) }))
    } catch (problem) {
      if (problem.status) this.keys.delete(candidate.responder.id)
      this.say(words(problem), 'bad')
      if (problem.status === 409) this.load()
    } finally {
      this.isSending = false
      button.removeAttribute('aria-busy')
    }
  }

  say(text, tone) {
    this.result.className = `result ${tone}`
    this.result.textContent = text
    announce(text)
  }
}
