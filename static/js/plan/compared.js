/** What differs between two grids, in groups; and how a picture is cut in two at a handle. Pure. */

const KINDS = ['split', 'merged', 'moved', 'added', 'removed', 'renamed', 'recoded', 'reassigned']
const OF_LAND = KINDS.slice(0, 5)
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }
const FAR = 10

/** Return the percentage to which a key moves a handle; null when it is no key of one. */
export function moved(percent, { key, shiftKey }) {
  if (key === 'Home') return 0
  if (key === 'End') return 100
  return key in STEPS ? between(percent + STEPS[key] * (shiftKey ? FAR : 1)) : null
}

/** Return which percentage of a box from `left`, `width` wide, `x` is. */
export function percentAt(x, left, width) {
  return width > 0 ? between(Math.round(((x - left) / width) * 100)) : 0
}

/** Return the CSS clip-path of both sides of a handle, in a frame in which the corner of the picture has the place `x`, `y`. */
export function clips({ x, y }, [width, height], percent) {
  const cut = (from, to) => `polygon(${[[from, y], [to, y], [to, y + height], [from, y + height]].map(([a, b]) => `${a}px ${b}px`).join(', ')})`
  const middle = x + Math.round((width * percent) / 100)
  return { left: cut(x, middle), right: cut(middle, x + width) }
}

/** Return whether borders changed, not only a name, a code or the unit; what tells of no change gave land to what does. */
export function isOfLand(changes) {
  return changes.length === 0 || changes.some((kind) => OF_LAND.includes(kind))
}

/**
 * Return what the server found as `[{ kind, items }]` in the order in which kinds are told, without those of nothing.
 * An item: code, name, what they were, where it is (null when the server left it out), the old cells its land is of.
 */
export function grouped(found) {
  const [was, now] = [byCode(found.old), byCode(found.new)]
  const before = new Map(found.changed.map((one) => [one.code, earlier(one, found, was, now)]))
  const goesOn = new Set(found.changed.filter(({ changes }) => changes.includes('recoded')).map(({ code }) => before.get(code)))
  const items = found.changed.map((one) => item(one, now.get(one.code), was.get(before.get(one.code)), found.lineage))
  for (const one of found.gone) {
    if (!goesOn.has(one.code)) items.push({ ...item(one, was.get(one.code), was.get(one.code), []), isGone: true })
  }
  return KINDS.map((kind) => ({ kind, items: items.filter(({ changes }) => changes.includes(kind)) })).filter((group) => group.items.length)
}

/** Return [west, south, east, north] of a GeoJSON geometry. */
export function boundsOf({ coordinates }) {
  const box = [Infinity, Infinity, -Infinity, -Infinity]
  const add = (part) => {
    if (typeof part[0] !== 'number') {
      part.forEach(add)
      return
    }
    const [lon, lat] = part
    box.splice(0, 4, Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat))
  }
  add(coordinates)
  return box
}

function between(percent) {
  return Math.max(0, Math.min(100, percent))
}

function byCode({ features }) {
  return new Map(features.map((feature) => [feature.properties.code, feature]))
}

function item({ code, changes }, feature, old, lineage) {
  const parents = lineage.filter((one) => one.new === code && one.old !== code).map((one) => ({ code: one.old, share: one.share_of_new }))
  return {
    code, changes, isGone: false, name: feature ? feature.properties.name : '', bounds: feature ? boundsOf(feature.geometry) : null,
    wasCode: old ? old.properties.code : null, wasName: old ? old.properties.name : null, parents: parents.sort((a, b) => b.share - a.share),
  }
}

/** Return the code that a cell had: its own, or that of the gone cell whose place, or most of whose land, it has. */
function earlier({ code, changes }, { gone, lineage }, was, now) {
  if (was.has(code) || !changes.includes('recoded') || !now.has(code)) return code
  const heirs = lineage.filter((one) => one.new === code).sort((a, b) => b.share_of_new - a.share_of_new)
  if (heirs.length) return heirs[0].old
  const here = String(boundsOf(now.get(code).geometry))
  const same = gone.find((one) => was.has(one.code) && String(boundsOf(was.get(one.code).geometry)) === here)
  return same ? same.code : code
}
