"""Nearest responders on real road networks, against networkx."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Road
from tests.property.roads import cities, oracle
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
