"""The score of a route on hand-made roads: what is added, what is missed, and what counts as the same."""

from __future__ import annotations

import numpy as np
import pytest

from geo_app.roads.model import Indices, Integers
from tests.driven import drive, score
from tests.driven.drive import Drive
from tests.driven.score import Spread

SQUARE = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [1, 0], [2, 1], [0, 1]])
"""Round a square of 100 m, back over two of its sides, and the first side drawn twice."""
PLACES = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]])


def driven(*arcs: int) -> Drive:
    return drive.of_arcs("square", (SQUARE, PLACES), np.zeros((2, 2)), np.arange(2.0), np.array(arcs))


def told(*arcs: int) -> Indices:
    return (2 * np.array(arcs, dtype=np.int64)).astype(np.int32)


def mismatch(one: Drive, answer: Indices) -> float:
    return score.strict(one.pieces, one.lengths, one.truth, answer).mismatch


@pytest.mark.parametrize(
    ("truth", "answer", "share"),
    [
        ((0, 1), (0, 1), 0.0),
        ((0, 1), (1, 0), 0.0),  # the order is not looked at
        ((0, 1), (0, 0, 1, 1), 0.0),  # a travel for every position is one travel
        ((0, 1), (0,), 0.5),
        ((0, 1), (0, 1, 2), 0.5),
        ((0, 1), (4, 1), 1.0),  # the other direction is another street: added and missed
        ((0, 1), (6, 1), 0.0),  # the same side drawn twice is one
        ((0, 1), (), 1.0),
        ((0, 4, 0, 4), (0, 4), 0.5),  # a second time counts
        ((0, 1), (0, 4, 0, 1), 1.0),  # there and back for nothing
    ],
)
def test_what_is_wrong_is_added_or_missed(truth: tuple[int], answer: tuple[int], share: float) -> None:
    assert mismatch(driven(*truth), told(*answer)) == pytest.approx(share)


def test_what_is_added_and_what_is_missed_are_told_apart() -> None:
    one = driven(0, 1, 2)
    found = score.strict(one.pieces, one.lengths, one.truth, told(0, 1, 4))
    assert (found.added, found.missed, found.driven) == (100.0, 100.0, 300.0)


def test_a_bent_road_is_not_the_straight_one_between_its_ends() -> None:
    one = driven(0)
    pieces: Integers = drive.pieces(one.ground.network)
    assert pieces[0] == pieces[12]
    assert pieces[0] != pieces[8]
    assert len(np.unique(pieces[::2])) == len(SQUARE) - 1


def test_a_spread_is_within_another_when_all_four_are() -> None:
    found = score.spread(score.Score(added, 0.0, 100.0) for added in (0.0, 1.0, 2.0, 3.0, 14.0))
    assert (found.median, found.mean, found.p90, found.worst) == pytest.approx((2.0, 4.0, 9.6, 14.0))
    assert found.is_within(Spread(2.01, 4.01, 9.61, 14.01))
    for name in ("median", "mean", "p90", "worst"):
        limits = {"median": 3.0, "mean": 5.0, "p90": 10.0, "worst": 15.0}
        assert not found.is_within(Spread(**limits | {name: 1.0})), name
    assert str(found) == "2.00 / 4.00 / 9.60 / 14.00"
