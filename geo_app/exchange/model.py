"""Formats of grids, how a file is to be read, what was read, an import with its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
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

    @property
    def options(self) -> dict[str, Any]:
        """Return what is stated, as it is kept."""
        return {name: value for name, value in asdict(self).items() if value}


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
    """A file that was brought: its fingerprint, how it is read, and what became of it."""

    id: int
    city: int
    name: str
    bytes: int
    sha256: str
    options: dict[str, Any]
    actor: str
    account: int | None
    made_at: datetime
    plan_id: int | None
    release_id: int | None

    @classmethod
    def read(cls, row: Row) -> Import:
        """Return the import of a row."""
        return cls(**row)

    @property
    def reading(self) -> Reading:
        """Return how the file is read."""
        return Reading(**self.options)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A mend somebody accepted, by the name of its defect, in the file with this hash, and what it was about."""

    finding: str
    sha256: str
    kind: str
    cells: tuple[str, ...]
    mend: str
    area: float
    actor: str
    accepted_at: datetime

    @classmethod
    def read(cls, row: Row) -> Acceptance:
        """Return the acceptance of a row."""
        return cls(**{**row, "cells": tuple(row["cells"])})


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with a file, and the cells it has when that is mended."""

    sha256: str
    content: Content
    diagnosis: defects.Diagnosis
    srid: int

    @property
    def findings(self) -> tuple[defects.Finding, ...]:
        """Return everything found, in reading and in the cells."""
        return self.diagnosis.findings

    @property
    def is_ready(self) -> bool:
        """Return whether nothing waits for a decision."""
        return self.diagnosis.is_ready
