"""Forbidden turns, the cost of turning round, access and limits, against networkx on random networks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo_app.roads.model import Mode, Restriction, Road
from tests.property.roads import line_graph, networks, oracle

modes = st.sampled_from(list(Mode))
Restricted = tuple[list[Road], list[Restriction]]


@given(networks.restricted(), modes, networks.places().map(Point), networks.points(6), st.integers(1, 8))
def test_the_nearest_under_restrictions_are_those_of_a_graph_of_every_turn(
    given_roads: Restricted, mode: Mode, target: Point, responders: list[Point], k: int
) -> None:
    roads, restrictions = given_roads
    lines = line_graph.Lines(roads, restrictions, mode)
    names = [f"r{number}" for number in range(len(responders))]
    open_to = lines.usable()
    starts = {
        name: oracle.snap(roads, mode, point, open_to) for name, point in zip(names, responders, strict=True)
    }
    made = lines.graph(starts, {"target": oracle.snap(roads, mode, target, open_to)})
    times = line_graph.times(made.reverse(), "target")
    engine = networks.engine(roads, mode, restrictions)
    oracle.check_ranking(engine.nearest(target, networks.array(responders), k), times, names, k)
    for name, start in zip(names, responders, strict=True):
        route = engine.route(start, target, with_steps=True)
        assert (route is None) == (name not in times)
        if route is not None:
            oracle.check_route(route, start, target, times[name])


@given(networks.restricted(), modes, networks.points(5), networks.points(5))
def test_times_between_many_are_those_of_a_graph_of_every_turn(
    given_roads: Restricted, mode: Mode, starts: list[Point], targets: list[Point]
) -> None:
    roads, restrictions = given_roads
    lines = line_graph.Lines(roads, restrictions, mode)
    open_to = lines.usable()
    here = {f"s{i}": oracle.snap(roads, mode, point, open_to) for i, point in enumerate(starts)}
    there = {f"t{i}": oracle.snap(roads, mode, point, open_to) for i, point in enumerate(targets)}
    made = lines.graph(here, there)
    engine = networks.engine(roads, mode, restrictions)
    found = engine.travel_times(networks.array(starts), networks.array(targets))
    assert found.shape == (len(starts), len(targets))
    for row, start in enumerate(here):
        times = line_graph.times(made, start)
        expected = [times.get(target, np.inf) for target in there]
        assert np.allclose(found[row] * 1e6, expected, rtol=0, atol=oracle.TOLERANCE)


@given(networks.restricted(), modes, networks.points(4), networks.points(4), st.data())
def test_times_with_roads_closed_and_slowed_are_those_of_a_graph_without_them(
    given_roads: Restricted, mode: Mode, starts: list[Point], targets: list[Point], data: st.DataObject
) -> None:
    roads, restrictions = given_roads
    shares = np.array([data.draw(st.sampled_from((1.0, 1.0, 1.0, 0.0, 0.5, 0.3))) for _ in roads])
    closed = frozenset(np.flatnonzero(shares == 0.0).tolist())
    slow = {road: 1 / share for road, share in enumerate(shares) if 0.0 < share < 1.0}
    lines = line_graph.Lines(roads, restrictions, mode, closed, slow)
    open_to = lines.usable()
    here = {f"s{i}": oracle.snap(roads, mode, point, open_to) for i, point in enumerate(starts)}
    there = {f"t{i}": oracle.snap(roads, mode, point, open_to) for i, point in enumerate(targets)}
    made = lines.graph(here, there)
    usual = networks.engine(roads, mode, restrictions)
    before = usual.travel_times(networks.array(starts), networks.array(targets))
    engine = usual.under(shares)
    found = engine.travel_times(networks.array(starts), networks.array(targets))
    for row, start in enumerate(here):
        times = line_graph.times(made, start)
        expected = [times.get(target, np.inf) for target in there]
        assert np.allclose(found[row] * 1e6, expected, rtol=0, atol=oracle.TOLERANCE)
        for target, point in zip(there, targets, strict=True):
            route = engine.route(starts[row], point, with_steps=True)
            assert (route is None) == (target not in times)
            if route is not None:
                oracle.check_route(route, starts[row], point, times[target])
    backwards, names = made.reverse(), list(here)
    for target, point in zip(there, targets, strict=True):
        times = line_graph.times(backwards, target)
        oracle.check_ranking(engine.nearest(point, networks.array(starts), 3), times, names, 3)
    assert (usual.travel_times(networks.array(starts), networks.array(targets)) == before).all()
