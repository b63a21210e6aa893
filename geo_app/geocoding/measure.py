"""Geometry of addresses: between two house numbers, where two roads meet, so many metres that way."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import Geod
from shapely import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from geo_app.core import coords
from geo_app.geocoding import text
from geo_app.geocoding.model import Hit

EARTH = Geod(ellps="WGS84")
SAME_CROSSING, FARTHEST_MEETING = 80.0, 40.0
"""Metres: two meetings nearer than the first are one crossing; roads farther apart than the second do not meet."""
BEYOND = 20
"""How far past the last known number of a road a number may lie and still be guessed."""


def moved(point: Point, degrees: float, metres: float) -> Point:
    """Return the point `metres` from a lon/lat point in a direction, degrees clockwise from north."""
    x, y, _ = EARTH.fwd(point.x, point.y, degrees, metres)
    return Point(round(float(x), 9), round(float(y), 9))


def metres(one: Point, other: Point) -> float:
    """Return the distance of two lon/lat points."""
    return float(EARTH.inv(one.x, one.y, other.x, other.y)[2])


def number(said: str | None) -> int | None:
    """Return the figure of a house number such as 12号 or 12-3号."""
    found = re.match(r"\d{1,6}", text.key(said)) if said else None
    return int(found[0]) if found else None


def between(doors: Sequence[Hit], wanted: int) -> tuple[Hit, Point, float] | None:
    """Return a neighbour, the point and its uncertainty in metres of a house number that is not known.

    It lies between the nearest known numbers of its side; a little past the last one, at that one.
    """
    known = [(figure, door) for door in doors if (figure := number(door.number)) is not None]
    side = sorted((pair for pair in known if pair[0] % 2 == wanted % 2), key=lambda pair: pair[0])
    side = side or sorted(known, key=lambda pair: pair[0])
    lower = next((pair for pair in reversed(side) if pair[0] <= wanted), None)
    upper = next((pair for pair in side if pair[0] >= wanted), None)
    if lower is not None and upper is not None:
        gap = metres(lower[1].point, upper[1].point)
        share = (wanted - lower[0]) / max(upper[0] - lower[0], 1)
        ends = np.array([lower[1].point.coords[0], upper[1].point.coords[0]])
        return lower[1], Point(*np.round(ends[0] + share * (ends[1] - ends[0]), 9)), max(20.0, gap / 2)
    last = lower or upper
    if last is None or abs(last[0] - wanted) > BEYOND:
        return None
    return last[1], last[1].point, 30.0 + 8.0 * abs(last[0] - wanted)


def meetings(one: BaseGeometry, other: BaseGeometry, srid: int) -> list[tuple[Point, float]]:
    """Return where two roads, lon/lat, meet, each with its uncertainty in metres."""
    first, second = coords.to_metric(one, srid), coords.to_metric(other, srid)
    shared = shapely.intersection(first, second)
    gap = 0.0
    if shared.is_empty:
        a, b = nearest_points(first, second)
        gap = float(a.distance(b))
        if gap > FARTHEST_MEETING:
            return []
        shared = Point((a.x + b.x) / 2, (a.y + b.y) / 2)
    spots = shapely.get_parts(shared.buffer(SAME_CROSSING / 2))
    middles = [shapely.intersection(shared, spot).centroid for spot in spots]
    return [(coords.to_lonlat(middle, srid), 25.0 + gap) for middle in middles]
