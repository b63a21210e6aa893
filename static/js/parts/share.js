/** Sharing one's position while the page is open: only after a click, and off again with it. */

import { post } from '../api.js'
import { announce, el } from '../dom.js'
import { distance, moment } from '../format.js'
import { lang, word } from '../page.js'
import { isWorthTelling } from '../sharing.js'
import { rule, words } from './states.js'

const OPTIONS = { enableHighAccuracy: true, maximumAge: 10000, timeout: 30000 }

/** The switch; `me()` is the id of who shares, `onHere(position, accuracy)` hears of every position of the phone. */
export class Share {
  constructor(city, { me, onHere }) {
    Object.assign(this, { city, me, onHere })
    this.watch = null
    this.last = null
    this.button = el('button', { type: 'button', class: 'switch', role: 'switch', 'aria-checked': 'false', onclick: () => this.turn() },
      el('span', { class: 'knob', 'aria-hidden': 'true' }), el('span', {}, word('share.title')))
    this.note = el('p', { class: 'soft', role: 'status' })
    this.element = el('div', { class: 'share', hidden: true }, this.button, this.note)
    window.addEventListener('pagehide', () => this.stop())
  }

  turn() {
    if (this.watch !== null) {
      this.stop()
      this.say(word('share.stopped'))
      return
    }
    if (!navigator.geolocation || !window.isSecureContext) {
      this.say(word('position.unsupported'))
      return
    }
    this.last = null
    this.say(word('position.asking'))
    this.watch = navigator.geolocation.watchPosition((fix) => this.take(fix), (error) => this.fail(error), OPTIONS)
    this.button.setAttribute('aria-checked', 'true')
  }

  /** Share no longer. */
  stop() {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch)
    this.watch = null
    this.button.setAttribute('aria-checked', 'false')
  }

  fail(error) {
    if (error.code === 1) this.stop()
    this.say(word(`position.error_${error.code}`))
  }

  async take({ coords, timestamp }) {
    const position = [coords.longitude, coords.latitude]
    this.onHere(position, coords.accuracy)
    const now = Date.now()
    if (this.isSending || this.me() === null || !isWorthTelling(this.last, position, now)) return
    this.isSending = true
    const before = this.last
    this.last = { position, at: now }
    const told = { responder: this.me(), lon: position[0], lat: position[1], at: new Date(timestamp).toISOString(), accuracy: coords.accuracy }
    try {
      const { refused } = await post('/api/positions', { city: this.city.code, frame: 'wgs84', positions: [told] })
      if (refused.length) this.say(word('share.refused', { field: refused[0].field, rule: rule(refused[0]) }))
      else this.note.textContent = word('share.told', { at: moment(told.at, this.city.time_zone, lang).slice(-5), accuracy: distance(coords.accuracy, lang) })
    } catch (problem) {
      this.last = before
      this.say(words(problem))
    } finally {
      this.isSending = false
    }
  }

  say(text) {
    this.note.textContent = text
    announce(text)
  }
}
