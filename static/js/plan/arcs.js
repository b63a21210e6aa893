/**
 * The borders of a plan as the server sends them: every border between two cells once, so that what is dragged drags both.
 * Pure. A vertex is named by its whole millimetres, which are the same in every border that ends there.
 */

/** Return the name of a vertex. */
export function nameOf([x, y]) {
  return `${x},${y}`
}

/** The arcs of some cells; the picture of a vertex may be moved for a while, what the server knows stays. */
export class Arcs {
  constructor({ seq, cells, arcs, junctions }) {
    this.seq = seq
    this.arcs = arcs
    this.cells = new Map(cells.map((cell) => [cell.code, cell]))
    this.junctions = new Set(junctions.map(nameOf))
    this.shown = arcs.map((arc) => arc.lonlat.slice())
    this.places = new Map()
    arcs.forEach((arc, number) => arc.line.forEach((vertex, i) => this.note(nameOf(vertex), number, i)))
  }

  note(name, number, i) {
    const known = this.places.get(name)
    if (known) known.push([number, i])
    else this.places.set(name, [[number, i]])
  }

  /**
   * Return the arcs after the next step, whose answer brings all cells that may look otherwise; borders that are as they were
   * stay the same objects. Null when the answer does not fit what is here: all must be fetched again. `isSeen(rings)` says
   * whether a cell that was not here belongs to what is seen.
   */
  after({ seq, gone, changed, cells, arcs, junctions }, isSeen) {
    if (seq !== this.seq + 1) return null // somebody else made a step between, and its cells are not in the answer
    if (changed.length > cells.length) return null // too many were changed at once: none is in the answer
    const lines = arcs.map((arc) => arc.lonlat)
    const taken = cells.filter((cell) => this.cells.has(cell.code) || isSeen(cell.rings.map((ring) => joined(ring, lines))))
    const lost = new Set([...gone, ...cells.map(({ code }) => code)])
    const kept = Array.from(this.cells.values()).filter(({ code }) => !lost.has(code))
    const stays = new Set([...kept, ...taken].map(({ code }) => code))
    const old = new Map(this.arcs.map((arc) => [arc.id, arc]))
    const brought = arcs.filter((arc) => stays.has(arc.one) || stays.has(arc.other)).map((arc) => (isSameLine(old.get(arc.id), arc) ? old.get(arc.id) : arc))
    const all = [...this.arcs.filter((arc) => !lost.has(arc.one) && !lost.has(arc.other)), ...brought]
    const now = new Map(all.map((arc, number) => [arc.id, number]))
    const fits = kept.every(({ rings }) => rings.every((ring) => ring.every((signed) => {
      const arc = this.arcs[signed < 0 ? ~signed : signed]
      return now.has(arc.id) && isSameLine(arc, all[now.get(arc.id)])
    })))
    if (!fits) return null
    const told = new Set(junctions.map(nameOf))
    const isBrought = new Set(brought)
    const ends = all.map((arc) => [arc.line[0], arc.line[arc.line.length - 1]].filter((end) => (isBrought.has(arc) ? told : this.junctions).has(nameOf(end))))
    return new Arcs({
      seq, arcs: all, junctions: ends.reduce((found, some) => found.concat(some), []),
      cells: [...kept.map((cell) => renumbered(cell, this.arcs, now)), ...taken.map((cell) => renumbered(cell, arcs, now))],
    })
  }

  /** Return the numbers of the arcs that have a vertex. */
  around(name) {
    return Array.from(new Set((this.places.get(name) || []).map(([number]) => number)))
  }

  /** Return a vertex: its millimetres, its [lon, lat], whether it is a junction or on the outer border, and its cells; null when it is not here. */
  vertex(name) {
    const places = this.places.get(name)
    if (!places) return null
    const [number, i] = places[0]
    const found = places.map(([one]) => this.arcs[one])
    const codes = found.reduce((all, arc) => all.concat([arc.one, arc.other]), []).filter((code) => code !== null)
    return {
      name, at: this.arcs[number].line[i], lonlat: this.arcs[number].lonlat[i], isJunction: this.junctions.has(name),
      isOuter: found.some((arc) => arc.other === null), codes: Array.from(new Set(codes)).sort(),
    }
  }

