"""Peers of the index: one wrong answer is noticed, and one that is not installed is named and fails."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.bench import locating_peers
from tests.bench.__main__ import line


def test_a_peer_that_is_there_gives_the_same_cells() -> None:
    made = locating_peers.beside("strtree", locating_peers.strtree, 8, 2_000)
    assert made.equal is True
    assert made.ratio is not None


def test_one_point_in_another_cell_makes_the_results_differ() -> None:
    def wrong(cells: np.ndarray, points: np.ndarray) -> Callable[[], np.ndarray]:
        answer = locating_peers.strtree(cells, points)()
        answer[7] += 1
        return lambda: answer

    assert locating_peers.beside("strtree", wrong, 8, 2_000).equal is False


def test_a_peer_that_is_not_installed_is_named_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(locating_peers, "_peer", missing)
    for prepare in (locating_peers.duckdb, locating_peers.sedonadb):
        made = locating_peers.beside("peer", prepare, 8, 2_000)
        assert made.equal is False
        assert "is not installed" in line(made)
