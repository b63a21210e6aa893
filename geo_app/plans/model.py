"""Plan, Step, Lock, Comment: what planners work on and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from shapely import Polygon

from geo_app.core.actor import Actor
from geo_app.core.db import Row
from grids.model import Cell

LONGEST_NAME = 100
LONGEST_COMMENT = 2000
MOST_CELLS = 400
"""Cells that are given with their borders at once."""


class State(StrEnum):
    """How far a plan is."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    """It is published and its release has begun: never stored, the release says so."""
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What a step of the log is."""

    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"
    REBASE = "rebase"
    """The steps in force were made again on a newer release."""
    REPLACE = "replace"
    """Whole cells came from an earlier release or from a file."""


def person(actor: Actor) -> str:
    """Return whose undo takes a step back: an account, whatever it is called; the name of who has none."""
    return actor.name if actor.account is None else f"account {actor.account}"


class Base(NamedTuple):
    """What a plan stands on: a release as it is at one of its revisions."""

    release: int
    revision: int


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan about to be made on the release `base`, the newest for None; `copied_from` a plan, or `rolls_back`."""

    name: str
    copied_from: int | None = None
    rolls_back: int | None = None
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft of planners on a base; `seq` is its newest step, `head` the hash of that, `root` before all."""

    id: int
    city: int
    name: str
    base: Base
    state: State
    seq: int
    root: str
    head: str
    round: int
    copied_from: int | None
    rolls_back: int | None
    release: int | None
    effective_from: datetime | None
    """Of its release."""
    has_outer: bool
    """Whether a step in force draws the city's outer border anew: then two people approve."""
    actor: str
    account: int | None
    made_at: datetime

    @classmethod
    def read(cls, row: Row) -> Plan:
        """Return the plan of a row."""
        base = Base(row["base"], row["base_revision"])
        rest = {name: value for name, value in row.items() if name != "base_revision"}
        return cls(**{**rest, "base": base, "state": State(row["state"])})


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a plan's log; `ended_by` the step that took it out of force."""

    plan: int
    seq: int
    kind: Kind
    edit: dict[str, Any]
    inverse: dict[str, Any] | None
    touched: tuple[str, ...]
    """Codes of the cells it made, changed or took away."""
    is_outer: bool
    undoes: int | None
    ended_by: int | None
    person: str
    actor: str
    account: int | None
    at: datetime
    result: str
    """A hash of the touched cells as it left them."""
    hash: str

    @classmethod
    def read(cls, row: Row) -> Step:
        """Return the step of a row."""
        return cls(**{**row, "kind": Kind(row["kind"]), "touched": tuple(row["touched"])})

    @property
    def is_in_force(self) -> bool:
        """Return whether the plan has what it did."""
        return self.ended_by is None and self.kind in {Kind.EDIT, Kind.REDO, Kind.REPLACE}


@dataclass(frozen=True, slots=True)
class PlanCell:
    """A cell as a plan has it, and the step that left it so; without a polygon the plan took it away."""

    code: str
    seq: int
    name: str
    community: str
    geometry: Polygon | None

    @classmethod
    def read(cls, row: Row) -> PlanCell:
        """Return the cell of a row, which may have more."""
        return cls(row["code"], row["seq"], row["name"], row["community"], row["geometry"])

    @property
    def cell(self) -> Cell | None:
        """Return the cell, None when it is gone."""
        if self.geometry is None:
            return None
        return Cell(self.code, self.name, self.community, self.geometry)


@dataclass(frozen=True, slots=True)
class Touch:
    """A cell that somebody else changed, by which step and whom."""

    code: str
    seq: int
    actor: str

    @classmethod
    def read(cls, row: Row) -> Touch:
        """Return the change of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Lock:
    """What nobody changes in a plan: a cell, or all cells of a unit."""

    kind: str
    code: str
    person: str
    actor: str
    at: datetime

    @classmethod
    def read(cls, row: Row) -> Lock:
        """Return the lock of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a plan, or about a cell of it; `seq` is the step it had then."""

    id: int
    cell: str | None
    text: str
    seq: int
    actor: str
    at: datetime

    @classmethod
    def read(cls, row: Row) -> Comment:
        """Return the comment of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed to a plan as it was submitted, and its head then."""

    account: int
    actor: str
    head: str
    note: str
    at: datetime

    @classmethod
    def read(cls, row: Row) -> Approval:
        """Return the approval of a row."""
        return cls(**row)
