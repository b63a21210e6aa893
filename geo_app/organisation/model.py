"""City, Unit, Department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo_app.core.db import Row


class Level(StrEnum):
    """The three levels above the cells."""

    DISTRICT = "district"
    """区"""
    STREET = "street"
    """街道(乡镇)"""
    COMMUNITY = "community"
    """社区(村)"""


@dataclass(frozen=True, slots=True)
class City:
    """A city whose grid is served; `srid` is the EPSG number of its metric frame."""

    id: int
    code: str
    name: str
    name_en: str
    jurisdiction: str
    srid: int
    time_zone: str
    attribution: str
    is_generated: bool
    code_scheme: str

    @classmethod
    def read(cls, row: Row) -> City:
        """Return the city of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class NewCity:
    """A city about to be loaded; `code_scheme` is one of `grids.code.SCHEMES`."""

    code: str
    name: str
    name_en: str
    jurisdiction: str
    srid: int
    time_zone: str
    attribution: str
    is_generated: bool
    code_scheme: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A district, street or community; `parent` is the id of the unit above."""

    id: int
    level: Level
    code: str
    name: str
    parent: int | None

    @classmethod
    def read(cls, row: Row) -> Unit:
        """Return the unit of a row."""
        return cls(row["id"], Level(row["level"]), row["code"], row["name"], row["parent_id"])


@dataclass(frozen=True, slots=True)
class DatedUnit:
    """A unit with the time in which it is one; `until` is excluded, None while no end is known."""

    id: int
    level: Level
    code: str
    name: str
    parent: int | None
    since: datetime
    until: datetime | None

    @classmethod
    def read(cls, row: Row) -> DatedUnit:
        """Return the unit of a row."""
        return cls(**{**row, "level": Level(row["level"])})


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit about to be stored; `parent` is the code of the unit above, None for a district."""

    level: Level
    code: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Department:
    """A department (部门) with the time in which it is one; `until` is excluded, None while no end is known."""

    id: int
    city: int
    code: str
    name: str
    name_en: str
    since: datetime
    until: datetime | None

    @classmethod
    def read(cls, row: Row) -> Department:
        """Return the department of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """A department (部门) about to be stored."""

    code: str
    name: str
    name_en: str
