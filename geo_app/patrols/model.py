"""Route, Stretch: the round as it is meant, and where it runs."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import LineString

from geo_app.core.db import Row


@dataclass(frozen=True, slots=True)
class NewRoute:
    """A route about to be stored; `line` in the city's metric frame."""

    code: str
    name: str
    responder: int
    line: LineString


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a route inside one cell, in metres along the route."""

    code: str
    name: str
    enter_at: float
    exit_at: float


@dataclass(frozen=True, slots=True)
class Route:
    """A patrol route; `line` in the city's metric frame, `stretches` in the order they are walked."""

    id: int
    code: str
    name: str
    responder: int
    responder_name: str
    line: LineString
    stretches: tuple[Stretch, ...]

    @classmethod
    def read(cls, row: Row) -> Route:
        """Return the route of a row."""
        stretches = tuple(
            Stretch(part["code"], part["name"], part["enter"], part["exit"]) for part in row["stretches"]
        )
        return cls(
            row["id"],
            row["code"],
            row["name"],
            row["responder_id"],
            row["responder_name"],
            row["line"],
            stretches,
        )
