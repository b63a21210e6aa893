"""Shapes of what the doors for figures answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from geo_app.core.answers import Answer
from geo_app.insight.model import Basis
from grids.compare import Change

UNKNOWN = "null when the city's data say nothing of households"


class Period(Answer):
    """Incidents reported since, and before until."""

    since: str
    until: str


class FairnessSheet(Answer):
    """How evenly workload or households are shared; among how many."""

    among: int
    mean: float
    smallest: float
    largest: float
    largest_to_smallest: float | None = Field(description="null when somebody has none")
    gini: float | None = Field(description="0: all have the same; null when there is none")


class TotalsSheet(Answer):
    """A whole city in numbers; areas in m², workload in what `basis` says."""

    cells: int
    area: float
    households: int | None = Field(description=UNKNOWN)
    households_outside: int | None
    incidents: int
    incidents_outside: int
    workload: float
    open: int
    open_outside: int
    workers: int = Field(description="who answer for a cell")
    cells_without_worker: int
    units: int = Field(description="communities")
    units_apart: int = Field(description="communities that fall into pieces")
    polsby_popper_mean: float
    polsby_popper_least: float
    reock_mean: float
    reock_least: float
    among_cells: FairnessSheet
    among_units: FairnessSheet
    among_workers: FairnessSheet
    households_among_cells: FairnessSheet | None = Field(description=UNKNOWN)
    households_among_workers: FairnessSheet | None = Field(description=UNKNOWN)


class CellSheet(Answer):
    """A cell in numbers; m² and metres."""

    name: str
    community: str
    area: float
    perimeter: float
    polsby_popper: float
    reock: float
    households: int | None = Field(description=UNKNOWN)
    incidents: int
    workload: float
    open: int
    workers: int


class UnitSheet(Answer):
    """A community in numbers."""

    cells: int
    area: float
    parts: int = Field(description="pieces it falls into")
    polsby_popper: float
    reock: float
    households: int | None = Field(description=UNKNOWN)
    incidents: int
    workload: float
    open: int


class CellPair(Answer):
    """A cell that changes; null where there is none of its code."""

    code: str
    before: CellSheet | None
    after: CellSheet | None


class UnitPair(Answer):
    """A community with cells that change."""

    code: str
    before: UnitSheet | None
    after: UnitSheet | None


class Moved(Answer):
    """Of so many, how many are moved."""

    among: int
    changed: int
    share: float


class ShiftSheet(Answer):
    """Of so many incidents or households, how many are in another cell, another community, with other workers."""

    among: int
    cell: int
    unit: int
    worker: int
    share_worker: float


class ChangesSheet(Answer):
    """Who and what a plan moves."""

    workers: Moved
    households: ShiftSheet | None = Field(description=UNKNOWN)
    open: ShiftSheet
    incidents: ShiftSheet


class NumbersSheet(Answer):
    """What a plan makes of the numbers of its base release, at its step `seq`."""

    seq: int
    base: int
    window: Period
    basis: Basis
    formulas: dict[str, str] = Field(description="the version of each formula")
    before: TotalsSheet
    after: TotalsSheet
    cells: list[CellPair]
    units: list[UnitPair]
    changes: ChangesSheet


class ShareItem(Answer):
    """Incidents of a cell or community and their weight."""

    code: str
    incidents: int
    workload: float


class StatisticsSheet(Answer):
    """How the incidents of a window lie in cells or communities."""

    cast: str = Field(description="matched, or the release or plan they are re-cast to")
    window: Period
    basis: Basis
    formulas: dict[str, str]
    incidents: int
    outside: int
    items: list[ShareItem]


class Heir(Answer):
    """A cell that has land of an old one; shares of the land of both."""

    old: str
    new: str
    area: float
    share_of_old: float
    share_of_new: float


class ChangedCell(Answer):
    """What happened to a cell."""

    code: str
    changes: list[Change]


class Features(Answer):
    """Cells, lon/lat: code, name, community, changes."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class ComparisonSheet(Answer):
    """What became of every cell; what is the same is left out."""

    from_: str = Field(alias="from")
    to: str
    kept: int
    counts: dict[Change, int]
    changed: list[ChangedCell] = Field(description="new cells")
    gone: list[ChangedCell] = Field(description="old cells whose code is gone")
    lineage: list[Heir]
    old: Features
    new: Features
    left_out: int = Field(description="cells that are listed but not drawn, because they are too many")
