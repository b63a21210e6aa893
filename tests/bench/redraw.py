"""How long the map of a release takes that changes 700 of 10,000 cells all over the city, against drawing all of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from geo_app.cities import service as cities
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.organisation import service as organisation
from geo_app.planning import drawing, drawn
from geo_app.planning import service as planning
from geo_app.planning.bands import BANDS, CELLS
from geo_app.planning.model import Drawing
from grids.model import Cell, Partition
from tests import build, tilings
from tests.bench.cell_at import bench_city
from tests.bench.databases import fresh
from tests.bench.registry import Row, milliseconds, row, times_better

SIDE, EXTENT, PAIRS = 100, 20_000.0, 350


@row("redraw")
def redraw() -> Row:
    """Draw 350 borders straight, each between two cells; what was drawn anew must be one coverage with what stayed."""
    made = tilings.cells(SIDE, SIDE, extent=EXTENT, seed=20260101)
    before = Partition.of([build.cell(number, cell.geometry) for number, cell in enumerate(made)])
    after = _straightened(before)
    changed = sum(cell is not before.cells[code] for code, cell in after.cells.items())
    found: list[Drawing] = []
    with fresh() as database:
        with database.transaction(SYSTEM, patient=True) as tx:
            city = cities.load(tx, bench_city(before))
        with database.transaction(SYSTEM, patient=True) as tx:
            units, standing = organisation.units(tx, city, clock.now()), drawn.Standing(tx, city, clock.now())
            whole = (
                milliseconds(lambda: found.append(drawing.draw(city, units, None, after, standing))) / 1000
            )
            ours = (
                milliseconds(lambda: found.append(drawing.draw(city, units, before, after, standing))) / 1000
            )
            release = planning.releases(tx, city)[0].id
            stands = {key for key in standing.digests() if key[1] == CELLS}
            is_whole = all(
                _fits(standing, found[1], band.first, stands) for band in BANDS if band.base == CELLS
            )
            drawn.write(tx, city, release, replace(found[1], units=(), gone=()), (clock.now(), None))
    rows = f"{len(found[1].outlines)} outlines and {len(found[1].units)} shapes of units written"
    return Row(
        name="redraw", ours=ours, unit="s", peer="the whole city drawn anew", peer_figure=whole,
        ratio=times_better(ours, whole), equal=is_whole, note=f"{changed} of {len(after.cells)} cells; {rows}",
    )  # fmt: skip


def _straightened(whole: Partition) -> Partition:
    cells = dict(whole.cells)
    codes = list(cells)
    rng = np.random.default_rng(20261122)
    for number in (2 * rng.choice(SIDE * SIDE // 2, PAIRS, replace=False)).tolist():
        one, other = cells[codes[number]], cells[codes[number + 1]]
        for cell in _straight(one, other):
            cells[cell.code] = cell
    return Partition.of(list(cells.values()))


def _straight(one: Cell, other: Cell) -> list[Cell]:
    """Return two cells with a straight border between them."""
    both = shapely.coverage_union_all([one.geometry, other.geometry])
    shared = shapely.line_merge(shapely.intersection(one.geometry, other.geometry))
    ends = shapely.linestrings(shapely.get_coordinates(shared)[[0, -1]])
    parts = shapely.get_parts(shapely.polygonize([shapely.union(both.boundary, ends)])).tolist()
    left, right = sorted(parts, key=lambda part: -part.intersection(one.geometry).area)
    return [replace(one, geometry=left), replace(other, geometry=right)]


def _fits(standing: drawn.Standing, made: Drawing, first: int, stands: set[tuple[int, str, str]]) -> bool:
    """Return whether the cells of a band are one coverage after a release."""
    band = next(band for band in BANDS if band.first == first)
    shapes = {
        code: one.shape
        for code, one in standing.outlines(band, CELLS, [key[2] for key in stands if key[0] == first]).items()
    }
    for key in made.outdated:
        if key[:2] == (first, CELLS):
            del shapes[key[2]]
    shapes |= {
        one.code: shapely.from_wkb(one.shape)
        for one in made.outlines if (one.band, one.level) == (first, CELLS)
    }  # fmt: skip
    scale = np.round(shapely.get_coordinates([*shapes.values()]) / band.unit)
    return bool(shapely.coverage_is_valid(shapely.set_coordinates(np.array([*shapes.values()]), scale)))
