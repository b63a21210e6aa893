"""Category, Incident, NewIncident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shapely import Point

from geo_app.core.db import Row

LONGEST_DESCRIPTION = 4000
"""Characters, as Open311 GeoReport v2 allows."""


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

    def respond_by(self, occurred_at: datetime) -> datetime:
        """Return until when someone must respond."""
        return occurred_at + timedelta(minutes=self.respond_minutes)


@dataclass(frozen=True, slots=True)
class NewIncident:
    """One trouble about to be stored; `position` is lon/lat, `closed_at` set for what is over."""

    category: str
    channel: Channel
    description: str
    position: Point
    occurred_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble at one place; `position` is lon/lat; `cell` is the code it was matched to, None outside."""

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
    position: Point
    occurred_at: datetime
    respond_by: datetime
    cell: str | None
    cell_name: str | None
    version: int

    @classmethod
    def read(cls, row: Row) -> Incident:
        """Return the incident of a row."""
        values = dict(row)
        values["channel"], values["state"] = Channel(row["channel"]), State(row["state"])
        return cls(**values)
