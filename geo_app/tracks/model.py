"""Position, Presence: a moment of a track, and how long people were in an area on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from shapely import Point

from geo_app.core.db import Row
from geo_app.organisation.model import Unit

LONGEST_KEPT = timedelta(days=90)
"""No position is taken into a track that is older: it would be past its term on arrival."""


class Level(StrEnum):
    """What an area is, the smallest first."""

    CELL = "cell"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a responder was at a moment; `point` is lon/lat, `accuracy` metres around it, None when unknown."""

    responder: int
    at: datetime
    point: Point
    accuracy: float | None

    @classmethod
    def read(cls, row: Row) -> Position:
        """Return the position of a row."""
        return cls(row["responder_id"], row["at"], row["point"], row["accuracy"])


@dataclass(frozen=True, slots=True)
class Stay:
    """What somebody's positions in one area come to: seconds there, and how many positions."""

    seconds: float
    positions: int


@dataclass(frozen=True, slots=True)
class Presence:
    """How long people were in an area on a day, and how many; `area` is the id of a cell, a unit or the city."""

    level: Level
    area: int
    seconds: int
    responders: int
    positions: int


@dataclass(frozen=True, slots=True)
class Erased:
    """A day of a city whose positions went: how many, and how many of them stay in its `areas` of presence."""

    day: date
    positions: int
    counted: int
    areas: int


@dataclass(frozen=True, slots=True)
class CellVisit:
    """A stay in one cell (经过): from when to when, the metres gone there; `units` are community, street, district."""

    code: str
    name: str
    units: tuple[Unit, ...]
    entered_at: datetime
    left_at: datetime
    metres: float


@dataclass(frozen=True, slots=True)
class Total:
    """What somebody's visits in one area come to: seconds, metres, and how often they came into it."""

    level: Level
    code: str
    name: str
    seconds: float
    metres: float
    visits: int
