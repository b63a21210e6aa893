"""Cut squares into smaller ones and say of each in which cell it lies, or which borders cross it.

The cells around the lower left corner of a square are known; from corner to corner one walks along the lower and the
left sides, and each border crossed turns its cell on or off.
"""

from __future__ import annotations

import numpy as np

from grids.arrays import across, room, span
from grids.compiled import compiled, frozen
from grids.corners import crosses_below, crosses_left
from grids.leaves import write
from grids.pixels import OUTSIDE, PAGE, SMALLEST, Cut, Edges, Indices, Integers, Squares


def example() -> tuple[object, ...]:
    """Return tiny arguments for `divide`: one square with one edge in it."""
    one = np.zeros(1, dtype=np.int32)
    two = np.array([0, 1])
    edges = Edges(one + 3, one + 3, one + 9, one + 90, one)
    squares = Squares(one, one, two, one, two - two, one[:0])
    return tuple(frozen((edges, one, squares, Cut(1, 1, 7, 5, 4, 0, 0), one.astype(np.uint8))))


@compiled
def divide(
    edges: Edges, rank: Indices, squares: Squares, cut: Cut, wanted: np.ndarray
) -> tuple[Indices, Indices, Indices, Indices, Integers, Indices, Integers, Indices]:
    """Return the entries of the smaller squares, the leaves, and the fields of `Squares` for those to be cut again.

    `rank` is the place of each cell in order of code. Where `wanted` is not empty only the smaller squares whose flag
    is set get an entry, and each row begins outside all cells.
    """
    entries = np.full(squares.x.size * cut.columns * cut.rows, OUTSIDE, dtype=np.int32)
    leaves, words, found = np.empty(1024, dtype=np.int32), 0, 0
    again, page = _no_squares(), np.empty(PAGE, dtype=np.int32)
    offsets = np.zeros(cut.columns * cut.rows + 1, dtype=np.int64)
    for square in range(squares.x.size):
        listed = _deal(edges, squares, square, cut, offsets)
        beside = squares.inside[squares.first_inside[square] : squares.first_inside[square + 1]].copy()
        for row in range(cut.rows):
            y = squares.y[square] + (row << cut.shift)
            inside = beside.copy()
            for column in range(cut.columns):
                pixel = row * cut.columns + column
                x = squares.x[square] + (column << cut.shift)
                at = square * cut.columns * cut.rows + pixel
                if offsets[pixel] == offsets[pixel + 1]:
                    entries[at] = _lowest(inside, rank)
                    continue
                here = listed[offsets[pixel] : offsets[pixel + 1]]
                if wanted.size > 0 and wanted[pixel] == 0:
                    pass
                elif cut.shift > SMALLEST and (cut.shift > cut.fine or here.size > cut.most):
                    entries[at] = -2 - 2 * (cut.blocks + found)
                    again = _with(again, found, (here, inside, x, y))
                    found += 1
                else:
                    entries[at] = -3 - 2 * (cut.words + words)
                    leaves, words = write(leaves, words, edges, (here, inside, x, y), rank, page)
                inside = _past(edges, here, (x, y, 1 << cut.shift), inside)
            here = listed[offsets[row * cut.columns] : offsets[row * cut.columns + 1]]
            beside = _above(edges, here, (squares.x[square], y, 1 << cut.shift), beside)
    edge_end, inside_end = again.first_edge[found], again.first_inside[found]
    return (
        entries, leaves[:words].copy(), again.x[:found].copy(), again.y[:found].copy(),
        again.first_edge[: found + 1].copy(), again.edges[:edge_end].copy(),
        again.first_inside[: found + 1].copy(), again.inside[:inside_end].copy(),
    )  # fmt: skip


@compiled
def _past(edges: Edges, here: Indices, square: tuple[int, int, int], inside: Indices) -> Indices:
    """Return the cells around the lower right corner of a square, from those around the left one."""
    x, y, size = square
    for edge in here:
        if crosses_below(edges, edge, x, y, size):
            inside = _turned(inside, edges.cell[edge])
    return inside


