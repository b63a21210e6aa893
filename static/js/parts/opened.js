/** The card of an incident on the dispatcher's console: what is known, where it is, who can go, how it goes; kept live. */

import { get } from '../api.js'
import { announce, el } from '../dom.js'
import { isUnsettled } from '../map/shapes.js'
import { term, word } from '../page.js'
import { isActive } from '../steps.js'
import { Album } from './album.js'
import { Candidates } from './candidates.js'
import { categoryName, incidentFacts } from './incident.js'
import { Locate } from './locate.js'
import { People } from './people.js'
import { Progress } from './progress.js'
import { quietly, turnOf } from './states.js'

/** One open incident; `onChange()` asks the page to fetch again. */
export class Opened {
  constructor({ card, view, city, onChange, onClose }) {
    Object.assign(this, { card, view, city, onChange, onClose })
    this.facts = el('div')
    this.result = el('p', { class: 'result', role: 'status' })
    this.place = el('div')
    this.phase = null
    this.parts = []
  }

  /** Open the card; `first` are candidates that are known already. */
  open(feature, first = null) {
    const incident = feature.properties
    const body = this.card.open(categoryName(incident), { onClose: () => this.close() })
    body.append(
      el('p', { class: 'lead' }, incident.is_urgent ? el('strong', { class: 'tag urgent' }, word('incident.urgent')) : null, incident.description),
      this.facts, this.result)
    this.album = new Album(incident.id, this.city)
    body.append(this.album.element, this.place)
    this.people = new People(incident.id, this.city)
    body.append(this.people.element)
    this.show(feature, first)
  }

  get id() {
    return this.feature ? this.feature.properties.id : null
  }

  /** Send the candidate with this number. */
  choose(number) {
    if (this.candidates) this.candidates.choose(number)
  }

  /** Show the incident as it is now; what somebody is in the middle of stays as long as it makes sense. */
  show(feature, first = null) {
    const was = this.feature ? this.feature.properties : null
    const now = feature.properties
    turnOf(this) // what was asked for before is older
    this.feature = feature
    this.facts.replaceChildren(incidentFacts(now, this.city))
    this.album.update(now.photos)
    this.people.update(now.reports)
    const phase = phaseOf(now)
    if (was && was.assignment && isActive(was.assignment) && !now.assignment) this.tellEnd(was.assignment)
    if (phase === this.phase && this.progress) this.progress.update(now.assignment)
    if (phase !== this.phase) this.build(phase, first)
  }

  build(phase, first) {
    const wasHere = this.place.contains(document.activeElement)
    this.leave()
    this.phase = phase
    const incident = this.feature.properties
    if (incident.assignment) this.parts = [this.makeProgress()]
    else {
      if (isUnsettled(incident)) this.parts.push(this.makeLocate())
      if (this.feature.geometry && incident.state === 'reported') this.parts.push(this.makeCandidates(first))
    }
    this.place.replaceChildren(...this.parts.map((part) => part.element))
    if (wasHere) this.card.title.focus({ preventScroll: true })
    if (incident.assignment) announce(`${incident.assignment.responder.name} · ${term('assignment', incident.assignment.state)}`)
  }

  makeProgress() {
    this.progress = new Progress(this.feature.properties.assignment, () => this.reload())
    return this.progress
  }

  makeLocate() {
    this.locate = new Locate(this.view, this.feature, {
      onSettled: (feature) => {
        const { cell } = feature.properties
        this.say(cell ? word('locate.settled', { cell: cell.name }) : word('locate.settled_outside'), 'good')
        this.show(feature)
        this.onChange()
      },
      onStale: (text) => {
        this.say(text, 'bad')
        this.phase = null
        this.reload()
      },
    })
    this.locate.load()
    return this.locate
  }

  makeCandidates(first) {
    this.candidates = new Candidates(this.view, this.feature.properties, (made, text) => {
      this.say(text, 'good')
      this.show({ ...this.feature, properties: { ...this.feature.properties, assignment: made } })
      this.onChange()
    })
    if (first) this.candidates.begin(first)
    this.candidates.load()
    return this.candidates
  }

  /** Fetch this incident again, as after a step or when somebody else was first. */
  reload() {
    return quietly(async () => {
      const isLatest = turnOf(this)
      const feature = await get(`/api/incidents/${this.id}`)
      if (isLatest()) this.show(feature)
      this.onChange()
    })
  }

  /** Say how an assignment ended that is no longer there. */
  tellEnd(assignment) {
    return quietly(async () => {
      const ended = await get(`/api/assignments/${assignment.id}`)
      if (this.feature.properties.assignment) return // somebody else is on the way by now
      const text = word('progress.ended', { name: ended.responder.name, state: term('assignment', ended.state) })
      this.say(ended.reason ? word('progress.ended_reason', { text, reason: ended.reason }) : text, 'bad')
      announce(this.result.textContent)
    })
  }

  say(text, tone) {
    this.result.className = `result ${tone}`
    this.result.textContent = text
  }

  leave() {
    for (const part of this.parts) if (part.close) part.close()
    Object.assign(this, { parts: [], candidates: null, progress: null, locate: null })
  }

  close() {
    this.leave()
    this.people.leave()
    this.onClose()
  }
}

function phaseOf(incident) {
  if (incident.assignment) return `sent ${incident.assignment.id}`
  return `${incident.state} ${isUnsettled(incident) ? incident.version : 'settled'}`
}
