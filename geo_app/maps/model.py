"""Address of a tile, and which zooms each layer is drawn at."""

from __future__ import annotations

from dataclasses import dataclass

from geo_app.core.db import Row


@dataclass(frozen=True, slots=True)
class Address:
    """Where a tile lies: layer, zoom, column from the west, row from the north."""

    layer: str
    z: int
    x: int
    y: int


ZOOMS = {
    "districts": (6, 11),
    "streets": (9, 12),
    "communities": (11, 16),
    "cells": (13, 16),
    "basemap": (10, 16),
    "thematic": (9, 14),
}
"""First and last zoom of each layer; browsers enlarge tiles of the last one."""

INCIDENT_ZOOMS = (6, 16)
"""First and last zoom of the incidents, which each viewer sees as far as their scope reaches."""
POINTS_FROM = 14
"""The zoom from which incidents stand one by one; below they are counted in squares."""
ACROSS = 8
"""Squares along the side of a tile: 64 pixels each."""
MOST_POINTS = 1000
"""Incidents that a tile names one by one; in a tile with more, those that share a square are counted too."""
ACROSS_NEAR = 24
"""Squares along the side of such a tile: 21 pixels each, about the size of a mark."""
HALF = 20_037_508.342789244
"""Half the side of the Web Mercator square, metres."""

GROUND = ["water", "railway", "green"]
"""Themes that are part of the base map; every other theme of a city is a layer of its own."""


def edges(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in Web Mercator; neighbours have the very same number."""
    side = 2 * HALF / (1 << z)
    return x * side - HALF, HALF - (y + 1) * side, (x + 1) * side - HALF, HALF - y * side


LEVELS = {"districts": "district", "streets": "street", "communities": "community"}

MAIN_ROADS = ["motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link"]
DISTRICT_ROADS = [*MAIN_ROADS, "secondary", "secondary_link"]
TOWN_ROADS = [*DISTRICT_ROADS, "tertiary", "tertiary_link"]


def road_classes(z: int) -> list[str] | None:
    """Return the road classes drawn at zoom `z`, None for all."""
    if z >= 14:
        return None
    if z == 13:
        return TOWN_ROADS
    return DISTRICT_ROADS if z == 12 else MAIN_ROADS


@dataclass(frozen=True, slots=True)
class Theme:
    """A thematic layer (专题图层) that a city has beside its base map, and how many things it holds."""

    theme: str
    things: int

    @classmethod
    def read(cls, row: Row) -> Theme:
        """Return the theme of a row."""
        return cls(row["theme"], row["things"])
