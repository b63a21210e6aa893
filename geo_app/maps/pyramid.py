"""The pyramid of tiles: which layers there are, at which zooms, and what a zoom shows of the grid."""

from __future__ import annotations

from geo_app.core.errors import NotFound
from geo_app.maps.model import SCOPED, Address
from geo_app.organisation.model import Level
from geo_app.planning import bands

LEVELS = {
    "districts": Level.DISTRICT, "streets": Level.STREET, "communities": Level.COMMUNITY, "cells": bands.CELLS,
}  # fmt: skip
"""Layers of the grid, and what each one shows."""
ZOOMS = {
    "districts": (6, 11),
    "streets": (9, 12),
    "communities": (11, 17),
    "cells": (13, 17),
    "basemap": (10, 16),
    "thematic": (9, 14),
    "places": (10, 16),
}
"""First and last zoom of each layer that is the same for everybody; browsers enlarge tiles of the last one."""
PYRAMID = {**ZOOMS, **SCOPED}
"""First and last zoom of every layer."""
LABELS_FROM = {"cells": 14}
"""The zoom from which a layer has labels, where that is not its first."""


def check(address: Address) -> None:
    """Raise NotFound for a tile outside the pyramid."""
    if address.layer not in PYRAMID:
        raise NotFound(f"there is no tile layer {address.layer!r}; layers are " + ", ".join(PYRAMID))
    first, last = PYRAMID[address.layer]
    side = 1 << address.z if first <= address.z <= last else 0
    if not (address.x < side and address.y < side):
        raise NotFound(
            f"{address.layer} has tiles from zoom {first} to {last}, columns and rows below 2^zoom"
        )


def has_labels(address: Address) -> bool:
    """Return whether a tile of the grid says what is in it."""
    return address.z >= LABELS_FROM.get(address.layer, 0)
