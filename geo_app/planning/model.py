"""Release, Placed, CellView: what the rest of the house knows of the grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.core.db import Row
from geo_app.geocoding.model import Candidate
from geo_app.organisation.model import Unit
from geo_app.planning.changes import Foreseen, Lineage
from grids.model import Cell, Partition


@dataclass(frozen=True, slots=True)
class Release:
    """A published partition and the time in which it is in force; `effective_to` None while it is."""

    id: int
    effective_from: datetime
    effective_to: datetime | None
    cells: int
    published_at: datetime
    note: str
    revision: int
    """What its cells are of: the newest release among it and all that begin before it."""

    @classmethod
    def read(cls, row: Row) -> Release:
        """Return the release of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class StandingCell:
    """A cell as it stands in a release; `id` stays the same from release to release."""

    id: int
    release: int
    cell: Cell

    @classmethod
    def read(cls, row: Row) -> StandingCell:
        """Return the cell of a row."""
        cell = Cell(row["code"], row["name"], row["community"], row["geometry"])
        return cls(row["cell_id"], row["release_id"], cell)


@dataclass(frozen=True, slots=True)
class Grid:
    """All cells of the release in force, in order of code, without their shapes; `key` hashes codes and shapes."""

    release: int
    key: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    ids: tuple[int, ...]

    @classmethod
    def read(cls, row: Row) -> Grid:
        """Return the grid of a row."""
        return cls(row["release_id"], row["key"], *(tuple(row[name]) for name in ("codes", "names", "ids")))


@dataclass(frozen=True, slots=True)
class Draft:
    """What publishing makes true: the whole new partition, from when, on top of which release.

    `base` is the release that would stand at `effective_at`; others may begin later, if they change other cells.
    `revision` is that of the base on which the partition was drawn, the newest one for None.
    """

    base: int | None
    partition: Partition
    effective_at: datetime
    note: str
    rolls_back: int | None = None
    """The earlier release it goes back to: that one's codes are of the same cells again, retired or not."""
    has_outer: bool = False
    """Whether the outer border of the city may change."""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """How a cell or unit looks on the map in a band of zooms, which is named by its first.

    `level` is that of a unit, or "cell"; shape and label are hex EWKB in Web Mercator, as the database takes them.
    The same `digest` means the same name, shape and label.
    """

    band: int
    level: str
    code: str
    name: str
    shape: str
    label: str
    digest: str

    @property
    def key(self) -> OutlineKey:
        """Return what it is the outline of, and where."""
        return self.band, self.level, self.code


OutlineKey = tuple[int, str, str]
"""Band, level, code."""


@dataclass(frozen=True, slots=True)
class UnitShape:
    """A community, street or district as the union of its cells; `area` in m², shapes in Web Mercator."""

    code: str
    level: str
    cells: int
    area: float
    outline: BaseGeometry
    label: Point


@dataclass(frozen=True, slots=True)
class Stood:
    """An outline that is kept, in Web Mercator."""

    name: str
    shape: BaseGeometry
    label: Point
    digest: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a release changes of how the map looks."""

    outlines: tuple[Outline, ...]
    """Outlines that are new or changed."""
    outdated: tuple[OutlineKey, ...]
    """Outlines that end."""
    units: tuple[UnitShape, ...]
    """Units of other cells than before, or of cells that changed."""
    gone: tuple[str, ...]
    """Codes of units that have no cells any more."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft with everything slow done: checked, compared with its base, drawn."""

    draft: Draft
    opened: tuple[Cell, ...]
    """Cells that are new or changed."""
    closed: tuple[str, ...]
    """Codes whose standing version ends."""
    drawing: Drawing
    changed: BaseGeometry | None
    """Where a cell begins, ends or changes, in the metric frame; None for everywhere."""
    bounds: Polygon
    """Lon/lat."""
    was: tuple[Cell, ...] = ()
    """The versions that end."""
    ids: Mapping[str, int] = field(default_factory=dict)
    """The cell of each code that is opened or closed."""
    later: tuple[Later, ...] = ()
    """The releases that begin after it, as they are on top of it."""
    lineage: tuple[Lineage, ...] = ()
    heirs: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """The cells whose people answer for each cell that never was before."""
    foreseen: Foreseen | None = None
    """Where things will lie; None for the first release."""


@dataclass(frozen=True, slots=True)
class Later:
    """A scheduled release with another one put before it."""

    release: Release
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Placed:
    """The cell a located thing was matched to; None when it lies outside all cells."""

    cell_id: int | None
    code: str | None
    name: str | None
    release: int | None

    @classmethod
    def read(cls, row: Row) -> Placed:
        """Return the match of a row."""
        return cls(row["cell_id"], row["code"], row["name"], row["release_id"])


OUTSIDE = Placed(None, None, None, None)


@dataclass(frozen=True, slots=True)
class Subject:
    """A located thing to be matched: `point` is lon/lat, WGS 84."""

    kind: str
    id: int
    point: Point
    is_open: bool


@dataclass(frozen=True, slots=True)
class UnitSummary:
    """A unit in the release in force: how many cells, how large, how much is open in it."""

    code: str
    name: str
    level: str
    parent: str | None
    cells: int
    area: float
    open_incidents: int
    bounds: tuple[float, float, float, float]

    @classmethod
    def read(cls, row: Row) -> UnitSummary:
        """Return the summary of a row; bounds are west, south, east, north."""
        bounds = (row["west"], row["south"], row["east"], row["north"])
        return cls(
            row["code"],
            row["name"],
            row["level"],
            row["parent"],
            row["cells"],
            row["area"],
            row["open_incidents"],
            bounds,
        )


@dataclass(frozen=True, slots=True)
class Thematic:
    """A shape that is not a cell, in the city's metric frame."""

    theme: str
    code: str
    name: str
    geometry: BaseGeometry


class Verdict(StrEnum):
    """Whether the cell of a place that was only described may be taken without asking."""

    SURE = "sure"
    UNKNOWN = "unknown"
    """Nothing fits what was said."""
    UNSURE = "unsure"
    """The best candidate is not good enough, or others are as good."""
    BORDER = "border"
    """The circle of uncertainty touches more than one cell, or one from outside all."""
    OUTSIDE = "outside"
    """The place lies in no cell."""


@dataclass(frozen=True, slots=True)
class LocatedCandidate:
    """A candidate with the cells its circle of uncertainty touches, the one at its centre first."""

    candidate: Candidate
    cells: tuple[StandingCell, ...]
    community: Unit | None
    """The community at its centre."""


@dataclass(frozen=True, slots=True)
class Location:
    """What was made of a described place: `cell` and `community` only when the verdict is sure."""

    verdict: Verdict
    candidates: tuple[LocatedCandidate, ...]

    @property
    def cell(self) -> StandingCell | None:
        """Return the cell, None when it would be a guess."""
        return self.candidates[0].cells[0] if self.verdict == Verdict.SURE else None

    @property
    def community(self) -> Unit | None:
        """Return the community, None when the cell would be a guess."""
        return self.candidates[0].community if self.verdict == Verdict.SURE else None


@dataclass(frozen=True, slots=True)
class Description:
    """A point in words, as it is said on the phone: `text` is the whole sentence, in Chinese."""

    text: str
    address: str | None
    metres: float | None
    """How far the address is from the point."""
    units: tuple[Unit, ...]
    """Community, street, district."""
    placed: Placed
