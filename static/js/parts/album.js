/** The photos of an incident: small ones in the card, large ones in a dialog, leafed through by keys. */

import { get } from '../api.js'
import { announce, el } from '../dom.js'
import { moment } from '../format.js'
import { lang, word } from '../page.js'
import { openDialog } from './dialog.js'
import { quietly, turnOf } from './states.js'

/** The section of the card; fetched again only when the number of photos changed. */
export class Album {
  constructor(incident, city) {
    Object.assign(this, { incident, city, count: 0, photos: [] })
    this.list = el('ul', { class: 'album' })
    this.element = el('section', { 'aria-labelledby': 'album-title', hidden: true }, el('h3', { id: 'album-title' }, word('photos.title')), this.list)
  }

  /** Show the photos; `count` is how many the incident has now. */
  update(count) {
    if (count === this.count) return null
    this.count = count
    const isLatest = turnOf(this)
    return quietly(async () => {
      try {
        const { items } = await get(`/api/incidents/${this.incident}/photos`)
        if (isLatest()) this.show(items)
      } catch (problem) {
        if (isLatest()) this.count = null // with the next news it is asked for again
        throw problem
      }
    })
  }

  show(photos) {
    this.photos = photos
    this.list.replaceChildren(...photos.map((photo, i) => this.thumb(photo, i)))
    this.element.hidden = photos.length === 0
  }

  thumb(photo, i) {
    return el('li', {}, el('button', { type: 'button', class: 'thumb', onclick: () => this.open(i) },
      el('img', { src: `${photo.path}?size=small`, alt: word('photos.enlarge', { name: this.name(i) }), loading: 'lazy' })))
  }

  name(i) {
    return word('photos.of', { n: i + 1, of: this.photos.length })
  }

  open(start) {
    let at = start
    const image = el('img', { class: 'large-photo' })
    const caption = el('p', { class: 'soft' })
    const turn = (step) => {
      at = (at + step + this.photos.length) % this.photos.length
      const photo = this.photos[at]
      image.setAttribute('width', photo.width)
      image.setAttribute('height', photo.height)
      image.alt = this.name(at)
      image.src = photo.path
      caption.textContent = `${this.name(at)} · ${moment(photo.added_at, this.city.time_zone, lang)}`
      if (step) announce(caption.textContent)
    }
    const button = (step, key, sign) => el('button', { type: 'button', class: 'button', 'aria-label': word(key), onclick: () => turn(step) }, sign)
    const ways = this.photos.length > 1 ? [button(-1, 'photos.previous', '←'), button(1, 'photos.next', '→')] : null
    turn(0)
    openDialog('photo-title', word('photos.title'), [
      el('div', { class: 'photo-box' }, image), el('div', { class: 'photo-foot' }, caption, ways),
    ], {
      wide: true,
      onKey: (event) => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') turn(event.key === 'ArrowLeft' ? -1 : 1)
      },
    })
  }
}
