"""How long tiles take that nobody keeps: 100,000 open incidents, 20,000 responders, each viewer's own, at every zoom.

The peer is PostGIS with every point by itself and nobody's scope. A row is right when each tile has room and the counts
in it are those of brute force over the raw points.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import mapbox_vector_tile
import numpy as np
import psycopg2.extensions

from geo_app.core import clock, db
from geo_app.core.actor import Actor, Scope
from geo_app.maps import service
from geo_app.maps.model import SCOPED, Address
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from tests import metropolis
from tests.bench.registry import Row, milliseconds, row, times_better
from tests.databases import connected

INCIDENTS, CLOSED, RESPONDERS = 100_000, 100_000, 20_000
CENTRES, SPREAD = 25, 0.004
"""Half of all points lie around so many centres, degrees about so far from them."""
TILES = 12
"""Tiles of each zoom and viewer, at random points."""
PATIENCE = 120.0
"""Seconds until the database has tidied up."""
LIMIT = 100_000
"""Bytes a tile may have."""
SEED = 20261124
CELLS = """
SELECT v.cell_id, v.community_id, ST_X(p.at), ST_Y(p.at) FROM cell_version v
CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(v.geometry), 4326) AS at) p ORDER BY v.code"""
ADD_INCIDENTS = """
INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at, reported_at,
  respond_by, closed_at, community_id)
SELECT c.id, c.jurisdiction, k.ids[1 + one.n %% cardinality(k.ids)], 'web', 'made for a bench, in so many words',
  CASE WHEN NOT one.is_open THEN 'closed' WHEN one.n %% 10 < 7 THEN 'reported' ELSE 'handled' END,
  ST_SetSRID(ST_MakePoint(one.lon, one.lat), 4326), now(), now(),
  now() + make_interval(mins => (one.n %% 90 - 60)::int),
  CASE WHEN NOT one.is_open THEN now() END, one.community
FROM city c CROSS JOIN (SELECT array_agg(id) AS ids FROM category) k
CROSS JOIN unnest(%(lon)s::float8[], %(lat)s::float8[], %(community)s::bigint[], %(is_open)s::boolean[])
  WITH ORDINALITY AS one (lon, lat, community, is_open, n)"""
ADD_RESPONDERS = """
WITH one AS (
  SELECT n, lon, lat, cell FROM unnest(%(lon)s::float8[], %(lat)s::float8[], %(cell)s::bigint[])
    WITH ORDINALITY AS one (lon, lat, cell, n)
), made AS (
  INSERT INTO responder (id, city_id, jurisdiction, code, name, kind, skills, status) OVERRIDING SYSTEM VALUE
  SELECT one.n, c.id, c.jurisdiction, 'B' || one.n, 'B' || one.n, 'grid_worker', '{}',
    CASE WHEN one.n %% 4 = 0 THEN 'off' ELSE 'free' END
  FROM one CROSS JOIN city c RETURNING id
), answer AS (
  INSERT INTO responder_cell (responder_id, cell_id) SELECT made.id, one.cell FROM made JOIN one ON one.n = made.id
), duty AS (
  INSERT INTO shift (responder_id, weekday, starts, ends)
  SELECT made.id, day, '08:00', '18:00' FROM made CROSS JOIN generate_series(0, 4) day
)
INSERT INTO responder_position (responder_id, city_id, jurisdiction, point, at)
SELECT made.id, c.id, c.jurisdiction, ST_SetSRID(ST_MakePoint(one.lon, one.lat), 4326), now()
FROM made JOIN one ON one.n = made.id CROSS JOIN city c"""
RAW_TILE = """
SELECT ST_AsMVT(m, 'raw', 4096, 'geom') FROM (
  SELECT {id}, ST_AsMVTGeom(ST_Transform(point, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 0, true) AS geom
  FROM {table} WHERE point && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326) {more}
) m WHERE geom IS NOT NULL"""
PEERS = {
    "incidents": RAW_TILE.format(id="id", table="incident", more="AND state <> 'closed'"),
    "responders": RAW_TILE.format(id="responder_id", table="responder_position", more=""),
}
Draw = Callable[[db.Transaction, City, Address], bytes]


@dataclass(frozen=True, slots=True)
class Points:
    """Where things are: longitude, latitude, the cell and the community of each."""

    lon: np.ndarray
    lat: np.ndarray
    cell: np.ndarray
    community: np.ndarray


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and the columns and rows, from 0 to 1, of what they may see."""

    actor: Actor
    across: np.ndarray
    down: np.ndarray


