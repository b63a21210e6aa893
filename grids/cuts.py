"""Where a straight piece of a line meets the borders in an index of squares.

What lies within REACH of a border counts as on it: a point computed on a slanted border is beside it by rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grids.arrays import across, around
from grids.compiled import compiled
from grids.pixels import BITS, EDGE, HEADER, OUTSIDE, SIDE, Floats, Index, Indices, Integers

REACH = 1e-4
"""Millimetres: far below the 1 mm grid, far above the rounding of metric coordinates."""
TOGETHER = 512
"""Pieces that are looked at together: few enough to stay in the nearest cache."""
NO_ROOM = -1


class Segment(NamedTuple):
    """A straight piece of a line, in millimetres: its beginning, its direction, which has length 1, its length."""

    x: float
    y: float
    dx: float
    dy: float
    length: float


class Cuts(NamedTuple):
    """Where pieces of a line, looked at together, meet borders."""

    start: Floats
    """Millimetres along the line at which each piece begins, and the last ends."""
    length: Floats
    """Millimetres of each; 0 for what is no piece on the ground."""
    piece: Indices
    """Those that may be cut, ascending."""
    first: Indices
    """Where the cuts of each of them begin in `at`, and those of the last end."""
    at: Floats
    """Millimetres from the beginning of the piece, ascending."""
    stack: Integers
    """Squares still to be looked into."""


@compiled
def new_cuts(room: int) -> Cuts:
    """Return memory for so many cuts of TOGETHER pieces."""
    place, number = np.empty(TOGETHER + 1), np.empty(TOGETHER + 1, dtype=np.int32)
    return Cuts(
        place, place.copy(), number, number.copy(), np.empty(room), np.empty((room, 4), dtype=np.int64)
    )


@compiled
def segment_of(index: Index, vertices: Floats, i: int, length: float) -> Segment:
    """Return piece `i`, which has this length."""
    ax, ay, bx, by = vertices[i, 0], vertices[i, 1], vertices[i + 1, 0], vertices[i + 1, 1]
    dx, dy = (bx - ax) * 1000.0, (by - ay) * 1000.0
    return Segment(ax * 1000.0 - index.x, ay * 1000.0 - index.y, dx / length, dy / length, length)


@compiled
def cut_apart(index: Index, segment: Segment, cuts: Cuts, base: int) -> int:
    """Add the cuts of a segment behind `base`, from the largest squares down; return how many there are, or NO_ROOM."""
    entries, leaves, at, stack = index.entries, index.leaves, cuts.at, cuts.stack
    end_x, end_y = segment.x + segment.dx * segment.length, segment.y + segment.dy * segment.length
    west, east = min(segment.x, end_x), max(segment.x, end_x)
    south, north = min(segment.y, end_y), max(segment.y, end_y)
    low_x, step = (segment.x, end_x - segment.x) if segment.dy >= 0.0 else (end_x, segment.x - end_x)
    size, waiting = base, 1
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
                entry = entries[place + row * columns + column]
                if entry >= OUTSIDE:
                    continue
                code = -2 - entry
                if code & 1:
                    size = _cut_leaf(leaves, code >> 1, segment, at, base, size)
                    if size < 0:
                        return NO_ROOM
                    continue
                if waiting == stack.shape[0]:
                    return NO_ROOM
                stack[waiting, 0] = index.rows * index.columns + ((code >> 1) << (2 * BITS))
                stack[waiting, 1], stack[waiting, 2] = left + (column << shift), y
                stack[waiting, 3] = shift - BITS
                waiting += 1
    return size


@compiled
def _cut_leaf(leaves: Indices, word: int, segment: Segment, at: Floats, base: int, size: int) -> int:
    """Add where a segment meets the edges of a leaf; return how many cuts there are, or NO_ROOM."""
    while True:
        head = leaves[word]
        word += HEADER + ((head >> 1) & 31)
        for _ in range(head >> 6):
            size = cut_by(leaves, word, segment, at, base, size)
            if size < 0:
                return NO_ROOM
            word += EDGE
        if head & 1 == 0:
            return size


@compiled
def cut_by(leaves: Indices, word: int, segment: Segment, at: Floats, base: int, size: int) -> int:
    """Add where a segment, whose cuts begin at `base`, meets an edge; return how many cuts there are, or NO_ROOM."""
    dx, dy = segment.dx, segment.dy
    ax, ay = leaves[word] - segment.x, leaves[word + 1] - segment.y
    bx, by = leaves[word + 2] - segment.x, leaves[word + 3] - segment.y
    a_beside, b_beside = dx * ay - ax * dy, dx * by - bx * dy
    if (a_beside > REACH and b_beside > REACH) or (a_beside < -REACH and b_beside < -REACH):
        return size
    if size + 3 > at.size:
        return NO_ROOM
    a_along, b_along = ax * dx + ay * dy, bx * dx + by * dy
    if abs(a_beside) <= REACH:
        size = _note(at, base, size, a_along, segment.length)
    if abs(b_beside) <= REACH:
        size = _note(at, base, size, b_along, segment.length)
    if (a_beside < 0.0) != (b_beside < 0.0):
        share = a_beside / (a_beside - b_beside)
        size = _note(at, base, size, a_along + share * (b_along - a_along), segment.length)
    return size


@compiled
def _note(at: Floats, base: int, size: int, along: float, length: float) -> int:
    """Add a cut in its order among those behind `base`, when it is on the segment."""
    if not -REACH <= along <= length + REACH:
        return size
    along = min(max(along, 0.0), length)
    place = size
    while place > base and at[place - 1] > along:
        at[place] = at[place - 1]
        place -= 1
    at[place] = along
    return size + 1
