"""Place: a name somebody may say, and where it is. Candidate: a place somebody may have meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from shapely import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geo_app.core.coords import Given
from geo_app.core.db import Row
from geo_app.organisation.model import City


class Kind(StrEnum):
    """What a place is, from the widest to the narrowest."""

    REGION = "region"
    """区县"""
    STREET = "street"
    """街道(乡镇)"""
    COMMUNITY = "community"
    """社区(村)"""
    ROAD = "road"
    """街巷"""
    NUMBER = "number"
    """门牌"""
    COMPOUND = "compound"
    """小区"""
    BUILDING = "building"
    """楼栋"""
    UNIT = "unit"
    """单元"""
    POI = "poi"
    """兴趣点"""


AREAS = (Kind.REGION, Kind.STREET, Kind.COMMUNITY)


class How(StrEnum):
    """How a candidate was found."""

    NAME = "name"
    ALIAS = "alias"
    FORMER = "former"
    ADDRESS = "address"
    HOMOPHONE = "homophone"
    PINYIN = "pinyin"
    INITIALS = "initials"
    SIMILAR = "similar"
    INTERPOLATED = "interpolated"
    CROSSING = "crossing"
    BEARING = "bearing"
    COORDINATES = "coordinates"
    GRID_CODE = "grid_code"
    COMPONENT = "component"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place about to be stored; `position` is lon/lat, `community` a unit's code.

    `extent` is how far the place reaches around its position, in metres; `line` the middle of a road, lon/lat.
    """

    kind: str
    name: str
    road: str | None
    number: str | None
    community: str | None
    aliases: tuple[str, ...]
    position: Point
    former: tuple[str, ...] = ()
    extent: float = 0.0
    line: LineString | MultiLineString | None = None
    given: Given | None = None
    """The point as its file has it."""


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


@dataclass(frozen=True, slots=True)
class Hit:
    """One name of a place in the gazetteer that fits what was asked; `key` is that name's normal form."""

    id: int
    kind: Kind
    name: str
    road: str | None
    number: str | None
    key: str
    how: How
    community: str | None
    above: tuple[str, ...]
    """Names of the community, the street and the district it lies in."""
    point: Point
    extent: float
    former: tuple[str, ...] = ()
    """What the place was called before (曾用名), as it was written."""

    @classmethod
    def read(cls, row: Row) -> Hit:
        """Return the hit of a row."""
        above = tuple(row[name] for name in ("community_name", "street_name", "district_name") if row[name])
        return cls(
            row["id"], Kind(row["kind"]), row["name"], row["road"], row["number"], row["key"],
            How(row["how"]), row["community"], above, row["point"], row["extent"], tuple(row["former"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """A place beside a point, `metres` away."""

    kind: Kind
    name: str
    road: str | None
    number: str | None
    community: str | None
    metres: float

    @classmethod
    def read(cls, row: Row) -> Near:
        """Return the place of a row."""
        return cls(
            Kind(row["kind"]), row["name"], row["road"], row["number"], row["community_name"], row["metres"]
        )


@dataclass(frozen=True, slots=True)
class RoadLine:
    """A road of the gazetteer with its middle line, lon/lat."""

    id: int
    name: str
    line: BaseGeometry

    @classmethod
    def read(cls, row: Row) -> RoadLine:
        """Return the road of a row."""
        return cls(row["id"], row["name"], row["line"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place somebody may have meant: how sure that is (0 to 1), how it was found, how exact it is."""

    name: str
    kind: Kind | None
    position: Point
    score: float
    how: How
    uncertainty: float
    """Metres around `position` in which the place meant lies."""
    place: int | None = None
    community: str | None = None
    """Of the place, or of the landmark or neighbour it was reckoned from."""
    notes: tuple[str, ...] = field(default=())
    """Parts of the address that the gazetteer does not know, as they were given."""
    formerly: str | None = None
    """The former name (曾用名) it was found by; None when a name in use led here."""
    is_inside: bool = False
    """Whether it lies in `community`, whatever its distance from `position`: the community itself was named."""


class Names(Protocol):
    """The names of a city's gazetteer, in the database or in memory: both answer alike."""

    @property
    def city(self) -> City:
        """The city whose names they are."""
        ...

    def by_key(self, keys: Sequence[str]) -> list[Hit]:
        """Return the places that are called exactly one of the keys, the longest names first, 400 at most."""
        ...

    def by_sound(self, pinyin: str | None, initials: str | None) -> list[Hit]:
        """Return the places whose name sounds so or has these initials, 100 at most."""
        ...

    def similar(self, key: str, most: int) -> list[Hit]:
        """Return the names that share most pairs of characters with a key, looking only where its rarest are."""
        ...

    def sounding(self, pinyin: str, most: int) -> list[Hit]:
        """Return the names whose pinyin is most like this."""
        ...

    def numbers(self, road_key: str) -> list[Hit]:
        """Return the house numbers of a road."""
        ...

    def road_lines(self, ids: Sequence[int]) -> list[RoadLine]:
        """Return the middle lines of road places."""
        ...