@dataclass(frozen=True, slots=True)
class Look:
    """One tile: what it took us and the peer, in ms, our bytes, and whether it counts what brute force counts."""

    z: int
    ours: float
    peer: float
    size: int
    is_right: bool


@row("tile-incidents")
def tile_incidents() -> Row:
    """Time tiles of open incidents for who sees the whole city and for who sees a district."""
    with _city() as (found, cursor):
        cells = _cells(cursor)
        points, closed = _points(cells, INCIDENTS, SEED), _points(cells, CLOSED, SEED + 1)
        both = [np.concatenate(pair) for pair in zip(_columns(points), _columns(closed), strict=True)]
        cursor.execute(ADD_INCIDENTS, {
            "lon": both[0].tolist(), "lat": both[1].tolist(), "community": both[3].tolist(),
            "is_open": [True] * INCIDENTS + [False] * CLOSED,
        })  # fmt: skip
        _vacuum(cursor, "incident")
        viewers = _viewers(cursor, points)
        return _measured(
            "incidents", found, cursor, viewers,
            lambda tx, city, at: service.incidents(tx, city, at, clock.now()),
        )  # fmt: skip


@row("tile-responders")
def tile_responders() -> Row:
    """Time tiles of responders with shifts, for the same viewers: who answers for a cell of the district is theirs."""
    with _city() as (found, cursor):
        points = _points(_cells(cursor), RESPONDERS, SEED)
        cursor.execute(ADD_RESPONDERS, {
            "lon": points.lon.tolist(), "lat": points.lat.tolist(), "cell": points.cell.tolist(),
        })  # fmt: skip
        for table in ("responder", "responder_position", "responder_cell", "shift"):
            _vacuum(cursor, table)
        viewers = _viewers(cursor, points)
        return _measured(
            "responders",
            found,
            cursor,
            viewers,
            lambda tx, city, at: service.people(tx, city, at, clock.now()),
        )


@contextmanager
def _city() -> Iterator[tuple[db.Database, psycopg2.extensions.cursor]]:
    """Give the city of 100,000 cells as the application sees it, and a cursor of the owner."""
    with metropolis.place() as found, connected(found.owner_url) as cursor:
        database = metropolis.opened(found)
        yield database, cursor
        database.dispose()


def _vacuum(cursor: psycopg2.extensions.cursor, table: str) -> None:
    """Tidy a table up as the database does by itself sooner or later; not before whoever looks at it is done."""
    end = time.monotonic() + PATIENCE
    while True:
        cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute(
            "SELECT relallvisible >= 0.98 * relpages FROM pg_class WHERE oid = %s::regclass", (table,)
        )
        (is_tidy,) = cursor.fetchone() or (False,)
        if is_tidy:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"{table} is looked at all the time and cannot be tidied up")
        time.sleep(0.5)


def _cells(cursor: psycopg2.extensions.cursor) -> Points:
    """Return a point in each cell."""
    cursor.execute(CELLS)
    cell, community, lon, lat = (np.array(column) for column in zip(*cursor.fetchall(), strict=True))
    return Points(lon, lat, cell, community)


