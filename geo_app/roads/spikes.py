"""Spikes: lone fixes no body can have been at, because it would have had to start and stop harder than anything can.

A receiver among houses now and then errs far for a moment. Matched, such a fix would be a way there and back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_app.roads.model import Floats

HARDEST = 10.0
"""m/s²: harder than any vehicle brakes."""


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
    return found
