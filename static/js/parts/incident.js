/** What is known about one incident (案件), in the words of the page. */

import { age, deadline, groupedCode, moment } from '../format.js'
import { lang, term, word } from '../page.js'
import { facts } from './card.js'

/** Return the name of an incident's category in the language of the page. */
export function categoryName(incident) {
  return lang === 'en' && incident.category_name_en ? incident.category_name_en : incident.category_name
}

/** Return the words of the deadline, or null when nobody has to respond any more. */
export function dueText(incident, now) {
  if (!incident.respond_by || incident.state === 'closed') return null
  return deadline(incident.respond_by, now, word)
}

/** Return the facts of an incident as a list. */
export function incidentFacts(incident, city) {
  const due = dueText(incident, Date.now())
  return facts([
    [word('incident.state'), term('state', incident.state)],
    [word('incident.due'), due ? due.text : null],
    [word('incident.cell'), incident.cell ? `${groupedCode(incident.cell.code)} ${incident.cell.name}` : word('incident.no_cell')],
    [word('incident.occurred'), `${moment(incident.occurred_at, city.time_zone, lang)} (${age(incident.occurred_at, Date.now(), word)})`],
    [word('incident.channel'), term('channel', incident.channel)],
    [word('incident.assigned'), incident.assignment ? assigned(incident.assignment) : null],
  ])
}

/** Return who was sent and how far that got. */
export function assigned(assignment) {
  return `${assignment.responder.name} · ${term('assignment', assignment.state)}`
}
