"""Outlines for the screen, however coarse: no gap, no overlap, and borders close to where they were."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids import outlines
from tests import rough
from tests.sizes import size

UNITS = st.sampled_from([0.07, 0.3, 1.2, 4.8, 19.0, 76.0, 600.0, 5_000.0])
"""Metres between whole numbers: from finer than a crumb to coarser than the city."""
seeds = st.integers(0, 10**6)


def scaled(seed: int, unit: float) -> np.ndarray:
    """Return the cells of a rough city in units of a grid."""
    return shapely.transform(np.array(rough.cells(seed), dtype=object), lambda xy: xy / unit)


def holes(shape: shapely.Geometry) -> int:
    return sum(len(part.interiors) for part in shapely.get_parts(shape))


@settings(max_examples=size("rough_cities"))
@given(seeds, UNITS, st.sampled_from([0.0, 2.0, 12.0]))
def test_a_drawing_is_a_whole_partition(seed: int, unit: float, tolerance: float) -> None:
    cells = scaled(seed, unit)
    drawn = outlines.draw(cells, tolerance)
    assert len(drawn) == len(cells)
    seen = drawn[~shapely.is_missing(drawn)]
    xy = shapely.get_coordinates(seen)
    assert (xy == np.rint(xy)).all()
    assert shapely.is_valid(seen).all()
    assert not shapely.is_empty(seen).any()
    assert shapely.coverage_is_valid(seen)
    rings = shapely.get_exterior_ring(shapely.get_parts(seen))
    assert shapely.is_ccw(rings).all()
    whole = outlines.union(drawn)
    if whole is None:
        assert not len(seen)
    else:
        assert holes(whole) == 0
        assert whole.area == shapely.area(seen).sum()


@settings(max_examples=size("rough_cities"))
@given(seeds, UNITS)
def test_borders_stay_where_they_were(seed: int, unit: float) -> None:
    """Rounding moves a vertex by less than a unit, and a border onto a vertex that is as near."""
    cells = scaled(seed, unit)
    drawn = outlines.draw(cells, 0.0)
    seen = drawn[~shapely.is_missing(drawn)]
    before = shapely.union_all(shapely.boundary(cells))
    corners = shapely.points(shapely.get_coordinates(seen))
    assert (shapely.distance(corners, before) <= 1.5).all()
    wide = ~shapely.is_empty(shapely.buffer(cells, -2.0))
    assert not shapely.is_missing(drawn[wide]).any(), "what is wide enough is seen"
