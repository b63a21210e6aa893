"""How long a tile of a city of 100,000 cells takes that nobody has asked for yet, against PostGIS on raw outlines."""

from __future__ import annotations

from dataclasses import dataclass

import mapbox_vector_tile
import numpy as np
import psycopg2.extensions
import shapely

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.maps import pyramid, service
from geo_app.maps.model import HALF, Address
from geo_app.organisation import service as organisation
from tests import metropolis
from tests.bench.registry import Row, milliseconds, row, times_better
from tests.databases import connected

ZOOMS = range(8, 18)
TILES = 12
"""Tiles of each layer and zoom, at random cells."""
LIMIT = 100_000
"""Bytes a tile may have."""
RAW = """
CREATE TEMPORARY TABLE raw AS
  SELECT 'cell' AS level, code, name, ST_Transform(geometry, 3857) AS shape FROM cell_version
  UNION ALL
  SELECT s.level, u.code, u.name, s.outline FROM unit_shape s JOIN unit u ON u.id = s.unit_id;
CREATE INDEX ON raw USING gist (shape);
ANALYZE raw"""
RAW_TILE = """
SELECT ST_AsMVT(m, %(layer)s, 4096, 'geom') FROM (
  SELECT code, name, ST_AsMVTGeom(shape, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
  FROM raw WHERE level = %(level)s AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 1.0 / 64)
) m WHERE geom IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Look:
    """One tile: what it took us and the peer, in ms, our bytes, and whether we show the cell it was chosen for."""

    address: Address
    ours: float
    peer: float
    size: int
    is_there: bool


@row("tile-cold")
def tile_cold() -> Row:
    """Time tiles of cells and units drawn evenly over zooms 8 to 17, each layer in its zooms, nothing kept."""
    with metropolis.place() as found, connected(found.owner_url.replace("+psycopg2", "")) as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(RAW)
        database = metropolis.opened(found)
        looks = [_look(database, cursor, address, code) for address, code in _places(cursor)]
        database.dispose()
    ours, peer = (float(np.percentile([getattr(one, who) for one in looks], 95)) for who in ("ours", "peer"))
    return Row(
        name="tile-cold", ours=ours, unit="ms", peer="ST_AsMVT of raw outlines", peer_figure=peer,
        ratio=times_better(ours, peer), equal=all(one.is_there and one.size <= LIMIT for one in looks),
        note=f"p95 of {len(looks)} tiles; the largest of each zoom, kB: " + ", ".join(_largest(looks)),
    )  # fmt: skip


def _largest(looks: list[Look]) -> list[str]:
    """Return for each zoom how large its largest tile is, and how long its slowest took."""
    found = []
    for z in ZOOMS:
        here = [one for one in looks if one.address.z == z]
        found.append(
            f"z{z} {max(one.size for one in here) / 1000:.0f} in {max(one.ours for one in here):.0f} ms"
        )
    return found


def _places(cursor: psycopg2.extensions.cursor) -> list[tuple[Address, str]]:
    """Return tiles at random things of each layer, and the code of the thing; the same ones every time."""
    rng = np.random.default_rng(20261123)
    cursor.execute("SELECT level, code, ST_AsBinary(ST_PointOnSurface(shape)) FROM raw ORDER BY level, code")
    things = cursor.fetchall()
    found = []
    for z in ZOOMS:
        for layer, level in pyramid.LEVELS.items():
            first, last = pyramid.ZOOMS[layer]
            here = [(code, point) for known, code, point in things if known == level and first <= z <= last]
            chosen = rng.integers(0, len(here), TILES).tolist() if here else []
            for code, point in (here[number] for number in chosen):
                x, y = shapely.get_coordinates(shapely.from_wkb(bytes(point)))[0].tolist()
                side = 2 * HALF / (1 << z)
                found.append((Address(layer, z, int((x + HALF) / side), int((HALF - y) / side)), code))
    return found


def _look(database: db.Database, cursor: psycopg2.extensions.cursor, at: Address, code: str) -> Look:
    bodies: list[bytes] = []

    def ours() -> None:
        with database.transaction(SYSTEM) as tx:
            bodies.append(service.tile(tx, organisation.city(tx, metropolis.CODE), at, clock.now()))

    def peer() -> None:
        cursor.execute(
            RAW_TILE, {"layer": at.layer, "level": pyramid.LEVELS[at.layer], "z": at.z, "x": at.x, "y": at.y}
        )

    taken = milliseconds(ours)
    theirs = milliseconds(peer)
    decoded = mapbox_vector_tile.decode(bodies[0])
    codes = {one["properties"]["code"] for one in decoded.get(at.layer, {"features": []})["features"]}
    return Look(at, taken, theirs, len(bodies[0]), code in codes)
