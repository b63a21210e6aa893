/** Who can be sent to an incident, nearest first, why, and the button that sends them. */

import { get, newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { distance, duration } from '../format.js'
import { picture, responderLook } from '../map/shapes.js'
import { lang, term, word } from '../page.js'
import { fill, words } from './states.js'

const MOST = 5 // as many as there are number keys for

/** The list of candidates of one incident inside the card. */
export class Candidates {
  /** `onSent(assignment)` is called once the server has taken the decision. */
  constructor(view, incident, onSent) {
    this.view = view
    this.incident = incident
    this.onSent = onSent
    this.rows = []
    this.keys = new Map()
    this.isSending = false
    this.isDone = false
    this.list = el('div', { class: 'candidates' })
    this.result = el('p', { class: 'result', role: 'status' })
    this.element = el('div', {}, el('h3', {}, word('candidates.title')), this.result, this.list)
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

  draw(answer) {
    const candidates = answer.candidates.slice(0, MOST)
    if (candidates.length === 0) return el('p', { class: 'state' }, word('candidates.none'))
    this.rows = []
    const note = answer.is_estimate ? el('p', { class: 'estimate' }, word('candidates.estimate_note')) : null
    return [note, el('ol', { class: 'candidate-list' }, candidates.map((c, i) => this.row(c, i, answer)))].filter(Boolean)
  }

  row(candidate, i, answer) {
    const { responder } = candidate
    const button = el('button', { type: 'button', class: 'candidate', onclick: () => this.send(candidate, button) },
      el('span', { class: 'number', 'aria-hidden': 'true' }, String(i + 1)),
      el('span', { class: 'who' }, picture(responderLook(responder)), responder.name),
      el('span', { class: 'eta' },
        duration(candidate.seconds, word),
        answer.is_estimate ? el('span', { class: 'tag' }, word('candidates.estimate')) : null),
      el('span', { class: 'soft' }, `${term('kind', responder.kind)} · ${term('status', responder.status)} · ${distance(candidate.metres, lang)}`),
      el('span', { class: 'reasons' }, (candidate.reasons || []).map((reason) => el('span', { class: 'tag' }, term('reason', reason)))),
      el('span', { class: 'send' }, word('candidates.send')))
    const show = () => this.view.way.show(candidate.route ? [{ geometry: candidate.route }] : [])
    button.addEventListener('focus', show)
    button.addEventListener('mouseenter', show)
    this.rows.push({ candidate, button })
    return el('li', {}, button)
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
      this.say(word('candidates.sent', { name: made.responder.name, minutes: duration(candidate.seconds, word) }), 'good')
      this.isDone = true
      this.list.replaceChildren()
      this.rows = []
      this.onSent(made)
    } catch (problem) {
      this.keys.delete(problem.status ? candidate.responder.id : null)
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
