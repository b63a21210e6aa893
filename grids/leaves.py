"""Write the leaves of an index: the borders that cross a small square, in pages of a few cells."""

from __future__ import annotations

from grids.arrays import room
from grids.compiled import compiled
from grids.corners import is_above, reaches_across
from grids.pixels import EDGE, HEADER, PAGE, Edges, Indices


@compiled
def write(
    leaves: Indices,
    words: int,
    edges: Edges,
    square: tuple[Indices, Indices, int, int],
    rank: Indices,
    page: Indices,
) -> tuple[Indices, int]:
    """Append the leaf of a square; return the leaves and their words.

    A square is the edges in it, the cells around its corner, and the corner; `page` is memory for PAGE cells.
    """
    here, inside, x, y = square
    size, last = _next_page(edges, here, inside, rank, -1, page)
    while True:
        leaves = room(leaves, words, HEADER + size + EDGE * here.size)
        head = words
        cells = leaves[head + HEADER : head + HEADER + size]
        cells[:] = page[:size]
        begin = head + HEADER + size
        words, bits = begin, 0
        for cell in inside:
            bits |= _bit(cells, cell)
        for edge in here:
            bit = _bit(cells, edges.cell[edge])
            if bit == 0:
                continue
            if reaches_across(edges, edge, x) and is_above(edges, edge, x, y):
                bits ^= bit
            words = _put(leaves, begin, words, edges, edge, bit)
        size, last = _next_page(edges, here, inside, rank, last, page)
        leaves[head] = (words - begin) // EDGE * 64 + cells.size * 2 + (1 if size > 0 else 0)
        leaves[head + 1] = bits
        if size == 0:
            return leaves, words


@compiled
def _bit(cells: Indices, cell: int) -> int:
    for i in range(cells.size):
        if cells[i] == cell:
            return 1 << i
    return 0


@compiled
def _put(leaves: Indices, begin: int, words: int, edges: Edges, edge: int, bit: int) -> int:
    """Add an edge to the page whose edges begin at `begin`, or its bit to the same edge of another cell."""
    ax, ay, bx, by = edges.ax[edge], edges.ay[edge], edges.bx[edge], edges.by[edge]
    for at in range(begin, words, EDGE):
        same = leaves[at] == ax and leaves[at + 1] == ay and leaves[at + 2] == bx and leaves[at + 3] == by
        if same and leaves[at + 4] & bit == 0:
            leaves[at + 4] |= bit
            return words
    leaves[words], leaves[words + 1], leaves[words + 2], leaves[words + 3] = ax, ay, bx, by
    leaves[words + 4] = bit
    return words + EDGE


@compiled
def _next_page(
    edges: Edges, here: Indices, inside: Indices, rank: Indices, after: int, page: Indices
) -> tuple[int, int]:
    """Put the next cells in order of code, behind the rank `after`, into `page`; return how many, and the last rank."""
    size = 0
    for i in range(here.size + inside.size):
        cell = edges.cell[here[i]] if i < here.size else inside[i - here.size]
        if rank[cell] <= after:
            continue
        place = size
        while place > 0 and rank[page[place - 1]] > rank[cell]:
            place -= 1
        if (place > 0 and page[place - 1] == cell) or place == PAGE:
            continue
        size = min(size + 1, PAGE)
        for j in range(size - 1, place, -1):
            page[j] = page[j - 1]
        page[place] = cell
    return size, rank[page[size - 1]] if size > 0 else after
