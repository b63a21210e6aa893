"""How fast everything open is matched again by the grid in force, against the database matching it all by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from geo_app.cities import service as cities
from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM
from geo_app.organisation.model import City
from geo_app.planning import matching, placements, store
from geo_app.planning import service as planning
from geo_app.planning.model import Subject
from grids.model import Partition
from tests import build, tilings
from tests.bench.cell_at import bench_city
from tests.bench.databases import fresh_with_owner
from tests.bench.registry import Row, milliseconds, row, times_better
from tests.databases import connected

SIDE, EXTENT, POINTS = 100, 50_000.0, 300_000
OFTEN = 3


class Raw:
    """A statement only this bench needs."""

    def __init__(self, sql: str) -> None:
        self.sql = sql


BY_DATABASE = Raw("""
WITH found AS (
  SELECT p.id, c.cell_id FROM placement p
  LEFT JOIN LATERAL (
    SELECT v.cell_id FROM cell_version v
    WHERE v.city_id = p.city_id AND ST_Intersects(v.geometry, ST_ForceCollection(p.point))
      AND v.valid @> now() AND upper_inf(v.recorded)
    ORDER BY v.code COLLATE "C" LIMIT 1
  ) c ON true
  WHERE p.city_id = %(city_id)s AND p.is_open
), moved AS (
  UPDATE placement p SET cell_id = f.cell_id, matched_at = now() FROM found f WHERE p.id = f.id
  RETURNING p.id, p.cell_id, p.release_id
)
INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
SELECT id, cell_id, release_id, now(), now(), 'release' FROM moved""")
CELLS = Raw("SELECT coalesce(cell_id, 0) FROM placement ORDER BY id")


Act = Callable[[db.Transaction], object]


@row("rematch")
def rematch() -> Row:
    """Time 300,000 open placements in 10,000 cells, their cells written; the database has fresh statistics."""
    return matched_again(SIDE, POINTS)


def matched_again(side: int, count: int) -> Row:
    """Return the row of `count` placements in `side` x `side` cells."""
    made = tilings.cells(side, side, extent=EXTENT, seed=20260101)
    whole = Partition.of([build.cell(number, cell.geometry) for number, cell in enumerate(made)])
    lonlat = coords.convert(
        tilings.points(count, extent=EXTENT, seed=20260102), build.TOWN_SRID, coords.WGS84
    )
    subjects = [
        Subject("thing", number, point, True) for number, point in enumerate(shapely.points(lonlat).tolist())
    ]
    with fresh_with_owner() as (database, owner_url):
        with database.transaction(SYSTEM, patient=True) as tx:
            city = cities.load(tx, bench_city(whole))
        with database.transaction(SYSTEM, patient=True) as tx:
            placing = milliseconds(lambda: planning.place_all(tx, city, subjects)) / 1000
        _analyse(owner_url)
        only = min(_matching(database, city) for _ in range(OFTEN)) / 1000
        ours, answer = _timed(database, lambda tx: _ours(tx, city))
        theirs, right = _timed(database, lambda tx: tx.run(BY_DATABASE, city_id=city.id))
    note = f"{len(whole.cells)} cells, {count} placements; first placed in {placing:.1f} s; cells found in {only:.2f} s"
    return Row(
        name="rematch", ours=ours, unit="s", peer="one statement of PostGIS", peer_figure=theirs,
        ratio=times_better(ours, theirs), equal=answer == right, note=note,
    )  # fmt: skip


def matches(tx: db.Transaction, city: City, xy: np.ndarray) -> list[int | None]:
    """Return our answer: the cell of each place."""
    return [placed.cell_id for placed in matching.cells_at(tx, city, xy, clock.now())]


def _ours(tx: db.Transaction, city: City) -> None:
    release = store.release_at(tx, city, clock.now())
    assert release is not None
    ids, xy = placements.open_in(tx, city)
    cells = dict(zip(ids, matches(tx, city, np.array(xy)), strict=True))
    placements.match(tx, cells, release.id, release.effective_from, clock.now())


def _matching(database: db.Database, city: City) -> float:
    """Return the milliseconds in which the cells of all open placements are found, nothing written."""
    with database.transaction(SYSTEM, patient=True) as tx:
        _, xy = placements.open_in(tx, city)
        return milliseconds(lambda: matches(tx, city, np.array(xy)))


def _timed(database: db.Database, act: Act) -> tuple[float, list[int]]:
    """Return the seconds of one act, its commit apart, and the cells that stand afterwards."""
    with database.transaction(SYSTEM, patient=True) as tx, tx.beyond_scope():
        seconds = milliseconds(lambda: act(tx)) / 1000
        return seconds, tx.all(CELLS, lambda found: int(found["coalesce"]))


def _analyse(owner_url: str) -> None:
    """Give the database what it plans by; a load of this size would have it only minutes later."""
    with connected(owner_url.replace("+psycopg2", "")) as cursor:
        cursor.execute("ANALYZE")
