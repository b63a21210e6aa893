"""Areas within a time, on networks small enough to know them by heart; 100 m roads, 15 km/h for a car."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from shapely import LineString, Point, Polygon, box

from geo_app.core.errors import BadInput
from geo_app.roads import kept, speeds
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Road
from geo_app.roads.straight import StraightLine

SPEED = (speeds.of(Mode.CAR, "residential") or 0) / 3.6


def road(number: int, *points: tuple[float, float], oneway: int = 0) -> Road:
    nodes = [int(x) * 100_000 + int(y) for x, y in (points[0], points[-1])]
    return Road(number, nodes[0], nodes[1], "residential", "", oneway, LineString(points))


def engine(*roads: Road, mode: Mode = Mode.CAR) -> NetworkEngine:
    return NetworkEngine(kept.build(networks.build(roads))[mode])


def driven(metres: float) -> float:
    return metres / SPEED


STREET = road(1, (0, 0), (1000, 0))
BLOCK = (
    road(1, (0, 0), (200, 0)), road(2, (200, 0), (200, 200)), road(3, (200, 200), (0, 200)), road(4, (0, 200), (0, 0)),
)  # fmt: skip


def test_on_one_road_it_reaches_exactly_as_far_as_the_time_lasts() -> None:
    found = engine(STREET).isochrone(Point(400, 0), driven(300), is_inward=False)
    assert found.metres == pytest.approx(600, abs=1e-3)
    west, south, east, north = found.area.bounds
    assert 100 - 3 * found.grain <= west <= 100 - found.grain / 2
    assert 700 + found.grain / 2 <= east <= 700 + 3 * found.grain
    assert -3 * found.grain <= south < 0 < north <= 3 * found.grain


def test_a_one_way_is_covered_ahead_going_out_and_behind_coming_in() -> None:
    one_way = engine(road(1, (0, 0), (1000, 0), oneway=1))
    out = one_way.isochrone(Point(400, 0), driven(300), is_inward=False)
    into = one_way.isochrone(Point(400, 0), driven(300), is_inward=True)
    assert out.metres == into.metres == pytest.approx(300, abs=1e-3)
    assert (out.area.covers(Point(690, 0)), out.area.covers(Point(300, 0))) == (True, False)
    assert (into.area.covers(Point(110, 0)), into.area.covers(Point(500, 0))) == (True, False)


def test_a_block_whose_roads_are_all_covered_is_in_and_one_with_a_road_that_is_not_is_out() -> None:
    whole = engine(*BLOCK).isochrone(Point(0, 0), driven(500), is_inward=False)
    assert not whole.area.interiors
    assert whole.area.covers(box(0, 0, 200, 200))
    island = road(9, (80, 100), (120, 100))
    around = engine(*BLOCK, island).isochrone(Point(0, 0), driven(500), is_inward=False)
    (hole,) = around.area.interiors
    assert Polygon(hole).covers(island.geometry)
    assert around.metres == whole.metres


def test_a_loop_at_one_junction_is_covered_from_both_its_ends() -> None:
    loop = road(1, (0, 0), (0, 100), (100, 100), (0, 0))
    found = engine(loop, road(2, (0, 0), (-300, 0))).isochrone(Point(-50, 0), driven(100), is_inward=False)
    assert found.metres == pytest.approx(150 + 2 * 50, abs=1e-3)


def test_on_the_way_to_the_road_nothing_but_the_way_there_is_covered() -> None:
    found = engine(STREET).isochrone(Point(400, 200), 36.0, is_inward=False)
    assert found.metres == 0
    assert found.area.covers(Point(400, 150))
    assert not found.area.covers(Point(400, 100))


def test_no_time_is_a_spot_and_no_road_is_nothing() -> None:
    spot = engine(STREET).isochrone(Point(400, 0), 0, is_inward=False)
    assert spot.area.covers(Point(400, 0))
    assert spot.area.area <= (5 * spot.grain) ** 2
    nothing = engine().isochrone(Point(400, 0), 900, is_inward=False)
    assert (nothing.area.is_empty, nothing.metres) == (True, 0)
    closed = engine(STREET).under(np.zeros(1)).isochrone(Point(400, 0), 900, is_inward=True)
    assert closed.area.is_empty


def test_far_away_the_grain_is_coarser_and_the_roads_are_still_inside() -> None:
    longest = road(1, (0, 0), (60_000, 60_000))
    found = engine(longest).isochrone(Point(0, 0), driven(90_000), is_inward=False)
    assert found.grain > 80
    assert found.area.covers(longest.geometry)


def test_the_same_question_has_the_same_area_from_any_thread() -> None:
    shared = engine(*BLOCK, STREET)
    alone = shared.isochrone(Point(30, 0), 60, is_inward=False)
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(lambda _: shared.isochrone(Point(30, 0), 60, is_inward=False), range(40))
        assert all(one == alone for one in found)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e9])
def test_a_time_that_is_none_is_refused(seconds: float) -> None:
    with pytest.raises(BadInput, match="seconds"):
        engine(STREET).isochrone(Point(0, 0), seconds, is_inward=False)


def test_without_roads_known_it_is_a_circle_that_says_it_is_an_estimate() -> None:
    found = StraightLine(Mode.WALK).isochrone(Point(0, 0), 540, is_inward=False)
    assert found.is_estimate
    assert found.area.covers(Point(speeds.WALKING / 3.6 * 540 / speeds.DETOUR - 1, 0))
