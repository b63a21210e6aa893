"""Where the land of every cell came from when a release began, and in which shares.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
