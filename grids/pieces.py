"""Find which pieces of a line, each from one vertex to the next, may meet borders in an index of squares.

Most pieces of a track are short and far from any border. So many are looked at together, step by step and without a
guess at what the next look will find: the processor then fetches many squares at once. What remains are the few edges
that the straight line through a piece meets. A piece that is long, or lies where squares are cut again, is looked at
by itself, from the largest squares down.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grids.compiled import compiled
from grids.cuts import NO_ROOM, REACH, TOGETHER, Cuts, cut_apart, cut_by, segment_of
from grids.pixels import BITS, EDGE, HEADER, OUTSIDE, SIDE, Floats, Index, Indices

FURTHEST = 1e12
"""Millimetres; what reaches further, or is no number, is no line on the ground and is left out."""
CORNERS = 4
"""Squares that a short piece can touch."""
APART = -2
"""What stands for a square that is not known: its piece is looked at by itself. (Squares cut again are even, too.)"""


class Pieces(NamedTuple):
    """Memory for pieces of a line that are looked at together."""

    row: Indices
    """Of each vertex: the small square it lies in, and what stands there."""
    column: Indices
    entry: Indices
    beside: Indices
    """The other two corners of pieces that change both row and column; one row for each of the two."""
    least: Indices
    """The least entry around each piece: OUTSIDE or more when it meets no border."""
    chosen: Indices
    """Numbers of some pieces."""
    whose: Indices
    """Pairs of a piece and a leaf beside it: the piece, the leaf, its first word."""
    leaf: Indices
    head: Indices
    edge: Indices
    """Where edges stand that pieces may meet."""
    edge_of: Indices
    """The pieces of these edges, ascending."""


@compiled
def new_pieces() -> Pieces:
    """Return memory for TOGETHER pieces."""
    number = np.empty(TOGETHER + 1, dtype=np.int32)
    pairs = np.empty(CORNERS * (TOGETHER + 1), dtype=np.int32)
    return Pieces(
        number, number.copy(), number.copy(), np.empty((2, TOGETHER + 1), dtype=np.int32), number.copy(),
        number.copy(), pairs, pairs.copy(), pairs.copy(), pairs.copy(), pairs.copy(),
    )  # fmt: skip


@compiled
def meet(index: Index, vertices: Floats, start: float, pieces: Pieces, cuts: Cuts) -> int:
    """Cut all pieces between these vertices, at most TOGETHER; return how many may be cut, or NO_ROOM.

    The first begins `start` millimetres along its line.
    """
    count = vertices.shape[0] - 1
    _measure(index, vertices, start, cuts)
    _place(index, vertices, pieces)
    _surround(index, count, pieces)
    edges = _approach(index, vertices, _pair(count, pieces), pieces)
    return _cut(index, vertices, edges, pieces, cuts)


@compiled
def _measure(index: Index, vertices: Floats, start: float, cuts: Cuts) -> None:
    length = cuts.length
    for i in range(vertices.shape[0] - 1):
        ax, ay = vertices[i, 0], vertices[i, 1]
        dx, dy = (vertices[i + 1, 0] - ax) * 1000.0, (vertices[i + 1, 1] - ay) * 1000.0
        far = max(abs(ax * 1000.0 - index.x), abs(ay * 1000.0 - index.y))
        away = np.sqrt(dx * dx + dy * dy)
        length[i] = away if far < FURTHEST and away < FURTHEST else 0.0
    cuts.start[0] = start
    for i in range(vertices.shape[0] - 1):
        start += length[i]
        cuts.start[i + 1] = start


@compiled
def _place(index: Index, vertices: Floats, pieces: Pieces) -> None:
    """Find the small square of each vertex."""
    entries, columns, first = index.entries, index.columns, index.rows * index.columns
    width, height = float(columns << index.shift), float(index.rows << index.shift)
    rows, fine = pieces.row, index.shift - BITS
    for i in range(vertices.shape[0]):
        east, north = vertices[i, 0] * 1000.0 - index.x, vertices[i, 1] * 1000.0 - index.y
        if 0.0 <= east < width and 0.0 <= north < height:
            row, column = int(north) >> fine, int(east) >> fine
            rows[i], pieces.column[i] = row, column
            pieces.entry[i] = _entry(entries, columns, first, row, column)
        else:
            rows[i], pieces.column[i], pieces.entry[i] = 0, 0, APART


@compiled
def _entry(entries: Indices, columns: int, first: int, row: int, column: int) -> int:
    """Return what stands in a small square, or in the large one around it when that is not cut."""
    place = (row >> BITS) * columns + (column >> BITS)
    large = int(entries[place])
    block = first + (((-2 - large) >> 1) << (2 * BITS))
    within = block + ((row & (SIDE - 1)) << BITS | (column & (SIDE - 1)))
    is_cut = (large < OUTSIDE) & (large & 1 == 0)
    return int(entries[place + is_cut * (within - place)])


@compiled
def _surround(index: Index, count: int, pieces: Pieces) -> None:
    """Find the least entry around each piece: of the squares of its ends, and of the two beside them."""
    entries, columns, first = index.entries, index.columns, index.rows * index.columns
    row, column, entry, least = pieces.row, pieces.column, pieces.entry, pieces.least
    one, other, slanted = pieces.beside[0], pieces.beside[1], pieces.chosen
    found = 0
    for i in range(count):
        up, right = row[i + 1] - row[i], column[i + 1] - column[i]
        one[i] = other[i] = entry[i]
        least[i] = min(entry[i], entry[i + 1])
        slanted[found] = i
        found += ((up != 0) & (right != 0)) | (abs(up) > 1) | (abs(right) > 1)
    for j in range(found):
        i = slanted[j]
        if abs(row[i + 1] - row[i]) > 1 or abs(column[i + 1] - column[i]) > 1:
            one[i] = other[i] = APART
        else:
            one[i] = _entry(entries, columns, first, row[i], column[i + 1])
            other[i] = _entry(entries, columns, first, row[i + 1], column[i])
        least[i] = min(least[i], one[i], other[i])


@compiled
def _pair(count: int, pieces: Pieces) -> int:
    """List each piece with each different square around it that borders cross; return how many pairs."""
    entry, least, chosen, whose, leaf = pieces.entry, pieces.least, pieces.chosen, pieces.whose, pieces.leaf
    one, other = pieces.beside[0], pieces.beside[1]
    waiting, found = 0, 0
    for i in range(count):
        chosen[waiting] = i
        waiting += least[i] < OUTSIDE
    for j in range(waiting):
        i = chosen[j]
        a, b, c, d = entry[i], entry[i + 1], one[i], other[i]
        whose[found], leaf[found] = i, a
        found += a < OUTSIDE
        whose[found], leaf[found] = i, b
        found += (b < OUTSIDE) & (b != a)
        whose[found], leaf[found] = i, c
        found += (c < OUTSIDE) & (c != a) & (c != b)
        whose[found], leaf[found] = i, d
        found += (d < OUTSIDE) & (d != a) & (d != b) & (d != c)
    return found


@compiled
def _approach(index: Index, vertices: Floats, pairs: int, pieces: Pieces) -> int:
    """List the edges that pieces come near to, a few more than they meet; return how many.

    A piece that must be looked at by itself gets `least` APART.
    """
    leaves, leaf, heads, edge, edge_of = index.leaves, pieces.leaf, pieces.head, pieces.edge, pieces.edge_of
    for j in range(pairs):  # all of them first: the processor fetches many at once
        code = -2 - leaf[j]
        heads[j] = leaves[code >> 1] if code & 1 else 1
    found = 0
    for j in range(pairs):
        i, word, head = pieces.whose[j], (-2 - leaf[j]) >> 1, heads[j]
        if head & 1 or found + (head >> 6) >= edge.size:
            pieces.least[i] = APART
            continue
        x, y = vertices[i, 0] * 1000.0 - index.x, vertices[i, 1] * 1000.0 - index.y
        step = (vertices[i + 1, 0] - vertices[i, 0]) * 1000.0, (vertices[i + 1, 1] - vertices[i, 1]) * 1000.0
        word += HEADER + ((head >> 1) & 31)
        for _ in range(head >> 6):
            a, b = (leaves[word] - x, leaves[word + 1] - y), (leaves[word + 2] - x, leaves[word + 3] - y)
            edge[found], edge_of[found] = word, i
            found += _is_near(a, b, step)
            word += EDGE
    return found


@compiled
def _is_near(a: tuple[float, float], b: tuple[float, float], step: tuple[float, float]) -> bool:
    """Tell whether the straight lines through an edge and a step, each, have the other's ends on both sides, or near.

    The edge is given from where the step begins.
    """
    dx, dy = step
    ex, ey = b[0] - a[0], b[1] - a[1]
    one, other = dx * a[1] - a[0] * dy, dx * b[1] - b[0] * dy
    before = a[0] * ey - ex * a[1]
    after = before + ex * dy - dx * ey
    reach, near = 2.0 * REACH * (abs(dx) + abs(dy)), 2.0 * REACH * (abs(ex) + abs(ey))
    is_met = (min(one, other) <= reach) & (max(one, other) >= -reach)
    return is_met & (min(before, after) <= near) & (max(before, after) >= -near)


@compiled
def _cut(index: Index, vertices: Floats, edges: int, pieces: Pieces, cuts: Cuts) -> int:
    """Cut the pieces by the edges they come near to, or by themselves; return how many, or NO_ROOM."""
    leaves, least, edge, edge_of = index.leaves, pieces.least, pieces.edge, pieces.edge_of
    piece, first, at, length = cuts.piece, cuts.first, cuts.at, cuts.length
    found, size, following = 0, 0, 0
    edge_of[edges] = TOGETHER
    for i in range(vertices.shape[0] - 1):
        is_apart = least[i] == APART
        if not is_apart and edge_of[following] != i:
            continue
        piece[found], first[found] = i, size
        found += 1
        segment = segment_of(index, vertices, i, length[i])
        if is_apart and segment.length > 0.0:
            size = cut_apart(index, segment, cuts, size)
        while edge_of[following] == i:
            if not is_apart and segment.length > 0.0 and size >= 0:
                size = cut_by(leaves, edge[following], segment, at, first[found - 1], size)
            following += 1
        if size < 0:
            return NO_ROOM
    first[found] = size
    return found
