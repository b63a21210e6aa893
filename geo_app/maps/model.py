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

GROUND = ["water", "railway", "green"]
"""Themes that are part of the base map; every other theme of a city is a layer of its own."""

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
