"""Find the cell of points in an index of squares: at once for most, by the borders around for the others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grids.compiled import compiled, frozen
from grids.covering import covers, covers_or_is_near
from grids.pixels import BITS, OUTSIDE, SIDE, Floats, Index, Indices

TOGETHER = 512
"""Points that go through the squares together: few enough to stay in the nearest cache."""


class Batch(NamedTuple):
    """Memory for points that go through the squares together."""

    east: Floats
    """Millimetres from the corner of the index."""
    north: Floats
    cut: Indices
    """Points whose square is cut further."""
    borders: Indices
    """Points in a square that borders cross."""
    left: Indices
    """The left sides of those squares."""
    heads: Indices
    """The first words of their leaves."""


def example() -> tuple[object, ...]:
    """Return tiny arguments for `find`: one square with one cell, one point."""
    return example_index(), frozen(np.zeros((1, 2)))


def example_index() -> Index:
    """Return an index of one square."""
    nothing = np.zeros(1, dtype=np.int32)
    index: Index = frozen(Index(nothing, nothing[:0], 0, 0, 1, 1, 5, 0.1))
    return index


@compiled
def find(index: Index, points: Floats) -> Indices:
    """Return for each x, y (metres) the first cell in order of code that covers it, else OUTSIDE."""
    found = np.empty(points.shape[0], dtype=np.int32)
    batch = new_batch()
    for begin in range(0, found.size, TOGETHER):
        entries = found[begin : begin + TOGETHER]
        for i in range(entries.size):
            batch.east[i] = points[begin + i, 0] * 1000.0 - index.x
            batch.north[i] = points[begin + i, 1] * 1000.0 - index.y
        for j in range(descend(index, entries, batch)):
            i = batch.borders[j]
            point = (points[begin + i, 0], points[begin + i, 1])
            at = (batch.east[i], batch.north[i])
            entries[i] = covers(index, (-2 - entries[i]) >> 1, batch.heads[j], batch.left[j], point, at)
    return found


@compiled
def new_batch() -> Batch:
    """Return memory for TOGETHER points."""
    number = np.empty(TOGETHER, dtype=np.int32)
    place = np.empty(TOGETHER)
    return Batch(place, place.copy(), number, number.copy(), number.copy(), number.copy())


@compiled
def descend(index: Index, entries: Indices, batch: Batch) -> int:
    """Put the entry of each point's smallest square into `entries`; return how many stand in `batch.borders`.

    Points go through each level of squares together: the processor fetches many entries at once, and guesses of what
    stands in one do not hold up the next.
    """
    width, height = float(index.columns << index.shift), float(index.rows << index.shift)
    squares, east, north, cut = index.entries, batch.east, batch.north, batch.cut
    waiting = 0
    for i in range(entries.size):
        if 0.0 <= east[i] < width and 0.0 <= north[i] < height:
            row, column = int(north[i]) >> index.shift, int(east[i]) >> index.shift
            entry = squares[row * index.columns + column]
        else:
            entry = np.int32(OUTSIDE)
        entries[i] = entry
        cut[waiting] = i
        waiting += entry < OUTSIDE
    shift, at_border = index.shift, 0
    while waiting > 0:
        shift -= BITS
        waiting, at_border = _descend_once(index, shift, entries, batch, waiting, at_border)
    leaves, borders, heads = index.leaves, batch.borders, batch.heads
    for j in range(at_border):
        heads[j] = leaves[(-2 - entries[borders[j]]) >> 1]
    return at_border


@compiled
def _descend_once(
    index: Index, shift: int, entries: Indices, batch: Batch, waiting: int, at_border: int
) -> tuple[int, int]:
    """Go one level down with the `waiting` points; return how many wait still, and how many came to a border."""
    squares, first = index.entries, index.rows * index.columns
    east, north, cut, borders, left = batch.east, batch.north, batch.cut, batch.borders, batch.left
    kept = 0
    for j in range(waiting):
        i = cut[j]
        row, column = int(north[i]) >> shift, int(east[i]) >> shift
        block = first + (((-2 - entries[i]) >> 1) << (2 * BITS))
        entry = squares[block + ((row & (SIDE - 1)) << BITS | (column & (SIDE - 1)))]
        entries[i] = entry
        is_leaf = entry < OUTSIDE and entry & 1 == 1
        borders[at_border], left[at_border] = i, column << shift
        at_border += is_leaf
        cut[kept] = i
        kept += entry < OUTSIDE and not is_leaf
    return kept, at_border


@compiled
def find_near(
    entries: Indices, leaves: Indices, frame: tuple[int, int, int], at: tuple[float, float], reach: float
) -> int:
    """Return the first cell that covers a point, in millimetres of the index, or has a border within `reach`.

    `frame` is the index's columns, rows and shift; `reach` is no more than SLACK.
    """
    columns, rows, shift = frame
    if not (0.0 <= at[0] < columns << shift and 0.0 <= at[1] < rows << shift):
        return OUTSIDE
    column, row = int(at[0]), int(at[1])
    entry, first = entries[(row >> shift) * columns + (column >> shift)], rows * columns
    while entry < OUTSIDE:
        code = -2 - entry
        if code & 1:
            word, left = code >> 1, column >> shift << shift
            return covers_or_is_near(leaves, word, leaves[word], left, at, reach)[0]
        shift -= BITS
        place = ((row >> shift) & (SIDE - 1)) << BITS | ((column >> shift) & (SIDE - 1))
        entry = entries[first + ((code >> 1) << (2 * BITS)) + place]
    return int(entry)
