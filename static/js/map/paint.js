/** Turn the style rules of the page into paint and label rules of protomaps-leaflet. */

import { atZoom } from '../geo.js'
import { colour, style } from '../page.js'
import { PointLabel } from './labels.js'
import { labelOf, paintOf } from './themes.js'

/** Return `{ paintRules, labelRules }` for the parts that are switched on, in the colours of this hour; `tinted` are codes of cells that stand out. */
export function rules(isShown, tinted, themes) {
  const shown = (rule) => isShown(rule.part)
  const own = themes.filter(shown)
  const crossed = tinted.size ? style.crossed.filter(shown) : []
  return {
    paintRules: [...style.paint.filter(shown).map(paintRule), ...own.map(paintOf).map(paintRule), ...crossed.map((rule) => ({ ...paintRule(rule), filter: (zoom, feature) => tinted.has(feature.props.code) }))],
    labelRules: [...own.map(labelOf), ...style.labels.filter(shown)].map(labelRule),
  }
}

function paintRule(rule) {
  const { PolygonSymbolizer, LineSymbolizer } = window.protomapsL
  const symbolizer = rule.kind === 'fill'
    ? new PolygonSymbolizer({ fill: colour(rule.colour), opacity: rule.opacity })
    : new LineSymbolizer({
      color: colour(rule.colour),
      width: (zoom) => atZoom(rule.width, zoom),
      opacity: rule.opacity,
      dash: rule.dash.length ? rule.dash : undefined,
      lineCap: rule.cap,
      lineJoin: 'bevel',
    })
  return { ...common(rule), symbolizer }
}

function labelRule(rule) {
  const symbolizer = rule.kind === 'label' ? new PointLabel(rule) : lineLabel(rule)
  return { ...common(rule), symbolizer }
}

function lineLabel(rule) {
  return new window.protomapsL.LineLabelSymbolizer({
    labelProps: [rule.text],
    font: (zoom) => `${rule.weight} ${atZoom(rule.size, zoom)}px ${style.fonts}`,
    fill: colour(rule.colour),
    stroke: colour('halo'),
    width: 3,
    position: 2, // along the middle of the line
    repeatDistance: 320,
  })
}

function common(rule) {
  return {
    dataSource: rule.source,
    dataLayer: rule.layer,
    minzoom: rule.min_zoom,
    maxzoom: rule.max_zoom,
    filter: rule.where ? (zoom, feature) => rule.where[1].includes(feature.props[rule.where[0]]) : undefined,
  }
}
