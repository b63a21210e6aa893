"""Without roads the straight line answers, and says that it guesses."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Point

from geo_app.roads import speeds
from geo_app.roads.model import Mode, RoadEngine
from geo_app.roads.straight import StraightLine

RESPONDERS = np.array([[300.0, 0.0], [0.0, 100.0], [100.0, 0.0], [0.0, 900.0]])


def test_the_nearest_as_the_crow_flies_come_first_and_equal_ones_by_index() -> None:
    engine: RoadEngine = StraightLine(Mode.EBIKE)
    ranking = engine.nearest(Point(0, 0), RESPONDERS, 3)
    assert [reach.index for reach in ranking.reaches] == [1, 2, 0]
    assert ranking.is_estimate
    assert ranking.unreachable == 0


@pytest.mark.parametrize("mode", list(Mode))
def test_time_and_length_are_those_of_a_detour(mode: Mode) -> None:
    reach = StraightLine(mode).nearest(Point(0, 0), RESPONDERS, 1).reaches[0]
    assert reach.metres == pytest.approx(135)
    assert reach.seconds == pytest.approx(135 / speeds.CRUISING[mode] * 3.6)


def test_the_route_is_straight_and_an_estimate() -> None:
    route = StraightLine(Mode.CAR).route(Point(0, 0), Point(300, 400))
    assert route is not None
    assert route.is_estimate
    assert list(route.line.coords) == [(0, 0), (300, 400)]
    assert route.metres == pytest.approx(675)


def test_asked_for_nobody_or_among_nobody_it_names_nobody() -> None:
    engine = StraightLine(Mode.WALK)
    assert engine.nearest(Point(0, 0), RESPONDERS, 0).reaches == ()
    assert engine.nearest(Point(0, 0), np.zeros((0, 2)), 3).reaches == ()
