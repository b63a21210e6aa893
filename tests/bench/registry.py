"""Benches: each row states our figure, a peer's figure for the same work, and whether both results agree.

A module beside this one registers its rows with `@row("name")`; `scripts/bench` runs them. Inputs have fixed
seeds; times are milliseconds, rates are per second; a ratio above 1 means that we are better.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FEWEST_RUNS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report; `peer`, `peer_figure`, `ratio` and `equal` are None where there is no peer."""

    name: str
    ours: float
    unit: str
    peer: str | None = None
    peer_figure: float | None = None
    ratio: float | None = None
    equal: bool | None = None
    note: str = ""


Measure = Callable[[], Row]
ROWS: dict[str, Measure] = {}


def row(name: str) -> Callable[[Measure], Measure]:
    """Register the decorated function as the bench `name`; a name that stands twice is a ValueError."""
    if name in ROWS:
        raise ValueError(f"two benches are called {name!r}")

    def register(measure: Measure) -> Measure:
        ROWS[name] = measure
        return measure

    return register


def load() -> dict[str, Measure]:
    """Return every registered bench by name, in order of name."""
    for module in sorted(Path(__file__).parent.glob("*.py")):
        if module.stem not in {"__init__", "__main__", "registry"}:
            importlib.import_module(f"tests.bench.{module.stem}")
    return dict(sorted(ROWS.items()))


def median_of(runs: int, measure: Callable[[], float]) -> float:
    """Return the median of `runs` figures of `measure`; fewer than five runs are a ValueError."""
    if runs < FEWEST_RUNS:
        raise ValueError(f"{runs} runs: a median needs at least {FEWEST_RUNS}")
    return statistics.median(measure() for _ in range(runs))


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long one `call` takes, in ms."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def times_better(ours: float, peer: float, *, less_is_better: bool = True) -> float:
    """Return how many times better our figure is than the peer's; for rates, more is better."""
    return peer / ours if less_is_better else ours / peer
