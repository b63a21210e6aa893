"""The registry of benches: what a row states, and what it refuses."""

from __future__ import annotations

import pytest

from tests.bench import registry
from tests.bench.__main__ import line, main
from tests.bench.registry import Row, median_of, times_better


def test_a_median_is_taken_of_at_least_five_runs() -> None:
    figures = iter([5.0, 1.0, 4.0, 2.0, 3.0])
    assert median_of(5, lambda: next(figures)) == 3.0
    with pytest.raises(ValueError, match="at least 5"):
        median_of(4, lambda: 1.0)


def test_a_ratio_above_one_means_that_we_are_better() -> None:
    assert times_better(10.0, 25.0) == 2.5
    assert times_better(400.0, 100.0, less_is_better=False) == 4.0


def test_a_name_stands_once() -> None:
    taken = next(iter(registry.load()))
    with pytest.raises(ValueError, match=taken):
        registry.row(taken)


def test_a_difference_from_the_peer_is_shown() -> None:
    row = Row("nearest", 1.0, "ms", peer="scan", peer_figure=3.0, ratio=3.0, equal=False, note="seed 7")
    assert line(row) == "nearest: 1 ms, scan 3 ms, 3.00 times better, RESULTS DIFFER (seed 7)"


def test_a_row_without_a_peer_is_shown_alone() -> None:
    assert line(Row("tile", 2.5, "ms")) == "tile: 2.5 ms"


def test_an_unknown_bench_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["no-such-bench"])
    assert ended.value.code == 2
    assert "partition-check" in capsys.readouterr().err
