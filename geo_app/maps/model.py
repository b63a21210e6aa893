"""Address of a tile, and which zooms each layer is drawn at."""

from __future__ import annotations

from dataclasses import dataclass


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
}
"""First and last zoom of each layer; browsers enlarge tiles of the last one."""

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
