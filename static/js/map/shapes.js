/** Draw the shapes of things, the same on the map's canvas and in the lists. */

import { colour, style } from '../page.js'
import { svg } from '../dom.js'

/** Trace a shape around (x, y) on a canvas; the caller fills and strokes. */
export function trace(context, shape, x, y, size) {
  const corners = style.shapes[shape]
  context.beginPath()
  if (corners.length === 0) {
    context.arc(x, y, size, 0, 2 * Math.PI)
    return
  }
  corners.forEach(([dx, dy], i) => context[i ? 'lineTo' : 'moveTo'](x + dx * size, y + dy * size))
  context.closePath()
}

/** Return the look of an incident: urgent or not, hollow once somebody was sent. */
export function incidentLook(properties) {
  const mark = properties.is_urgent ? style.incidents.urgent : style.incidents.normal
  return { shape: mark.shape, size: mark.radius, colour: colour(mark.colour), isHollow: Boolean(properties.assignment) }
}

/** Return the status to show: somebody free outside their shift is off duty. */
export function standing(someone) {
  return someone.on_shift === false && someone.status === 'free' ? 'off' : someone.status
}

/** Return the look of a responder: shape by kind, colour by status, hollow off duty. */
export function responderLook(properties) {
  const mark = style.responders[properties.kind] || style.responders.department
  const status = style.statuses.includes(standing(properties)) ? standing(properties) : 'off'
  return { shape: mark.shape, size: mark.radius, colour: colour(status), isHollow: status === 'off' }
}

/** Return the shape as a small picture for a list or legend; the word beside it carries the meaning. */
export function picture(look) {
  const corners = style.shapes[look.shape]
  const paint = { fill: look.isHollow ? colour('paper') : look.colour, stroke: look.colour, 'stroke-width': 0.35 }
  const form = corners.length === 0
    ? svg('circle', { r: 1, ...paint })
    : svg('polygon', { points: corners.map((corner) => corner.join(',')).join(' '), ...paint })
  return svg('svg', { class: 'mark', viewBox: '-1.6 -1.6 3.2 3.2', 'aria-hidden': 'true', focusable: 'false' }, form)
}
