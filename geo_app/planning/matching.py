"""Which cell located things lie in, by the grid in force: the database says it of a few, the index of the grid of many.

Both give every point the same cell, so it never shows who was asked. The index is found by what the grid is made of,
as this transaction sees it: also the one that is publishing it sees its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo_app.core import clock, coords, db, facts, log, settings
from geo_app.organisation.model import City
from geo_app.planning import indexes, placements, store
from geo_app.planning.model import OUTSIDE, Grid, Placed, Prepared, Subject
from grids.locate import Locator
from grids.model import Cell, on_millimetres

MANY = 200
"""Points from which on asking what the grid is made of costs less than asking the database for each point."""


def cells_at(tx: db.Transaction, city: City, xy: np.ndarray, at: datetime) -> list[Placed]:
    """Return the match of each row x, y of the city's frame at `at`: OUTSIDE where no cell covers it."""
    if len(xy) >= MANY:
        grid = store.grid_at(tx, city, at)
        index = None if grid is None else _index(tx, city, grid, at)
        if grid is not None and index is not None:
            return _by_index(grid, index, xy)
    return _by_database(tx, city, xy, at)


def along(line: LineString, cells: Sequence[Cell]) -> list[tuple[str, float, float]]:
    """Return which of a few cells a metric line crosses, in order, with the metres at which it enters and leaves.

    Vertices that earlier versions left off the 1 mm grid are put on it.
    """
    on_grid = [replace(cell, geometry=shapely.transform(cell.geometry, on_millimetres)) for cell in cells]
    locator = Locator.of(on_grid)
    found = locator.along([line])
    codes = locator.codes[found.cell].tolist()
    return list(zip(codes, found.enter_at.tolist(), found.exit_at.tolist(), strict=True))


def place_all(tx: db.Transaction, city: City, subjects: Sequence[Subject], at: datetime) -> int:
    """Match things nobody has matched before and keep the matches; return how many lie in a cell."""
    lonlat = np.array([[subject.point.x, subject.point.y] for subject in subjects]).reshape(-1, 2)
    xy = on_millimetres(coords.convert(lonlat, coords.WGS84, city.srid))
    release = store.release_at(tx, city, at)
    cells = [placed.cell_id for placed in cells_at(tx, city, xy, at)]
    places = [(east, north) for east, north in xy.tolist()]
    matched = list(zip(subjects, places, cells, strict=True))
    placements.add_all(tx, city, matched, release.id if release else None, at)
    return sum(cell is not None for cell in cells)


def match_again(tx: db.Transaction, city: City, release_id: int, area: BaseGeometry | None) -> None:
    """Match the open things in an area, everywhere for None, by the grid in force, which `release_id` made.

    The facts name those whose cell or community changed, with the communities before and now.
    """
    at = clock.now()
    in_force = store.release_at(tx, city, at)
    if in_force is not None:
        ids, places = placements.open_in(tx, city, in_force.id, area)
        cells = [placed.cell_id for placed in cells_at(tx, city, np.array(places).reshape(-1, 2), at)]
        for kind, subject_id, units in placements.match(tx, ids, cells, in_force.id, at) if ids else []:
            facts.record(
                tx, "placement.moved", subject_id, city.jurisdiction, of=kind, release=in_force.id, communities=units
            )  # fmt: skip
    facts.record(tx, "release.in_force", release_id, city.jurisdiction, city=city.code)


def get_ready(tx: db.Transaction, city: City, prepared: Prepared) -> None:
    """Make the index of a draft, from its base's when it is there: nobody waits for it while the grid is locked."""
    draft = prepared.draft
    hashes = store.hashes(tx, city, draft.effective_at)
    base = indexes.find(_folder(city, indexes.key(hashes)))
    gone = [code for code in prepared.closed if code not in draft.partition.cells]
    after = {code: was for code, was in hashes.items() if code not in gone}
    after |= {cell.code: store.geometry_hash(cell.geometry) for cell in prepared.opened}

    def make() -> Locator:
        if base is None:
            return indexes.make(draft.partition.cells.values())
        return base.patch(prepared.opened, gone)

    _made(city, indexes.key(after), make)


def open_index(tx: db.Transaction, city: City, at: datetime) -> None:
    """Open the index of the grid valid at `at`, so that nobody waits for it while the grid is locked."""
    grid = store.grid_at(tx, city, at)
    if grid is not None:
        _index(tx, city, grid, at)


def forget(city: City) -> None:
    """Throw away the indexes of a city that is removed."""
    indexes.forget(settings.current().work_path, city.id)


def _index(tx: db.Transaction, city: City, grid: Grid, at: datetime) -> Locator | None:
    """Return the index of a grid; None where there is none: earlier versions let vertices lie off the 1 mm grid."""

    def make() -> Locator:
        return indexes.make(standing.cell for standing in store.cells_near(tx, city, None, at))

    return _made(city, grid.key, make)


def _made(city: City, key: str, make: indexes.Make) -> Locator | None:
    try:
        return indexes.of(_folder(city, key), make)
    except ValueError as error:
        log.warn("index.impossible", city=city.code, reason=str(error))
        return None


def _folder(city: City, key: str) -> Path:
    return indexes.folder(settings.current().work_path, city.id, key)


def _by_index(grid: Grid, index: Locator, xy: np.ndarray) -> list[Placed]:
    rows = zip(grid.ids, grid.codes, grid.names, strict=True)
    known = {code: Placed(cell_id, code, name, grid.release) for cell_id, code, name in rows}
    by_place = [*(known.get(code, OUTSIDE) for code in index.codes.tolist()), OUTSIDE]
    return [by_place[place] for place in index.cells_of(xy).tolist()]  # -1 is the last


def _by_database(tx: db.Transaction, city: City, xy: np.ndarray, at: datetime) -> list[Placed]:
    points = np.asarray(shapely.set_srid(shapely.points(xy), city.srid), dtype=object)
    return store.cells_at(tx, city, points.tolist(), at) if len(xy) else []
