"""How far a route told is from the true one: what of it is wrong, as a share of the truth (Newson and Krumm 2009).

Routes are compared as bags of directed pieces: a street driven three times and told twice misses it once, and one
told twice that was driven once is added once. The order is not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geo_app.roads.model import Floats, Indices, Integers


@dataclass(frozen=True, slots=True)
class Score:
    """Metres told that were not driven, metres driven that were not told, metres driven."""

    added: float
    missed: float
    driven: float

    @property
    def mismatch(self) -> float:
        """What is wrong over what is true; may be more than 1."""
        return (self.added + self.missed) / self.driven


@dataclass(frozen=True, slots=True)
class Spread:
    """Percent of mismatch over some drives."""

    median: float
    mean: float
    p90: float
    worst: float

    def __str__(self) -> str:
        """Return the four as one word: median / mean / p90 / worst."""
        return " / ".join(f"{value:.2f}" for value in (self.median, self.mean, self.p90, self.worst))

    def is_within(self, limit: Spread) -> bool:
        """Return whether none of the four is above that of `limit`."""
        return (
            self.median <= limit.median
            and self.mean <= limit.mean
            and self.p90 <= limit.p90
            and self.worst <= limit.worst
        )


def strict(pieces: Integers, lengths: Floats, truth: Indices, told: Indices) -> Score:
    """Return the score of the travels told against the true ones; a travel told twice in a row is told once."""
    driven = Counter(pieces[truth].tolist())
    answer = Counter(pieces[without_repeats(told)].tolist())
    metres = dict(zip(pieces.tolist(), lengths.tolist(), strict=True))
    return Score(
        added=_sum(metres, answer - driven), missed=_sum(metres, driven - answer), driven=_sum(metres, driven)
    )


def without_repeats(told: Indices) -> Indices:
    """Return travels without those that only repeat the one before."""
    keeps = np.ones(len(told), dtype=bool)
    keeps[1:] = told[1:] != told[:-1]
    return told[keeps]


def spread(scores: Iterable[Score]) -> Spread:
    """Return how the mismatch of some drives is spread; percentiles lie between two drives in proportion."""
    shares = np.array([100.0 * score.mismatch for score in scores])
    return Spread(
        float(np.median(shares)), float(shares.mean()), float(np.percentile(shares, 90)), float(shares.max())
    )


def _sum(metres: dict[int, float], some: Counter[int]) -> float:
    return sum(metres[piece] * count for piece, count in some.items())
