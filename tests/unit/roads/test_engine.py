"""Nearest and route on networks small enough to know the answer by heart: 100 m roads, walked or driven."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString, Point

from geo_app.core.errors import BadInput
from geo_app.roads import graph, kept, speeds
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Access, BrokenRoad, Mode, Ranking, Road


def road(number: int, *points: tuple[float, float], oneway: int = 0, road_class: str = "residential") -> Road:
    """Return a road whose junctions are named by where its ends lie."""

    def node(point: tuple[float, float]) -> int:
        return int(point[0]) * 100_000 + int(point[1])

    return Road(number, node(points[0]), node(points[-1]), road_class, "", oneway, LineString(points))


def engine(*roads: Road, mode: Mode = Mode.CAR) -> NetworkEngine:
    return NetworkEngine(kept.build(networks.build(roads))[mode])


def at(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=float).reshape(-1, 2)


def order(ranking: Ranking) -> list[int]:
    return [reach.index for reach in ranking.reaches]


def driven(metres: float, road_class: str = "residential") -> float:
    return metres / (speeds.of(Mode.CAR, road_class) or 0) * 3.6


STREET = road(1, (0, 0), (100, 0))
ONE_WAY = road(1, (0, 0), (100, 0), oneway=1)
BLOCK = (
    ONE_WAY,
    road(2, (100, 0), (100, 100), oneway=1),
    road(3, (100, 100), (0, 100), oneway=1),
    road(4, (0, 100), (0, 0), oneway=1),
)


def test_on_one_two_way_edge_the_one_ahead_and_the_one_behind_are_as_far_as_they_look() -> None:
    ranking = engine(STREET).nearest(Point(50, 0), at((80, 0), (40, 0)), 2)
    assert order(ranking) == [1, 0]
    assert [reach.metres for reach in ranking.reaches] == pytest.approx([10, 30])
    assert [reach.seconds for reach in ranking.reaches] == pytest.approx([driven(10), driven(30)], abs=1e-5)


def test_on_one_one_way_edge_the_one_ahead_drives_round_the_block() -> None:
    ranking = engine(*BLOCK).nearest(Point(50, 0), at((60, 0), (10, 0)), 2)
    assert order(ranking) == [1, 0]
    assert [reach.metres for reach in ranking.reaches] == pytest.approx([40, 390])


def test_on_one_one_way_edge_without_a_way_round_the_one_ahead_is_unreachable() -> None:
    ranking = engine(ONE_WAY).nearest(Point(50, 0), at((60, 0), (10, 0)), 2)
    assert order(ranking) == [1]
    assert ranking.unreachable == 1


def test_a_road_drawn_against_its_one_way_is_driven_from_its_end() -> None:
    against = road(1, (100, 0), (0, 0), oneway=-1)
    ranking = engine(against).nearest(Point(50, 0), at((60, 0), (10, 0)), 2)
    assert order(ranking) == [1]


def test_on_one_edge_the_way_round_by_a_faster_road_may_be_quicker() -> None:
    slow = road(1, (0, 0), (0, 200), (100, 200), (100, 0), road_class="living_street")
    fast = road(2, (0, 0), (100, 0), road_class="motorway")
    ranking = engine(slow, fast).nearest(Point(100, 10), at((0, 10)), 1)
    assert ranking.reaches[0].metres == pytest.approx(120)
    assert ranking.reaches[0].seconds == pytest.approx(
        driven(20, "living_street") + driven(100, "motorway"), abs=1e-5
    )


def test_who_stands_on_a_junction_may_leave_by_any_of_its_roads() -> None:
    away, back = road(1, (100, 0), (0, 0), oneway=1), road(2, (100, 0), (200, 0))
    assert engine(away, back).nearest(Point(150, 0), at((100, 0)), 1).reaches[0].metres == pytest.approx(50)
    into = road(1, (0, 0), (100, 0), oneway=1)
    assert engine(into, back).nearest(Point(150, 0), at((100, 0)), 1).reaches[0].metres == pytest.approx(50)
    assert engine(away, back).nearest(Point(100, 0), at((150, 0)), 1).reaches[0].metres == pytest.approx(50)


def test_people_on_foot_ignore_one_ways() -> None:
    ranking = engine(ONE_WAY, mode=Mode.WALK).nearest(Point(50, 0), at((60, 0)), 1)
    assert ranking.reaches[0].seconds == pytest.approx(10 / speeds.WALKING * 3.6, abs=1e-5)


def test_the_way_between_a_point_and_the_road_is_walked() -> None:
    ranking = engine(STREET).nearest(Point(50, 20), at((40, 30)), 1)
    walked = 50 / speeds.WALKING * 3.6
    assert ranking.reaches[0].seconds == pytest.approx(driven(10) + walked, abs=1e-5)
    assert ranking.reaches[0].metres == pytest.approx(60)


def test_of_several_at_one_spot_the_lower_index_comes_first() -> None:
    ranking = engine(STREET).nearest(Point(50, 0), at((90, 0), (10, 0), (90, 0), (10, 0)), 3)
    assert order(ranking) == [0, 1, 2]


def test_an_island_is_left_out_counted_and_reported() -> None:
    roads = (STREET, road(2, (0, 500), (100, 500)))
    ranking = engine(*roads).nearest(Point(50, 0), at((10, 500), (10, 0)), 5)
    assert order(ranking) == [1]
    assert ranking.unreachable == 1
    assert graph.islands(graph.build(networks.build(roads), Mode.CAR)).sizes == (2, 2)


def test_a_one_way_dead_end_is_an_island_of_its_own() -> None:
    network = networks.build((*BLOCK, road(9, (100, 100), (300, 300), oneway=1)))
    assert graph.islands(graph.build(network, Mode.CAR)).sizes == (4, 1)
    assert graph.islands(graph.build(network, Mode.WALK)).sizes == (5,)


@pytest.mark.parametrize("roads", [(), (road(1, (0, 0), (9, 0), road_class="footway"),)])
def test_without_a_usable_road_nobody_is_reachable(roads: tuple[Road, ...]) -> None:
    empty = engine(*roads)
    assert empty.nearest(Point(0, 0), at((1, 1)), 1) == Ranking((), 1, is_estimate=False)
    assert empty.route(Point(0, 0), Point(1, 1)) is None


def test_a_loop_at_one_junction_is_a_network() -> None:
    loop = road(1, (0, 0), (0, 100), (100, 100), (0, 0), oneway=1)
    ranking = engine(loop).nearest(Point(0, 50), at((0, 60), (0, 40)), 2)
    assert order(ranking) == [1, 0]
    assert ranking.reaches[1].metres == pytest.approx(loop.geometry.length - 10)


@pytest.mark.parametrize("k", [0, -1])
def test_asked_for_nobody_it_names_nobody(k: int) -> None:
    assert engine(STREET).nearest(Point(0, 0), at((1, 1)), k).reaches == ()


def test_with_no_responders_it_names_nobody() -> None:
    assert engine(STREET).nearest(Point(0, 0), at(), 3) == Ranking((), 0, is_estimate=False)


def test_a_route_between_one_point_and_itself_is_a_line_of_no_length() -> None:
    route = engine(STREET).route(Point(50, 0), Point(50, 0))
    assert route is not None
    assert (route.seconds, route.metres, route.line.length) == (0, 0, 0)
    assert len(route.line.coords) == 2


def test_a_route_follows_the_bends_of_its_roads() -> None:
    bent = road(1, (0, 0), (50, 50), (100, 0))
    route = engine(bent, road(2, (100, 0), (100, 100))).route(Point(0, 0), Point(100, 40))
    assert route is not None
    assert list(route.line.coords) == [(0, 0), (50, 50), (100, 0), (100, 40)]


@pytest.mark.parametrize("place", [Point(float("nan"), 0), Point(float("inf"), 0), Point(1e9, 0)])
def test_a_place_that_is_no_place_is_refused(place: Point) -> None:
    with pytest.raises(BadInput, match="target: must be metres"):
        engine(STREET).nearest(place, at((0, 0)), 1)
    with pytest.raises(BadInput, match="responders: must be metres"):
        engine(STREET).nearest(Point(0, 0), at((0, 0), (place.x, place.y)), 1)


def test_a_point_far_outside_snaps_all_the_same() -> None:
    ranking = engine(*BLOCK).nearest(Point(50, 0), at((-100_000, 0)), 1)
    assert ranking.reaches[0].metres == pytest.approx(100_050)


def test_threads_that_ask_at_once_get_the_answers_one_would_get() -> None:
    rng = np.random.default_rng(5)
    lines = [road(i * 40 + j, (i * 50, j * 50), (i * 50 + 50, j * 50)) for i in range(20) for j in range(20)]
    lines += [
        road(1000 + i * 40 + j, (i * 50, j * 50), (i * 50, j * 50 + 50)) for i in range(20) for j in range(20)
    ]
    shared = engine(*lines)
    responders = rng.uniform(0, 1000, (200, 2))
    targets = [Point(*place) for place in rng.uniform(0, 1000, (100, 2))]

    def ask(target: Point) -> Ranking:
        return shared.nearest(target, responders, 10)

    alone = [ask(target) for target in targets]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, targets * 4)) == alone * 4


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            Road(7, 1, 2, "residential", "", 2, LineString([(0, 0), (1, 0)])),
            "road 7: oneway must be 1, -1 or 0",
        ),
        (Road(7, 1, 2, "residential", "", 0, LineString()), "road 7: geometry must be one line"),
        (
            Road(7, 1, 2, "residential", "", 0, LineString([(0, 0), (np.inf, 0)])),
            "must have finite coordinates",
        ),
        (
            Road(7, 0, 2, "residential", "", 0, LineString([(5, 0), (9, 0)])),
            "road 7: from_node must be at most 1 m",
        ),
    ],
)
def test_a_road_that_cannot_be_names_itself_its_field_and_the_rule(broken: Road, message: str) -> None:
    with pytest.raises(BrokenRoad, match=message):
        networks.build((STREET, broken))


def test_ends_a_little_beside_their_junction_are_moved_onto_it() -> None:
    near = Road(2, STREET.to_node, 77, "residential", "", 0, LineString([(100.4, 0.3), (200, 0)]))
    network = networks.build((STREET, near))
    assert network.shape.vertices[network.first[1]].tolist() == [100, 0]
    assert network.lengths.tolist() == [100, 100]


def test_a_network_of_one_junction_and_one_where_nothing_is_open_answer() -> None:
    dot = road(1, (0, 0), (0, 0))
    barred = replace(STREET, access=Access(barred=frozenset(Mode)))
    for one, seconds in ((engine(dot), 0.0), (engine(barred), np.inf)):
        assert one.travel_times(at((0, 0)), at((0, 0), (0, 0))).tolist() == [[seconds] * 2]
        assert len(one.nearest(Point(0, 0), at((0, 0)), 1).reaches) == (seconds == 0.0)
        assert one.travel_times(at(), at((0, 0))).shape == (0, 1)
        assert one.nearest(Point(0, 0), at(), 1).reaches == ()
