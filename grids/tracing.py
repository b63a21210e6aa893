"""Follow lines through an index of squares: which cells, from where to where along the line.

A line is cut wherever it meets a border; each piece between two cuts lies on one side of every border, so the cell of
a place in its middle is its cell. What lies within REACH of a border counts as on it: a point computed
on a slanted border is beside it by rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grids.compiled import compiled, frozen
from grids.cuts import NO_ROOM, REACH, TOGETHER, Cuts, new_cuts, segment_of
from grids.finding import example_index, find_near
from grids.pieces import Pieces, meet, new_pieces
from grids.pixels import OUTSIDE, Floats, Index, Indices, Integers

UNKNOWN = -2
ROOM = 4 * TOGETHER
"""Cuts there is room for at first."""


class Runs(NamedTuple):
    """Stretches of a line: the cell, and the millimetres along the line at which they begin and end."""

    cells: Indices
    ends: Floats


class Place(NamedTuple):
    """How far a line has been followed: its stretches so far, to where they are noted, and the cell from there on."""

    noted: int
    last: float
    cell: int


def example() -> tuple[object, ...]:
    """Return tiny arguments for `trace`: one square, one line of two vertices."""
    return example_index(), *frozen((np.eye(2), np.array([0, 2])))


@compiled
def trace(index: Index, vertices: Floats, first: Integers) -> tuple[Indices, Indices, Floats, Floats]:
    """Return the line, the cell, and the metres along the line at which it enters and leaves the cell.

    Line `i` has the vertices from `first[i]` to `first[i + 1]`, in metres. A stretch outside all cells is left out;
    a cell entered twice stands twice.
    """
    cells, ends = np.empty(256, dtype=np.int32), np.empty((256, 2))
    pieces, room = new_pieces(), ROOM
    cuts = new_cuts(room)
    lines, count = np.zeros(first.size, dtype=np.int64), 0
    for line in range(first.size - 1):
        own = vertices[first[line] : first[line + 1]]
        found = _trace_line(index, own, Runs(cells[count:], ends[count:]), pieces, cuts)
        while found < 0:
            cells, ends, room = _longer(cells), _longer(ends), 2 * room
            cuts = new_cuts(room)
            found = _trace_line(index, own, Runs(cells[count:], ends[count:]), pieces, cuts)
        count += found
        lines[line + 1] = count
    whose = np.empty(count, dtype=np.int32)
    for line in range(first.size - 1):
        whose[lines[line] : lines[line + 1]] = line
    return whose, cells[:count].copy(), ends[:count, 0] / 1000.0, ends[:count, 1] / 1000.0


@compiled
def _longer(array: np.ndarray) -> np.ndarray:
    return np.concatenate((array, array))


@compiled
def _trace_line(index: Index, vertices: Floats, runs: Runs, pieces: Pieces, cuts: Cuts) -> int:
    """Put the stretches of one line into `runs` and return how many; NO_ROOM when the arrays are too short."""
    place, at = Place(0, 0.0, UNKNOWN), 0.0
    for begin in range(0, vertices.shape[0] - 1, TOGETHER):
        own = vertices[begin : begin + TOGETHER + 1]
        met = meet(index, own, at, pieces, cuts)
        if met < 0 or place.noted + cuts.first[met] + own.shape[0] >= runs.cells.size:
            return NO_ROOM
        place = _follow(index, own, place, met, runs, cuts)
        at = cuts.start[own.shape[0] - 1]
    return _leave(runs.cells, runs.ends, place, at).noted


@compiled
def _follow(index: Index, vertices: Floats, place: Place, met: int, runs: Runs, cuts: Cuts) -> Place:
    """Follow pieces of which `met` may be cut.

    A piece that meets no border stays in the cell it began in: what is still to be noted grows by it.
    """
    cells, ends, entries, leaves = runs.cells, runs.ends, index.entries, index.leaves
    frame = (index.columns, index.rows, index.shift)
    start, length, piece, first, cut = cuts.start, cuts.length, cuts.piece, cuts.first, cuts.at
    i, j = -1, 0
    while True:
        i += 1
        if place.cell != UNKNOWN:
            i = piece[j] if j < met else vertices.shape[0]
        if i >= vertices.shape[0] - 1:
            return place
        begin, end = 0, 0
        if j < met and piece[j] == i:
            begin, end = first[j], first[j + 1]
            j += 1
        if length[i] == 0.0:
            continue
        segment, at = segment_of(index, vertices, i, length[i]), start[i]
        if begin < end and cut[begin] < REACH:  # it bends on a border
            place = _leave(cells, ends, place, at)
        for k in range(begin, end + 1):
            to = at + (cut[k] if k < end else segment.length)
            if place.cell == UNKNOWN and to - place.last > REACH:
                half = max((place.last + to) / 2.0 - at, 0.0)
                middle = segment.x + half * segment.dx, segment.y + half * segment.dy
                place = Place(place.noted, place.last, find_near(entries, leaves, frame, middle, REACH))
            if k < end:
                place = _leave(cells, ends, place, to)


@compiled
def _leave(cells: Indices, ends: Floats, place: Place, at: float) -> Place:
    """Note the stretch that ends so many millimetres along the line; in which cell it goes on is not known yet."""
    if place.cell == UNKNOWN or at - place.last <= REACH:
        return Place(place.noted, place.last, UNKNOWN)
    return Place(_add(cells, ends, place.noted, (place.cell, place.last, at)), at, UNKNOWN)


@compiled
def _add(cells: Indices, ends: Floats, count: int, run: tuple[int, float, float]) -> int:
    """Add a stretch in a cell, from where to where, to `count` of them, or to the last of them when it goes on."""
    cell, enter, leave = run
    if cell == OUTSIDE:
        return count
    if count > 0 and cells[count - 1] == cell and ends[count - 1, 1] == enter:
        ends[count - 1, 1] = leave
        return count
    cells[count] = cell
    ends[count, 0], ends[count, 1] = enter, leave
    return count + 1
