"""A planner's hand that draws anything: sensible edits, wild ones and hostile ones; and the judge of what comes of it.

The hand chooses by place, so that it is as quick in a large city as in a small one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import shapely

from grids import partition
from grids.draft import Draft, Grid, Square
from grids.edits import (
    AssignUnits,
    ChangeOuterBorder,
    DeleteVertex,
    Edit,
    InsertVertex,
    Merge,
    MoveOuterVertex,
    MoveVertex,
    Recode,
    Rename,
    ReshapeBorder,
    Split,
    Transfer,
)
from grids.model import Cell, Partition
from grids.rings import PER_METRE, Chain, Vertex, rings
from tests import tilings

MANY = 2_000
"""Cells that are not listed for every edit."""
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
    level: int = 0
    squares: list[Square] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def next(self, draft: Draft, only: Collection[str] = ()) -> Edit:
        """Return an edit of a cell near a place anywhere; one of the kinds `only`, or of any."""
        kinds = sorted(only) or sorted(WAYS)
        return WAYS[kinds[int(self.rng.integers(len(kinds)))]](self, draft)

    def cell(self, draft: Draft) -> Cell:
        """Return any cell; in a large city one near a place anywhere."""
        if len(draft.cells) < MANY:
            codes = list(draft.cells)
            return draft.cells[codes[int(self.rng.integers(len(codes)))]]
        grid, squares = self._squares(draft)
        for _ in range(1_000):
            codes = list(grid.get(squares[int(self.rng.integers(len(squares)))]) or ())
            if codes:
                return draft.cells[codes[int(self.rng.integers(len(codes)))]]
        raise AssertionError("the city is empty")

    def _squares(self, draft: Draft) -> tuple[Grid, list[Square]]:
        """Return the grid in which most cells were at first, and its squares then."""
        if not self.squares:
            self.level = max(draft.grids, key=lambda level: len(draft.grids[level]))
            self.squares = list(draft.grids[self.level].base)
        return draft.grids[self.level], self.squares

    def ring(self, draft: Draft) -> tuple[Vertex, ...]:
        """Return a ring of any cell, without the vertex that closes it."""
        found = rings(self.cell(draft).geometry)
        return found[int(self.rng.integers(len(found)))][:-1]

    def stretch(self, draft: Draft) -> Chain:
        """Return two to six vertices along a border."""
        ring = self.ring(draft)
        start, count = int(self.rng.integers(len(ring))), int(self.rng.integers(2, 7))
        return tuple(ring[(start + step) % len(ring)] for step in range(min(count, len(ring) - 1)))

    def along(self, ring: Chain) -> Chain:
        """Return three vertices along a ring."""
        start = int(self.rng.integers(len(ring)))
        return tuple(ring[(start + step) % len(ring)] for step in range(3))

    def between(self, low: int, high: int) -> int:
        """Return a whole number."""
        return int(self.rng.integers(low, high + 1))

    def either(self, *words: str) -> str:
        """Return one of `words`."""
        return words[int(self.rng.integers(len(words)))]

    def beside(self, vertex: Vertex) -> Vertex:
        """Return a place a millimetre, a few metres or very far from `vertex`, or just there."""
        reach = int(self.rng.choice([0, 1, 2, 500, 3_000, 8_000, 8_000, 30_000, FAR]))
        dx, dy = self.rng.integers(-reach, reach + 1, 2).tolist()
        return vertex[0] + dx, vertex[1] + dy


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


def _line(hand: Hand, cell: Cell) -> Chain:
    """Return a line over a cell: from border to border, through vertices, along the border, a ring, or astray."""
    ring = rings(cell.geometry)[0][:-1]
    start, end = (ring[int(hand.rng.integers(len(ring)))] for _ in range(2))
    west, south, east, north = (round(one * PER_METRE) for one in cell.geometry.bounds)
    middle = ((west + east) // 2, (south + north) // 2)
    match int(hand.rng.integers(6)):
        case 0:
            return start, middle, end
        case 1:
            return start, end
        case 2:
            return (*hand.along(ring), middle, end)
        case 3:
            size = int(hand.rng.choice([1, 2_000, 20_000]))
            corners = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
            return tuple((middle[0] + dx, middle[1] + dy) for dx, dy in corners)
        case 4:
            return tuple((hand.between(west, east), hand.between(south, north)) for _ in range(3))
    y = hand.between(south, north)
    return (west - 5_000, y), middle, (east + 5_000, hand.between(south, north))


def _split(hand: Hand, draft: Draft) -> Edit:
    cell = hand.cell(draft)
    count = int(hand.rng.choice([2, 2, 2, 3]))
    codes = [cell.code, *(f"x{hand.between(0, 10**9)}" for _ in range(count - 1))]
    return Split(cell.code, _line(hand, cell), tuple(codes))


def _merge(hand: Hand, draft: Draft) -> Edit:
    one = hand.cell(draft)
    around = [cell.code for cell in draft.near(one.geometry.bounds)]
    other = around[int(hand.rng.integers(len(around)))]
    return Merge((one.code, other), hand.either(one.code, other, "new"))


def _transfer(hand: Hand, draft: Draft) -> Edit:
    one = hand.cell(draft)
    around = [cell.code for cell in draft.near(one.geometry.bounds)]
    to = around[int(hand.rng.integers(len(around)))]
    west, south, east, north = (round(one * PER_METRE) for one in one.geometry.bounds)
    return Transfer(one.code, _line(hand, one), (hand.between(west, east), hand.between(south, north)), to)


def _assign(hand: Hand, draft: Draft) -> Edit:
    return AssignUnits({hand.cell(draft).code: hand.either("one", "other", "third") for _ in range(3)})


def _rename(hand: Hand, draft: Draft) -> Edit:
    return Rename(hand.cell(draft).code, hand.either("一", "二", ""))


def _recode(hand: Hand, draft: Draft) -> Edit:
    return Recode(hand.cell(draft).code, hand.either(hand.cell(draft).code, f"y{hand.between(0, 10**9)}"))


WAYS: dict[str, Callable[[Hand, Draft], Edit]] = {
    "move_vertex": _move,
    "move_outer_vertex": _move_outer,
    "insert_vertex": _insert,
    "delete_vertex": _delete,
    "reshape_border": _reshape,
    "change_outer_border": _change_outer,
    "split": _split,
    "merge": _merge,
    "transfer": _transfer,
    "assign_units": _assign,
    "rename": _rename,
    "recode": _recode,
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
    """Return the full verdict: no broken cell, no vertex twice in one, no gap, no overlap, and the declared land."""
    if partition.check(now):
        return False
    for cell in now.cells.values():
        vertices = [one for ring in rings(cell.geometry) for one in ring[1:]]
        if len(set(vertices)) != len(vertices):
            return False
    return same_land(declared, now, nodes)


def fingerprint(now: Partition) -> list[tuple[str, str, str, bytes]]:
    """Return everything about each cell, its geometry to the bit."""
    return [(cell.code, cell.name, cell.community, cell.geometry.wkb) for cell in now.cells.values()]


def put(draft: Draft, gone: Collection[str], cells: Collection[Cell]) -> Partition:
    """Return the partition with `cells` put in and `gone` taken out, whatever comes of it."""
    left = {code: cell for code, cell in draft.cells.items() if code not in gone}
    return Partition.of([*{**left, **{cell.code: cell for cell in cells}}.values()])
