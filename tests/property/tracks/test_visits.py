"""Visits against brute force: an error of a receiver is no visit, and no real one is lost."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.ops import substring

from geo_app.tracks import visits
from geo_app.tracks.visits import Crossed, Patience, Visit, Way
from tests import crossings, tilings
from tests.driven import trips

SIDE, EXTENT = 6, 1_800.0
"""A town of cells of about 300 m."""
CELLS = sorted(tilings.cells(SIDE, SIDE, extent=EXTENT, seed=20260101), key=lambda cell: cell.code)
SHAPES: list[Polygon] = [cell.geometry for cell in CELLS]
TREE = shapely.STRtree(SHAPES)
PATIENCE = Patience(30.0, 20.0)
PACE = 1.2
FINE = 0.5
"""Metres between the places brute force looks at."""
ERROR = float(np.hypot(trips.DRIFT, trips.QUICK))
"""Metres of standard error east and north."""


def walked(corners: np.ndarray, every: float, pace: float = PACE) -> tuple[np.ndarray, np.ndarray]:
    """Return where and when somebody is who walks straight from corner to corner."""
    line = LineString(corners)
    seconds = np.arange(0.0, line.length / pace, every)
    return shapely.get_coordinates(shapely.line_interpolate_point(line, seconds * pace)), seconds


def seen(
    xy: np.ndarray, seconds: np.ndarray, doubt: float, patience: Patience, *, on_road: bool
) -> list[Visit]:
    """Return the visits of a track."""
    line = LineString(xy) if len(xy) > 1 else None
    stretches = crossings.along(line, CELLS) if line is not None else []
    number = {cell.code: place for place, cell in enumerate(CELLS)}
    crossed = [Crossed(number[one.code], one.enter_at, one.exit_at) for one in stretches]
    way = Way(xy, seconds, np.full(len(xy), doubt), np.full(len(xy), on_road))
    return visits.of(way, crossed, SHAPES, patience)


@st.composite
def corners(draw: st.DrawFn) -> np.ndarray:
    """Return a few places anywhere in the town and just outside it."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    return tilings.CORNER + rng.uniform(-0.1, 1.1, (draw(st.integers(2, 6)), 2)) * EXTENT


@cache
def borders() -> list[LineString]:
    """Return the middle parts of the longer borders between two cells."""
    met = [
        shapely.line_merge(shape.intersection(SHAPES[other]))
        for one, shape in enumerate(SHAPES)
        for other in TREE.query(shape, predicate="touches").tolist()
        if one < other
    ]
    return [substring(line, 0.2, 0.8, normalized=True) for line in met if line.length > 150.0]


@given(
    st.integers(0, 2**32 - 1), st.floats(-2.0, 2.0), st.sampled_from([1.0, 5.0, 10.0]), st.integers(1, 4)
)  # fmt: skip
def test_who_walks_up_and_down_a_border_is_in_one_cell(
    seed: int, aside: float, every: float, times: int
) -> None:
    rng = np.random.default_rng(seed)
    border = borders()[int(rng.integers(len(borders())))]
    line = shapely.get_coordinates(border) + np.array([aside, -aside])
    xy, seconds = walked(np.concatenate([line, line[::-1]] * times), every)
    errors = trips.errors(len(xy) * int(every), rng)[:: int(every)]
    found = seen(xy + errors, seconds, 3.0 * ERROR, PATIENCE, on_road=False)
    assert [(one.enter, one.leave) for one in found] == [(seconds[0], seconds[-1])]


@given(corners())
def test_without_doubt_and_patience_visits_are_the_cells_of_every_moment(places: np.ndarray) -> None:
    xy, seconds = walked(places, 5.0)
    found = seen(xy, seconds, 0.0, Patience(0.0, 0.0), on_road=True)
    moments = np.arange(FINE / 2, seconds[-1], FINE)
    east, north = (np.interp(moments, seconds, xy[:, axis]) for axis in (0, 1))
    _, owner = TREE.query(shapely.points(east, north), predicate="intersects")
    brute = np.bincount(owner, minlength=len(CELLS)) * FINE
    told = np.zeros(len(CELLS))
    entered = np.zeros(len(CELLS))
    for visit in found:
        told[visit.cell] += visit.leave - visit.enter
        entered[visit.cell] += 1
        assert visit.metres <= (visit.leave - visit.enter) * PACE + 1e-6
    assert (np.abs(told - brute) <= FINE * (entered + 1)).all()
    assert all(one.leave <= other.enter for one, other in pairwise(found))
    crossed = [
        one.code for one in crossings.along(LineString(xy), CELLS) if one.exit_at - one.enter_at > 1e-6
    ]
    assert [CELLS[visit.cell].code for visit in found] == crossed


@given(corners(), st.sampled_from([1.0, 5.0, 10.0]), st.integers(0, 2**32 - 1))
@example(np.array([[451841.58353285, 4390675.84503698], [451153.98332958, 4391183.72211034]]), 10.0, 3)
def test_cells_somebody_is_deep_in_are_visited_and_those_they_never_come_near_are_not(
    places: np.ndarray, every: float, seed: int
) -> None:
    xy, seconds = walked(places, every)
    doubt = 3.0 * ERROR
    errors = trips.errors(len(xy) * int(every), np.random.default_rng(seed))[:: int(every)]
    found = {visit.cell for visit in seen(xy + errors, seconds, doubt, PATIENCE, on_road=False)}
    points = shapely.points(xy)
    for cell, shape in enumerate(SHAPES):
        depth = np.where(shapely.intersects(points, shape), shapely.distance(points, shape.boundary), 0.0)
        if (depth > 2 * doubt).sum() * every >= 3 * PATIENCE.seconds:
            assert cell in found, f"{cell} is missed"
        if (shapely.distance(points, shape) > 2 * doubt).all():
            assert cell not in found, f"{cell} was never near"
