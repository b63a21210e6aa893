"""Fewer fixes that say the same: who stands or creeps gives one place, with the moments it was come to and left.

Two fixes taken soon after each other err alike; the longer one stands, the farther the error of a receiver wanders. So
the longer the last place was kept, the farther from it a fix must be to show another.
"""

from __future__ import annotations

import numpy as np

from geo_app.core import kernels
from geo_app.roads.model import Floats, Integers


def _example() -> tuple[object, ...]:
    return np.zeros((2, 2)), np.arange(2.0), np.full(4, np.nan), (12.0, 18.0, 60.0)


@kernels.kernel(example=_example)
def thin(
    xy: Floats, time: Floats, last: Floats, far: tuple[float, float, float]
) -> tuple[Integers, Floats, Floats]:
    """Return which fixes are far from the last one kept, when each was left, and the new `last`.

    `far` are the metres at once, the metres that come to it for who stands, and the seconds in which most of them
    do. `last` is the place kept last (x, y), when one came to it and when one was last seen there, NaN at first; the
    first moment returned is its own.
    """
    kept = np.empty(time.size, dtype=np.int64)
    left = np.empty(time.size + 1)
    x, y, came, seen = last[0], last[1], last[2], last[3]
    (at_once, more, seconds), count = far, 0
    for i in range(time.size):
        away = np.hypot(xy[i, 0] - x, xy[i, 1] - y)
        if not (away < at_once or away < at_once + more * -np.expm1(-(time[i] - came) / seconds)):
            left[count], kept[count] = seen, i
            count += 1
            x, y, came = xy[i, 0], xy[i, 1], time[i]
        seen = time[i]
    left[count] = seen
    return kept[:count].copy(), left[: count + 1].copy(), np.array([x, y, came, seen])
