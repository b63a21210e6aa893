"""How fast points are matched to 10,000 cells, against both plans PostGIS has for it: one row for each.

The database holds cells and points, each with its index, and is not asked for an answer over the wire: it counts and
sums the pairs. It is asked for fewer points than the peers in memory, or a row would take minutes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import psycopg2.extensions
import shapely
from psycopg2.extras import execute_values

from grids.locate import Locator
from tests import tilings
from tests.bench import databases, locating
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

POINTS = 100_000
TABLES = """
CREATE TABLE cell (id integer PRIMARY KEY, geometry geometry(Polygon, 4548) NOT NULL);
CREATE TABLE point (id integer PRIMARY KEY, geometry geometry(Point, 4548) NOT NULL);
"""
INDEXES = """
CREATE INDEX ON cell USING gist (geometry);
CREATE INDEX ON point USING gist (geometry);
ANALYZE cell; ANALYZE point;
"""
BY_POINT = """
SELECT p.id, c.id FROM point p JOIN cell c ON ST_Contains(c.geometry, p.geometry) ORDER BY p.id
"""
BY_CELL = """
SELECT p.id, c.id FROM cell c CROSS JOIN LATERAL (
  SELECT id FROM point WHERE geometry && c.geometry AND ST_Contains(c.geometry, geometry) OFFSET 0
) p ORDER BY p.id
"""


@row("locate-10k-postgis")
def by_point() -> Row:
    """Time the plan PostgreSQL chooses: each point asks the index of cells."""
    return beside("PostGIS, its own plan", "locate-10k-postgis", BY_POINT, locating.SMALL, POINTS)


@row("locate-10k-postgis-by-cell")
def by_cell() -> Row:
    """Time the other plan: each cell, prepared once, asks the index of points."""
    return beside("PostGIS, cells outside", "locate-10k-postgis-by-cell", BY_CELL, locating.SMALL, POINTS)


def beside(peer: str, name: str, sql: str, side: int, count: int) -> Row:
    """Return the row of `count` points in `side` x `side` cells beside one statement of PostGIS."""
    cells = tilings.cells(side, side, extent=locating.EXTENT, seed=20260101)
    points = tilings.points(count, extent=locating.EXTENT, seed=20260102)
    locator = Locator.of(cells)
    with databases.geometry() as cursor:
        fill(cursor, np.array([cell.geometry for cell in cells], dtype=object), points)
        equal = locating.same(locating.found(locator, points), joined(cursor, sql, count))
        theirs = _rate(
            count, lambda: cursor.execute(f"SELECT count(*), sum(id) FROM ({sql}) AS one (place, id)")
        )
    ours = _rate(count, lambda: locating.found(locator, points))
    ratio = times_better(ours, theirs, less_is_better=False)
    note = f"{len(cells)} cells, {count} points"
    return Row(name, ours, locating.MILLION, peer, theirs, ratio, equal, note)


def fill(cursor: psycopg2.extensions.cursor, cells: np.ndarray, points: np.ndarray) -> None:
    """Write cells and points into the database, index and analyse them."""
    cursor.execute(TABLES)
    for table, shapes in (("cell", cells), ("point", shapely.points(points))):
        rows = enumerate(
            shapely.to_wkb(shapely.set_srid(shapes, locating.SRID), hex=True, include_srid=True).tolist()
        )
        execute_values(cursor, f"INSERT INTO {table} VALUES %s", rows, page_size=5000)
    cursor.execute(INDEXES)


def joined(cursor: psycopg2.extensions.cursor, sql: str, count: int) -> np.ndarray:
    """Return the cell of each point as a statement finds it, -1 outside all."""
    cursor.execute(sql)
    pairs = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    found = np.full(count, -1)
    found[pairs[:, 0]] = pairs[:, 1]
    return found


def _rate(count: int, ask: Callable[[], object]) -> float:
    """Return millions a second."""
    return count / median_of(locating.RUNS, lambda: milliseconds(ask)) / 1000
