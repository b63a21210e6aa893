/** What stands there while a file is checked: after a second that it is, and for how long. */

import { announce, el } from '../dom.js'
import { word } from '../page.js'

const TICK = 1000

/** Return what `work()` gives; when it takes longer than a second, `place` says so until it is done. */
export async function waited(place, work) {
  let seconds = 0
  const text = el('p', { class: 'state' })
  const element = el('div', { class: 'import-wait', hidden: true }, text, el('progress', { 'aria-label': word('imports.checking') }))
  place.append(element)
  const timer = window.setInterval(() => {
    seconds += 1
    element.hidden = false
    text.textContent = word('imports.checking_for', { n: seconds })
    if (seconds === 1) announce(word('imports.checking'))
  }, TICK)
  try {
    return await work()
  } finally {
    window.clearInterval(timer)
    element.remove()
  }
}
