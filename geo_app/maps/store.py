"""Vector tiles out of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from geo_app.core import db
from geo_app.core.coords import Box
from geo_app.maps import pyramid
from geo_app.maps.model import (
    BASE,
    BUILDING_BYTES,
    DRAWN_BELOW,
    GROUND,
    GROUND_BYTES,
    LEAST_BUILDING,
    LINE_POINTS,
    LONGEST_PAUSE,
    MOST_NAMES,
    MOST_POINTS,
    PLACE_KINDS,
    PLACES_ACROSS,
    ROAD_BYTES,
    ROAD_RANKS,
    STEP_BITS,
    Address,
    Standing,
    Theme,
    degrees,
    edges,
    from_zoom,
    pixels,
)
from geo_app.organisation.model import City
from geo_app.planning import bands

SQL = db.statements(__file__)
DRAWN = hashlib.sha256(
    b"".join(
        Path(__file__).with_name(name).read_bytes() for name in ("queries.sql", "model.py", "pyramid.py")
    )
).hexdigest()[:8]
"""Changes with the way tiles are drawn, so a new version of ours does not leave old tiles in the browsers."""


def stamp(tx: db.Transaction, city: City, at: datetime) -> str:
    """Return a text that changes whenever a tile of this city could."""
    return f"{tx.value(SQL.stamp, city_id=city.id, at=at)}-{DRAWN}"


def released(tx: db.Transaction, city: City, release: int | None, at: datetime | None) -> Standing | None:
    """Return the state a release of the grid began with, by its id, or else of that in force at `at`."""

    def read(row: db.Row) -> Standing:
        return Standing(row["since"], row["release_id"], f"{row['stamp']}-{DRAWN}")

    return tx.first(SQL.released, read, city_id=city.id, release_id=release, at=at)


def outlines(tx: db.Transaction, city: City, tile: Address, at: datetime) -> bytes:
    """Return the tile of cells, communities, streets or districts at `at`."""
    band, level = bands.at(tile.z), pyramid.LEVELS[tile.layer]
    found = tx.value(
        SQL.outlines_tile, city_id=city.id, level=level, layer=tile.layer, band=band.first, at=at,
        **_sides(edges(tile.z, tile.x, tile.y)), is_named=level != bands.CELLS, has_labels=pyramid.has_labels(tile),
    )  # fmt: skip
    return bytes(found)


def basemap(tx: db.Transaction, city: City, tile: Address) -> bytes:
    """Return the tile of roads, water, railways, green and buildings, as far as there is room for them."""
    where = {"city_id": city.id, "z": tile.z, "x": tile.x, "y": tile.y}
    room = {"ranks": ROAD_RANKS, "ground_bytes": GROUND_BYTES, "road_bytes": ROAD_BYTES}
    if tile.z < DRAWN_BELOW:
        return bytes(tx.value(SQL.basemap_far_tile, **where, **room))
    least = pixels(LEAST_BUILDING, tile.z)
    found = tx.value(
        SQL.basemap_tile, **where, **room, ground=GROUND, building_bytes=BUILDING_BYTES, least=least
    )
    return bytes(found)


def thematic(tx: db.Transaction, city: City, tile: Address) -> bytes:
    """Return the tile of outlines and names of the themes that are no part of the base map."""
    found = tx.value(
        SQL.thematic_tile, city_id=city.id, z=tile.z, x=tile.x, y=tile.y, ground=BASE, most=MOST_NAMES
    )
    return bytes(found)


def places(tx: db.Transaction, city: City, tile: Address) -> bytes:
    """Return the tile of places, one in each square: the widest."""
    found = tx.value(
        SQL.places_tile, city_id=city.id, **_sides(edges(tile.z, tile.x, tile.y)),
        kinds=from_zoom(PLACE_KINDS, tile.z), across=from_zoom(PLACES_ACROSS, tile.z),
    )  # fmt: skip
    return bytes(found)


def incidents(tx: db.Transaction, city: City, tile: Address, at: datetime) -> bytes | None:
    """Return the tile of the open incidents the actor sees, one by one; `at` decides what is late.

    None when there are more than MOST_POINTS of them.
    """
    found = tx.value(SQL.incidents_tile, city_id=city.id, **_steps(tile), at=at, most=MOST_POINTS)
    return None if found is None else bytes(found)


def incident_groups(
    tx: db.Transaction, city: City, tile: Address, at: datetime, *, across: int, names_alone: bool
) -> bytes:
    """Return the tile of the open incidents the actor sees, counted in squares, `across` along a side.

    With `names_alone`, who has a square to itself stands there by itself.
    """
    found = tx.value(
        SQL.incident_groups_tile,
        city_id=city.id,
        **_steps(tile),
        at=at,
        across=across,
        names_alone=names_alone,
    )
    return bytes(found)


def responders(tx: db.Transaction, city: City, tile: Address, at: datetime, across: int) -> bytes:
    """Return the tile of the responders whose positions the actor sees.

    Over MOST_POINTS of them they are counted in squares, `across` along a side.
    """
    columns, rows = degrees(tile, across)
    local = at.astimezone(ZoneInfo(city.time_zone)).replace(tzinfo=None)
    found = tx.value(
        SQL.responders_tile, city_id=city.id, z=tile.z, x=tile.x, y=tile.y, columns=columns, rows=rows,
        west=columns[0], south=rows[0], east=columns[-1], north=rows[-1], local_time=local, most=MOST_POINTS,
    )  # fmt: skip
    return bytes(found)


def track(tx: db.Transaction, responder: int, since: datetime, until: datetime, tile: Address) -> bytes:
    """Return the tile of a part of a responder's track."""
    found = tx.value(
        SQL.track_tile, responder_id=responder, since=since, until=until, z=tile.z, x=tile.x, y=tile.y,
        pause=LONGEST_PAUSE, most=LINE_POINTS,
    )  # fmt: skip
    return bytes(found)


def extent(tx: db.Transaction, city: City, layers: Collection[str]) -> Box | None:
    """Return the box in Web Mercator around what some layers show, None when they show nothing."""
    found = tx.one(
        SQL.extent, lambda row: (row["west"], row["south"], row["east"], row["north"]), city_id=city.id,
        has_grid=not pyramid.LEVELS.keys().isdisjoint(layers), has_base="basemap" in layers,
        has_themes="thematic" in layers, has_places="places" in layers,
    )  # fmt: skip
    return None if found[0] is None else found


def occupied(tx: db.Transaction, city: City, boxes: Sequence[Box], at: datetime) -> list[frozenset[str]]:
    """Return which layers may show something in each of these boxes in Web Mercator at `at`."""
    sides = zip(*boxes, strict=True)
    return tx.all(
        SQL.occupied, lambda row: frozenset(
            layer for layer in pyramid.ZOOMS if any(row[kind] for kind in pyramid.MADE_OF.get(layer, ("grid",)))
        ),
        city_id=city.id, band=bands.BANDS[-1].first, at=at,
        **{name: list(values) for name, values in zip(("west", "south", "east", "north"), sides, strict=True)},
    )  # fmt: skip


def _steps(tile: Address) -> dict[str, int]:
    """Return where a tile begins in the whole steps of incidents (`mercator_x`), and how many bits of them it spans."""
    bits = STEP_BITS - tile.z
    return {"x": tile.x << bits, "y": tile.y << bits, "bits": bits}


def _sides(box: Box) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), box, strict=True))


def themes(tx: db.Transaction, city: City) -> list[Theme]:
    """Return the themes that are no part of the base map, by name."""
    return tx.all(SQL.themes, Theme.read, city_id=city.id, ground=BASE)
