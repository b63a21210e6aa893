"""How near is near enough to be the same trouble (疑似重复); pure.

Two reports may tell of one trouble when they are of one category, or of two that the same people handle, lie within
some metres and came in within some hours. Where it is not sure where one of them lies, so much is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely import Point, Polygon

from geo_app.core import coords
from geo_app.incidents.model import Category, State, Where
from geo_app.planning.model import Verdict

MOST_DOUBT = 150.0
"""Metres added at most because it is not sure where something lies; a whole street is no place."""
MARGIN = 2.0
"""Metres by which the searched square is wider than it need be, for what converting it loses."""
FARTHEST = 0.5
"""Degrees; a square that reaches farther lies where the city's frame means nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as near: metres between two sure places, time between two reports."""

    metres: float
    window: timedelta

    @classmethod
    def read(cls, metres: str, hours: str) -> Limits:
        """Return the limits two settings state."""
        return cls(float(metres), timedelta(hours=int(hours)))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is looked for: of which category, where, how many metres that is unsure, and when it was told."""

    category: Category
    where: Point
    doubt: float
    at: datetime

    @classmethod
    def of(cls, category: Category, where: Where, at: datetime) -> Trouble | None:
        """Return the trouble of a report; None when nobody knows where it is."""
        if where.point is None:
            return None
        return cls(category, where.point, min(where.uncertainty or 0.0, MOST_DOUBT), at)


@dataclass(frozen=True, slots=True)
class Near:
    """An open incident that may be the same: how far it lies, and how long before the other it came in, in seconds."""

    id: int
    category: str
    category_name: str
    category_name_en: str
    is_urgent: bool
    is_same_category: bool
    description: str
    address: str | None
    state: State
    location: Verdict
    position: Point
    reported_at: datetime
    is_exercise: bool
    metres: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of the database: a trouble, the limits, the box that holds all that may be near, which categories.

    `besides` is the incident that is not meant itself; `most` how many are wanted.
    """

    trouble: Trouble
    limits: Limits
    box: Polygon
    alike: list[int]
    besides: int | None
    most: int


def told(one: Near) -> dict[str, object]:
    """Return what goes over the wire of an incident that may be the same; what is a person's was masked before."""
    return {
        "id": one.id, "category": one.category, "category_name": one.category_name,
        "category_name_en": one.category_name_en, "is_urgent": one.is_urgent, "is_same_category": one.is_same_category,
        "description": one.description, "address": one.address, "state": one.state, "location": one.location,
        "position": [one.position.x, one.position.y], "reported_at": one.reported_at.isoformat(),
        "is_exercise": one.is_exercise, "metres": round(one.metres, 1), "seconds": round(one.seconds),
    }  # fmt: skip


def alike(category: Category, known: Iterable[Category]) -> list[int]:
    """Return the ids of the categories a trouble of this one may have been reported under: those of the same skill."""
    return [
        one.id for one in known
        if one.id == category.id or (one.skill is not None and one.skill == category.skill)
    ]  # fmt: skip


def square(trouble: Trouble, limits: Limits, srid: int) -> Polygon | None:
    """Return, in Web Mercator, a box that holds all that may be near; None where the city's frame ends."""
    middle = coords.to_metric(trouble.where, srid)
    if not np.isfinite(shapely.get_coordinates(middle)).all():
        return None
    wide = limits.metres + trouble.doubt + MOST_DOUBT + MARGIN
    lonlat = coords.to_lonlat(
        shapely.box(middle.x - wide, middle.y - wide, middle.x + wide, middle.y + wide), srid
    )
    corners = shapely.get_coordinates(lonlat)
    if not (np.abs(corners - shapely.get_coordinates(trouble.where)) < FARTHEST).all():
        return None
    moved = coords.convert(corners, coords.WGS84, coords.MERCATOR)
    found: Polygon = shapely.set_srid(shapely.box(*moved.min(axis=0), *moved.max(axis=0)), coords.MERCATOR)
    return found
