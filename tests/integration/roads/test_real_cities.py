"""Nearest responders on real road networks, against networkx."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Restriction, Road
from tests.property.roads import cities, line_graph, oracle
from tests.sizes import size

RESPONDERS, K = 300, 10


@pytest.fixture
def folder() -> Path:
    """The folder of real data."""
    found = cities.data()
    if found is None:
        pytest.skip("GEO_DATA does not name the folder of real data; CI always has it")
    return found


@pytest.mark.parametrize(
    ("read", "mode"),
    [(cities.huitian, Mode.EBIKE), (cities.huitian, Mode.CAR), (cities.manhattan, Mode.EMERGENCY),
     (cities.manhattan, Mode.WALK)],
)  # fmt: skip
def test_candidates_in_a_real_city_are_those_of_networkx(
    folder: Path, read: Callable[[Path], list[Road]], mode: Mode
) -> None:
    roads = read(folder)
    engine = NetworkEngine(kept.build(networks.build(roads))[mode])
    rng = np.random.default_rng(20260101)
    responders = cities.beside(roads, rng, RESPONDERS)
    incidents = cities.beside(roads, rng, size("road_incidents"))
    places = {f"r{number}": point for number, point in enumerate(responders)}
    targets = {f"i{number}": point for number, point in enumerate(incidents)}
    truth = oracle.Oracle(roads, mode, oracle.snapped(roads, mode, places | targets))
    array = np.array([[point.x, point.y] for point in responders])
    for name, target in targets.items():
        times = truth.times_to(name)
        ranking = engine.nearest(target, array, K)
        oracle.check_ranking(ranking, times, list(places), K)
        first = ranking.reaches[0] if ranking.reaches else None
        if first is not None:
            route = engine.route(responders[first.index], target)
            oracle.check_route(route, responders[first.index], target, times[f"r{first.index}"])


@pytest.mark.parametrize(("name", "mode"), [("huitian", Mode.CAR), ("manhattan", Mode.EMERGENCY)])
def test_times_under_restrictions_in_a_real_city_are_those_of_a_graph_of_every_turn(
    folder: Path, name: str, mode: Mode
) -> None:
    roads = cities.middle(cities.streets(folder, name), size("restricted_span"))
    rng = np.random.default_rng(20260103)
    restrictions = cities.restrictions(roads, rng, len(roads) // 10)
    check_pairs(roads, restrictions, mode, rng)


def test_times_under_the_restrictions_of_porto_are_those_of_a_graph_of_every_turn(folder: Path) -> None:
    rng = np.random.default_rng(20260104)
    roads, restrictions = cities.porto(folder)
    assert len(restrictions) > 330
    roads, restrictions = cities.around(roads, restrictions, size("restricted_span"))
    assert restrictions
    check_pairs(roads, restrictions, Mode.CAR, rng)


def check_pairs(
    roads: list[Road], restrictions: list[Restriction], mode: Mode, rng: np.random.Generator
) -> None:
    """Assert that the times from every responder to every place are those of networkx, one search a place."""
    network = networks.build(roads)
    networks.check(network, restrictions)
    engine = NetworkEngine(kept.build(network, restrictions)[mode])
    responders = cities.beside(roads, rng, size("restricted_responders"))
    places = cities.beside(roads, rng, size("restricted_places"))
    starts = {f"r{number}": point for number, point in enumerate(responders)}
    targets = {f"p{number}": point for number, point in enumerate(places)}
    lines = line_graph.Lines(roads, restrictions, mode)
    snaps = oracle.snapped(roads, mode, starts | targets, lines.usable())
    made = lines.graph({name: snaps[name] for name in starts}, {name: snaps[name] for name in targets})
    backwards = made.reverse()
    array = np.array([[point.x, point.y] for point in responders])
    expected = np.empty((len(responders), len(places)))
    for number, (name, target) in enumerate(targets.items()):
        times = line_graph.times(backwards, name)
        expected[:, number] = [times.get(start, np.inf) for start in starts]
        ranking = engine.nearest(target, array, len(responders))
        oracle.check_ranking(ranking, times, list(starts), len(responders))
    found = engine.travel_times(array, np.array([[point.x, point.y] for point in places]))
    assert np.allclose(found * 1e6, expected, rtol=0, atol=oracle.TOLERANCE)
    assert np.isfinite(expected).any()
