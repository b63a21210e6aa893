"""What is made of a drive, and drives that are made up, keep the truth they carry."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from shapely import LineString

from geo_app.roads import network as networks
from geo_app.roads.model import Mode, Restriction, Road
from geo_app.roads.nearest import Ground
from tests.driven import drive, trips
from tests.driven.drive import Drive

ARCS = np.array([[0, 1], [1, 2], [2, 3]])
PLACES = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0], [200.0, 100.0]])
SIDE, SPACING = 8, 150.0
TRIPS = 12


@pytest.fixture
def straight() -> Drive:
    """Thirty seconds along three one-way arcs."""
    seconds = np.arange(30.0)
    return drive.of_arcs(
        "straight", (ARCS, PLACES), np.stack([10 * seconds, 0 * seconds], axis=1), seconds, np.arange(3)
    )


NODE = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
PAIRS = [(int(NODE[i, j]), int(NODE[i, j + 1])) for i in range(SIDE) for j in range(SIDE - 1)]
PAIRS += [(int(NODE[i, j]), int(NODE[i + 1, j])) for i in range(SIDE - 1) for j in range(SIDE)]
FORBIDDEN = (2 * PAIRS.index((27, 28)), 2 * PAIRS.index((28, 36)))
"""A turn in the middle of the town."""


@pytest.fixture(scope="module")
def town() -> Ground:
    """A raster of two-way streets in which one turn is forbidden."""
    places = [(SPACING * (number % SIDE), SPACING * (number // SIDE)) for number in range(SIDE * SIDE)]
    roads = [
        Road(number, start, end, "residential", "", 0, LineString([places[start], places[end]]))
        for number, (start, end) in enumerate(PAIRS)
    ]
    return drive.ground(roads, Mode.CAR, [Restriction(1, False, FORBIDDEN, frozenset(Mode))])


def test_thinning_keeps_positions_that_far_apart_and_both_ends(straight: Drive) -> None:
    thin = drive.thinned(straight, 10.0)
    assert thin.seconds.tolist() == [0.0, 10.0, 20.0, 29.0]
    assert thin.xy[:, 0].tolist() == [0.0, 100.0, 200.0, 290.0]
    assert thin.truth is straight.truth


def test_jitter_is_the_same_for_the_same_seed_and_as_large_as_said(straight: Drive) -> None:
    one, same, other = (drive.jittered(straight, 3.0, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.xy, same.xy)
    assert not np.array_equal(one.xy, other.xy)
    assert 2.0 < float((one.xy - straight.xy).std()) < 4.0


def test_time_goes_backwards_on_a_map_turned_round(straight: Drive) -> None:
    back = drive.reversed_in_time(straight)
    network = back.ground.network
    assert (back.xy[0].tolist(), back.seconds[0], back.seconds[-1]) == ([290.0, 0.0], 0.0, 29.0)
    assert (np.diff(back.seconds) > 0).all()
    assert [networks.tips(network, travel) for travel in back.truth.tolist()] == [(3, 2), (2, 1), (1, 0)]
    again = drive.reversed_in_time(back)
    assert np.array_equal(again.xy, straight.xy)
    assert np.array_equal(again.ground.network.starts, straight.ground.network.starts)
    assert np.array_equal(again.truth, straight.truth)


def test_made_up_trips_are_driven_as_the_router_allows(town: Ground) -> None:
    made = list(trips.make("town", town, TRIPS, 7, (300.0, 900.0)))
    for trip in made:
        tips = [networks.tips(town.network, travel) for travel in trip.truth.tolist()]
        assert all(one[1] == other[0] for one, other in pairwise(tips)), trip.name
        assert (np.diff(trip.seconds) >= 1.0).all()
        assert len(trip.xy) == len(trip.seconds)
        assert FORBIDDEN not in pairwise(trip.truth.tolist())
    again = list(trips.make("town", town, TRIPS, 7, (300.0, 900.0)))
    assert all(np.array_equal(one.xy, same.xy) for one, same in zip(made, again, strict=True))
    assert any((np.diff(trip.seconds) > 15.0).any() for trip in made), "some lose the sky"


def test_positions_err_slowly_and_stay_near_what_is_true() -> None:
    wrong = trips.errors(20_000, np.random.default_rng(3))
    away = np.hypot(*wrong.T)
    assert 3.0 < float(np.median(away)) < 7.0
    assert 0.002 < float((away > 25.0).mean()) < 0.01
    slow = wrong[away < 25.0]
    assert np.corrcoef(slow[:-1, 0], slow[1:, 0])[0, 1] > 0.7
