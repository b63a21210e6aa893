"""Candidate, Candidates, Assignment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shapely import LineString

from geo_app.core.db import Row
from geo_app.patrols.model import Passing
from geo_app.planning.model import Placed
from geo_app.responders.model import Responder


class AssignmentState(StrEnum):
    """Where an assignment (派单) stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    ON_SITE = "on_site"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"


ACTIVE = (
    AssignmentState.OFFERED,
    AssignmentState.ACCEPTED,
    AssignmentState.UNDER_WAY,
    AssignmentState.ON_SITE,
)
"""The states in which an assignment takes up one of its responder's slots."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A responder who could go; `reasons` are keys of the words on screen, `route` is lon/lat.

    `cell` is where they are now, looked up for those shown only; `is_in_cell` says that the incident's cell is
    theirs.
    """

    responder: Responder
    seconds: float
    metres: float
    is_in_cell: bool
    reasons: tuple[str, ...]
    route: LineString | None
    cell: Placed


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could go to an incident, soonest first; `is_estimate` when no road network was at hand (估算).

    `others` lack the skill and are named only when there are fewer candidates than asked for; `passing` walk by on
    a round soon. `unreachable` counts those who have the skill but no road to the incident; it is known when there are
    fewer candidates than asked for. `at` is when all this was so.
    """

    incident: int
    mode: str
    is_estimate: bool
    at: datetime
    candidates: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    passing: tuple[Passing, ...]
    unreachable: int


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """A responder about to be sent to an incident; `slot` is which of their places it takes up, from 1."""

    incident: int
    responder: int
    slot: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """One responder sent to one incident; `reason` is why it was declined or cancelled."""

    id: int
    city: int
    incident: int
    responder: int
    responder_name: str
    state: AssignmentState
    offered_at: datetime
    changed_at: datetime
    reason: str | None
    version: int

    @classmethod
    def read(cls, row: Row) -> Assignment:
        """Return the assignment of a row."""
        return cls(
            row["id"], row["city_id"], row["incident_id"], row["responder_id"], row["responder_name"],
            AssignmentState(row["state"]), row["offered_at"], row["changed_at"], row["reason"], row["version"],
        )  # fmt: skip
