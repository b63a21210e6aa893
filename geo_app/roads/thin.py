"""Fewer fixes that say the same: who stands or creeps gives one place, with the moments it was come to and left."""

from __future__ import annotations

import numpy as np

from geo_app.core import kernels
from geo_app.roads.model import Floats, Integers


def _example() -> tuple[object, ...]:
    return np.zeros((2, 2)), np.arange(2.0), np.full(3, np.nan), 12.0


@kernels.kernel(example=_example)
def thin(xy: Floats, time: Floats, last: Floats, metres: float) -> tuple[Integers, Floats, Floats]:
    """Return which fixes are so many metres from the last one kept, when each was left, and the new `last`.

    `last` is the place kept last (x, y), and when one was last seen there, NaN at first; the first moment
    returned is its own.
    """
    kept = np.empty(time.size, dtype=np.int64)
    left = np.empty(time.size + 1)
    x, y, seen = last[0], last[1], last[2]
    count = 0
    for i in range(time.size):
        if not np.hypot(xy[i, 0] - x, xy[i, 1] - y) < metres:
            left[count], kept[count] = seen, i
            count += 1
            x, y = xy[i, 0], xy[i, 1]
        seen = time[i]
    left[count] = seen
    return kept[:count].copy(), left[: count + 1].copy(), np.array([x, y, seen])
