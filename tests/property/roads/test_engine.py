"""The road engine against networkx on random networks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo_app.roads.model import Mode, Road
from tests.property.roads import networks, oracle

modes = st.sampled_from(list(Mode))


@given(networks.roads(), modes, networks.places().map(Point), networks.points(8), st.integers(0, 10))
def test_the_nearest_are_those_of_networkx(
    roads: list[Road], mode: Mode, target: Point, responders: list[Point], k: int
) -> None:
    names = [f"r{number}" for number in range(len(responders))]
    snaps = {name: oracle.snap(roads, mode, point) for name, point in zip(names, responders, strict=True)}
    times = oracle.Oracle(roads, mode, snaps | {"target": oracle.snap(roads, mode, target)}).times_to(
        "target"
    )
    ranking = networks.engine(roads, mode).nearest(target, networks.array(responders), k)
    assert not ranking.is_estimate
    oracle.check_ranking(ranking, times, names, k)


@given(networks.roads(), modes, networks.places().map(Point), networks.places().map(Point))
def test_a_route_takes_the_time_it_says_and_is_as_long_as_its_line(
    roads: list[Road], mode: Mode, start: Point, target: Point
) -> None:
    engine = networks.engine(roads, mode)
    snaps = {"start": oracle.snap(roads, mode, start), "target": oracle.snap(roads, mode, target)}
    time = oracle.Oracle(roads, mode, snaps).times_to("target").get("start")
    route = engine.route(start, target)
    reaches = engine.nearest(target, networks.array([start]), 1).reaches
    assert (route is None) == (time is None) == (not reaches)
    if route is not None and time is not None:
        oracle.check_route(route, start, target, time)
        assert (route.seconds, route.metres) == (reaches[0].seconds, reaches[0].metres)


@given(networks.roads(), modes, st.data())
def test_the_prefilter_by_crow_distance_changes_nothing(
    roads: list[Road], mode: Mode, data: st.DataObject
) -> None:
    crowd = data.draw(st.lists(networks.places().map(Point), min_size=40, max_size=80))
    target = data.draw(networks.places().map(Point))
    engine = networks.engine(roads, mode)
    whole = engine.nearest(target, networks.array(crowd), len(crowd))
    for k in (1, 3, 10):
        few = engine.nearest(target, networks.array(crowd), k)
        assert few.reaches == whole.reaches[:k]


@given(networks.roads(), modes, networks.points(6), networks.places().map(Point))
def test_an_engine_answers_the_same_however_often_it_was_asked(
    roads: list[Road], mode: Mode, responders: list[Point], target: Point
) -> None:
    engine = networks.engine(roads, mode)
    first = engine.nearest(target, networks.array(responders), 3)
    for point in responders:
        engine.nearest(point, networks.array(responders), 2)
        engine.route(point, target)
    assert engine.nearest(target, networks.array(responders), 3) == first
