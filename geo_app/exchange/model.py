"""Formats of grids, how a file is to be read, what was read, an import with its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_app.core.db import Row
from grids import defects


class Format(StrEnum):
    """What a file of cells is; the value is how a door and a command call it."""

    GEOJSON = "geojson"
    GPKG = "gpkg"
    SHP = "shp"
    TOPOJSON = "topojson"
    CSV = "csv"


ENDS = {
    Format.GEOJSON: ".geojson",
    Format.GPKG: ".gpkg",
    Format.SHP: ".zip",
    Format.TOPOJSON: ".topojson",
    Format.CSV: ".csv",
}
MEDIA = {
    Format.GEOJSON: "application/geo+json",
    Format.GPKG: "application/geopackage+sqlite3",
    Format.SHP: "application/zip",
    Format.TOPOJSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, where it does not say so itself; None leaves it to the file."""

    frame: str | None = None
    """wgs84, cgcs2000, gcj02, bd09 or epsg:n."""
    axes: str | None = None
    """xy or yx: which coordinate comes first."""
    encoding: str | None = None
    layer: str | None = None
    """Name of the layer, or of the file in an archive, where there are several."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns of the file by what they are to us: code, name, community."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file read: its rows with geometry in the metric frame, and what was found wrong on the way."""

    format: Format
    layer: str
    frame: str
    columns: Mapping[str, str]
    rows: Sequence[defects.Row]
    findings: tuple[defects.Finding, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was brought: its fingerprint, how it was read, and what became of it."""

    id: int
    name: str
    bytes: int
    sha256: str
    options: dict[str, Any]
    actor: str
    account: int | None
    made_at: datetime
    release_id: int | None
    plan_id: int | None

    @classmethod
    def read(cls, row: Row) -> Import:
        """Return the import of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A mend somebody accepted, by the finding's id or by cell and kind; it holds for every file with that defect."""

    finding: str | None
    cell: str | None
    kind: str | None
    sha256: str
    actor: str
    accepted_at: datetime

    @classmethod
    def read(cls, row: Row) -> Acceptance:
        """Return the acceptance of a row."""
        return cls(**row)
