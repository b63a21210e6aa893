"""The other half of the model: where the land of cells came from, where things will lie, how many live where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shapely import Point

from geo_app.core.coords import Given

Home = tuple[int | None, int | None]
"""The ids of a cell and of its community; None and None outside all cells."""
NOWHERE: Home = (None, None)


@dataclass(frozen=True, slots=True)
class Stage:
    """A release, from when it stands, and until when; None for good."""

    release: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A thing lies somewhere as long as a release stands."""

    placement: int
    home: Home
    stage: Stage


@dataclass(frozen=True, slots=True)
class Move:
    """A thing lay in one home and lies in another."""

    was: Home
    home: Home


@dataclass(frozen=True, slots=True)
class Written:
    """A release that is written, and the moves, by placement, that have been told already but not made."""

    release: int
    told: Mapping[int, Move]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Where open things will lie by a draft, found before anything is locked.

    Only those are in it that move, or of which something is written ahead already (`foretold`).
    """

    line: int
    """How far the history of placements was written: who was placed later is not in it."""
    current: Mapping[int, Home]
    """What they lie in, taken over or not."""
    homes: Mapping[int, tuple[Home, ...]]
    """What they lie in by the draft, and by every release that begins after it."""
    foretold: frozenset[int]


class Descent(StrEnum):
    """How a cell came to its land."""

    SPLIT = "split"
    """It is a piece of the parent."""
    MERGE = "merge"
    """The parent is in it whole."""
    TRANSFER = "transfer"
    """The parent gave it a part of its land."""
    RESHAPE = "reshape"
    """It is the parent, with another border."""
    RENAME = "rename"
    RECODE = "recode"
    REASSIGN = "reassign"
    """It is the parent, in another community."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Land that a cell got from another, or kept, when a release began; `area` in m².

    Shares are of what the parent had: land, households, incidents; None where nothing is known or there was none.
    `child_share` is the share of the child's land.
    """

    child: int
    child_code: str
    parent: int
    parent_code: str
    kind: Descent
    area: float
    area_share: float
    child_share: float
    household_share: float | None
    incident_share: float | None


@dataclass(frozen=True, slots=True)
class HouseholdCount:
    """So many households (户), one at least, at an address or in a building, in the city's metric frame."""

    position: Point
    households: int
    given: Given | None = None
    """The point as its file has it."""
