"""Vector tiles out of the database."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from geo_app.core import db
from geo_app.core.coords import Box
from geo_app.maps.model import GROUND, MOST_POINTS, Address, Theme
from geo_app.organisation.model import City

SQL = db.statements(__file__)
DRAWN = hashlib.sha256(Path(__file__).with_name("queries.sql").read_bytes()).hexdigest()[:8]
"""Changes with the way tiles are drawn, so a new version of ours does not leave old tiles in the browsers."""


def stamp(tx: db.Transaction, city: City, at: datetime) -> str:
    """Return a text that changes whenever a tile of this city could."""
    return f"{tx.value(SQL.stamp, city_id=city.id, at=at)}-{DRAWN}"


def cells(tx: db.Transaction, city: City, tile: Address, at: datetime) -> bytes:
    """Return the tile of cells valid at `at`."""
    return bytes(tx.value(SQL.cells_tile, city_id=city.id, z=tile.z, x=tile.x, y=tile.y, at=at))


def units(tx: db.Transaction, city: City, level: str, tile: Address, at: datetime) -> bytes:
    """Return the tile of districts, streets or communities at `at`."""
    found = tx.value(
        SQL.units_tile, city_id=city.id, level=level, layer=tile.layer, z=tile.z, x=tile.x, y=tile.y, at=at
    )
    return bytes(found)


def basemap(tx: db.Transaction, city: City, tile: Address, classes: list[str] | None) -> bytes:
    """Return the tile of roads of these classes (all for None), water, railways and green."""
    found = tx.value(
        SQL.basemap_tile, city_id=city.id, z=tile.z, x=tile.x, y=tile.y, classes=classes, ground=GROUND
    )
    return bytes(found)


def thematic(tx: db.Transaction, city: City, tile: Address) -> bytes:
    """Return the tile of outlines and names of the themes that are no part of the base map."""
    found = tx.value(SQL.thematic_tile, city_id=city.id, z=tile.z, x=tile.x, y=tile.y, ground=GROUND)
    return bytes(found)


def incidents(tx: db.Transaction, city: City, box: Box, at: datetime) -> bytes | None:
    """Return the tile of the open incidents the actor sees in a box, one by one; `at` decides what is late.

    None when there are more than MOST_POINTS of them.
    """
    found = tx.value(SQL.incidents_tile, city_id=city.id, **_sides(box), at=at, most=MOST_POINTS)
    return None if found is None else bytes(found)


def incident_groups(
    tx: db.Transaction, city: City, box: Box, at: datetime, *, across: int, names_alone: bool
) -> bytes:
    """Return the tile of the open incidents the actor sees in a box, counted in squares, `across` along a side.

    With `names_alone`, who has a square to itself stands there by itself.
    """
    found = tx.value(
        SQL.incident_groups_tile,
        city_id=city.id,
        **_sides(box),
        at=at,
        across=across,
        names_alone=names_alone,
    )
    return bytes(found)


def _sides(box: Box) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), box, strict=True))


def themes(tx: db.Transaction, city: City) -> list[Theme]:
    """Return the themes that are no part of the base map, by name."""
    return tx.all(SQL.themes, Theme.read, city_id=city.id, ground=GROUND)
