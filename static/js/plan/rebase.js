/** Bring a plan onto a release, the newest unless another is chosen: what does not fit is listed, and may be left out by name. */

import { newKey, post } from '../api.js'
import { el } from '../dom.js'
import { groupedCode } from '../format.js'
import { term, word } from '../page.js'
import { openDialog } from '../parts/dialog.js'
import { form } from '../parts/form.js'
import { Bases } from './bases.js'

/** Open the dialog; when nothing is in the way it is done at once. */
export function showRebase(editing, city) {
  const list = el('ul', { class: 'plan-list' })
  const chosen = new Set()
  const bases = new Bases(city, 'rebase-on', 'rebase.on')
  let wasTold = false
  const intro = el('p', { class: 'soft' }, word('rebase.intro'))
  const close = openDialog('rebase-title', word('does.rebase'), form({}, word('rebase.do'), async () => {
    try {
      await post(`${editing.path}/rebase`, { leave_out: wasTold ? Array.from(chosen) : null, ...bases.said }, newKey())
    } catch (problem) {
      const conflicts = problem.status === 409 && problem.body ? problem.body.conflicts : null
      if (!conflicts) throw problem
      wasTold = true
      intro.textContent = word('rebase.conflicts', { n: conflicts.length })
      list.replaceChildren(...conflicts.map((one) => row(one, chosen)))
      list.querySelector('input').focus()
      return
    }
    close()
    await editing.again()
    editing.on.said(word('did.rebase'))
  }, [intro, bases.element, list]))
}

/** Return a step that does not fit, with the choice to leave it out. */
function row({ seq, cells, why }, chosen) {
  const box = el('input', { type: 'checkbox', checked: chosen.has(seq), onchange: () => (box.checked ? chosen.add(seq) : chosen.delete(seq)) })
  return el('li', {}, el('label', { class: 'check' }, box,
    el('span', {}, word('rebase.leave_out', { seq }), el('span', { class: 'soft' }, ` ${cells.map(groupedCode).join(word('page.comma'))} · ${term('refusal', why)}`))))
}
