"""A queue of whole numbers, lowest first: a heap with four below each, in an array the caller brings.

The lowest is `queue[0]`. The array needs `SPARE` places more than are ever taken. Of the four below an entry the
least is chosen without a branch, which on numbers in no order would be guessed wrong half the time.
"""

from __future__ import annotations

import numpy as np

from geo_app.core import kernels
from geo_app.roads.model import Integers

SPARE = 3
"""Places behind the last entry that are written to."""
NOTHING = np.iinfo(np.int64).max


@kernels.inner
def push(queue: Integers, size: int, key: int) -> int:
    """Put `key` into the queue; return its new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 2
        if queue[above] <= key:
            break
        queue[place] = queue[above]
        place = above
    queue[place] = key
    return size + 1


@kernels.inner
def pop(queue: Integers, size: int) -> int:
    """Take the lowest key off the queue, which the caller has read; return the new size."""
    size -= 1
    key = queue[size]
    _close(queue, size)
    _sink(queue, size, 0, key)
    return size


@kernels.inner
def order(queue: Integers, size: int) -> None:
    """Make a queue of `size` keys that stand in it in any order."""
    _close(queue, size)
    for place in range((size - 2) >> 2, -1, -1):
        _sink(queue, size, place, queue[place])


@kernels.inner
def _close(queue: Integers, size: int) -> None:
    """Write behind the last entry what is chosen by nobody: one by one, a slice would cost more than the rest."""
    queue[size] = queue[size + 1] = queue[size + 2] = NOTHING


@kernels.inner
def _sink(queue: Integers, size: int, place: int, key: int) -> None:
    """Put `key` at `place` or below, where nothing above is higher."""
    below = 4 * place + 1
    while below < size:
        one = below + (queue[below + 1] < queue[below])
        other = below + 2 + (queue[below + 3] < queue[below + 2])
        least = other if queue[other] < queue[one] else one
        if queue[least] >= key:
            break
        queue[place] = queue[least]
        place = least
        below = 4 * place + 1
    queue[place] = key
