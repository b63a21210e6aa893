/** Report what one sees in two taps (上报): open the tiles, tap what it is; a line of text if one wants. */

import { get, newKey, post } from '../api.js'
import { announce, el } from '../dom.js'
import { distance } from '../format.js'
import { Pin } from '../map/pin.js'
import { lang, word } from '../page.js'
import { categoryLabel } from './incident.js'
import { Photos } from './photos.js'
import { fill, words } from './states.js'

const FIX = { enableHighAccuracy: true, timeout: 8000, maximumAge: 30000 }
const LONGEST = 4000

/** The sheet of categories. */
export class Tell {
  /** `onTold(answer)` hears of the new incident. */
  constructor(view, card, onTold) {
    Object.assign(this, { view, card, onTold })
    this.key = newKey()
    this.pin = new Pin(view, word('where.pin'), (at) => this.moved(at))
    this.photos = new Photos()
    this.text = el('input', { id: 'tell-text', type: 'text', maxlength: LONGEST, autocomplete: 'off', placeholder: word('tell.text_hint') })
    this.place = el('p', { class: 'tell-place', role: 'status' })
    this.result = el('p', { class: 'result bad', role: 'alert' })
    this.tiles = el('div', { class: 'tiles-box' })
    this.element = el('div', { class: 'tell' },
      this.place, el('label', { for: 'tell-text', class: 'unseen' }, word('tell.text')),
      el('div', { class: 'tell-said' }, this.text, this.photos.bar), this.photos.list, this.result, this.tiles)
  }

  /** Open the tiles; `here` is the phone's position when the page knows it already. */
  open(here) {
    const body = this.card.open(word('tell.title'), { onClose: () => this.close() })
    body.append(this.element)
    this.result.textContent = ''
    this.view.picker = (at) => this.moved(at)
    if (here) this.stand(here, word('tell.here'))
    else this.stand(this.view.middle(), word('tell.centre'))
    if (!here) this.find()
    fill(this.tiles, () => get('/api/categories', { city: this.view.city.code }), ({ items }) => el('ul', { class: 'tiles' }, items.map((one) => this.tile(one))))
  }

  close() {
    this.view.picker = null
    this.pin.take()
  }

  /** Ask the phone where it is; until it answers, and when it does not, the place is the middle of the map. */
  find() {
    if (!navigator.geolocation || !window.isSecureContext) return
    const guess = this.position
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      if (this.position !== guess || this.isSending || !this.element.isConnected) return
      this.stand([coords.longitude, coords.latitude], word('tell.phone', { accuracy: distance(coords.accuracy, lang) }))
    }, (error) => {
      if (this.position === guess) this.say(`${word(`position.error_${error.code}`)} ${word('tell.centre')}`)
    }, FIX)
  }

  moved(at) {
    this.stand(at, word('tell.pinned'))
  }

  stand(at, text) {
    this.position = at
    this.pin.put(at)
    this.view.goTo(at, 17)
    this.say(text)
  }

  tile(category) {
    return el('li', {}, el('button', {
      type: 'button', class: `tile${category.is_urgent ? ' urgent' : ''}`, onclick: (event) => this.send(category, event.currentTarget),
    }, category.is_urgent ? el('span', { class: 'tag urgent' }, word('incident.urgent')) : null, el('span', {}, categoryLabel(category))))
  }

  async send(category, tile) {
    if (this.isSending) return
    this.isSending = true
    tile.setAttribute('aria-busy', 'true')
    this.result.textContent = ''
    const [lon, lat] = this.position
    const body = {
      city: this.view.city.code, category: category.code, channel: 'patrol', position: { lon, lat, frame: 'wgs84' },
      description: this.text.value.trim() || categoryLabel(category),
    }
    const said = JSON.stringify(body)
    if (this.said && said !== this.said) this.key = newKey() // another tile or place is another report
    this.said = said
    try {
      const told = await post('/api/incidents', body, this.key)
      if (this.photos.isEmpty) this.done(told, category)
      else this.element.replaceChildren(this.photos.sending(told, () => this.done(told, category)))
    } catch (problem) {
      this.result.textContent = words(problem)
      this.result.scrollIntoView({ block: 'nearest' })
    } finally {
      this.isSending = false
      tile.removeAttribute('aria-busy')
    }
  }

  done(told, category) {
    if (this.element.isConnected) this.card.close()
    this.onTold(told, category)
  }

  say(text) {
    this.place.textContent = text
    announce(text)
  }
}
