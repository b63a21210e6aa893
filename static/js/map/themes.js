/** A city's own themes (专题图层): which there are, how each looks, which of them were left switched on. */

import { colour, style, term } from '../page.js'
import { svg } from '../dom.js'

const STORED = 'wangge.themes'

/** Return the themes of a city, each with its name, its part of the map, and its look. */
export function themesOf(city) {
  const { looks } = style.thematic
  return (city.themes || []).map(({ theme }, i) => ({
    theme, part: `theme:${theme}`, name: term('theme', theme), look: looks[i % looks.length],
  }))
}

/** Return which parts were left switched on in this city. */
export function remembered(city) {
  const text = window.localStorage.getItem(`${STORED}.${city.code}`) || ''
  return new Set(text.split('\n').filter((part) => part !== ''))
}

/** Keep which parts are switched on in this city. */
export function remember(city, parts) {
  window.localStorage.setItem(`${STORED}.${city.code}`, parts.join('\n'))
}

/** Return the rule that paints the outlines of a theme. */
export function paintOf({ theme, part, look }) {
  const { source, min_zoom, width } = style.thematic
  return { ...rule(source, theme, part), layer: source, min_zoom, kind: 'line', colour: look.colour, width, opacity: 0.95, dash: look.dash, cap: 'butt' }
}

/** Return the rule that writes the names of a theme. */
export function labelOf({ theme, part, look }) {
  const { source, names_from, size } = style.thematic
  return { ...rule(source, theme, part), layer: `${source}_label`, min_zoom: names_from, kind: 'label', text: 'name', colour: look.colour, size, weight: 600, spacing: 0 }
}

/** Return the dashed line of a theme as a small picture for the legend. */
export function swatch({ look }) {
  return svg('svg', { class: 'swatch', viewBox: '0 0 40 12', width: 40, height: 12, 'aria-hidden': 'true', focusable: 'false' },
    svg('line', { x1: 0, y1: 6, x2: 40, y2: 6, stroke: colour(look.colour), 'stroke-width': 3, 'stroke-dasharray': look.dash.join(' ') }))
}

function rule(source, theme, part) {
  return { source, part, max_zoom: 22, where: ['theme', [theme]] }
}
