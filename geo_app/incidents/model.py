"""Category, NewReport, Incident: a kind of trouble, what somebody tells about one, the trouble itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shapely import Point

from geo_app.core.coords import Given
from geo_app.core.db import Row
from geo_app.planning.model import Placed, Verdict

LONGEST_DESCRIPTION = 4000
"""Characters, as Open311 GeoReport v2 allows."""
LONGEST_ADDRESS, LONGEST_NAME, LONGEST_PHONE, LONGEST_SOURCE = 500, 100, 40, 200
SETTLED = (Verdict.SURE, Verdict.OUTSIDE)
"""Locations that are matched to a cell or to none; the others wait for a person in the locate queue."""


class Channel(StrEnum):
    """The way a report came in."""

    PATROL = "patrol"
    """巡查"""
    HOTLINE = "hotline"
    """热线"""
    WEB = "web"
    """网络"""
    PARTNER = "partner"
    """城市合伙人"""
    SYSTEM = "system"
    """其他系统"""


class State(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    HANDLED = "handled"
    """The lead assignment is done; it waits to be checked."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class NewCategory:
    """A kind of trouble about to be stored."""

    code: str
    name: str
    name_en: str
    skill: str | None
    respond_minutes: int
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of trouble: the skill it asks for and the wall minutes until someone must respond."""

    id: int
    code: str
    name: str
    name_en: str
    skill: str | None
    respond_minutes: int
    is_urgent: bool

    @classmethod
    def read(cls, row: Row) -> Category:
        """Return the category of a row."""
        return cls(**row)

    def respond_by(self, reported_at: datetime) -> datetime:
        """Return until when someone must respond."""
        return reported_at + timedelta(minutes=self.respond_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What somebody tells about a trouble, word for word, about to be kept as a report.

    `given` are the coordinates as they gave them; `source` and `source_key` name the file or system it comes from
    and its key there, so that it comes in once.
    """

    channel: Channel
    description: str
    occurred_at: datetime
    address: str | None = None
    given: Given | None = None
    reporter_name: str | None = None
    reporter_phone: str | None = None
    source: str | None = None
    source_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport(Telling):
    """A report that opens an incident; `position` is lon/lat and goes before the address.

    An exercise (演练) is made up or played again. `closed_at` is set for what is over, in a loaded history.
    """

    category: str
    position: Point | None = None
    is_exercise: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a person says an incident is: `position` is lon/lat, `given` the coordinates as they gave them."""

    position: Point
    given: Given | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as everybody may see it: who told it and what, masked; `erased_at` when its personal values went."""

    id: int
    incident: int
    channel: Channel
    description: str
    address: str | None
    name: str | None
    phone: str | None
    occurred_at: datetime
    received_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """The plain personal values of one report: who told it, and what was told word for word."""

    name: str | None
    phone: str | None
    description: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says is right; None leaves a value as it is."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A cell or a unit by its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Where:
    """Where a report says it is: `point` is lon/lat, the best guess unless the verdict is settled.

    `cells` are those it may lie in; `uncertainty` is metres, None for a position that states none.
    """

    verdict: Verdict
    point: Point | None = None
    score: float | None = None
    uncertainty: float | None = None
    name: str | None = None
    kind: str | None = None
    how: str | None = None
    cells: tuple[Named, ...] = ()
    community: Named | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a report: its incident, how it was located, what it was matched to, the code for who told it."""

    incident: Incident
    where: Where
    placed: Placed
    code: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A report that joined an incident, and the code for who told it."""

    id: int
    code: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble; `position` is lon/lat, None when nobody knows where; `cell` the code it was matched to.

    Without a settled `location` the position is a best guess and there is no cell; outside all cells neither.
    `uncertainty` is metres. `reported_at` is when the service took it in: the respond clock runs from there.
    """

    id: int
    city: int
    category: str
    category_name: str
    category_name_en: str
    skill: str | None
    is_urgent: bool
    channel: Channel
    description: str
    state: State
    location: Verdict
    position: Point | None
    address: str | None
    score: float | None
    uncertainty: float | None
    occurred_at: datetime
    reported_at: datetime
    respond_by: datetime
    closed_at: datetime | None
    is_exercise: bool
    cell: str | None
    cell_name: str | None
    reports: int
    photos: int
    version: int

    @classmethod
    def read(cls, row: Row) -> Incident:
        """Return the incident of a row."""
        values = dict(row)
        values["channel"], values["state"] = Channel(row["channel"]), State(row["state"])
        values["location"] = Verdict(row["location"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which incidents: everything said holds, None says nothing; they occurred `since` and before `until`."""

    is_open: bool | None = None
    is_settled: bool | None = None
    category: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What is needed to play an incident again; `position` is lon/lat, None unless its location is settled."""

    id: int
    category: str
    channel: Channel
    description: str
    address: str | None
    position: Point | None
    occurred_at: datetime

    @classmethod
    def read(cls, row: Row) -> Past:
        """Return the incident of a row."""
        return cls(**{**row, "channel": Channel(row["channel"])})


@dataclass(frozen=True, slots=True)
class Locked:
    """How an incident stands, locked until the transaction ends."""

    city: int
    state: State
    version: int
    community: int | None

    @classmethod
    def read(cls, row: Row) -> Locked:
        """Return the incident of a row."""
        return cls(row["city_id"], State(row["state"]), row["version"], row["community_id"])
