"""Borders as a browser needs them: each border between two cells once, so that dragging it drags both.

An arc is a border from one junction to the next, with its cell on either side; a border without a junction, round an
island, is a closed arc. Rings of cells are runs of arcs, gone forward or backward, as in TopoJSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from grids.draft import Draft
from grids.model import Cell
from grids.rings import PER_METRE, Chain

Whole = np.ndarray[tuple[int], np.dtype[np.int64]]
OUTSIDE = -1
"""Stands for the cell beyond the outer border."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A border between the cells `one` and `other`, None outside; `line` in millimetres, `id` stays.

    The id names the two cells, and a number where they have several borders in common, in order of place. So it
    stays when the border or its junctions are dragged, and whatever happens elsewhere.
    """

    id: str
    one: str
    other: str | None
    line: Chain


@dataclass(frozen=True, slots=True)
class Arcs:
    """All arcs of some cells, as arrays: those of arc n are `vertices[offsets[n]:offsets[n + 1]]`, in millimetres."""

    codes: tuple[str, ...]
    ids: tuple[str, ...]
    one: Whole
    """Index of the cell in whose ring the arc runs forward."""
    other: Whole
    """Index of the other cell, OUTSIDE on the outer border."""
    offsets: Whole
    vertices: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    ring_cells: Whole
    """Index of the cell of each ring, outer rings before holes."""
    ring_offsets: Whole
    ring_arcs: Whole
    """Arcs around each ring, `~n` for arc n gone backward; those of ring r lie between its offsets."""
    junctions: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    """Vertices where other than two edges meet."""

    def __len__(self) -> int:
        return len(self.one)

    def arc(self, number: int) -> Arc:
        """Return one arc."""
        start, end = self.offsets[number : number + 2].tolist()
        right = int(self.other[number])
        line = tuple((x, y) for x, y in self.vertices[start:end].tolist())
        return Arc(
            self.ids[number],
            self.codes[int(self.one[number])],
            None if right == OUTSIDE else self.codes[right],
            line,
        )


@dataclass(frozen=True, slots=True)
class _Edges:
    """The edges along all rings, ring after ring: ends as numbers of places, and the same edge in the other cell."""

    places: np.ndarray
    start: Whole
    end: Whole
    twin: Whole
    ring: Whole
    cell: Whole
    first: Whole
    """Where each ring begins, and after the last one the number of edges."""


def of(cells: Sequence[Cell]) -> Arcs:
    """Return the arcs of cells that match vertex by vertex, in order of code."""
    ordered = sorted(cells, key=lambda cell: cell.code)
    codes = tuple(cell.code for cell in ordered)
    edges, ring_cells = _edges(np.array([cell.geometry for cell in ordered], dtype=object))
    meets = _is_junction(edges)
    order, begins = _runs(edges, meets)
    run_of = np.empty(len(order), dtype=np.int64)
    run_of[order] = np.cumsum(begins) - 1
    heads = order[begins]  # the first edge of each run
    is_arc = (edges.twin[heads] < 0) | (edges.cell[heads] < edges.cell[edges.twin[heads]])
    number = np.cumsum(is_arc) - 1
    signed = np.where(is_arc, number, ~number[run_of[edges.twin[heads]]])
    arcs = heads[is_arc]
    one = edges.cell[arcs]
    other = np.where(edges.twin[arcs] < 0, OUTSIDE, edges.cell[edges.twin[arcs]])
    offsets, vertices = _lines(edges, order, begins, is_arc)
    return Arcs(
        codes,
        _ids(codes, one, other, offsets, vertices),
        one,
        other,
        offsets,
        vertices,
        ring_cells,
        np.searchsorted(edges.ring[heads], np.arange(len(ring_cells) + 1)),
        signed,
        edges.places[meets],
    )


def around(draft: Draft, codes: Iterable[str]) -> list[Arc]:
    """Return the arcs of some cells, as in the arcs of the whole draft; codes that are not there are passed over."""
    wanted = {code for code in codes if code in draft.cells}
    near: dict[str, Cell] = {}
    for code in sorted(wanted):
        near.update((cell.code, cell) for cell in draft.near(draft.cells[code].geometry.bounds))
    found = of(list(near.values()))
    arcs = (found.arc(number) for number in range(len(found)))
    return [arc for arc in arcs if arc.one in wanted or arc.other in wanted]


def _edges(shapes: np.ndarray) -> tuple[_Edges, Whole]:
    """Return the edges of polygons, and the polygon of each ring."""
    ring_shapes, ring_cells = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(ring_shapes, return_index=True)
    whole = np.rint(xy * PER_METRE).astype(np.int64)
    low = whole.min(axis=0, initial=2**62)
    height = int(whole[:, 1].max(initial=0) - low[1]) + 1
    keys, place = np.unique((whole[:, 0] - low[0]) * height + (whole[:, 1] - low[1]), return_inverse=True)
    inside = np.flatnonzero(ring[:-1] == ring[1:])
    start, end, ring = place[inside], place[inside + 1], ring[inside]
    return _Edges(
        np.stack([keys // height + low[0], keys % height + low[1]], axis=1),
        start,
        end,
        _twins(np.minimum(start, end) * len(keys) + np.maximum(start, end)),
        ring,
        ring_cells[ring],
        np.searchsorted(ring, np.arange(len(ring_cells) + 1)),
    ), ring_cells


def _twins(keys: Whole) -> Whole:
    """Return for each edge the other one with the same key, or -1."""
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order[:-1]] == keys[order[1:]])
    twin = np.full(len(keys), -1)
    twin[order[same]], twin[order[same + 1]] = order[same + 1], order[same]
    return twin


def _is_junction(edges: _Edges) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each place whether other than two edges meet there."""
    once = (edges.twin < 0) | (np.arange(len(edges.twin)) < edges.twin)
    met = np.zeros(len(edges.places), dtype=np.int64)
    for ends in (edges.start, edges.end):
        met += np.bincount(ends[once], minlength=len(met))
    return np.asarray(met != 2)


