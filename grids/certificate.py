"""Is an edit safe? Judged on the cells it touches and those beside what it draws, never on the whole partition.

A whole partition stays whole when (1) each cell that was touched is one valid polygon on the millimetre grid, (2)
together, and with the cells beside the new borders, they match vertex by vertex and do not overlap, and (3) the edges
that only one of the touched cells has are the same as before. For then they cover the same land, once, and meet the
rest of the partition as they did; a gap would have an edge that was not there.

On the city's outer border there is nobody to match, so there, and only there, nodes may come and go within a
millimetre of the line (a split ends somewhere), and an edit that says so may draw it anew: as long as the new line
touches nothing but at its ends, it can neither cover nor close in any land.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from grids.draft import Draft
from grids.edits import Bend
from grids.model import MILLIMETRE, Cell, Rule
from grids.partition import Shapes, mismatches, suspects
from grids.refusal import Reason, Refused, refused
from grids.rings import PER_METRE, Edge, Ring, Vertex, edges, is_beside, line, point, rings


@dataclass(frozen=True, slots=True)
class Touched:
    """What an edit makes of which cells; `outer` as far as it says that outer linework changes."""

    was: tuple[Cell, ...]
    now: tuple[Cell, ...]
    outer: tuple[Bend, ...] = ()
    is_outer: bool = False
    """Whether the city's outer border is drawn anew, and does not only get or lose nodes."""


def certify(draft: Draft, touched: Touched) -> tuple[Vertex, ...]:
    """Return the nodes that the outer border gets or loses; Refused unless `draft` stays whole."""
    if [id(cell.geometry) for cell in touched.was] == [id(cell.geometry) for cell in touched.now]:
        return ()  # names, codes and units alone have changed
    for cell in touched.now:
        _is_one(cell)
    before, after = _Linework(touched.was), _Linework(touched.now)
    if after.touching - before.touching:
        raise _touches_itself(touched.now, after.touching - before.touching)
    _same_outside(touched, before.outer, after.outer)
    drawn = after.every - before.every
    beside = _beside(draft, touched, drawn)
    _matches(draft, touched, beside)
    for bend in touched.outer:
        _is_free(bend, touched.now, beside)
    return tuple(
        vertex
        for bend in touched.outer
        if not touched.is_outer
        for vertex in sorted({*bend.was} ^ {*bend.now})
    )


