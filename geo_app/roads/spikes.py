"""Spikes: lone fixes no body can have been at, because it would have had to start and stop harder than anything can.

A receiver among houses now and then errs far for a moment. Matched, such a fix would be a way there and back. Where
fixes are seconds apart a car could have been there, but nobody who just walked: a lone fix is also one when the way
there and back is so much longer than what somebody did in the moments before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_app.roads.model import Floats

HARDEST = 10.0
"""m/s²: harder than any vehicle brakes."""

BEFORE = 8
"""Steps from fix to fix before one that tell how fast somebody goes; with fewer than half nobody knows."""
FASTER = 2.0
"""How many times as fast one may suddenly be without being wrong."""


def are(xy: Floats, time: Floats, metres: float) -> NDArray[np.bool_]:
    """Return which fixes lie so many metres off the straight between their neighbours, too quickly; not the ends.

    `metres` keeps what receivers usually err, which looks hard too when fixes come often.
    """
    found = np.zeros(len(time), dtype=np.bool_)
    before, after = time[1:-1] - time[:-2], time[2:] - time[1:-1]
    part = before / np.maximum(before + after, 1e-9)
    straight = xy[:-2] + part[:, None] * (xy[2:] - xy[:-2])
    off = np.hypot(*(xy[1:-1] - straight).T)
    found[1:-1] = (off > metres) & (2.0 * off > HARDEST * before * after)
    steps, across = np.hypot(*np.diff(xy, axis=0).T), np.hypot(*(xy[2:] - xy[:-2]).T)
    is_back = (np.minimum(steps[:-1], steps[1:]) > metres) & (2.0 * across <= steps[:-1] + steps[1:])
    for row in (np.flatnonzero(is_back & ~found[1:-1]) + 1).tolist():
        lasted = np.maximum(np.diff(time[max(row - 1 - BEFORE, 0) : row]), 1e-3)
        if len(lasted) >= BEFORE // 2:
            usual = float(np.median(steps[row - 1 - len(lasted) : row - 1] / lasted))
            reach = metres / 2 + FASTER * usual * (time[row : row + 2] - time[row - 1 : row + 1])
            found[row] = bool((steps[row - 1 : row + 1] > reach).all())
    return found
