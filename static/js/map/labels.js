/** A word at a point, with a halo; protomaps' own text label cannot shorten a code or stack two lines. */

import { cellLabel } from '../format.js'
import { atZoom } from '../geo.js'
import { colour, style } from '../page.js'

const LINE_HEIGHT = 1.25

const TEXTS = {
  name: (props) => [props.name],
  short_code: (props) => [cellLabel(props)],
  short_code_name: (props) => Array.from(new Set([cellLabel(props), props.name])),
}

/** Label symbolizer for points: the interface is protomaps-leaflet's `place`. */
export class PointLabel {
  constructor(rule) {
    this.rule = rule
    this.fill = colour(rule.colour)
    this.halo = colour('halo')
  }

  /** Return where the label wants to stand; protomaps drops it when an earlier one is already there. */
  place(layout, geometry, feature) {
    const lines = TEXTS[this.rule.text](feature.props).filter((line) => typeof line === 'string' && line !== '')
    if (lines.length === 0) return undefined
    const size = atZoom(this.rule.size, layout.zoom)
    const font = `${this.rule.weight} ${size}px ${style.fonts}`
    layout.scratch.font = font
    const widths = lines.map((line) => layout.scratch.measureText(line).width + this.rule.spacing * (line.length - 1))
    const width = Math.max(...widths)
    const height = size * LINE_HEIGHT * lines.length
    const anchor = geometry[0][0]
    const bbox = {
      minX: anchor.x - width / 2, maxX: anchor.x + width / 2, minY: anchor.y - height / 2, maxY: anchor.y + height / 2,
    }
    const draw = (context) => this.draw(context, lines, widths, font, size)
    return [{ anchor, bboxes: [bbox], draw }]
  }

  draw(context, lines, widths, font, size) {
    context.font = font
    context.globalAlpha = 1
    context.textBaseline = 'middle'
    context.lineJoin = 'round'
    context.lineWidth = 3
    context.strokeStyle = this.halo
    context.fillStyle = this.fill
    lines.forEach((line, i) => {
      const y = (i - (lines.length - 1) / 2) * size * LINE_HEIGHT
      for (const [letter, x] of this.letters(context, line, -widths[i] / 2)) {
        context.strokeText(letter, x, y)
        context.fillText(letter, x, y)
      }
    })
    context.textBaseline = 'alphabetic'
  }

  letters(context, line, start) {
    if (this.rule.spacing === 0) return [[line, start]]
    let x = start
    return Array.from(line).map((letter) => {
      const at = x
      x += context.measureText(letter).width + this.rule.spacing
      return [letter, at]
    })
  }
}
