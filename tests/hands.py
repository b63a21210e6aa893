"""A planner's hand that draws anything: sensible edits, wild ones and hostile ones; and the judge of what comes of it.

The hand chooses by place, so that it is as quick in a large city as in a small one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import shapely

from grids import partition
from grids.draft import Draft
from grids.edits import (
    ChangeOuterBorder,
    DeleteVertex,
    Edit,
    InsertVertex,
    MoveOuterVertex,
    MoveVertex,
    ReshapeBorder,
)
from grids.model import Cell, Partition
from grids.rings import PER_METRE, Chain, Vertex, rings
from tests import tilings

FAR = 150_000
"""Millimetres of a wild move."""


def city(columns: int, rows: int, *, seed: int) -> Partition:
    """Return `columns` x `rows` wiggly cells 250 m wide; for an odd seed the first has an island in it."""
    cells = tilings.cells(columns, rows, extent=250.0 * columns, seed=seed)
    if seed % 2:
        first = cells[0]
        middle = np.round(shapely.get_coordinates(shapely.point_on_surface(first.geometry))[0])
        island = shapely.box(*(middle - 9), *(middle + 7))
        if first.geometry.contains_properly(island):
            holed = shapely.Polygon(first.geometry.exterior, [island.exterior])
            cells[0] = Cell(first.code, "", first.community, holed)
            cells.append(Cell("990199999001001", "island", "990199999001", island))
    return Partition.of(cells)


@dataclass(slots=True)
class Hand:
    """Draws one edit after the other, always the same for the same seed and drafts."""

    seed: int
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def next(self, draft: Draft, only: Collection[str] = ()) -> Edit:
        """Return an edit of a cell near a place anywhere; one of the kinds `only`, or of any."""
        kinds = sorted(only) or sorted(WAYS)
        return WAYS[kinds[int(self.rng.integers(len(kinds)))]](self, draft)

    def cell(self, draft: Draft) -> Cell:
        """Return any cell; in a large city one near a place anywhere."""
        grid = draft.grids[max(draft.grids, key=lambda level: len(draft.grids[level]))]
        squares = list(grid.base) if len(draft.cells) < 2_000 else self._squares(draft)
        for _ in range(1_000):
            square = squares[int(self.rng.integers(len(squares)))]
            codes = grid.get(square, ())
            if codes:
                return draft.cells[codes[int(self.rng.integers(len(codes)))]]
        raise AssertionError("the city is empty")

    def _squares(self, draft: Draft) -> list[tuple[int, int]]:
        if id(draft.cells.base) not in SQUARES:
            grid = draft.grids[max(draft.grids, key=lambda level: len(draft.grids[level]))]
            SQUARES[id(draft.cells.base)] = list(grid.base)
        return SQUARES[id(draft.cells.base)]

    def ring(self, draft: Draft) -> tuple[Vertex, ...]:
        """Return a ring of any cell, without the vertex that closes it."""
        found = rings(self.cell(draft).geometry)
        return found[int(self.rng.integers(len(found)))][:-1]

    def stretch(self, draft: Draft) -> Chain:
        """Return two to six vertices along a border."""
        ring = self.ring(draft)
        start, count = int(self.rng.integers(len(ring))), int(self.rng.integers(2, 7))
        return tuple(ring[(start + step) % len(ring)] for step in range(min(count, len(ring) - 1)))

    def beside(self, vertex: Vertex) -> Vertex:
        """Return a place a millimetre, a few metres or very far from `vertex`, or just there."""
        reach = int(self.rng.choice([0, 1, 2, 500, 3_000, 8_000, 8_000, 30_000, FAR]))
        dx, dy = self.rng.integers(-reach, reach + 1, 2).tolist()
        return vertex[0] + dx, vertex[1] + dy


SQUARES: dict[int, list[tuple[int, int]]] = {}
"""The squares of large cities, which are not to be listed for every edit."""


def _move(hand: Hand, draft: Draft) -> Edit:
    at = hand.stretch(draft)[0]
    to = hand.beside(at) if hand.rng.random() < 0.9 else hand.stretch(draft)[-1]
    return MoveVertex(at, to)


def _move_outer(hand: Hand, draft: Draft) -> Edit:
    at = hand.stretch(draft)[0]
    return MoveOuterVertex(at, hand.beside(at))


def _insert(hand: Hand, draft: Draft) -> Edit:
    start, end = hand.stretch(draft)[:2]
    middle = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    return InsertVertex(start, end, hand.beside(middle))


def _delete(hand: Hand, draft: Draft) -> Edit:
    return DeleteVertex(hand.stretch(draft)[0])


def _drawn(hand: Hand, was: Chain) -> Chain:
    inner = [hand.beside(one) for one in was[1:-1] if hand.rng.random() < 0.7]
    return (was[0], *inner, was[-1])


def _reshape(hand: Hand, draft: Draft) -> Edit:
    was = hand.stretch(draft)
    return ReshapeBorder(was, _drawn(hand, was))


def _change_outer(hand: Hand, draft: Draft) -> Edit:
    was = hand.stretch(draft)
    return ChangeOuterBorder(was, _drawn(hand, was))


WAYS: dict[str, Callable[[Hand, Draft], Edit]] = {
    "move_vertex": _move,
    "move_outer_vertex": _move_outer,
    "insert_vertex": _insert,
    "delete_vertex": _delete,
    "reshape_border": _reshape,
    "change_outer_border": _change_outer,
}
OUTER = frozenset({"move_outer_vertex", "change_outer_border"})
INNER = frozenset(WAYS) - OUTER


def same_land(declared: shapely.Geometry, now: Partition, nodes: Collection[Vertex]) -> bool:
    """Return whether `now` covers `declared`, vertex by vertex, but for `nodes` on the outer border."""
    wanted = {(x / PER_METRE, y / PER_METRE) for x, y in nodes}

    def lines(shape: shapely.Geometry) -> set[tuple[tuple[float, float], ...]]:
        found = set()
        for ring in shapely.get_rings(shapely.get_parts(shape)):
            xy = [one for one in map(tuple, shapely.get_coordinates(ring)[:-1].tolist()) if one not in wanted]
            edges = [tuple(sorted(pair)) for pair in zip(xy, [*xy[1:], xy[0]], strict=True)]
            found.update(edges)
        return found

    return lines(declared) == lines(partition.outline(now))


def is_whole(declared: shapely.Geometry, now: Partition, nodes: Collection[Vertex] = ()) -> bool:
    """Return the full verdict: no broken cell, no gap, no overlap, and the declared land."""
    return not partition.check(now) and same_land(declared, now, nodes)


def fingerprint(now: Partition) -> list[tuple[str, str, str, bytes]]:
    """Return everything about each cell, its geometry to the bit."""
    return [(cell.code, cell.name, cell.community, cell.geometry.wkb) for cell in now.cells.values()]


def put(draft: Draft, gone: Collection[str], cells: Collection[Cell]) -> Partition:
    """Return the partition with `cells` put in and `gone` taken out, whatever comes of it."""
    left = {code: cell for code, cell in draft.cells.items() if code not in gone}
    return Partition.of([*{**left, **{cell.code: cell for cell in cells}}.values()])
