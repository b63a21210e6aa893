"""Shapes of what the doors for places answer."""

from __future__ import annotations

from pydantic import Field

from geo_app.core.answers import Answer, CellName, Position
from geo_app.geocoding.model import How, Kind
from geo_app.organisation.model import Level
from geo_app.planning.model import Verdict


class Community(Answer):
    """A community (社区) by code and name."""

    code: str
    name: str


class PlaceItem(Answer):
    """What was said may mean this: score 0 to 1, uncertainty in metres, the cells it may lie in."""

    place: int | None
    name: str
    kind: Kind | None
    position: Position
    score: float = Field(ge=0, le=1)
    how: How
    formerly: str | None = Field(description="the former name (曾用名) it was found by")
    uncertainty: float = Field(ge=0)
    notes: list[str]
    community: str | None
    cells: list[CellName]


class Places(Answer):
    """What was said may mean these, the likeliest first; the verdict says whether we would have to guess."""

    verdict: Verdict
    cell: CellName | None
    community: Community | None
    items: list[PlaceItem]


class Above(Answer):
    """A unit that covers a point."""

    code: str
    name: str
    level: Level


class Words(Answer):
    """A point in words; `metres` to the nearest address."""

    text: str
    address: str | None
    metres: float | None
    units: list[Above]
    cell: CellName | None
