"""When a position is news (responder.moved); pure. A phone that stands still tells nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shapely import Point

from geo_app.responders.model import Known, NewPosition

FAR = 20.0
"""Metres from the point told last that are news at once."""
STILL = 5.0
"""Metres a phone's position wanders while it lies still."""
SOON = timedelta(seconds=60)
"""After this time a smaller move is news too."""


def is_news(known: Known, metres: float | None, now: datetime) -> bool:
    """Return whether everyone is told of a position `metres` from the point told last, None when none was told."""
    if metres is None or known.told_at is None or metres >= FAR:
        return True
    return metres >= STILL and now - known.told_at >= SOON


def newest(batch: Iterable[NewPosition]) -> dict[int, NewPosition]:
    """Return the newest position of each responder, in the order of ids; of two at one moment the first."""
    found: dict[int, NewPosition] = {}
    for one in batch:
        if one.responder not in found or one.at > found[one.responder].at:
            found[one.responder] = one
    return dict(sorted(found.items()))


def is_far(point: Point, west: float, south: float, east: float, north: float) -> bool:
    """Return whether lon/lat `point` is more than a degree (some 100 km) from a lon/lat box: no place of this city."""
    return not (west - 1 <= point.x <= east + 1 and south - 1 <= point.y <= north + 1)
