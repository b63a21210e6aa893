"""Build the index of a partition from its rings, whole or only where cells changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from grids.compiled import frozen
from grids.dividing import divide
from grids.pixels import BITS, SIDE, SLACK, Cut, Edges, Flags, Index, Indices, Integers, Squares

MOST_EDGES = 24
"""Edges a small square may hold before it is cut all the same; a border of two cells counts twice."""
MOST_CROSSINGS = 1 << 23
"""Squares that all borders may cross together, before each crosses one only; it takes about 30 bytes."""
FINEST, COARSEST = 10, 20
"""Binary logarithms of the millimetres a small square may have: a metre to a kilometre."""
MOST_SQUARES = 1 << 22
"""Largest squares an index may have; where cells lie far apart the squares grow."""
WIDEST = 1 << 30
"""Millimetres, about 1,070 km: whole millimetres of a city fit into 32 bits."""
MARGIN = 8
"""Millimetres around all cells; more than SLACK."""


Polygons = np.ndarray[tuple[int], np.dtype[np.object_]]


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of all cells in whole millimetres from the corner of an index; a ring ends with its first vertex."""

    vertices: Indices
    """(n, 2)."""
    first: Integers
    """Ring `i` has the vertices from `first[i]` to `first[i + 1]`."""
    cell: Indices

    def edges(self) -> Edges:
        """Return all borders, upwards; a vertex that stands twice in a row makes none."""
        ring = np.repeat(np.arange(len(self.cell)), np.diff(self.first))
        is_edge = ring[1:] == ring[:-1]
        is_edge &= (self.vertices[1:] != self.vertices[:-1]).any(axis=1)
        at = np.flatnonzero(is_edge)
        ax, ay, bx, by = *self.vertices[at].T, *self.vertices[at + 1].T
        turned = (ay > by) | ((ay == by) & (ax > bx))
        return Edges(
            np.where(turned, bx, ax), np.where(turned, by, ay), np.where(turned, ax, bx), np.where(turned, ay, by),
            self.cell[ring[at]],
        )  # fmt: skip

    def some(self, chosen: Flags) -> Rings:
        """Return the rings whose flag is set."""
        lengths = np.diff(self.first)
        kept = self.vertices[np.repeat(chosen, lengths)]
        return Rings(kept, np.concatenate([[0], np.cumsum(lengths[chosen])]), self.cell[chosen])

    def and_those(self, others: Rings) -> Rings:
        """Return these rings and `others` behind them."""
        first = np.concatenate([self.first, others.first[1:] + self.first[-1]])
        vertices = np.concatenate([self.vertices, others.vertices])
        return Rings(vertices, first, np.concatenate([self.cell, others.cell]))

    def boxes(self) -> Indices:
        """Return west, south, east, north of every ring."""
        if not len(self.cell):
            return np.empty((0, 4), dtype=np.int32)
        low = np.minimum.reduceat(self.vertices, self.first[:-1])
        return np.hstack([low, np.maximum.reduceat(self.vertices, self.first[:-1])])


def rings(polygons: Polygons, cells: Indices, corner: tuple[int, int]) -> Rings:
    """Return the rings of `polygons`, whose cells are `cells`, in millimetres from `corner`.

    ValueError names a vertex that is off the 1 mm grid, or further from the corner than a city is wide.
    """
    found, of = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(found, return_index=True)
    whole = np.rint(xy * 1000.0)
    off = (whole / 1000.0 != xy).any(axis=1)
    if off.any():
        first = int(np.flatnonzero(off)[0])
        raise ValueError(f"the vertex {xy[first].tolist()} is not on the 1 mm grid")
    if len(whole) and np.abs(whole - corner).max() > WIDEST:
        raise ValueError(f"the cells lie more than {WIDEST // 1_000_000} km apart: that is no city")
    first_vertex = np.searchsorted(ring, np.arange(len(found) + 1)).astype(np.int64)
    return Rings((whole - corner).astype(np.int32), first_vertex, cells[of])


