"""Place: a name somebody may say, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Point

from geo_app.core.db import Row


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place about to be stored; `position` is lon/lat, `community` a unit's code."""

    kind: str
    name: str
    road: str | None
    number: str | None
    community: str | None
    aliases: tuple[str, ...]
    position: Point


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; `position` is lon/lat."""

    name: str
    road: str | None
    position: Point

    @classmethod
    def read(cls, row: Row) -> Place:
        """Return the place of a row."""
        return cls(row["name"], row["road"], row["point"])
