"""Ways follow the roads a track was put onto, halt where people halt, and end where nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString

from geo_app.roads import network as networks
from geo_app.roads.fixes import Fixes
from geo_app.roads.matched import Matched
from geo_app.roads.model import Road
from geo_app.tracks import ways

ROADS = [
    Road(1, 1, 2, "residential", "", 0, LineString([(0, 0), (50, 0), (50, 50)])),
    Road(2, 3, 2, "residential", "", 0, LineString([(150, 50), (50, 50)])),
]
NETWORK = networks.build(ROADS)


def fixes(*rows: tuple[float, float, float]) -> Fixes:
    x, y, time = np.array(rows).T
    return Fixes(np.column_stack([x, y]), time)


def matched(*rows: tuple[int, float, float, float, float, int]) -> Matched:
    """Return an answer of rows: travel, enter, leave, begins, ends, run."""
    travels, enter, leave, begins, ends, run = (np.array(column) for column in zip(*rows, strict=True))
    return Matched(
        gaps=(), travels=travels.astype(np.int32), run=run.astype(np.int32), enter=enter.astype(float),
        leave=leave.astype(float), begins=begins.astype(float), ends=ends.astype(float), confidence=np.ones(len(rows)),
    )  # fmt: skip


def test_a_way_follows_the_bends_of_roads_in_the_direction_of_travel() -> None:
    track = fixes((5, 3, 0), (95, 46, 50))
    answer = matched((0, 0, 30, 5, 100, 0), (3, 30, 50, 0, 45, 0))
    (way,) = ways.of(track, (answer, NETWORK), 10.0)
    assert LineString(way.xy).equals(LineString([(5, 0), (50, 0), (50, 50), (95, 50)]))
    assert way.seconds[[0, -1]].tolist() == [0.0, 50.0]
    assert (np.diff(way.seconds) >= 0).all()
    bend = np.flatnonzero((way.xy == [50, 0]).all(axis=1))[0]
    assert way.seconds[bend] == pytest.approx(30 * 45 / 95)
    assert way.on_road[:-1].all()
    assert set(way.doubt[:-1].tolist()) == {10.0}


def test_a_halt_on_a_road_is_a_halt() -> None:
    track = fixes((0, 0, 0), (40, 2, 40), (41, -3, 100), (39, 1, 160), (50, 50, 220))
    (way,) = ways.of(track, (matched((0, 0, 220, 0, 100, 0)), NETWORK), 10.0)
    place = np.interp([40, 100, 160], way.seconds, np.hypot(*(way.xy - way.xy[0]).T))
    assert place.tolist() == pytest.approx([40, 41, 41])


def test_beside_the_roads_a_way_goes_from_position_to_position_as_far_as_they_err() -> None:
    track = Fixes(
        np.array([[0.0, 0.0], [0.0, 30.0], [0.0, 60.0]]), np.arange(3.0), np.array([4.0, 8.0, np.nan])
    )
    (way,) = ways.of(track, None, 10.0)
    assert np.array_equal(way.xy, track.xy)
    assert not way.on_road.any()
    assert way.doubt.tolist() == [16.0, 40.0, 40.0]


def test_positions_before_between_and_after_runs_of_roads_are_kept() -> None:
    track = fixes(
        (-20, 0, 0), (0, 0, 10), (50, 0, 60), (60, 20, 90), (100, 50, 130), (150, 50, 180), (170, 50, 200)
    )
    answer = matched((0, 10, 60, 0, 50, 0), (3, 130, 180, 50, 100, 1))
    (way,) = ways.of(track, (answer, NETWORK), 10.0)
    walked = [(-20, 0), (0, 0), (50, 0), (60, 20), (100, 50), (150, 50), (170, 50)]
    assert LineString(way.xy).equals(LineString(walked))
    assert [way.seconds[(way.xy == place).all(axis=1)][0] for place in walked] == [
        0,
        10,
        60,
        90,
        130,
        180,
        200,
    ]
    on_road = {
        tuple(place): bool(flag) for place, flag in zip(way.xy.tolist(), way.on_road.tolist(), strict=True)
    }
    assert [on_road[place] for place in walked] == [False, True, False, False, True, False, False]


def test_a_way_ends_where_nobody_knows_for_long_where_somebody_was() -> None:
    track = fixes((0, 0, 0), (10, 0, 10), (20, 0, 311), (30, 0, 320), (90, 0, 700))
    found = ways.of(track, None, 10.0)
    assert [way.seconds.tolist() for way in found] == [[0.0, 10.0], [311.0, 320.0]]
    assert ways.of(fixes((0, 0, 0)), None, 10.0) == []
