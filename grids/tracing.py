"""Follow lines through an index of squares: which cells, from where to where along the line.

A line is cut wherever it meets a border; each piece between two cuts lies on one side of every border, so the cell of
a place in its middle is its cell. What lies within REACH of a border counts as on it: a point computed
on a slanted border is beside it by rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grids.arrays import across, around
from grids.compiled import compiled, frozen
from grids.finding import example_index, find_near
from grids.pixels import BITS, EDGE, HEADER, OUTSIDE, SIDE, Floats, Index, Indices, Integers

REACH = 1e-4
"""Millimetres: far below the 1 mm grid, far above the rounding of metric coordinates."""

UNKNOWN = -2
FURTHEST = 1e12
"""Millimetres; what reaches further, or is no number, is no line on the ground and is left out."""


class Segment(NamedTuple):
    """A straight piece of a line, in millimetres: its beginning, its direction, which has length 1, its length."""

    x: float
    y: float
    dx: float
    dy: float
    length: float


class Runs(NamedTuple):
    """Stretches found so far: line and cell, and the millimetres along the line at which they begin and end."""

    whose: Indices
    ends: Floats


def example() -> tuple[object, ...]:
    """Return tiny arguments for `trace`: one square, one line of two vertices."""
    return example_index(), *frozen((np.eye(2), np.array([0, 2])))


@compiled
def trace(index: Index, vertices: Floats, first: Integers) -> tuple[Indices, Indices, Floats, Floats]:
    """Return the line, the cell, and the metres along the line at which it enters and leaves the cell.

    Line `i` has the vertices from `first[i]` to `first[i + 1]`, in metres. A stretch outside all cells is left out;
    a cell entered twice stands twice.
    """
    runs, count = Runs(np.empty((256, 2), dtype=np.int32), np.empty((256, 2))), 0
    cuts, stack = np.empty(64), np.empty((64, 4), dtype=np.int64)
    for line in range(first.size - 1):
        at, last, cell = 0.0, 0.0, UNKNOWN
        for i in range(first[line], first[line + 1] - 1):
            segment = _segment(index, vertices[i], vertices[i + 1])
            length = segment.length
            if not 0.0 < length < FURTHEST:
                continue
            cuts, size, stack = _meet(index, segment, cuts, stack)
            if size > 0 and cuts[0] < REACH:
                cell = UNKNOWN  # it bends on a border
            for k in range(size + 1):
                cut = cuts[k] if k < size else length
                leave = at + cut
                if leave - last > REACH:
                    if cell == UNKNOWN:
                        half = max((last + leave) / 2.0 - at, 0.0)
                        cell = find_near(
                            index, segment.x + half * segment.dx, segment.y + half * segment.dy, REACH
                        )
                    runs, count = _add(runs, count, (line, cell), (last, leave))
                    last = leave
                if k < size:
                    cell = UNKNOWN
            at += length
    lines, cells = runs.whose[:count, 0].copy(), runs.whose[:count, 1].copy()
    return lines, cells, runs.ends[:count, 0] / 1000.0, runs.ends[:count, 1] / 1000.0


@compiled
def _add(runs: Runs, count: int, whose: tuple[int, int], ends: tuple[float, float]) -> tuple[Runs, int]:
    """Add a piece of a line in a cell to `count` runs, or to the last of them when it goes on."""
    line, cell = whose
    if cell == OUTSIDE:
        return runs, count
    before = count - 1
    goes_on = count > 0 and runs.whose[before, 0] == line and runs.whose[before, 1] == cell
    if goes_on and runs.ends[before, 1] == ends[0]:
        runs.ends[before, 1] = ends[1]
        return runs, count
    if count == len(runs.whose):
        runs = Runs(_longer(runs.whose), _longer(runs.ends))
    runs.whose[count, 0], runs.whose[count, 1] = line, cell
    runs.ends[count, 0], runs.ends[count, 1] = ends
    return runs, count + 1


@compiled
def _longer(array: np.ndarray) -> np.ndarray:
    return np.concatenate((array, array))


@compiled
def _segment(index: Index, start: Floats, end: Floats) -> Segment:
    x, y = start[0] * 1000.0 - index.x, start[1] * 1000.0 - index.y
    dx, dy = (end[0] - start[0]) * 1000.0, (end[1] - start[1]) * 1000.0
    length = np.sqrt(dx * dx + dy * dy)
    if not (abs(x) < FURTHEST and abs(y) < FURTHEST):
        length = np.inf
    return Segment(x, y, dx / length, dy / length, length)


@compiled
def _meet(index: Index, segment: Segment, cuts: Floats, stack: Integers) -> tuple[Floats, int, Integers]:
    """Put the millimetres at which a segment meets borders into `cuts`, ascending; return it and their number.

    `stack` is memory for the squares still to be looked into.
    """
    end = (segment.x + segment.dx * segment.length, segment.y + segment.dy * segment.length)
    west, east = min(segment.x, end[0]), max(segment.x, end[0])
    south, north = min(segment.y, end[1]), max(segment.y, end[1])
    low_x, step = (segment.x, end[0] - segment.x) if segment.dy >= 0.0 else (end[0], segment.x - end[0])
    size, waiting = 0, 1
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, 0, 0, index.shift
    while waiting > 0:
        waiting -= 1
        place, left, below, shift = stack[waiting, 0], stack[waiting, 1], stack[waiting, 2], stack[waiting, 3]
        columns, rows = (index.columns, index.rows) if place == 0 else (SIDE, SIDE)
        first_row, last_row = around(south - below, north - below, shift, rows)
        first, last = around(west - left, east - left, shift, columns)
        is_long = first_row + 2 < last_row
        for row in range(first_row, last_row + 1):
            y = below + (row << shift)
            if is_long:
                first, last = across((low_x - left, south - y), (step, north - south), 1 << shift, columns)
            for column in range(first, last + 1):
                entry = index.entries[place + row * columns + column]
                if entry >= OUTSIDE:
                    continue
                code = -2 - entry
                if code & 1:
                    cuts, size = _meet_leaf(index.leaves, code >> 1, segment, cuts, size)
                    continue
                if waiting == stack.shape[0]:
                    stack = _longer(stack)
                stack[waiting, 0] = index.rows * index.columns + ((code >> 1) << (2 * BITS))
                stack[waiting, 1], stack[waiting, 2] = left + (column << shift), y
                stack[waiting, 3] = shift - BITS
                waiting += 1
    return cuts, size, stack


@compiled
def _meet_leaf(leaves: Indices, word: int, segment: Segment, cuts: Floats, size: int) -> tuple[Floats, int]:
    """Add where a segment meets the edges of a leaf."""
    dx, dy = segment.dx, segment.dy
    while True:
        head = leaves[word]
        word += HEADER + ((head >> 1) & 31)
        for _ in range(head >> 6):
            ax, ay = leaves[word] - segment.x, leaves[word + 1] - segment.y
            bx, by = leaves[word + 2] - segment.x, leaves[word + 3] - segment.y
            word += EDGE
            a_beside, b_beside = dx * ay - ax * dy, dx * by - bx * dy
            if (a_beside > REACH and b_beside > REACH) or (a_beside < -REACH and b_beside < -REACH):
                continue
            if size + 3 > cuts.size:
                cuts = _longer(cuts)
            a_along, b_along = ax * dx + ay * dy, bx * dx + by * dy
            if abs(a_beside) <= REACH:
                size = _note(cuts, size, a_along, segment.length)
            if abs(b_beside) <= REACH:
                size = _note(cuts, size, b_along, segment.length)
            if (a_beside < 0.0) != (b_beside < 0.0):
                share = a_beside / (a_beside - b_beside)
                size = _note(cuts, size, a_along + share * (b_along - a_along), segment.length)
        if head & 1 == 0:
            return cuts, size


@compiled
def _note(cuts: Floats, size: int, along: float, length: float) -> int:
    """Add a cut in its order, when it is on the segment."""
    if not -REACH <= along <= length + REACH:
        return size
    along = min(max(along, 0.0), length)
    place = size
    while place > 0 and cuts[place - 1] > along:
        cuts[place] = cuts[place - 1]
        place -= 1
    cuts[place] = along
    return size + 1
