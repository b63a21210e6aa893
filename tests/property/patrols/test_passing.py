"""Who passes by: what walking the line in small steps finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString, Point

from geo_app.patrols import passing

STEP = 0.5
"""Metres of the oracle's stride."""
BLUR = 1.0
"""Metres within which the oracle does not decide."""
spots = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda xy: (xy[0] * 10.0, xy[1] * 10.0))


@st.composite
def routes(draw: st.DrawFn) -> LineString:
    """Draw a line of up to eight corners, every other time a closed round."""
    corners = draw(st.lists(spots, min_size=2, max_size=8, unique=True))
    if len(corners) > 2 and draw(st.booleans()):
        corners.append(corners[0])
    return LineString(corners)


def walked(line: LineString, walker: Point) -> list[tuple[float, Point]]:
    """Return where somebody will be, by the metres walked from where the line is nearest."""
    at = line.project(walker)
    is_round = line.coords[0] == line.coords[-1]
    far = line.length if is_round else line.length - at
    metres = np.append(np.arange(0, far, STEP), far)
    return [
        (float(m), line.interpolate((at + m) % line.length if is_round else min(at + m, line.length)))
        for m in metres
    ]


def stretches(aways: np.ndarray, reach: float) -> list[tuple[int, int]]:
    """Return the runs of places within reach."""
    near = np.concatenate([[False], aways <= reach, [False]])
    edges = np.flatnonzero(near[1:] != near[:-1])
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))


@given(
    line=routes(),
    aside=st.tuples(st.integers(-40, 40), st.integers(-40, 40)),
    share=st.floats(0, 1),
    target=spots,
)
def test_the_first_passage_is_where_walking_finds_it(
    line: LineString, aside: tuple[int, int], share: float, target: tuple[float, float]
) -> None:
    on = line.interpolate(share, normalized=True)
    walker, place = Point(on.x + aside[0], on.y + aside[1]), Point(target)
    assume(abs(line.distance(walker) - passing.REACH) > 1e-6)
    found = passing.passage(line, walker, place)
    if line.distance(walker) > passing.REACH:
        assert found is None
        return
    path = walked(line, walker)
    aways = np.array([spot.distance(place) for _, spot in path])
    tight, wide = stretches(aways, passing.ASIDE - BLUR), stretches(aways, passing.ASIDE + BLUR)
    assume(len(tight) == len(wide))
    if not tight:
        assert found is None
        return
    first, last = wide[0]
    least = float(aways[first : last + 1].min())
    soonest = path[first][0]
    if soonest / passing.PACE > passing.SOON + 2:
        assert found is None
        return
    assume(path[last][0] / passing.PACE < passing.SOON - 2)
    assert found is not None
    assert found.seconds == pytest.approx(found.metres / passing.PACE)
    assert soonest - STEP <= found.metres <= path[last][0] + STEP
    there = min(range(len(path)), key=lambda i: abs(path[i][0] - found.metres))
    assert aways[there] <= least + STEP


def test_behind_is_behind_on_a_line_and_ahead_on_a_round() -> None:
    line = LineString([(0, 0), (400, 0), (400, 400)])
    behind = Point(0, 0)
    assert passing.passage(line, Point(300, 5), behind) is None
    closed = LineString([(0, 0), (400, 0), (400, 400), (0, 400), (0, 0)])
    found = passing.passage(closed, Point(300, 5), behind)
    assert found is not None
    assert (found.metres, found.seconds) == pytest.approx((1300.0, 1300 / 1.2))


def test_at_the_end_of_a_line_only_what_is_there_is_passed() -> None:
    line = LineString([(0, 0), (400, 0)])
    assert passing.passage(line, Point(420, 0), Point(450, 0)) == passing.Passage(0.0, 0.0)
    assert passing.passage(line, Point(420, 0), Point(0, 0)) is None


def test_what_is_more_than_half_an_hour_off_is_not_soon() -> None:
    line = LineString([(0, 0), (5000, 0)])
    assert passing.passage(line, Point(0, 0), Point(2100, 0)) is not None
    assert passing.passage(line, Point(0, 0), Point(2200, 0)) is None


def test_near_the_line_counts_and_not_near_does_not() -> None:
    line = LineString([(0, 0), (1000, 0)])
    assert passing.passage(line, Point(100, 59), Point(500, 99)) is not None
    assert passing.passage(line, Point(100, 61), Point(500, 99)) is None
    assert passing.passage(line, Point(100, 59), Point(500, 101)) is None
