/** What is known about one incident (案件), in the words of the page. */

import { age, deadline, distance, groupedCode, moment, shortCode } from '../format.js'
import { isUnsettled } from '../map/shapes.js'
import { lang, term, word } from '../page.js'
import { facts } from './card.js'

/** Return the name of an incident's category in the language of the page. */
export function categoryName(incident) {
  return lang === 'en' && incident.category_name_en ? incident.category_name_en : incident.category_name
}

/** Return the name of a category, as the list of categories has it, in the language of the page. */
export function categoryLabel(category) {
  return lang === 'en' && category.name_en ? category.name_en : category.name
}

/** Return the words of the deadline, or null when nobody has to respond any more. */
export function dueText(incident, now) {
  if (!incident.respond_by || incident.state !== 'reported') return null
  return deadline(incident.respond_by, now, word)
}

/** Return the short words for where an incident is: its cell, or why it has none. */
export function placeText(incident) {
  if (isUnsettled(incident)) return term('location', incident.location)
  return incident.cell ? word('incident.in_cell', { code: shortCode(incident.cell.code), name: incident.cell.name }) : word('incident.no_cell')
}

/** Return the facts of an incident as a list. */
export function incidentFacts(incident, city) {
  const due = dueText(incident, Date.now())
  return facts([
    [word('incident.state'), incident.is_exercise ? `${term('state', incident.state)} · ${word('incident.exercise')}` : term('state', incident.state)],
    [word('incident.due'), due ? due.text : null],
    [word('incident.address'), incident.address],
    [word('incident.cell'), cellText(incident)],
    [word('incident.occurred'), `${moment(incident.occurred_at, city.time_zone, lang)} (${age(incident.occurred_at, Date.now(), word)})`],
    [word('incident.channel'), term('channel', incident.channel)],
    [word('incident.reports'), incident.reports > 1 ? String(incident.reports) : null],
    [word('incident.assigned'), incident.assignment ? assigned(incident.assignment) : null],
  ])
}

function cellText(incident) {
  if (isUnsettled(incident)) {
    const words = term('location', incident.location)
    return incident.uncertainty ? `${words} · ${word('where.within', { distance: distance(incident.uncertainty, lang) })}` : words
  }
  return incident.cell ? `${groupedCode(incident.cell.code)} ${incident.cell.name}` : word('incident.no_cell')
}

/** Return who was sent and how far that got. */
export function assigned(assignment) {
  return `${assignment.responder.name} · ${term('assignment', assignment.state)}`
}
