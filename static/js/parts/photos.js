/** Photos of a report (照片): take up to four, look at them, leave some out; sent after the report itself stands. */

import { newKey, upload } from '../api.js'
import { announce, el, svg } from '../dom.js'
import { word } from '../page.js'
import { shrink } from '../picture.js'
import { words } from './states.js'

const MOST = 4
const REFUSED = [409, 413, 422] // what the server does not take, however often it is sent
const KINDS = 'image/jpeg,image/png,image/webp' // a phone that stores others makes one of these for us

/** The button and what was taken; `bar` is for the form, `list` for below it. */
export class Photos {
  constructor() {
    this.taken = [] // each with the key under which it is sent once
    this.input = el('input', { type: 'file', accept: KINDS, capture: 'environment', hidden: true, 'aria-hidden': 'true', tabindex: '-1', onchange: () => this.add() })
    this.label = el('span', { class: 'unseen' })
    this.count = el('span', { 'aria-hidden': 'true' })
    this.button = el('button', { type: 'button', class: 'button take', onclick: () => this.take() }, camera(), this.label, this.count)
    this.bar = el('div', { class: 'take-box' }, this.button, this.input)
    this.list = el('ul', { class: 'taken' })
    this.draw()
  }

  get isEmpty() {
    return this.taken.length === 0
  }

  take() {
    if (this.taken.length >= MOST) announce(word('photos.full', { most: MOST }))
    else this.input.click()
  }

  add() {
    const [file] = this.input.files
    this.input.value = ''
    if (!file) return
    this.taken.push({ file, key: newKey(), url: URL.createObjectURL(file) })
    this.draw()
    announce(word('photos.taken', { n: this.taken.length, most: MOST }))
  }

  remove(photo) {
    URL.revokeObjectURL(photo.url)
    this.taken = this.taken.filter((one) => one !== photo)
    this.draw()
    this.button.focus()
  }

  draw() {
    this.count.textContent = `${this.taken.length}/${MOST}`
    this.label.textContent = word('photos.take', { n: this.taken.length, most: MOST })
    this.button.setAttribute('aria-disabled', String(this.taken.length >= MOST))
    this.list.replaceChildren(...this.taken.map((photo, i) => el('li', {},
      el('img', { src: photo.url, alt: word('photos.one', { n: i + 1 }) }),
      el('button', { type: 'button', class: 'quiet', 'aria-label': word('photos.remove', { n: i + 1 }), onclick: () => this.remove(photo) }, el('span', { class: 'cross', 'aria-hidden': 'true' }, '×')))))
    this.list.hidden = this.isEmpty
  }

  /** Return what shows how the photos of a filed report are sent; `onDone()` hears when none is left. */
  sending(told, onDone) {
    const of = this.taken.length
    const progress = el('p', { class: 'tell-place', role: 'status' })
    const result = el('p', { class: 'result bad', role: 'alert' })
    const ways = el('div', { class: 'form-end' })
    let refused = 0
    const offer = (text, ...buttons) => {
      progress.textContent = ''
      result.textContent = text
      ways.replaceChildren(...buttons)
      ways.firstElementChild.focus()
    }
    const button = (key, kind, act) => el('button', { type: 'button', class: `button ${kind}`, onclick: act }, word(key))
    const run = async () => {
      result.textContent = ''
      ways.replaceChildren()
      while (!this.isEmpty) {
        const [photo] = this.taken
        progress.textContent = word('photos.sending', { n: of - this.taken.length + 1, of })
        try {
          await this.send(photo, told)
        } catch (problem) {
          if (!REFUSED.includes(problem.status)) {
            const text = word('photos.failed', { n: this.taken.length, text: words(problem) })
            offer(text, button('state.retry', 'primary', run), button('photos.leave', '', () => this.leave(onDone)))
            return
          }
          refused += 1 // sent again it would be refused again
        }
        URL.revokeObjectURL(photo.url)
        this.taken = this.taken.filter((one) => one !== photo)
      }
      if (refused) offer(word('photos.refused', { n: refused }), button('photos.understood', 'primary', onDone))
      else onDone()
    }
    run()
    return el('div', { class: 'sending' }, progress, result, ways)
  }

  async send(photo, told) {
    if (!photo.small) photo.small = await shrink(photo.file)
    const form = new FormData()
    form.append('photo', photo.small, 'photo') // the name a phone gives is nobody's business
    if (told.code) form.append('code', told.code)
    await upload(told.path || `/api/incidents/${told.id}/photos`, form, photo.key)
  }

  leave(onDone) {
    for (const photo of this.taken) URL.revokeObjectURL(photo.url)
    this.taken = []
    onDone()
  }
}

function camera() {
  return svg('svg', { viewBox: '0 0 24 24', class: 'camera', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'M4 7h3l2-2.5h6L17 7h3a1.5 1.5 0 0 1 1.5 1.5V18a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18V8.5A1.5 1.5 0 0 1 4 7z' }),
    svg('circle', { cx: '12', cy: '13', r: '3.8' }))
}
