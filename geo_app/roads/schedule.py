"""Which roads are closed or slowed when: the engine for a moment, the same one for all who ask at that moment."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Indices, Mode
from geo_app.roads.overrides import CLOSED

KEPT = 16
"""Engines of one schedule kept ready; each is a few columns of the network."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An override by edge; `share` is what is left of the usual speed, None closed."""

    edges: Indices
    share: float | None
    modes: frozenset[Mode]
    begins_at: datetime
    ends_at: datetime

    def holds(self, mode: Mode, at: datetime) -> bool:
        """Return whether it is in force for `mode` at a moment."""
        return mode in self.modes and self.begins_at <= at < self.ends_at


class Schedule:
    """The overrides of one network as they were at one version; never changed, so any thread may ask it."""

    def __init__(self, engines: Mapping[Mode, NetworkEngine], rules: Sequence[Rule]) -> None:
        self._engines, self._rules = engines, tuple(rules)
        self._made: dict[tuple[Mode, tuple[int, ...]], NetworkEngine] = {}
        self._making = threading.Lock()

    def engine(self, mode: Mode, at: datetime) -> NetworkEngine:
        """Return the engine of `mode` with what is in force at a moment; of several on one road the lowest share."""
        holding = tuple(number for number, rule in enumerate(self._rules) if rule.holds(mode, at))
        if not holding:
            return self._engines[mode]
        found = self._made.get((mode, holding))
        return found or self._make(mode, holding)

    def _make(self, mode: Mode, holding: tuple[int, ...]) -> NetworkEngine:
        with self._making:
            found = self._made.get((mode, holding))
            if found is None:
                base = self._engines[mode]
                shares = np.ones(base.edges)
                for rule in (self._rules[number] for number in holding):
                    share = CLOSED if rule.share is None else rule.share
                    shares[rule.edges] = np.minimum(shares[rule.edges], share)
                found = base.under(shares)
                self._made[mode, holding] = found
                for oldest in list(self._made)[:-KEPT]:
                    del self._made[oldest]
            return found
