"""How long publishing 700 changed of 10,000 cells takes with 300,000 things placed, and how long matching waits for it.

Cells are split along a diagonal in half, and redrawn around a corner of four: every thing near them is looked at. The
figure is the lock's, from the moment it is taken until the commit is done; the whole transaction and what is prepared
before stand in the note. Afterwards every open thing lies in the cell that brute force gives it. There is no peer: no
service of the kind keeps placements.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo_app.cities import service as cities
from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM
from geo_app.organisation.model import City
from geo_app.planning import publishing, versions
from geo_app.planning import service as planning
from geo_app.planning.model import Draft, Prepared, Subject
from grids.model import Cell, Partition, on_millimetres
from tests import build, tilings
from tests.bench.cell_at import bench_city
from tests.bench.databases import fresh_with_owner
from tests.bench.registry import Row, milliseconds, row
from tests.databases import connected

SIDE, EXTENT, POINTS = 100, 50_000.0, 300_000
SPLITS, CORNERS = 100, 150
"""Cells that become two, and corners of four cells that move: 700 cells change."""
SHIFT, REACH = 60.0, 240.0
"""Metres a corner moves east and north, and around it the borders with it."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Raw:
    """A statement only this bench needs."""

    sql: str


WRONG = Raw("""
SELECT count(*) FROM placement p
LEFT JOIN LATERAL (
  SELECT v.cell_id FROM cell_version v
  WHERE v.city_id = p.city_id AND ST_Intersects(v.geometry, ST_ForceCollection(p.point))
    AND v.valid @> now() AND upper_inf(v.recorded)
  ORDER BY v.code COLLATE "C" LIMIT 1
) v ON true
WHERE p.is_open AND v.cell_id IS DISTINCT FROM p.cell_id""")
MOVED = Raw("SELECT count(*) FROM fact WHERE kind = 'placement.moved'")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: getting ready, the whole transaction, the lock from when it is held until the commit."""

    prepare: float
    whole: float
    lock: float


@row("publish")
def publish() -> Row:
    """Time publishing with 300,000 open things, all of which may move: the hardest case."""
    return published(SIDE, POINTS, SPLITS, CORNERS)


def published(side: int, count: int, splits: int, corners: int) -> Row:
    """Return the row of `count` things in `side` x `side` cells."""
    made = tilings.cells(side, side, extent=EXTENT * side / SIDE, seed=20260101)
    whole = Partition.of([build.cell(number, cell.geometry) for number, cell in enumerate(made)])
    lonlat = coords.convert(
        tilings.points(count, extent=EXTENT * side / SIDE, seed=20260102), build.TOWN_SRID, coords.WGS84
    )
    subjects = [
        Subject("incident", number, point, True)
        for number, point in enumerate(shapely.points(lonlat).tolist())
    ]
    with fresh_with_owner() as (database, owner_url):
        with database.transaction(SYSTEM, patient=True) as tx:
            city = cities.load(tx, bench_city(whole))
        with database.transaction(SYSTEM, patient=True) as tx:
            planning.place_all(tx, city, subjects)
        with connected(owner_url.replace("+psycopg2", "")) as cursor:
            cursor.execute("VACUUM ANALYZE")
        found, first = [], whole
        for number in range(ROUNDS):
            whole = redrawn(whole, first, side, number, (corners, splits))
            found.append(timed(database, city, whole))
        with database.transaction(SYSTEM, patient=True) as tx:
            wrong, moved = tx.value(WRONG), tx.value(MOVED)
    best = min(found, key=lambda one: one.lock)
    told = "; ".join(f"{one.lock:.0f} of {one.whole:.0f}" for one in found)
    return Row(
        name="publish", ours=best.lock, unit="ms lock", equal=None if wrong == 0 else False,
        note=f"{len(whole.cells)} cells, {4 * corners + splits} changed, {count} open things, {moved / ROUNDS:.0f} of"
        f" them moved; lock of whole transaction, ms: {told}; prepared in {best.prepare:.0f} ms; {wrong} stale",
    )  # fmt: skip


def redrawn(whole: Partition, first: Partition, side: int, number: int, much: tuple[int, int]) -> Partition:
    """Return `whole` with borders around corners moved and other cells split, where nothing has changed yet.

    `first` is the partition of `side` x `side` cells it was, `much` how many corners of four cells and how many splits.
    """
    corners, splits = much
    cells = list(first.cells.values())
    blocks = np.random.default_rng(20260103).permutation((side // 3) ** 2)
    here = blocks[number * (corners + splits) : (number + 1) * (corners + splits)].tolist()
    after = dict(whole.cells)
    for place, block in enumerate(here):
        low = 3 * (block // (side // 3)) * side + 3 * (block % (side // 3))
        if place < corners:
            corner = np.array(cells[low + side + 1].geometry.exterior.coords[0])
            for at in (low, low + 1, low + side, low + side + 1):
                after[cells[at].code] = _pushed(cells[at], corner)
        else:
            cell = after.pop(cells[low].code)
            for part, code in zip(_halves(cell), _codes(side * side, number, place), strict=True):
                after[code] = replace(cell, code=code, geometry=part)
    return Partition.of(list(after.values()))


def _pushed(cell: Cell, corner: np.ndarray) -> Cell:
    """Return a cell with what lies near a corner pushed aside, most where it is nearest."""

    def push(xy: np.ndarray) -> np.ndarray:
        near = np.clip(1 - np.linalg.norm(xy - corner, axis=1) / REACH, 0, 1)
        return on_millimetres(xy + SHIFT * (near * near * (3 - 2 * near))[:, None])

    return replace(cell, geometry=shapely.transform(cell.geometry, push))


def _halves(cell: Cell) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Return a cell cut between two opposite corners."""
    ring = list(cell.geometry.exterior.coords)[:-1]
    middle = len(ring) // 2
    return shapely.Polygon(ring[: middle + 1]), shapely.Polygon([*ring[middle:], ring[0]])


def _codes(cells: int, number: int, place: int) -> tuple[str, str]:
    """Return two codes nobody has used."""
    polygon = shapely.Polygon()
    first = 2 * cells + 10_000 * number + 2 * place
    return build.cell(first, polygon).code, build.cell(first + 1, polygon).code


def timed(database: db.Database, city: City, whole: Partition) -> Times:
    """Publish `whole` and return how long it took."""
    with database.transaction(SYSTEM, patient=True) as tx:
        base = planning.release_at(tx, city, clock.now())
        assert base is not None
        draft = Draft(base.id, whole, clock.now(), "bench")
        ready: list[Prepared] = []
        preparing = milliseconds(lambda: ready.append(planning.prepare(tx, city, draft)))
    begun = time.perf_counter()
    with database.transaction(SYSTEM) as tx:
        versions.lock(tx, city)
        at = clock.now()
        written = publishing.write(tx, city, ready[0], at)
        locked = time.perf_counter()
        publishing.switch(tx, city, ready[0], written, at)
    over = time.perf_counter()
    return Times(preparing, (over - begun) * 1000, (over - locked) * 1000)
