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

/** Return whether a person has still to say where an incident is. */
export function isUnsettled(incident) {
  return ['border', 'unsure', 'unknown'].includes(incident.location)
}

/** Return the look of an incident: urgent or not, hollow once somebody was sent, `?` while its place is not settled. */
export function incidentLook(properties) {
  const mark = properties.is_urgent ? style.incidents.urgent : style.incidents.normal
  const isUncertain = isUnsettled(properties)
  return {
    shape: mark.shape, size: mark.radius, colour: colour(mark.colour), isHollow: Boolean(properties.assignment),
    isUncertain, reach: isUncertain ? properties.uncertainty : 0,
  }
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
  const isOpen = look.isHollow || look.isUncertain
  const paint = { fill: isOpen ? colour('paper') : look.colour, stroke: look.colour, 'stroke-width': 0.35, 'stroke-dasharray': look.isUncertain ? '0.5 0.4' : null }
  const form = corners.length === 0
    ? svg('circle', { r: 1, ...paint })
    : svg('polygon', { points: corners.map((corner) => corner.join(',')).join(' '), ...paint })
  const sign = look.isUncertain ? svg('text', { class: 'mark-sign', y: 0.6, fill: look.colour }, '?') : null
  return svg('svg', { class: 'mark', viewBox: '-1.6 -1.6 3.2 3.2', 'aria-hidden': 'true', focusable: 'false' }, form, sign)
}
