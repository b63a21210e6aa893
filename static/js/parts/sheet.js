/** The panel as a bottom sheet on the phone: half of the screen, or nearly all of it, by a button. */

import { byId, el } from '../dom.js'
import { word } from '../page.js'

/** Return the head of the panel with a title, what belongs beside it, and the button that raises the sheet. */
export function panelHead(title, ...beside) {
  const button = el('button', {
    type: 'button', class: 'quiet raise', 'aria-expanded': 'false', 'aria-controls': 'panel', 'aria-label': word('panel.raise'),
    onclick: () => {
      const isHigh = document.body.classList.toggle('sheet-high')
      button.setAttribute('aria-expanded', String(isHigh))
    },
  }, el('span', { 'aria-hidden': 'true' }, '⇕'))
  return el('div', { class: 'panel-head' }, el('h2', {}, title), beside, button)
}

/** Put the parts of the panel into the page. */
export function fillPanel(...children) {
  byId('panel').replaceChildren(...children)
}
