"""Shapes of what the doors for maps answer."""

from __future__ import annotations

from geo_app.core.answers import Answer, PolygonShape
from geo_app.organisation.model import Level
from geo_app.responders.model import Kind, Status

Box = tuple[float, float, float, float]
"""West, south, east, north."""


class ThemeItem(Answer):
    """A thematic layer (专题图层) of a city beside its base map, and how many things it holds."""

    theme: str
    things: int


class CityItem(Answer):
    """A city whose grid is served; `bounds` is null and `cells` 0 before its first release.

    `stamp` is another one whenever a tile could be: an address of a tile that names it may be kept.
    """

    code: str
    name: str
    name_en: str
    jurisdiction: str
    time_zone: str
    attribution: str
    is_generated: bool
    bounds: Box | None
    cells: int
    stamp: str
    themes: list[ThemeItem]


class Cities(Answer):
    """The cities that are loaded."""

    items: list[CityItem]


class UnitName(Answer):
    """A district, street or community by code and name."""

    code: str
    name: str


class OnDuty(Answer):
    """A responder who answers for a cell."""

    id: int
    name: str
    kind: Kind
    status: Status
    on_shift: bool


class InForce(Answer):
    """The release (网格版本) in force."""

    id: int
    effective_from: str


class CellSheet(Answer):
    """One cell (单元网格): area in m², perimeter in m, its units, its people, what is open in it."""

    code: str
    name: str
    area: float
    perimeter: float
    district: UnitName | None = None
    street: UnitName | None = None
    community: UnitName | None = None
    people: list[OnDuty]
    open_incidents: int
    release: InForce | None
    outline: PolygonShape


class UnitItem(Answer):
    """A district, street or community with its figures; area in m²."""

    code: str
    name: str
    level: Level
    parent: str | None
    cells: int
    area: float
    open_incidents: int
    bounds: Box


class Units(Answer):
    """Districts, streets and communities."""

    items: list[UnitItem]


class ReleaseItem(Answer):
    """A release of the grid; in force from `effective_from` until before `effective_to`."""

    id: int
    effective_from: str
    effective_to: str | None
    cells: int
    published_at: str
    note: str


class Releases(Answer):
    """The releases of a city's grid, newest first."""

    items: list[ReleaseItem]
