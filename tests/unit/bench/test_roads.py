"""The benches of roads notice a wrong answer: one time of many a hundredth of a second off, one arc dearer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Restriction, Road
from tests.bench import graph_load, isochrone, matrix, nearest

SIDE = 45


@contextmanager
def nowhere() -> Iterator[None]:
    """A machine without pgRouting."""
    yield None


@pytest.fixture
def raster(monkeypatch: pytest.MonkeyPatch) -> list[Restriction]:
    """A small made-up city in the place of a real one, with some restrictions."""
    roads = nearest.city(SIDE)
    leaving: dict[int, list[int]] = {}
    for number, road in enumerate(roads):
        leaving.setdefault(road.from_node, []).append(number)
    pairs = [(number, other) for number, road in enumerate(roads) for other in leaving.get(road.to_node, ())]
    made = [
        Restriction(number, is_only=False, travels=(2 * one, 2 * other), modes=frozenset(Mode))
        for number, (one, other) in enumerate(pairs[::40])
    ]

    def from_kit(folder: Any, name: str) -> tuple[list[Road], list[Restriction]]:
        return roads, made

    monkeypatch.setattr(matrix.cities, "from_kit", from_kit)
    monkeypatch.setattr(matrix.databases, "routing", nowhere)
    monkeypatch.setenv("GEO_DATA", "/nowhere")
    return made


def test_one_time_that_is_off_makes_the_matrix_differ(
    raster: list[Restriction], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = matrix.times("small", "raster", Mode.CAR)
    assert row.equal is True
    assert raster
    assert "apt-get install postgresql-15-pgrouting" in row.note
    right = NetworkEngine.travel_times

    def wrong(engine: NetworkEngine, starts: np.ndarray, targets: np.ndarray) -> np.ndarray:
        answer = right(engine, starts, targets)
        answer[0, -1] += 0.01
        return answer

    monkeypatch.setattr(NetworkEngine, "travel_times", wrong)
    assert matrix.times("small", "raster", Mode.CAR).equal is False


def test_one_time_that_is_off_makes_the_nearest_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert nearest.soonest(20, 60, 5).equal is True
    right = nearest.seconds

    def wrong(*asked: Any) -> list[float]:
        return [*right(*asked)[:-1], right(*asked)[-1] + 0.01]

    monkeypatch.setattr(nearest, "seconds", wrong)
    assert nearest.soonest(20, 60, 5).equal is False


def test_one_arc_that_is_dearer_makes_the_graphs_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert graph_load.opening(8).equal is True
    right = graph_load.kept.load

    def wrong(*asked: Any) -> graph_load.Grounds | None:
        grounds = right(*asked)
        if grounds is None:
            return None
        graph = grounds[Mode.CAR].graph
        costs = graph.outward.costs.copy()
        costs[-1] += 1
        dearer = replace(graph, outward=graph.outward._replace(costs=costs))
        return grounds | {Mode.CAR: replace(grounds[Mode.CAR], graph=dearer)}

    monkeypatch.setattr(graph_load.kept, "load", wrong)
    assert graph_load.opening(8).equal is False


def test_one_road_that_is_covered_too_far_makes_the_isochrones_differ(
    raster: list[Restriction], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert raster
    monkeypatch.setattr(isochrone, "PLACES", 2)
    assert isochrone.drawing("raster").equal is True
    right = isochrone.covered

    def wrong(*asked: Any) -> Any:
        found = right(*asked)
        assert found is not None
        heads = found.spans.heads.copy()
        heads[0] += 0.01
        return found._replace(spans=found.spans._replace(heads=heads))

    monkeypatch.setattr(isochrone, "covered", wrong)
    assert isochrone.drawing("raster").equal is False


def test_real_cities_are_measured_only_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEO_DATA", raising=False)
    with pytest.raises(SystemExit, match="GEO_DATA"):
        matrix.times("matrix", "porto", Mode.CAR)
    with pytest.raises(SystemExit, match="GEO_DATA"):
        isochrone.drawing("porto")