  /** Show a vertex somewhere else in every border that has it; returns the numbers of those arcs. */
  move(name, lonlat) {
    for (const [number, i] of this.places.get(name) || []) this.shown[number][i] = lonlat
    return this.around(name)
  }

  /** Show one arc along other positions, as while a vertex is put into it. */
  redraw(number, positions) {
    this.shown[number] = positions
    return [number]
  }

  /** Show what the server knows again; returns the numbers of the arcs that were changed. */
  restore() {
    const changed = []
    this.shown.forEach((positions, number) => {
      const known = this.arcs[number].lonlat
      if (positions.length === known.length && positions.every((one, i) => one === known[i])) return
      this.shown[number] = known.slice()
      changed.push(number)
    })
    return changed
  }

  /** Return the rings of a cell as they are shown now, each closed. */
  rings(code) {
    const cell = this.cells.get(code)
    return cell ? cell.rings.map((ring) => joined(ring, this.shown)) : []
  }

  /** Return the names of the vertices around a cell in the order of its rings, each once. */
  corners(code) {
    const cell = this.cells.get(code)
    if (!cell) return []
    const lines = this.arcs.map((arc) => arc.line)
    return cell.rings.map((ring) => joined(ring, lines).slice(0, -1).map(nameOf)).reduce((all, names) => all.concat(names), [])
  }

  /** Return the numbers of the arcs around some cells. */
  borders(codes) {
    const wanted = new Set(codes)
    return this.arcs.map((arc, number) => (wanted.has(arc.one) || wanted.has(arc.other) ? number : -1)).filter((number) => number >= 0)
  }

  /** Return the codes of the cells that have a border in common with a cell, in order. */
  neighbours(code) {
    const beside = this.arcs.map((arc) => (arc.one === code ? arc.other : arc.other === code ? arc.one : null))
    return Array.from(new Set(beside.filter((one) => one !== null))).sort()
  }

  /**
   * Return the way along one border from a vertex to another: `{ number, was }` in millimetres; null when no border has both.
   * Around an island there are two ways: the one with fewer vertices.
   */
  way(from, to) {
    if (from === to) return null
    for (const number of this.around(from)) {
      const { line } = this.arcs[number]
      const names = line.map(nameOf)
      const isRound = names[0] === names[names.length - 1]
      const [i, j] = [names.indexOf(from), names.indexOf(to)]
      if (j < 0) continue
      const straight = i < j ? line.slice(i, j + 1) : line.slice(j, i + 1).reverse()
      if (!isRound) return { number, was: straight }
      const round = roundFrom(line.slice(0, -1), i, j, i < j ? -1 : 1)
      return { number, was: round.length < straight.length ? round : straight }
    }
    return null
  }
}

/** Return a cell whose rings name arcs by the numbers they have `now`, by id. */
function renumbered(cell, arcs, now) {
  const number = (signed) => (signed < 0 ? ~now.get(arcs[~signed].id) : now.get(arcs[signed].id))
  return { ...cell, rings: cell.rings.map((ring) => ring.map(number)) }
}

function isSameLine(one, other) {
  return Boolean(one) && (one === other || (one.line.length === other.line.length && one.line.every(([x, y], i) => x === other.line[i][0] && y === other.line[i][1])))
}

/** Return the vertices of a ring from one to another, going `step`. */
function roundFrom(ring, from, to, step) {
  const way = [ring[from]]
  for (let i = from; i !== to;) {
    i = (i + step + ring.length) % ring.length
    way.push(ring[i])
  }
  return way
}

/** Return the lines of a run of arcs as one: `~n` is arc n gone backward; where two meet, the vertex stands once. */
export function joined(ring, lines) {
  const whole = []
  for (const signed of ring) {
    const line = signed < 0 ? lines[~signed].slice().reverse() : lines[signed]
    whole.push(...(whole.length ? line.slice(1) : line))
  }
  return whole
}
