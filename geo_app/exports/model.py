"""What may be exported and how, an order for one, what was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_app.core.db import Row
from geo_app.incidents.model import Choice
from layers.words import Lang


class Things(StrEnum):
    """What the rows are."""

    INCIDENTS = "incidents"
    """案件"""


class Format(StrEnum):
    """What the file is; the value is the end of its name."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Order:
    """An export somebody asks for, and why."""

    things: Things
    choice: Choice
    format: Format
    reason: str
    lang: Lang


@dataclass(frozen=True, slots=True)
class Mark:
    """By which a file is traced: number, who, when in the city's own time, why; the reason is masked."""

    number: int
    city: str
    who: str
    at: datetime
    reason: str

    @property
    def line(self) -> str:
        """What stands in every row."""
        return f"{self.number} {self.who} {self.at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Export:
    """A file that left: what it held, who took it and why, and its fingerprint. The file itself is not kept."""

    id: int
    things: Things
    format: Format
    filters: dict[str, Any]
    reason: str
    rows: int
    bytes: int
    sha256: str
    actor: str
    account: int | None
    made_at: datetime

    @classmethod
    def read(cls, row: Row) -> Export:
        """Return the export of a row."""
        return cls(**{**row, "things": Things(row["things"]), "format": Format(row["format"])})


@dataclass(frozen=True, slots=True)
class Made:
    """An export and its file."""

    export: Export
    name: str
    content: bytes