def build(all_rings: Rings, rank: Indices, corner: tuple[int, int]) -> tuple[Index, Rings]:
    """Return the index over all rings, and the rings from its corner on; so far they began at `corner`.

    `rank` is the place of each cell in order of code. ValueError when cells lie further apart than in a city.
    """
    low = (
        all_rings.vertices.min(axis=0, initial=WIDEST) if len(all_rings.cell) else np.zeros(2, dtype=np.int32)
    )
    high = all_rings.vertices.max(axis=0, initial=-WIDEST) if len(all_rings.cell) else low
    x, y = (int(given) + int(least) - MARGIN for given, least in zip(corner, low, strict=True))
    width, height = (int(size) + 2 * MARGIN for size in high.astype(np.int64) - low)
    if max(width, height) > WIDEST:
        raise ValueError(f"the cells lie {max(width, height) // 1_000_000} km apart: that is no city")
    moved = Rings(all_rings.vertices - (low - MARGIN).astype(np.int32), all_rings.first, all_rings.cell)
    edges = moved.edges()
    shift = _fineness(edges) + BITS
    while ((width >> shift) + 1) * ((height >> shift) + 1) > MOST_SQUARES:
        shift += 1
    columns, rows = (width >> shift) + 1, (height >> shift) + 1
    furthest = max(abs(x), abs(x + width), abs(y), abs(y + height))
    empty = Index(_nothing(), _nothing(), x, y, columns, rows, shift, max(furthest * 2.0**-49, 1e-9))
    entries, leaves = _divide(empty, edges, rank, (0, rows), np.zeros(0, dtype=np.uint8))
    return frozen(empty._replace(entries=entries, leaves=leaves)), moved


def is_within(index: Index, boxes: Indices) -> bool:
    """Return whether boxes of rings lie within an index, so that it can be rebuilt where they are."""
    furthest = (index.columns << index.shift) - MARGIN, (index.rows << index.shift) - MARGIN
    return bool((boxes[:, :2] >= MARGIN).all() and (boxes[:, 2:] <= furthest).all())


def rebuild(index: Index, all_rings: Rings, rank: Indices, boxes: Indices) -> Index:
    """Return `index` made anew in the largest squares that `boxes` touch; all lie within it.

    What stood in those squares stays in the arrays, unused.
    """
    slack = int(SLACK)
    low, high = (boxes[:, :2] - slack) >> index.shift, (boxes[:, 2:] + slack) >> index.shift
    bottom, top = int(low[:, 1].min()), int(high[:, 1].max()) + 1
    wanted = np.zeros((top - bottom, index.columns), dtype=np.uint8)
    for (left, below), (right, above) in zip(low.tolist(), high.tolist(), strict=True):
        wanted[below - bottom : above + 1 - bottom, left : right + 1] = 1
    all_boxes = all_rings.boxes()
    is_near = all_boxes[:, 1] - slack <= top << index.shift
    is_near &= all_boxes[:, 3] + slack >= bottom << index.shift
    entries, leaves = _divide(index, all_rings.some(is_near).edges(), rank, (bottom, top), wanted.ravel())
    root = index.entries[: index.columns * index.rows].copy()
    at = np.flatnonzero(wanted)
    root[at + bottom * index.columns] = entries[at]
    whole = np.concatenate([root, index.entries[len(root) :], entries[wanted.size :]])
    made: Index = frozen(index._replace(entries=whole, leaves=np.concatenate([index.leaves, leaves])))
    return made


def _divide(
    index: Index, edges: Edges, rank: Indices, between: tuple[int, int], wanted: np.ndarray
) -> tuple[Indices, Indices]:
    """Return new entries, those of the largest squares in the rows `between` first, and new leaves."""
    bottom, top = between
    count = len(edges.ax)
    squares = Squares(
        np.zeros(1, dtype=np.int32), np.full(1, bottom << index.shift, dtype=np.int32), np.array([0, count]),
        np.arange(count, dtype=np.int32), np.zeros(2, dtype=np.int64), _nothing(),
    )  # fmt: skip
    blocks = (len(index.entries) - index.columns * index.rows) >> (2 * BITS) if len(index.entries) else 0
    words = len(index.leaves)
    cut = Cut(index.columns, top - bottom, index.shift, index.shift - BITS, MOST_EDGES, blocks, words)
    entries, leaves = [], []
    while len(squares.x):
        done: Any = divide(*frozen((edges, rank, squares, cut, wanted)))
        made, written = done[:2]
        squares = Squares(*done[2:])
        entries.append(made)
        leaves.append(written)
        blocks, words = blocks + len(squares.x), words + len(written)
        cut = cut._replace(columns=SIDE, rows=SIDE, shift=cut.shift - BITS, blocks=blocks, words=words)
        wanted = wanted[:0]  # only the largest squares are chosen from
    return np.concatenate(entries), np.concatenate(leaves)


def _fineness(edges: Edges) -> int:
    """Return the binary logarithm of the millimetres a small square has.

    The finer, the fewer points come to a border, and the more squares a border crosses: as many as memory allows.
    """
    count = len(edges.ax)
    length = float(np.hypot(edges.bx - edges.ax.astype(float), edges.by - edges.ay.astype(float)).sum())
    most = max(min(6 * count, max(MOST_CROSSINGS, count)), 1)
    return int(np.clip(np.ceil(np.log2(max(1.27 * length / most, 1.0))), FINEST, COARSEST))


def _nothing() -> Indices:
    return np.zeros(0, dtype=np.int32)
