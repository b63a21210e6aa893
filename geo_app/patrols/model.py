"""Route, Stretch: the round as it is meant, and where it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shapely import LineString, Point

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


@dataclass(frozen=True, slots=True)
class Share:
    """What a round comes to in one cell or street: metres on the way, and seconds at a patrol's pace."""

    code: str
    name: str
    street: str
    """The code of the street the cell lies in; of a street its own."""
    metres: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """How a route is walked: along the roads its drawn line follows, and on that line where no road is near.

    `line` is in the city's metric frame, `on_roads` what of its metres lies on roads, `roads` the names of
    those roads in order. Cells come in the order they are walked, one that is come into again again.
    """

    line: LineString
    on_roads: float
    roads: tuple[str, ...]
    cells: tuple[Share, ...]
    streets: tuple[Share, ...]

    @property
    def seconds(self) -> float:
        """What the round takes at a patrol's pace."""
        return sum(one.seconds for one in self.streets)


@dataclass(frozen=True, slots=True)
class Walker:
    """A route and who is on its round now: `line` in the city's metric frame, `position` lon/lat."""

    route: int
    code: str
    name: str
    responder: int
    responder_name: str
    line: LineString
    position: Point
    position_at: datetime

    @classmethod
    def read(cls, row: Row) -> Walker:
        """Return the walker of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class Passage:
    """How soon and how far along the line a place is passed."""

    seconds: float
    metres: float


@dataclass(frozen=True, slots=True)
class Passing:
    """Somebody who passes a place on their round."""

    walker: Walker
    passage: Passage
