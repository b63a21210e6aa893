"""Chance from a seed: pinned numbers, fair enough, within its bounds."""

from __future__ import annotations

from collections import Counter
from statistics import fmean, stdev

import pytest

from geo_app.cities.demo.luck import Luck


def test_the_stream_of_a_seed_never_changes() -> None:
    luck = Luck(20260101)
    assert [luck.whole(0, 999) for _ in range(8)] == [672, 576, 107, 368, 506, 248, 699, 493]


def test_seeds_are_told_apart() -> None:
    assert Luck("1").random() == Luck(1).random()
    assert Luck(1).random() != Luck(2).random()


def test_numbers_fill_their_range_evenly() -> None:
    luck = Luck(1)
    dice = Counter(luck.whole(1, 6) for _ in range(6000))
    assert sorted(dice) == [1, 2, 3, 4, 5, 6]
    assert all(900 < count < 1100 for count in dice.values())
    assert all(2 <= luck.uniform(2, 3) < 3 for _ in range(1000))


def test_normal_numbers_are_normal() -> None:
    luck = Luck(1)
    numbers = [luck.normal() for _ in range(4000)]
    assert fmean(numbers) == pytest.approx(0, abs=0.06)
    assert stdev(numbers) == pytest.approx(1, abs=0.05)
    assert all(luck.log_normal(0, 1) > 0 for _ in range(100))


def test_weights_are_kept() -> None:
    luck = Luck(1)
    drawn = Counter(luck.weighted("abc", (1, 0, 3)) for _ in range(4000))
    assert drawn["b"] == 0
    assert drawn["c"] == pytest.approx(3000, abs=120)


def test_a_sample_holds_each_thing_once() -> None:
    luck = Luck(1)
    assert sorted(luck.sample(range(20), 20)) == list(range(20))
    assert len(set(luck.sample("abcdef", 4))) == 4
    assert luck.sample("abc", 0) == []
    assert {luck.choice("ab") for _ in range(50)} == {"a", "b"}
