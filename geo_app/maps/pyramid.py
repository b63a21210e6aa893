"""The pyramid of tiles: which layers there are, at which zooms, and what a zoom shows of the grid."""

from __future__ import annotations

from collections.abc import Iterable

from geo_app.core.errors import BadInput, NotFound
from geo_app.maps.model import SCOPED, Address, Choice
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
PYRAMID_END = max(last for _, last in PYRAMID.values())
MADE_OF = {"basemap": ("road", "thematic"), "thematic": ("thematic",), "places": ("place",)}
"""What layers show that are not of the grid."""
TEXT = "String"
NAMED = {"code": TEXT, "name": TEXT}
FIELDS = {
    **{layer: {layer: NAMED, f"{layer}_label": NAMED} for layer in ("districts", "streets", "communities")},
    "cells": {"cells": {"code": TEXT}, "cells_label": NAMED},
    "basemap": {"ground": {"theme": TEXT, "name": TEXT}, "roads": {"road_class": TEXT, "name": TEXT}},
    "thematic": {"thematic": {"theme": TEXT}, "thematic_label": {"theme": TEXT, **NAMED}},
    "places": {"places": {"kind": TEXT, "name": TEXT}},
}  # fmt: skip
"""The layers inside the tiles of each layer, with what their features say of themselves."""


def choose(said: str | None, first: int | None, last: int | None) -> Choice:
    """Return what goes into a file: layers with commas between, all when None, and zooms, theirs when None.

    BadInput for a layer that is not the same for everybody: cases and people go into no file.
    """
    layers = tuple(dict.fromkeys((said or ",".join(ZOOMS)).replace(" ", "").split(",")))
    for layer in layers:
        if layer not in ZOOMS:
            raise BadInput(
                "layers", layer, "one of " + ", ".join(ZOOMS) + "; cases and people go into no file"
            )
    low = max(first or 0, min(ZOOMS[layer][0] for layer in layers))
    high = min(PYRAMID_END if last is None else last, max(ZOOMS[layer][1] for layer in layers))
    if low > high:
        raise BadInput("zooms", f"{first} to {last}", f"zooms at which {', '.join(layers)} have tiles")
    return Choice(layers, low, high)


def shown(layers: Iterable[str], z: int) -> tuple[str, ...]:
    """Return those of some layers that have tiles at zoom `z`."""
    return tuple(layer for layer in layers if ZOOMS[layer][0] <= z <= ZOOMS[layer][1])


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
    return address.z >= bands.LABELS_FROM.get(LEVELS[address.layer], 0)
