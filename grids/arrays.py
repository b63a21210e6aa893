"""Arrays that grow, and rows of squares that lines touch."""

from __future__ import annotations

import numpy as np

from grids.compiled import compiled
from grids.pixels import SLACK


@compiled
def room(array: np.ndarray, used: int, more: int) -> np.ndarray:
    """Return `array`, or a longer copy, with room for `more` behind the `used`."""
    if used + more <= array.size:
        return array
    longer = np.empty(2 * (used + more), dtype=array.dtype)
    longer[:used] = array[:used]
    return longer


@compiled
def span(low: float, high: float, size: int, count: int) -> tuple[int, int]:
    """Return the first and last of `count` squares in a row that what reaches from `low` to `high` touches."""
    first, last = int(np.floor((low - SLACK) / size)), int(np.floor((high + SLACK) / size))
    return max(first, 0), min(last, count - 1)


@compiled
def across(start: tuple[float, float], step: tuple[float, float], size: int, count: int) -> tuple[int, int]:
    """Return the first and last of `count` squares of a row, that begins at (0, 0), which a line upwards touches."""
    enter, leave = 0.0, 1.0
    if step[1] > 0.0:
        enter, leave = max(0.0, (-SLACK - start[1]) / step[1]), min(1.0, (size + SLACK - start[1]) / step[1])
    one, other = start[0] + enter * step[0], start[0] + leave * step[0]
    return span(min(one, other), max(one, other), size, count)


@compiled
def around(low: float, high: float, shift: int, count: int) -> tuple[int, int]:
    """Return what `span` does for squares of `1 << shift`; both ends lie less than 2^60 away."""
    return max(int(np.floor(low - SLACK)) >> shift, 0), min(int(np.floor(high + SLACK)) >> shift, count - 1)
