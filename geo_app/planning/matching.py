"""Which cell located things lie in, by the grid in force: the database says it of a few, the index of the grid of many.

Both give every point the same cell, so it never shows who was asked. The index is found by what the grid is made of,
as this transaction sees it: also the one that is publishing it sees its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString

from geo_app.core import clock, coords, db, facts, log, settings
from geo_app.organisation.model import City
from geo_app.planning import indexes, placements, store, timelines
from geo_app.planning.changes import NOWHERE, Home, Stage
from geo_app.planning.model import OUTSIDE, Grid, Placed, Prepared, Subject
from geo_app.planning.placements import Moved
from grids.locate import Locator
from grids.model import Cell, Partition, on_millimetres

BEGINNING = datetime.min.replace(tzinfo=UTC)
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


def place(tx: db.Transaction, city: City, subject: Subject, at: datetime) -> Placed:
    """Match a thing by the grid in force at `at`, and ahead by every release that begins later; keep the match."""
    point = coords.to_metric(subject.point, city.srid)
    line = store.timeline(tx, city, point, at)
    now = [placed for stage, placed, _ in line if stage.since <= at]
    placed = now[0] if now else OUTSIDE
    placement_id, is_known = placements.add(tx, city, subject, point, placed, at)
    later = [(stage, home) for stage, _, home in line if stage.since > at]
    if later or is_known:
        current = next((home for stage, _, home in line if stage.since <= at), NOWHERE)
        _foretell(tx, {placement_id: current}, {placement_id: [home for _, home in later]},
                  [stage for stage, _ in later], at, is_foretold=is_known)  # fmt: skip
    return placed


def place_all(tx: db.Transaction, city: City, subjects: Sequence[Subject], at: datetime) -> int:
    """Match things nobody has matched before and keep the matches; return how many lie in a cell."""
    lonlat = np.array([[subject.point.x, subject.point.y] for subject in subjects]).reshape(-1, 2)
    xy = on_millimetres(coords.convert(lonlat, coords.WGS84, city.srid))
    release = store.release_at(tx, city, at)
    cells = [placed.cell_id for placed in cells_at(tx, city, xy, at)]
    places = [(east, north) for east, north in xy.tolist()]
    matched = list(zip(subjects, places, cells, strict=True))
    placements.add_all(tx, city, matched, release.id if release else None, at)
    later = scheduled(tx, city, at)
    if later:
        ids = placements.numbers(tx, subjects)
        order = [ids[subject.kind, subject.id] for subject in subjects]
        current, *homes = _homes(tx, city, xy, [at, *(stage.since for stage in later)])
        by_thing = dict(zip(order, zip(*homes, strict=True), strict=True))
        _foretell(tx, dict(zip(order, current, strict=True)), by_thing, later, at, is_foretold=False)
    return sum(cell is not None for cell in cells)


def scheduled(tx: db.Transaction, city: City, at: datetime) -> list[Stage]:
    """Return the releases that begin after `at`, in their order."""
    return [Stage(one.id, one.effective_from, one.effective_to) for one in store.releases_after(tx, city, at)]


def match_all(tx: db.Transaction, city: City) -> None:
    """Match every open thing of a city by its first release, and by those that begin later."""
    ids, places = placements.open_in(tx, city)
    match_again(tx, city, ids, np.array(places).reshape(-1, 2))


def match_again(tx: db.Transaction, city: City, ids: Sequence[int], xy: np.ndarray) -> None:
    """Match open things by the grid in force and by every release that begins later, whatever was written of them.

    The facts name those whose cell or community changed.
    """
    at = clock.now()
    in_force, later = store.release_at(tx, city, at), scheduled(tx, city, at)
    if not ids:
        return
    current, *homes = _homes(tx, city, xy, [at, *(stage.since for stage in later)])
    if in_force is not None:
        cells = {one: home[0] for one, home in zip(ids, current, strict=True)}
        tell(tx, city, in_force.id, placements.match(tx, cells, in_force.id, in_force.effective_from, at))
    by_thing = dict(zip(ids, zip(*homes, strict=True), strict=True)) if later else {}
    _foretell(tx, dict(zip(ids, current, strict=True)), by_thing, later, at, is_foretold=True)


def tell(tx: db.Transaction, city: City, release_id: int, moved: Sequence[Moved]) -> None:
    """Record who moved: with the communities and cells before and now, so that those hear of it whose they are."""
    for kind in sorted({one.subject_kind for one in moved}):
        told = {
            one.subject_id: {
                "of": kind, "release": release_id, "communities": one.communities, "cells": one.cells
            }
            for one in moved if one.subject_kind == kind
        }  # fmt: skip
        facts.record_all(tx, "placement.moved", city.jurisdiction, told)


def get_ready(tx: db.Transaction, city: City, prepared: Prepared) -> Locator | None:
    """Make the index of a draft, from its base's when it is there: nobody waits for it while the grid is locked.

    None where there is none: earlier versions let vertices lie off the 1 mm grid.
    """
    draft = prepared.draft
    hashes = store.hashes(tx, city, draft.effective_at)
    base = indexes.find(_folder(city, indexes.key(hashes)))
    gone = [code for code in prepared.closed if code not in draft.partition.cells]
    after = {code: was for code, was in hashes.items() if code not in gone}
    opened = store.geometry_hashes([cell.geometry for cell in prepared.opened])
    after |= dict(zip((cell.code for cell in prepared.opened), opened, strict=True))

    def make() -> Locator:
        if base is None:
            return indexes.make(draft.partition.cells.values())
        return base.patch(prepared.opened, gone)

    return _made(city, indexes.key(after), make)


def codes_of(partition: Partition, index: Locator | None, xy: np.ndarray) -> list[str | None]:
    """Return the code of the cell of each place in a partition that may not be published yet; None outside."""
    if index is not None:
        by_place = [*index.codes.tolist(), None]
        return [by_place[place] for place in index.cells_of(xy).tolist()]  # -1 is the last
    codes = list(partition.cells)
    found: list[str | None] = [None] * len(xy)
    at, of = shapely.STRtree(partition.geometries()).query(shapely.points(xy), predicate="intersects")
    for place, cell in sorted(zip(at.tolist(), of.tolist(), strict=True), reverse=True):
        found[place] = codes[cell]
    return found


def open_index(tx: db.Transaction, city: City, at: datetime) -> Locator | None:
    """Open the index of the grid valid at `at`, so that nobody waits for it while the grid is locked.

    None without a grid, and for one of earlier versions whose vertices lie off the 1 mm grid.
    """
    grid = store.grid_at(tx, city, at)
    return None if grid is None else _index(tx, city, grid, at)


def forget(city: City) -> None:
    """Throw away the indexes of a city that is removed."""
    indexes.forget(settings.current().work_path, city.id)


def _homes(tx: db.Transaction, city: City, xy: np.ndarray, moments: Sequence[datetime]) -> list[list[Home]]:
    """Return for each moment the home of each place."""
    found = []
    for at in moments:
        communities = dict(store.homes(tx, city, at).values())
        cells = [placed.cell_id for placed in cells_at(tx, city, xy, at)]
        found.append([(cell, None if cell is None else communities[cell]) for cell in cells])
    return found


def _foretell(
    tx: db.Transaction, current: Mapping[int, Home], homes: Mapping[int, Sequence[Home]],
    stages: Sequence[Stage], at: datetime, *, is_foretold: bool,
) -> None:  # fmt: skip
    """Write what is ahead of some things in some releases; `is_foretold` when something may be written already."""
    rows = [
        one
        for thing, there in homes.items()
        for one in timelines.ahead(thing, current[thing], there, stages, is_foretold=is_foretold)
    ]
    if rows or is_foretold:
        placements.foretell(tx, current if is_foretold else (), BEGINNING, rows, at)


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
