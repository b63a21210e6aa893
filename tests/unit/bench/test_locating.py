"""The benches of the index notice a wrong answer: one point, or one stretch, given to the next cell."""

from __future__ import annotations

import numpy as np
import pytest

from grids.locate import Locator
from tests.bench import locating
from tests.bench.locating import Metres


def test_one_point_in_the_next_cell_makes_the_results_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert locating.matching("small", 8, 2_000).equal is True
    right = locating.found

    def wrong(locator: Locator, points: np.ndarray) -> np.ndarray:
        answer = right(locator, points)
        answer[np.flatnonzero(answer >= 0)[-1]] ^= 1
        return answer

    monkeypatch.setattr(locating, "found", wrong)
    assert locating.matching("small", 8, 2_000).equal is False


def test_one_stretch_in_the_next_cell_makes_the_results_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert locating.following(8, 20).equal is True
    right = locating.stretches

    def wrong(locator: Locator, tracks: np.ndarray) -> Metres:
        metres = right(locator, tracks)
        (number, code), length = metres.popitem()
        metres[number, str(locator.codes[locator.codes != code][0])] += length
        return metres

    monkeypatch.setattr(locating, "stretches", wrong)
    assert locating.following(8, 20).equal is False


def test_points_in_degrees_are_compared_too() -> None:
    row = locating.matching_lonlat(8, 2_000)
    assert row.equal is True
    assert row.ratio is not None
