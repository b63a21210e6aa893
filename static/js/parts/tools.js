/** Buttons, layer switch, legend, attribution and the crosshair on the map; all reachable by keyboard. */

import { byId, el } from '../dom.js'
import { picture } from '../map/shapes.js'
import { swatch } from '../map/themes.js'
import { colour, style, term, word } from '../page.js'

const PAN = 80 // pixels, as Leaflet's arrow keys

/** Put the tools on the map. `parts` are the check boxes of this page. */
export function addTools(view, parts) {
  const stage = byId('stage')
  const map = view.map.getContainer()
  map.setAttribute('aria-label', word('map.keys'))
  map.setAttribute('role', 'application')
  stage.append(buttons(view), layers(view, parts), attribution(view.city), el('div', { class: 'crosshair', 'aria-hidden': 'true' }))
  map.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === map) view.pick(view.map.getCenter())
  })
  document.addEventListener('keydown', () => document.body.classList.add('by-keyboard'), true)
  document.addEventListener('pointerdown', () => document.body.classList.remove('by-keyboard'), true)
  if (window.ResizeObserver) new ResizeObserver(() => view.map.invalidateSize({ pan: false })).observe(map)
}

/** Show or take away the notice that tiles are missing. */
export function tileTrouble(view) {
  if (document.querySelector('.tile-trouble')) return
  const notice = el('div', { class: 'tile-trouble', role: 'alert' }, el('span', {}, word('map.trouble')),
    el('button', {
      type: 'button', class: 'button', onclick: () => {
        notice.remove()
        view.reload()
      },
    }, word('state.retry')))
  byId('stage').append(notice)
}

function buttons(view) {
  return el('div', { class: 'tools', role: 'group', 'aria-label': word('map.tools') },
    button('map.zoom_in', '+', () => view.map.zoomIn()),
    button('map.zoom_out', '−', () => view.map.zoomOut()),
    button('map.whole', '⌂', () => view.whole()))
}

/** Every drag has a way without dragging (WCAG 2.5.7); on a focused map the arrow keys do the same. */
function panning(view) {
  return el('div', { class: 'panning', role: 'group', 'aria-label': word('map.pan') },
    button('map.pan_west', '←', () => view.map.panBy([-PAN, 0])),
    button('map.pan_north', '↑', () => view.map.panBy([0, -PAN])),
    button('map.pan_south', '↓', () => view.map.panBy([0, PAN])),
    button('map.pan_east', '→', () => view.map.panBy([PAN, 0])))
}

function button(key, sign, action) {
  return el('button', { type: 'button', 'aria-label': word(key), title: word(key), onclick: action }, sign)
}

function layers(view, parts) {
  const boxes = parts.map((part) => {
    const box = el('input', { type: 'checkbox', checked: view.parts[part], onchange: () => view.setPart(part, box.checked) })
    return el('label', { class: 'check' }, box, el('span', {}, word(`layer.${part}`)))
  })
  return el('details', { class: 'layers' },
    el('summary', {}, word('map.layers')),
    el('div', { class: 'layers-body' },
      el('fieldset', {}, el('legend', {}, word('map.show')), boxes),
      view.themes.length ? themes(view) : null,
      panning(view),
      el('h3', {}, word('map.legend')), legend()))
}

/** The city's own layers: the dashed line beside the name is the legend. */
function themes(view) {
  const boxes = view.themes.map((theme) => {
    const box = el('input', { type: 'checkbox', checked: view.parts[theme.part], onchange: () => view.setTheme(theme.part, box.checked) })
    return el('label', { class: 'check' }, box, swatch(theme), el('span', {}, theme.name))
  })
  return el('fieldset', { class: 'themes' }, el('legend', {}, word('map.themes')), boxes)
}

function legend() {
  const entry = (look, text) => el('li', {}, picture(look), el('span', {}, text))
  const incidents = Object.entries(style.incidents).map(([name, mark]) => entry(
    { shape: mark.shape, colour: colour(mark.colour), isHollow: false }, word(`legend.${name}`)))
  const sent = entry({ shape: style.incidents.normal.shape, colour: colour('incident'), isHollow: true }, word('legend.sent'))
  const unsettled = entry(
    { shape: style.incidents.normal.shape, colour: colour('incident'), isUncertain: true }, word('legend.unsettled'))
  const kinds = Object.entries(style.responders).map(([kind, mark]) => entry(
    { shape: mark.shape, colour: colour('edge'), isHollow: false }, term('kind', kind)))
  const statuses = style.statuses.map((status) => entry(
    { shape: 'circle', colour: colour(status), isHollow: status === 'off' }, term('status', status)))
  return el('ul', { class: 'legend' }, incidents, sent, unsettled, kinds, statuses)
}

function attribution(city) {
  return el('p', { class: 'attribution' },
    city.is_generated ? el('strong', { class: 'badge' }, word('city.demo')) : null,
    el('span', {}, city.attribution))
}
