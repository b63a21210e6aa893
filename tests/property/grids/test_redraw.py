"""Outlines drawn anew where cells were united or cut: still one drawing without gap or overlap, the rest untouched."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from grids import outlines, redraw
from grids.model import on_millimetres
from tests import rough
from tests.sizes import size

UNITS = st.sampled_from([0.07, 0.3, 1.2, 4.8, 19.0, 76.0])
"""Metres between whole numbers."""
seeds = st.integers(0, 10**6)
Shapes = outlines.Shapes


def edited(cells: list[Polygon], seed: int) -> tuple[Shapes, Shapes]:
    """Return cells before and after some edits, None where there is none; neighbours keep every vertex of a border.

    Some neighbours are united, and some cells are cut by a line, whose ends become vertices of those beside.
    """
    rng = np.random.default_rng(seed)
    before: list[Polygon | None] = list(cells)
    after = list(before)
    tree = shapely.STRtree(cells)
    for number in rng.permutation(len(cells))[:8].tolist():
        beside = [
            one for one in tree.query(cells[number], predicate="touches").tolist() if after[one] is not None
        ]
        mine = after[number]
        if mine is None or not beside:
            continue
        if rng.integers(2):
            both = shapely.coverage_union_all([mine, after[beside[0]]])
            if isinstance(both, Polygon):
                after[number], after[beside[0]] = both, None
        else:
            before.append(None)
            after.append(None)
            cut(after, number, rng)
    return np.array(before, dtype=object), np.array(after, dtype=object)


def cut(cells: list[Polygon | None], number: int, rng: np.random.Generator) -> None:
    """Cut a cell from one vertex to another; the second part becomes the last cell. Nothing where that is not two."""
    cell = cells[number]
    assert cell is not None
    corners = shapely.get_coordinates(cell.exterior)[:-1]
    first, second = (corners[one] for one in rng.choice(len(corners), 2, replace=False).tolist())
    lines = shapely.union_all([cell.boundary, LineString([first, second])])
    parts = [shapely.transform(one, on_millimetres) for one in shapely.get_parts(shapely.polygonize([lines]))]
    inside = [one for one in parts if cell.contains(one.representative_point())]
    known = {tuple(one) for one in shapely.get_coordinates(cell).tolist()}
    if len(inside) == 2 and {tuple(one) for one in shapely.get_coordinates(inside).tolist()} <= known:
        cells[number], cells[-1] = inside


def ground(before: Shapes, after: Shapes, standing: Shapes, unit: float) -> redraw.Ground:
    """Return the ground of cells in metres on a grid of `unit` metres."""
    seen = np.where(shapely.is_missing(after), before, after)
    boxes = shapely.box(*shapely.bounds(seen).T)
    scaled = shapely.transform(after, lambda xy: xy / unit)
    return redraw.Ground(boxes, unit, lambda which: scaled[which], lambda which: standing[which])


def holes(shape: shapely.Geometry) -> int:
    return sum(len(part.interiors) for part in shapely.get_parts(shape))


@settings(max_examples=size("rough_cities"))
@given(seeds, UNITS, st.sampled_from([0.0, 2.0, 12.0]))
def test_what_is_drawn_anew_fits_what_stays(seed: int, unit: float, tolerance: float) -> None:
    before, after = edited(rough.cells(seed), seed)
    standing = outlines.draw(shapely.transform(before, lambda xy: xy / unit), tolerance)
    is_changed = np.array([a is not b for a, b in zip(before, after, strict=True)])
    found = redraw.redraw(ground(before, after, standing, unit), np.flatnonzero(is_changed), tolerance)
    assert set(np.flatnonzero(is_changed).tolist()) <= found.keys()
    drawn = standing.copy()
    for number, shape in found.items():
        drawn[number] = shape
    assert shapely.is_missing(drawn[shapely.is_missing(after)]).all()
    seen = drawn[~shapely.is_missing(drawn)]
    xy = shapely.get_coordinates(seen)
    assert (xy == np.rint(xy)).all()
    assert shapely.is_valid(seen).all()
    assert shapely.coverage_is_valid(seen)
    whole = outlines.union(drawn)
    if whole is not None:
        assert holes(whole) == 0
        assert whole.area == shapely.area(seen).sum()


def test_where_nothing_near_changed_nothing_is_drawn() -> None:
    cells = np.array(
        [shapely.box(x, y, x + 10, y + 10) for x in range(0, 100, 10) for y in range(0, 100, 10)]
    )
    after = cells.copy()
    after[0] = shapely.box(0, 0, 10, 10)
    standing = outlines.draw(cells, 2.0)
    found = redraw.redraw(ground(cells, after, standing, 1.0), np.array([0]), 2.0)
    assert list(found) == [0]
    assert shapely.equals(found[0], standing[0])
