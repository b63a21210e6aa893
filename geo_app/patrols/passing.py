"""Who walks by soon: a patrol on its round and a place beside the line ahead of it; pure, metric coordinates."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import substring

from geo_app.patrols.model import Passage

REACH = 60.0
"""Metres from the line of the route within which somebody is on their round."""
ASIDE = 100.0
"""Metres from the line within which a place is passed."""
PACE = 1.2
"""Metres a second on a round, looking left and right."""
SOON = 1800.0
"""Seconds beyond which nobody waits for a patrol."""
CLOSED = 1.0
"""Metres between the two ends of a line that is a closed round."""
MOST = 3


def passage(line: LineString, walker: Point, target: Point) -> Passage | None:
    """Return when somebody at `walker` who walks on along `line` passes `target`; None when they do not, or late.

    They stand where the line is nearest to them. They pass where the line is nearest to the target in the first
    stretch ahead that comes within `ASIDE` of it; a closed round goes on from its beginning.
    """
    if line.distance(walker) > REACH:
        return None
    ahead = _ahead(line, line.project(walker))
    metres = _first(ahead, np.array([target.x, target.y]))
    if metres is None or metres / PACE > SOON:
        return None
    return Passage(metres / PACE, metres)


def is_closed(line: LineString) -> bool:
    """Return whether a route ends where it begins."""
    return Point(line.coords[0]).distance(Point(line.coords[-1])) <= CLOSED


def _ahead(line: LineString, at: float) -> np.ndarray:
    """Return the vertices still to be walked from `at` metres along the line."""
    parts = [shapely.get_coordinates(substring(line, at, line.length))]
    if is_closed(line) and at > 0:
        parts.append(shapely.get_coordinates(substring(line, 0, at)))
    return np.concatenate(parts)


def _first(xy: np.ndarray, target: np.ndarray) -> float | None:
    """Return the metres along vertices to where they are nearest to the target, in the first stretch near it."""
    starts, steps = (xy[:-1], np.diff(xy, axis=0)) if len(xy) > 1 else (xy, np.zeros_like(xy))
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    squares = np.where(lengths > 0, lengths**2, 1.0)
    shares = np.clip(((target - starts) * steps).sum(axis=1) / squares, 0, 1)
    aways = np.hypot(*(starts + shares[:, None] * steps - target).T)
    near = aways <= ASIDE
    if not near.any():
        return None
    first = int(np.argmax(near))
    leaves = np.hypot(*(starts + steps - target).T)[first:] > ASIDE
    last = first + int(np.argmax(leaves)) if leaves.any() else len(starts) - 1
    nearest = first + int(np.argmin(aways[first : last + 1]))
    return float(lengths[:nearest].sum() + shares[nearest] * lengths[nearest])
