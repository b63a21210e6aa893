"""Responder, Shift: who can be sent and when they are on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from shapely import Point

from geo_app.core.coords import Given
from geo_app.core.db import Row
from geo_app.core.errors import BadInput
from geo_app.tracks.model import Position

LONGEST_PART = timedelta(hours=25)
"""A day, also the one on which clocks go back: more of a person's way is not looked at in one go."""
LARGEST_ACCURACY = 100_000.0
"""Metres; a phone that knows less knows nothing."""


class Kind(StrEnum):
    """What a responder (处置人员) is."""

    GRID_WORKER = "grid_worker"
    """网格员"""
    INSPECTOR = "inspector"
    """监督员"""
    PARTNER = "partner"
    """城市合伙人"""
    DEPARTMENT = "department"
    """部门人员"""


class Status(StrEnum):
    """Where a responder stands."""

    OFF = "off"
    FREE = "free"
    ASSIGNED = "assigned"
    UNDER_WAY = "under_way"
    ON_SITE = "on_site"


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly stretch of duty in city time; weekday 0 is Monday; an end at or before the start is next day's."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class NewResponder:
    """A responder about to be stored; `cells` are codes, `position` is lon/lat."""

    code: str
    name: str
    kind: Kind
    department: str | None
    skills: tuple[str, ...]
    cells: tuple[str, ...]
    shifts: tuple[Shift, ...]
    position: Point
    given: Given | None = None
    """The position as its file has it."""


@dataclass(frozen=True, slots=True)
class Locked:
    """What counts about a responder while nobody else can change it; `capacity` incidents at once."""

    id: int
    city: int
    name: str
    status: Status
    capacity: int

    @classmethod
    def read(cls, row: Row) -> Locked:
        """Return the locked responder of a row."""
        return cls(row["id"], row["city_id"], row["name"], Status(row["status"]), row["capacity"])


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who can be sent; `position` is lon/lat, `cells` the codes they are responsible for.

    `accuracy` is metres around the position, None when unknown. `active` counts the assignments they are on, of at
    most `capacity`; `today` those offered since the city's midnight and neither declined nor cancelled.
    """

    id: int
    code: str
    name: str
    kind: Kind
    skills: tuple[str, ...]
    status: Status
    is_on_shift: bool
    cells: tuple[str, ...]
    position: Point
    position_at: datetime
    accuracy: float | None
    capacity: int
    active: int
    today: int

    @classmethod
    def read(cls, row: Row) -> Responder:
        """Return the responder of a row."""
        return cls(
            row["id"], row["code"], row["name"], Kind(row["kind"]), tuple(row["skills"]), Status(row["status"]),
            row["is_on_shift"], tuple(row["cells"]), row["position"], row["position_at"],
            row["accuracy"], row["capacity"], row["active"], row["today"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewPosition:
    """Where and when somebody was: `point` is lon/lat, `given` the coordinates as they gave them."""

    responder: int
    point: Point
    at: datetime
    accuracy: float | None
    given: Given


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a track somebody asks for; None where the day of the city begins, and now."""

    since: datetime | None
    until: datetime | None

    def within(self, midnight: datetime, now: datetime) -> tuple[datetime, datetime]:
        """Return from when to before when; BadInput when that is no time, or more than a day."""
        until = self.until or now
        since = self.since or min(midnight, until)
        if not timedelta(0) <= until - since <= LONGEST_PART:
            raise BadInput("to", until.isoformat(), "not before from, and at most 25 hours after it")
        return since, until


@dataclass(frozen=True, slots=True)
class Way:
    """What somebody sees of a track: positions, oldest first, and the word by which its tiles are asked for."""

    positions: list[Position]
    opened: str


@dataclass(frozen=True, slots=True)
class Known:
    """The newest position we have of somebody, and the point everyone was last told of, when."""

    responder: int
    at: datetime
    told: Point | None
    told_at: datetime | None

    @classmethod
    def read(cls, row: Row) -> Known:
        """Return the known position of a row."""
        return cls(row["responder_id"], row["at"], row["told"], row["told_at"])


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the position numbered `index` of a batch was not taken."""

    index: int
    field: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch of positions: how many are the newest now, how many were older than what is known."""

    stored: int
    older: int
    refused: tuple[Refusal, ...]
