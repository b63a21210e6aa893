"""How fast the cell of a point at an instant is found, by what was known at another, with 50 releases of 10,000 cells.

Each release changes 700 cells. Every answer is compared with what a tree of the cells of the release then known to be
in force gives. There is no peer: no service of the kind keeps what was known.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely import Point

from geo_app.cities import service as cities
from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.organisation.model import City
from geo_app.planning import publishing, store, versions
from geo_app.planning import service as planning
from geo_app.planning.model import Draft, Drawing, Prepared
from grids.model import Cell, Partition
from tests import build, tilings
from tests.bench.cell_at import bench_city
from tests.bench.databases import fresh_with_owner
from tests.bench.publish import EXTENT, SIDE
from tests.bench.registry import Row, row
from tests.databases import connected

RELEASES, CHANGED, ASKED = 50, 700, 4_000


@row("as-of")
def as_of() -> Row:
    """Time one lookup over the wire."""
    return asked(SIDE, RELEASES, CHANGED, ASKED)


def asked(side: int, releases: int, changed: int, count: int) -> Row:
    """Return the row of `releases` releases of `side` x `side` cells."""
    made = tilings.cells(side, side, extent=EXTENT * side / SIDE, seed=20260101)
    whole = Partition.of([build.cell(number, cell.geometry) for number, cell in enumerate(made)])
    with fresh_with_owner() as (database, owner_url):
        with database.transaction(SYSTEM, patient=True) as tx:
            city = cities.load(tx, bench_city(whole))
            first = planning.releases(tx, city)[0].effective_from
        moments, known, grids = _published(database, city, whole, (first, releases, changed))
        with connected(owner_url.replace("+psycopg2", "")) as cursor:
            cursor.execute("VACUUM ANALYZE")
        seconds, equal = _timed(database, city, (moments, known, grids), count)
        with database.transaction(SYSTEM) as tx:
            kept = tx.value(_Raw("SELECT count(*) FROM cell_version"))
    ms = np.array(seconds) * 1000
    note = f"{len(whole.cells)} cells, {releases} releases of {changed} changes, {kept} versions kept; {count} lookups"
    return Row(
        name="as-of", ours=float(np.percentile(ms, 95)), unit="ms p95", equal=None if equal else False,
        note=f"{note}; p50 {np.median(ms):.3f}, p99 {np.percentile(ms, 99):.3f} ms; answers as by a tree: {equal}",
    )  # fmt: skip


class _Raw:
    """A statement only this bench needs."""

    def __init__(self, sql: str) -> None:
        self.sql = sql


Published = tuple[list[datetime], list[datetime], list[Partition]]
"""From when each release stands, since when it is known, and its cells."""


def _published(
    database: db.Database, city: City, whole: Partition, much: tuple[datetime, int, int]
) -> Published:
    """Publish releases, each of which lets cells change places; nothing is drawn."""
    first, releases, changed = much
    moments, known, grids = [first], [clock.now()], [whole]
    chance = np.random.default_rng(20260104)
    for _ in range(releases):
        codes = chance.permutation(list(whole.cells))[:changed].tolist()
        turned = dict(zip(codes, [*codes[1:], codes[0]], strict=True))
        before = grids[-1]
        opened = tuple(_turned(before.cells[code], before.cells[turned[code]]) for code in sorted(codes))
        after = Partition.of(list({**before.cells, **{cell.code: cell for cell in opened}}.values()))
        begins = moments[-1] + timedelta(minutes=10)
        with database.transaction(SYSTEM, patient=True) as tx:
            base = planning.release_at(tx, city, begins)
            box = planning.bounds(tx, city, begins)
            assert base is not None
            assert box is not None
            was = tuple(before.cells[code] for code in sorted(codes))
            draft, drawing = Draft(base.id, after, begins, "bench"), Drawing((), (), (), ())
            ready = Prepared(
                draft, opened, tuple(sorted(codes)), drawing, None, box,
                was=was, ids={code: cell_id for code, (cell_id, _) in versions.known_codes(tx, city, codes).items()},
            )  # fmt: skip
            versions.lock(tx, city)
            publishing.write(tx, city, ready, clock.now())
        moments.append(begins)
        known.append(clock.now())
        grids.append(after)
    return moments, known, grids


def _turned(cell: Cell, other: Cell) -> Cell:
    """Return a cell with the land of another."""
    return Cell(cell.code, cell.name, cell.community, other.geometry)


def _timed(database: db.Database, city: City, published: Published, count: int) -> tuple[list[float], bool]:
    """Return the seconds of each lookup, and whether every answer is that of a tree."""
    moments, known, grids = published
    trees = [shapely.STRtree(grid.geometries()) for grid in grids]
    chance = np.random.default_rng(20260105)
    low, high = np.split(np.asarray(shapely.total_bounds(grids[0].geometries())), 2)
    seconds, equal = [], True
    with database.transaction(SYSTEM, patient=True) as tx:
        for xy in chance.uniform(low, high, (count, 2)):
            point = shapely.set_srid(Point(np.round(xy, 3)), build.TOWN_SRID)
            stands, told = (int(one) for one in chance.integers(0, len(grids), 2))
            begun = time.perf_counter()
            found = store.cell_as_known(tx, city, point, moments[stands], known[told])
            seconds.append(time.perf_counter() - begun)
            seen = min(stands, told)
            codes = list(grids[seen].cells)
            hits = [codes[place] for place in trees[seen].query(point, predicate="intersects").tolist()]
            equal &= (None if found is None else found.code) == min(hits, default=None)
    return seconds, equal
