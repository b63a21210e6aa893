/** What is known about one responder (处置人员); a position is never shown without its age. */

import { el } from '../dom.js'
import { age, groupedCode } from '../format.js'
import { standing } from '../map/shapes.js'
import { term, word } from '../page.js'
import { facts } from './card.js'

/** Open the card of a responder from the list the map already has. */
export function showResponder(card, view, feature, onCell) {
  const someone = feature.properties
  const body = card.open(someone.name, { onClose: () => view.responders.choose(null) })
  view.responders.choose(someone.id)
  body.append(
    facts([
      [word('responder.kind'), term('kind', someone.kind)],
      [word('responder.status'), term('status', standing(someone))],
      [word('responder.shift'), word(someone.on_shift ? 'responder.on_shift' : 'responder.off_shift')],
      [word('responder.skills'), (someone.skills || []).map((skill) => term('skill', skill)).join(word('page.comma'))],
      [word('responder.position'), someone.position_at ? age(someone.position_at, Date.now(), word) : null],
    ]))
  if ((someone.cells || []).length === 0) return
  body.append(
    el('h3', {}, word('responder.cells')),
    el('ul', { class: 'cells' }, someone.cells.map((code) => el('li', {},
      el('button', { type: 'button', class: 'link', onclick: () => onCell(code) }, groupedCode(code))))))
}
