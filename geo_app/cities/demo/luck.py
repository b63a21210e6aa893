"""Chance from a seed: the same numbers on every machine and in every version of Python, for ever.

`random` and numpy promise their streams only within limits; a city that must come out the same to the byte has its
own. The generator is SplitMix64 (Steele, Lea and Flood 2014): far from good enough for secrets, good for streets.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from hashlib import sha256
from itertools import accumulate
from math import cos, exp, log, pi, sqrt
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Luck:
    """A stream of chance; two with the same seed give the same."""

    def __init__(self, seed: str | int) -> None:
        self._state = int.from_bytes(sha256(str(seed).encode()).digest()[:8], "big")

    def random(self) -> float:
        """Return a number from 0 up to but without 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return float((z ^ (z >> 31)) >> 11) / (1 << 53)

    def uniform(self, low: float, high: float) -> float:
        """Return a number between two."""
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both possible."""
        return low + int(self.random() * (high - low + 1))

    def normal(self) -> float:
        """Return a number of the normal distribution with mean 0 and deviation 1."""
        return sqrt(-2 * log(1 - self.random())) * cos(2 * pi * self.random())

    def log_normal(self, mean: float, deviation: float) -> float:
        """Return a number whose logarithm is normal with this mean and deviation."""
        return exp(mean + deviation * self.normal())

    def choice(self, things: Sequence[T]) -> T:
        """Return one of the things."""
        return things[self.whole(0, len(things) - 1)]

    def weighted(self, things: Sequence[T], weights: Sequence[float]) -> T:
        """Return one of the things, each as likely as its weight says."""
        sums = list(accumulate(weights))
        return things[bisect(sums, self.random() * sums[-1])]

    def sample(self, things: Sequence[T], count: int) -> list[T]:
        """Return `count` different ones of the things, in any order; all of them is a shuffle."""
        pool = list(things)
        for index in range(count):
            other = self.whole(index, len(pool) - 1)
            pool[index], pool[other] = pool[other], pool[index]
        return pool[:count]
