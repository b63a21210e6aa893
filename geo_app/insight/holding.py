"""Who answers for the cells of a ground, as arrays: a worker and a cell side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np

from geo_app.insight.ground import Flags, Ground
from geo_app.insight.model import Duties, Floats, Integers
from geo_app.planning.lineage import NO_ORIGINS, Origins


@dataclass(frozen=True, slots=True)
class Held:
    """Duties at the places of a ground and of those that follow from it: they only add places."""

    duties: Duties
    known: int
    """Places that were looked at."""
    worker: Integers
    at: Integers

    @classmethod
    def of(cls, duties: Duties, ground: Ground) -> Held:
        """Return who answers for the places of a ground."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(duties, 0, nothing, nothing).on(ground, NO_ORIGINS)

    def on(self, ground: Ground, origins: Origins) -> Held:
        """Return this with the places a later ground has more; `origins` are those of its codes."""
        if len(ground.places) == self.known:
            return self
        codes = islice(ground.places, self.known, None)
        pairs = [
            (worker, ground.places[code])
            for code in codes
            for worker in self.duties.of(code, origins.get(code))
        ]
        added = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        worker, at = (np.concatenate(one) for one in ((self.worker, added[:, 0]), (self.at, added[:, 1])))
        return Held(self.duties, len(ground.places), worker, at)

    def workers(self, stands: Flags) -> Integers:
        """Return who answers for a cell that stands, each once."""
        found: Integers = np.flatnonzero(np.bincount(self.worker[stands[self.at]]))
        return found

    def cells(self, stands: Flags) -> int:
        """Return how many cells that stand somebody answers for."""
        return int(np.count_nonzero(np.bincount(self.at[stands[self.at]])))

    def loads(self, stands: Flags, workload: Integers) -> Floats:
        """Return the workload of each who answers for a cell; those who answer for one together share it evenly.

        The shares of one worker are added up by size: the sum is the same whatever the places are.
        """
        is_there = stands[self.at]
        worker, at = self.worker[is_there], self.at[is_there]
        share = workload[at] / np.bincount(at, minlength=len(stands))[at]
        order = np.argsort(share, kind="stable")
        sums: Floats = np.bincount(worker[order], weights=share[order]).astype(np.float64)
        return sums[np.bincount(worker) > 0]
