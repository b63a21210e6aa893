"""The soonest in one go are those of one search a responder, to the microsecond and the bit."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Point

from geo_app.roads import kept, soonest
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Access, Mode, Reach, Restriction, Road

SIDE, SPACING = 12, 100.0
CLASSES = ("residential", "primary", "motorway", "footway")


def city(rng: np.random.Generator) -> tuple[list[Road], list[Restriction]]:
    """Return a raster of roads of every kind, with restrictions at a tenth of them."""
    pairs = [(i * SIDE + j, i * SIDE + j + 1) for i in range(SIDE) for j in range(SIDE - 1)]
    pairs += [(i * SIDE + j, (i + 1) * SIDE + j) for i in range(SIDE - 1) for j in range(SIDE)]
    ends = [[(n // SIDE * SPACING, n % SIDE * SPACING) for n in pair] for pair in pairs]
    access = Access(barred=frozenset({Mode.CAR}))
    roads = [
        Road(n, *pair, CLASSES[rng.integers(0, 4)], "", int(rng.integers(-1, 2)), LineString(line), None,
             access if rng.random() < 0.1 else Access())
        for n, (pair, line) in enumerate(zip(pairs, ends, strict=True))
    ]  # fmt: skip
    follow = [
        (2 * one, 2 * other)
        for one, (_, end) in enumerate(pairs)
        for other, (start, _) in enumerate(pairs)
        if end == start
    ]
    chosen = rng.choice(len(follow), len(roads) // 10, replace=False)
    return roads, [Restriction(int(n), bool(n % 3 == 0), follow[n], frozenset(Mode)) for n in chosen]


@pytest.mark.parametrize("mode", list(Mode))
def test_the_soonest_are_those_of_a_search_for_each(mode: Mode) -> None:
    rng = np.random.default_rng(20260125)
    roads, restrictions = city(rng)
    network = networks.build(roads)
    networks.check(network, restrictions)
    engine = NetworkEngine(kept.build(network, restrictions)[mode])
    crowd = np.vstack([rng.uniform(-50, 1250, (40, 2)), rng.integers(0, SIDE, (20, 2)) * SPACING])
    crowd = np.vstack([crowd, crowd[:10]])
    for x, y in [*rng.uniform(0, 1150, (4, 2)), (300.0, 400.0)]:
        target = Point(x, y)
        ways = [engine.route(Point(*place), target) for place in crowd]
        alone = [Reach(n, way.seconds, way.metres) for n, way in enumerate(ways) if way is not None]
        alone.sort(key=lambda reach: (reach.seconds, reach.index))
        for k in (1, 10, len(crowd)):
            ranking = engine.nearest(target, crowd, k)
            assert list(ranking.reaches) == alone[:k]
            assert ranking.unreachable == (len(crowd) - len(alone) if len(alone) < k else 0)


@pytest.mark.parametrize("slots", [1, 4, 8192])
def test_who_moves_is_found_where_they_are_however_little_is_remembered(
    slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soonest, "SLOTS", slots)
    rng = np.random.default_rng(20260127)
    roads, restrictions = city(rng)
    ground = kept.build(networks.build(roads), restrictions)[Mode.EBIKE]
    engine = NetworkEngine(ground)
    crowd = rng.uniform(0, 1100, (30, 2))
    for number in range(12):
        crowd[number % 5] = rng.uniform(0, 1100, 2)
        crowd = crowd[rng.permutation(len(crowd))]
        target = Point(*rng.uniform(0, 1100, 2))
        assert engine.nearest(target, crowd, 10) == NetworkEngine(ground).nearest(target, crowd, 10)
