"""Address of a tile, and what the map shows besides the grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from geo_app.core.db import Row

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a tile lies: layer, zoom, column from the west, row from the north."""

    layer: str
    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a city's tiles goes into a file: layers, and the zooms from `first` to `last`."""

    layers: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Part:
    """A tile of a file: zoom, column, row, and the layers that may show something in it."""

    z: int
    x: int
    y: int
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a city that a tile shows: as of `at`; `release` is None unless it was asked for.

    `stamp` changes whenever a tile of this state could.
    """

    at: datetime
    release: int | None
    stamp: str


INCIDENT_ZOOMS = (6, 16)
SCOPED = {"incidents": INCIDENT_ZOOMS, "responders": (6, 16), "tracks": (8, 16)}
"""First and last zoom of what each viewer sees as far as their scope reaches; nobody keeps these tiles."""
LONGEST_PAUSE = 300.0
"""Seconds between two positions over which a track's line is not drawn: nobody knows the way between."""
LINE_POINTS = 15_000
"""Vertices of a track's line in one tile at most: it is drawn the simpler, the more there are."""
POINTS_FROM = 14
"""The zoom from which incidents stand one by one; below they are counted in squares."""
ACROSS = 8
"""Squares along the side of a tile: 64 pixels each."""
MOST_POINTS = 1000
"""Incidents that a tile names one by one; in a tile with more, those that share a square are counted too."""
ACROSS_NEAR = 24
"""Squares along the side of such a tile: 21 pixels each, about the size of a mark."""
STEP_BITS = 30
"""The Web Mercator square has so many binary places of steps along its side, 4 cm each: `incident.mercator_x`."""
HALF = 20_037_508.342789244
"""Half the side of the Web Mercator square, metres."""

GROUND = ["water", "railway", "green"]
"""Themes of the base map at every zoom."""
BASE = [*GROUND, "building"]
"""Themes that are part of the base map; every other theme of a city is a layer of its own."""


def edges(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in Web Mercator; neighbours have the very same number."""
    side = 2 * HALF / (1 << z)
    return x * side - HALF, HALF - (y + 1) * side, (x + 1) * side - HALF, HALF - y * side


def degrees(tile: Address, across: int) -> tuple[list[float], list[float]]:
    """Return the longitudes and latitudes, rising, that cut a tile into `across` columns and rows.

    Neighbours share theirs.
    """
    n = across << tile.z
    columns = [(tile.x * across + step) / n * 360 - 180 for step in range(across + 1)]
    rows = [
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (tile.y * across + step) / n))))
        for step in range(across, -1, -1)
    ]
    return columns, rows


DRAWN_BELOW = 14
"""The zoom below which the base map is drawn from lines and areas that are kept simplified for each zoom."""
ROAD_RANKS = [
    "motorway", "trunk", "primary", "secondary", "tertiary", "motorway_link", "trunk_link", "primary_link",
    "secondary_link", "tertiary_link", "residential", "unclassified", "living_street", "road", "pedestrian",
]  # fmt: skip
"""Classes of roads, the most important first; the others follow."""
GROUND_BYTES, BUILDING_BYTES, ROAD_BYTES = 20_000, 25_000, 45_000
"""Room in a tile of the base map, about, for water and green, for buildings, for roads."""
LEAST_BUILDING = 4.0
"""Pixels of the display that a building covers at least, else it is not drawn."""
MOST_NAMES = 500
"""Names of a city's own themes in one tile."""
PLACE_KINDS = {
    10: ["region", "street"], 12: ["region", "street", "community"],
    14: ["region", "street", "community", "compound", "poi"],
    15: ["region", "street", "community", "compound", "poi", "building"],
    16: ["region", "street", "community", "compound", "poi", "building", "number", "unit"],
}  # fmt: skip
"""Kinds of places (地名) from a zoom on, the widest first; roads have their names along their lines."""
PLACES_ACROSS = {10: 16, 16: 32}
"""Squares along the side of a tile from a zoom on; each shows one place."""


def from_zoom(table: dict[int, Thing], z: int) -> Thing:
    """Return what a table by first zoom says of zoom `z`."""
    return table[max(first for first in table if first <= z)]


def pixels(count: float, z: int) -> float:
    """Return how many square metres of Web Mercator so many pixels are in a tile of zoom `z`, 512 pixels wide."""
    return count * (2 * HALF / (1 << z) / 512) ** 2


@dataclass(frozen=True, slots=True)
class Theme:
    """A thematic layer (专题图层) that a city has beside its base map, and how many things it holds."""

    theme: str
    things: int

    @classmethod
    def read(cls, row: Row) -> Theme:
        """Return the theme of a row."""
        return cls(row["theme"], row["things"])
