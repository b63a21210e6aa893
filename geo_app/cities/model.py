"""What a city brings: rows for every layer, before they are in the database.

The generated demo city and every city kit end up as one `CityData`; `cities.service.load` stores it.
All geometry here is in the city's own metric CRS (x east, y north, metres) on a 1 mm grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from shapely import LineString, Point, Polygon

from geo_app.core.coords import Given
from geo_app.core.db import Row
from geo_app.incidents.model import NewCategory
from geo_app.organisation.model import Level, NewCity, NewDepartment, NewUnit
from geo_app.planning.changes import HouseholdCount
from geo_app.planning.model import Thematic
from geo_app.roads.model import Restriction, Road

__all__ = ["Level"]
# where a service below already has the row's shape, it is used as it is
CityInfo = NewCity
UnitRow = NewUnit
DepartmentRow = NewDepartment
CategoryRow = NewCategory
ThematicRow = Thematic
HouseholdRow = HouseholdCount
RoadRow = Road
RestrictionRow = Restriction


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell (单元网格) of the first release; `community` is the code of its community."""

    code: str
    name: str
    community: str
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A named place: kind `compound` (小区), `number` (门牌), `building`, `poi` and so on.

    `aliases` are other names in use, `former_names` (曾用名) what it was called before; either finds it.
    """

    kind: str
    name: str
    road: str | None
    number: str | None
    community: str | None
    """Code of the community it lies in; None outside all cells."""
    position: Point
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    given: Given | None = None
    """The point as its file has it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Duty in city time; weekday 0 is Monday; an `end` at or before `start` is on the next day."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class ResponderRow:
    """Somebody who can be sent: kind `grid_worker`, `inspector`, `partner` or `department`."""

    code: str
    name: str
    kind: str
    skills: tuple[str, ...]
    department: str | None
    cells: tuple[str, ...]
    """Codes of the cells this grid worker is responsible for; empty for the others."""
    shifts: tuple[Shift, ...]
    position: Point
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A patrol route as it is meant to be walked, along roads; `responder` walks it."""

    code: str
    name: str
    responder: str
    geometry: LineString


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One trouble in the city's past; `closed_at` is None while it is open."""

    category: str
    channel: str
    description: str
    position: Point
    occurred_at: datetime
    closed_at: datetime | None
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A file the city was made from: its name without folders, its SHA-256, its stated frame, what it gave."""

    layer: str
    file: str
    sha256: str
    frame: str
    features: int

    @classmethod
    def read(cls, row: Row) -> LayerRow:
        """Return the layer of a row."""
        return cls(**row)


@dataclass(frozen=True, slots=True)
class CityData:
    """A whole city, ready to be stored in one transaction."""

    info: CityInfo
    units: tuple[UnitRow, ...]
    cells: tuple[CellRow, ...]
    thematic: tuple[ThematicRow, ...]
    roads: tuple[RoadRow, ...]
    places: tuple[PlaceRow, ...]
    departments: tuple[DepartmentRow, ...]
    responders: tuple[ResponderRow, ...]
    routes: tuple[RouteRow, ...]
    categories: tuple[CategoryRow, ...]
    incidents: tuple[IncidentRow, ...]
    layers: tuple[LayerRow, ...] = ()
    restrictions: tuple[RestrictionRow, ...] = ()
    """Turns that are forbidden, or the only ones allowed; their travels number `roads` in order."""
    households: tuple[HouseholdRow, ...] = ()
