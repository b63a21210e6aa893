"""Shapes of what the doors for places answer."""

from __future__ import annotations

from pydantic import Field

from geo_app.core.answers import Answer, CellName, Position
from geo_app.geocoding.model import How, Kind
from geo_app.organisation.model import Level
from geo_app.planning.changes import Descent
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


class DescentItem(Answer):
    """Land that a cell got from another, or kept: m², and shares of what the parent had and of the child's land.

    Shares are null where nothing is known or there was none.
    """

    child: str
    parent: str
    is_same: bool = Field(description="whether both codes are of one cell")
    kind: Descent
    area: float = Field(gt=0)
    area_share: float = Field(ge=0, le=1)
    child_share: float = Field(ge=0, le=1)
    household_share: float | None = Field(ge=0, le=1)
    incident_share: float | None = Field(ge=0, le=1)


class Descents(Answer):
    """Where the land of the cells a release changed came from."""

    items: list[DescentItem]


class CellAt(Answer):
    """The cell that covered a point `at`, null outside all cells, and the release then in force, by what was known."""

    cell: CellName | None
    release: int | None
    at: str
    known_at: str