@compiled
def _above(edges: Edges, here: Indices, square: tuple[int, int, int], inside: Indices) -> Indices:
    """Return the cells around the upper left corner of a square, from those around the lower one."""
    x, y, size = square
    for edge in here:
        if crosses_left(edges, edge, x, y, size):
            inside = _turned(inside, edges.cell[edge])
    return inside


@compiled
def _no_squares() -> Squares:
    nothing = np.empty(64, dtype=np.int32)
    return Squares(
        nothing, nothing.copy(), np.zeros(65, dtype=np.int64), nothing.copy(), np.zeros(65, dtype=np.int64),
        nothing.copy(),
    )  # fmt: skip


@compiled
def _with(squares: Squares, found: int, square: tuple[Indices, Indices, int, int]) -> Squares:
    """Return `found` squares with one more."""
    here, inside, x, y = square
    xs, ys = room(squares.x, found, 1), room(squares.y, found, 1)
    first_edge, first_inside = (
        room(squares.first_edge, found + 1, 1),
        room(squares.first_inside, found + 1, 1),
    )
    xs[found], ys[found] = x, y
    start = first_edge[found]
    edges = room(squares.edges, start, here.size)
    edges[start : start + here.size] = here
    first_edge[found + 1] = start + here.size
    start = first_inside[found]
    cells = room(squares.inside, start, inside.size)
    cells[start : start + inside.size] = inside
    first_inside[found + 1] = start + inside.size
    return Squares(xs, ys, first_edge, edges, first_inside, cells)


@compiled
def _deal(edges: Edges, squares: Squares, square: int, cut: Cut, offsets: Integers) -> Indices:
    """Return the edges of a square by smaller square, those of `p` from `offsets[p]` to `offsets[p + 1]`."""
    own = squares.edges[squares.first_edge[square] : squares.first_edge[square + 1]]
    x, y, size = squares.x[square], squares.y[square], 1 << cut.shift
    pixels, whose, total = np.empty(4 * own.size, dtype=np.int32), np.empty(4 * own.size, dtype=np.int32), 0
    offsets[:] = 0
    for edge in own:
        low, high = span(edges.ay[edge] - y, edges.by[edge] - y, size, cut.rows)
        for row in range(low, high + 1):
            left, right = _columns(edges, edge, x, y + row * size, size, cut.columns)
            pixels, whose = room(pixels, total, cut.columns), room(whose, total, cut.columns)
            for pixel in range(row * cut.columns + left, row * cut.columns + right + 1):
                pixels[total], whose[total] = pixel, edge
                offsets[pixel] += 1
                total += 1
    place = 0
    for pixel in range(offsets.size):
        place += offsets[pixel]
        offsets[pixel] = place
    listed = np.empty(total, dtype=np.int32)
    for i in range(total - 1, -1, -1):
        offsets[pixels[i]] -= 1
        listed[offsets[pixels[i]]] = whose[i]
    return listed


@compiled
def _columns(edges: Edges, edge: int, x: float, y: float, size: int, count: int) -> tuple[int, int]:
    """Return the first and last of `count` squares, in the row that begins at (x, y), that an edge touches."""
    ax, ay = float(edges.ax[edge]), float(edges.ay[edge])
    return across((ax - x, ay - y), (edges.bx[edge] - ax, edges.by[edge] - ay), size, count)


@compiled
def _lowest(inside: Indices, rank: Indices) -> int:
    """Return the cell first in order of code."""
    best = OUTSIDE
    for cell in inside:
        if best == OUTSIDE or rank[cell] < rank[best]:
            best = cell
    return best


@compiled
def _turned(inside: Indices, cell: int) -> Indices:
    """Return a set of cells without a cell it has, or with one it has not."""
    for i in range(inside.size):
        if inside[i] == cell:
            less = inside[:-1].copy()
            if i < less.size:
                less[i] = inside[-1]
            return less
    more = np.empty(inside.size + 1, dtype=np.int32)
    more[:-1] = inside
    more[-1] = cell
    return more
