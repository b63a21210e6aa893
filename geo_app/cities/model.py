"""What a city brings: rows for every layer, before they are in the database.

The generated demo city and every city kit end up as one `CityData`; `cities.service.load` stores it.
All geometry here is in the city's own metric CRS (x east, y north, metres) on a 1 mm grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry


class Level(StrEnum):
    """The three levels above the cells: 区, 街道, 社区."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class CityInfo:
    """Who the city is and how its numbers are to be read."""

    code: str
    """Stands in URLs: lower-case letters, digits, hyphen."""
    name: str
    name_en: str
    jurisdiction: str
    """Six digits of the county (GB/T 2260), the key of every row that belongs to a place."""
    srid: int
    """EPSG number of the city's metric CRS."""
    time_zone: str
    attribution: str
    is_generated: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A district, street or community; `parent` is the code of the unit above, None for a district."""

    level: Level
    code: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell (单元网格) of the first release; `community` is the code of its community."""

    code: str
    name: str
    community: str
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class ThematicRow:
    """A shape that is not a cell: theme `water`, `railway`, `green`, `building`, …"""

    theme: str
    code: str
    name: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class RoadRow:
    """A stretch of road between two junctions.

    `road_class` is an OSM highway value (`trunk`, `primary`, `secondary`, `tertiary`, `residential`,
    `service`, `footway`, …). `oneway` is 1 along the line, -1 against it, 0 both ways.
    """

    source_id: int
    from_node: int
    to_node: int
    road_class: str
    name: str
    oneway: int
    geometry: LineString


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A named place: kind `compound` (小区), `number` (门牌), `building`, `poi`, …"""

    kind: str
    name: str
    road: str | None
    number: str | None
    community: str
    position: Point
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department (专业部门) that owns a responsibility list."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly stretch of duty in city time; weekday 0 is Monday; an `end` at or before `start` is next day's."""

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


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A patrol route as it is meant to be walked, along roads; `responder` walks it."""

    code: str
    name: str
    responder: str
    geometry: LineString


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A kind of trouble, the skill it asks for and the minutes until someone must respond."""

    code: str
    name: str
    name_en: str
    skill: str | None
    respond_minutes: int
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One trouble in the city's past; `closed_at` is None while it is open."""

    category: str
    channel: str
    description: str
    position: Point
    occurred_at: datetime
    closed_at: datetime | None


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