def _runs(edges: _Edges, meets: np.ndarray) -> tuple[Whole, np.ndarray]:
    """Return the edges, each ring turned to begin at a junction, and which of them begin a run between junctions.

    A ring without a junction begins at its least place, which is the same in the cells on both sides.
    """
    breaks = meets[edges.start]
    count = np.diff(edges.first)
    position = np.arange(len(edges.start)) - edges.first[edges.ring]
    rank = np.where(breaks, position - len(breaks), edges.start)  # a junction before every other place
    least = np.minimum.reduceat(rank, edges.first[:-1]) if len(count) else rank
    is_first = rank == least[edges.ring]
    turn = np.zeros(len(count), dtype=np.int64)
    turn[edges.ring[is_first]] = position[is_first]
    turned = (position - turn[edges.ring]) % count[edges.ring]
    order = np.empty(len(turned), dtype=np.int64)
    order[edges.first[edges.ring] + turned] = np.arange(len(turned))
    return order, breaks[order] | (turned[order] == 0)


def _lines(edges: _Edges, order: Whole, begins: np.ndarray, is_arc: np.ndarray) -> tuple[Whole, np.ndarray]:
    """Return where the vertices of each arc begin, and all vertices."""
    run = np.cumsum(begins) - 1
    kept = is_arc[run]
    sizes = np.bincount(run, minlength=len(is_arc))[is_arc] + 1
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    vertices = np.empty((int(offsets[-1]), 2), dtype=np.int64)
    is_end = np.zeros(len(vertices), dtype=bool)
    is_end[offsets[1:] - 1] = True
    vertices[~is_end] = edges.places[edges.start[order[kept]]]
    last = np.flatnonzero(np.append(begins[1:], True)) if len(begins) else np.flatnonzero(begins)
    vertices[is_end] = edges.places[edges.end[order[last[is_arc]]]]
    return offsets, vertices


def _ids(
    codes: Sequence[str], one: Whole, other: Whole, offsets: Whole, vertices: np.ndarray
) -> tuple[str, ...]:
    """Return an id for each arc: its two codes, and a number for the second, third … between the same cells."""
    first, last = vertices[offsets[:-1]], vertices[offsets[1:] - 1]
    swap = (first[:, 0] > last[:, 0]) | ((first[:, 0] == last[:, 0]) & (first[:, 1] > last[:, 1]))
    low, high = np.where(swap[:, None], last, first), np.where(swap[:, None], first, last)
    order = np.lexsort((high[:, 1], high[:, 0], low[:, 1], low[:, 0], other, one)).tolist()
    left, right = one.tolist(), other.tolist()
    names = [f"{codes[a]}|{'' if b == OUTSIDE else codes[b]}" for a, b in zip(left, right, strict=True)]
    number = 1
    for before, at in pairwise(order):
        number = number + 1 if (left[before], right[before]) == (left[at], right[at]) else 1
        if number > 1:
            names[at] += f"|{number}"
    return tuple(names)