class _Linework:
    """The edges of some cells: all of them, and those that an odd number of rings go along.

    And the vertices where rings of one cell touch: a valid polygon, but where such a point lies on the outer border
    a coverage is called invalid for it.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.every: set[Edge] = set()
        self.outer: set[Edge] = set()
        self.touching: set[Vertex] = set()
        for cell in cells:
            seen: set[Vertex] = set()
            for ring in rings(cell.geometry):
                self.touching |= seen & set(ring)
                seen |= set(ring)
                if len(set(ring)) != len(ring) - 1:
                    raise _twice(cell, ring)
                along = edges(ring)
                self.every.update(along)
                self.outer.symmetric_difference_update(along)


def _twice(cell: Cell, ring: Ring) -> Refused:
    at = next(one for one, other in pairwise(sorted(ring[1:])) if one == other)
    message = f"the border of {cell.code} would have two vertices in one place"
    return refused(Reason.VERTEX_THERE, (cell.code,), point(at), message)


def _touches_itself(cells: Sequence[Cell], places: set[Vertex]) -> Refused:
    codes = tuple(cell.code for cell in cells if len(cell.geometry.interiors) > 0)
    where = shapely.multipoints([point(one) for one in sorted(places)])
    return refused(
        Reason.TOUCHES_ITSELF, codes, where, f"the border of {', '.join(codes)} would touch itself"
    )


def _is_one(cell: Cell) -> None:
    """Refuse a cell that is not one valid polygon on the millimetre grid: what coverages are not asked about."""
    shape: BaseGeometry | None = cell.geometry  # whoever built it may have broken its type
    codes = (cell.code,)
    if not isinstance(shape, Polygon):
        raise refused(Reason.IN_PARTS, codes, shape or Point(), f"{cell.code} would not be one polygon")
    if shape.is_empty:
        raise refused(Reason.TOO_SMALL, codes, shape, f"nothing of {cell.code} would be left")
    if not shape.is_valid:
        why = shapely.is_valid_reason(shape)
        raise refused(
            Reason.BROKEN_RING, codes, _place_of(why), f"the border of {cell.code} would be broken: {why}"
        )
    coordinates = shapely.get_coordinates(shape)
    if (coordinates != np.rint(coordinates * PER_METRE) / PER_METRE).any():
        raise refused(Reason.OFF_GRID, codes, shape, f"{cell.code} would have vertices between millimetres")


def _place_of(why: str) -> Point:
    """Return the place in a reason of GEOS, as in `Self-intersection[1 2]`."""
    x, y = why[why.index("[") + 1 : why.index("]")].split()
    return Point(float(x), float(y))


def _same_outside(touched: Touched, before: set[Edge], after: set[Edge]) -> None:
    """Refuse other outer linework than before, but for what the edit says and may."""
    lost = {one for bend in touched.outer for one in edges(bend.was)}
    won = {one for bend in touched.outer for one in edges(bend.now)}
    if before - after == lost - won and after - before == won - lost:
        places = [line(bend.now) for bend in touched.outer if not (touched.is_outer or _is_node(bend))]
    else:
        wrong = (before ^ after) ^ (lost ^ won) or lost ^ won
        places = [line(one) for one in sorted(wrong)]
    if places:
        codes = tuple(cell.code for cell in touched.was)
        message = f"the border around {', '.join(codes)} would change"
        raise refused(Reason.OUTER_BORDER, codes, shapely.multilinestrings(places), message)


def _is_node(bend: Bend) -> bool:
    """Return whether `bend` only puts nodes in a straight line, or takes them out."""
    for short, long in ((bend.was, bend.now), (bend.now, bend.was)):
        if len(short) == 2 and long[0] == short[0] and long[-1] == short[-1]:
            return is_beside(short[0], short[1], long[1:-1])
    return False


def _beside(draft: Draft, touched: Touched, drawn: set[Edge]) -> list[Cell]:
    """Return the untouched cells that the new edges could reach."""
    if not drawn:
        return []
    xy = np.array([vertex for one in drawn for vertex in one]) / PER_METRE
    west, south = (xy.min(axis=0) - 2 * MILLIMETRE).tolist()
    east, north = (xy.max(axis=0) + 2 * MILLIMETRE).tolist()
    codes = {cell.code for cell in touched.was}
    return [cell for cell in draft.near((west, south, east, north)) if cell.code not in codes]


def _matches(draft: Draft, touched: Touched, beside: Sequence[Cell]) -> None:
    """Refuse cells that overlap, or whose common borders differ, or come nearer than a millimetre.

    Without the cell between them two cells can look as if they came too near each other. So whoever is suspected
    is looked at again with everybody around, as in a check of the whole partition.
    """
    some = (*touched.now, *beside)
    shapes = _shapes(some)
    if shapely.coverage_is_valid(shapes, gap_width=MILLIMETRE):
        return
    first = suspects(shapes)
    box = shapely.total_bounds(shapes[first]) + np.array([-2, -2, 2, 2]) * MILLIMETRE
    around = {cell.code: cell for cell in draft.near(tuple(box.tolist()))}
    for cell in touched.was:
        around.pop(cell.code, None)
    around.update((cell.code, cell) for cell in some)
    cells, suspected = tuple(around.values()), {some[at].code for at in first.tolist()}
    shapes = _shapes(cells)
    still = [at for at in suspects(shapes).tolist() if cells[at].code in suspected]
    problems = mismatches(cells, shapes, np.array(still)) if still else []
    if problems:
        problem = problems[0]
        reason = Reason.OVERLAP if problem.rule is Rule.OVERLAP else Reason.TOO_CLOSE
        raise refused(reason, problem.codes, problem.place, problem.message)


def _shapes(cells: Sequence[Cell]) -> Shapes:
    return np.array([cell.geometry for cell in cells], dtype=object)


def _is_free(bend: Bend, touched: Sequence[Cell], beside: Sequence[Cell]) -> None:
    """Refuse a new part of the outer border that touches a cell elsewhere than at its ends."""
    for vertex in bend.now:
        if vertex not in bend.was:
            for cell in beside:
                _only_touches(cell, point(vertex), Point())
    for cell in (*touched, *beside):
        own = {one for ring in rings(cell.geometry) for one in edges(ring)}
        for one in edges(bend.now):
            if one not in own:
                drawn = line(one)
                _only_touches(cell, drawn, drawn.boundary)


def _only_touches(cell: Cell, drawn: Point | LineString, ends: BaseGeometry) -> None:
    touch = drawn.intersection(cell.geometry).difference(ends)
    if not touch.is_empty:
        message = f"the new border would touch {cell.code}, and could close in land that belongs to no cell"
        raise refused(Reason.TOO_CLOSE, (cell.code,), touch, message)