def _points(cells: Points, count: int, seed: int) -> Points:
    """Return points in cells, half of them anywhere, half around some centres; each belongs where its cell does."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(cells.cell), count)
    lon, lat = cells.lon[chosen], cells.lat[chosen]
    centre = rng.integers(0, len(cells.cell), CENTRES)[rng.integers(0, CENTRES, count // 2)]
    lon[: count // 2], lat[: count // 2] = cells.lon[centre], cells.lat[centre]
    chosen[: count // 2] = centre
    wide = np.where(np.arange(count) < count // 2, SPREAD, SPREAD / 20)
    return Points(
        lon + rng.normal(0, wide), lat + rng.normal(0, wide), cells.cell[chosen], cells.community[chosen]
    )


def _columns(points: Points) -> tuple[np.ndarray, ...]:
    return points.lon, points.lat, points.cell, points.community


def _viewers(cursor: psycopg2.extensions.cursor, points: Points) -> list[Viewer]:
    """Return who sees the whole city, and who sees its first district and all below."""
    cursor.execute("SELECT id FROM city")
    (city,) = cursor.fetchone() or (0,)
    cursor.execute("SELECT id FROM unit WHERE code LIKE (SELECT min(code) FROM unit) || '%'")
    units = tuple(one for (one,) in cursor.fetchall())
    down = (1 - np.arcsinh(np.tan(np.radians(points.lat))) / np.pi) / 2
    across, mine = points.lon / 360 + 0.5, np.isin(points.community, units)
    return [
        Viewer(Actor("city", None, Scope(cities=(city,))), across, down),
        Viewer(Actor("district", None, Scope(units=units)), across[mine], down[mine]),
    ]


def _measured(
    layer: str, database: db.Database, cursor: psycopg2.extensions.cursor, viewers: list[Viewer], draw: Draw
) -> Row:
    rng = np.random.default_rng(SEED)
    first, last = SCOPED[layer]
    looks = []
    for z in range(first, last + 1):
        for viewer in viewers:
            for number in rng.integers(0, len(viewer.across), TILES).tolist():
                x, y = (int(axis[number] * 2**z) for axis in (viewer.across, viewer.down))
                looks.append(_look(database, cursor, viewer, Address(layer, z, x, y), draw))
    ours, peer = (float(np.percentile([getattr(one, who) for one in looks], 95)) for who in ("ours", "peer"))
    slowest = ", ".join(
        f"z{z} {max(one.size for one in here) / 1000:.0f} kB {max(one.ours for one in here):.0f} ms"
        for z in range(first, last + 1)
        for here in [[one for one in looks if one.z == z]]
    )
    return Row(
        name=f"tile-{layer}", ours=ours, unit="ms", peer="ST_AsMVT of each point", peer_figure=peer,
        ratio=times_better(ours, peer), equal=all(one.is_right and one.size <= LIMIT for one in looks),
        note=f"p95 of {len(looks)} tiles of two viewers; the largest and the slowest of each zoom: {slowest}",
    )  # fmt: skip


def _look(
    database: db.Database, cursor: psycopg2.extensions.cursor, viewer: Viewer, at: Address, draw: Draw
) -> Look:
    bodies: list[bytes] = []

    def ours() -> None:
        with database.transaction(viewer.actor) as tx:
            bodies.append(draw(tx, organisation.city(tx, metropolis.CODE), at))

    def peer() -> None:
        cursor.execute(PEERS[at.layer], {"z": at.z, "x": at.x, "y": at.y})

    taken, theirs = milliseconds(ours), milliseconds(peer)
    here = (np.floor(viewer.across * 2**at.z) == at.x) & (np.floor(viewer.down * 2**at.z) == at.y)
    return Look(at.z, taken, theirs, len(bodies[0]), _counted(bodies[0], at.layer) == int(here.sum()))


def _counted(body: bytes, layer: str) -> int:
    """Return how many things a tile names or counts."""
    layers = mapbox_vector_tile.decode(body)
    groups = layers.get(f"{layer.removesuffix('s')}_groups", {"features": []})["features"]
    alone = layers.get(layer, {"features": []})["features"]
    return len(alone) + sum(one["properties"][layer] for one in groups)
