"""Drafts on top of the town's grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
import shapely

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.planning import service
from geo_app.planning.model import Draft, Prepared
from grids.model import Cell, Partition, on_millimetres
from tests.integration.conftest import Town

Publish = Callable[..., int]


def current(town: Town, at: datetime | None = None) -> Partition:
    """Return the grid valid at `at`, now unless stated."""
    with town.database.transaction(SYSTEM) as tx:
        return service.partition(tx, town.city, at or clock.now())


def newest(town: Town) -> int:
    """Return the release nothing has replaced yet."""
    found: int = town.one("SELECT id FROM release WHERE upper_inf(effective)")
    return found


def prepared(town: Town, whole: Partition, at: datetime | None = None) -> Prepared:
    """Return a prepared draft of `whole` on top of the newest release."""
    draft = Draft(newest(town), whole, at or clock.now(), "test")
    with town.database.transaction(SYSTEM) as tx:
        return service.prepare(tx, town.city, draft)


@pytest.fixture
def publish(town: Town) -> Publish:
    """Publish a partition on top of the newest release; return the new release's id."""

    def act(whole: Partition, at: datetime | None = None) -> int:
        ready = prepared(town, whole, at)
        with town.database.transaction(SYSTEM) as tx:
            return service.publish(tx, town.city, ready)

    return act


def changed(whole: Partition, *cells: Cell, gone: tuple[str, ...] = ()) -> Partition:
    """Return `whole` with these cells put in by their code and those of `gone` taken out."""
    rest = {code: cell for code, cell in whole.cells.items() if code not in gone}
    return Partition.of(list((rest | {cell.code: cell for cell in cells}).values()))


def bent(whole: Partition, number: int = 0, by: float = 7.0) -> Partition:
    """Return `whole` with one inner corner moved: four cells change, nothing else."""
    cells = list(whole.cells.values())
    corners = [set(cell.geometry.exterior.coords) for cell in cells]
    inner = sorted(xy for xy in set().union(*corners) if sum(xy in corner for corner in corners) == 4)
    corner = inner[number]

    def move(xy: np.ndarray) -> np.ndarray:
        xy[(xy == corner).all(axis=1)] += by
        return on_millimetres(xy)

    return Partition.of([replace(cell, geometry=shapely.transform(cell.geometry, move)) for cell in cells])


def halves(cell: Cell, first: str, second: str) -> tuple[Cell, Cell]:
    """Return a four-cornered cell cut from its first to its third corner."""
    a, b, c, d, _ = cell.geometry.exterior.coords
    return (
        replace(cell, code=first, geometry=shapely.Polygon([a, b, c])),
        replace(cell, code=second, geometry=shapely.Polygon([a, c, d])),
    )


def stale(town: Town, at: datetime) -> list[int]:
    """Return the open placements that do not lie, at `at`, in the cell brute force gives them then."""
    wrong: list[int] = town.all(
        """
        SELECT p.id FROM placement p
        LEFT JOIN placement_ahead a ON a.placement_id = p.id AND a.valid @> %(at)s
        LEFT JOIN LATERAL (
          SELECT v.cell_id, v.community_id FROM cell_version v
          WHERE ST_Intersects(v.geometry, ST_ForceCollection(p.point)) AND v.valid @> %(at)s AND upper_inf(v.recorded)
          ORDER BY v.code LIMIT 1
        ) v ON true
        WHERE p.is_open AND (v.cell_id, v.community_id) IS DISTINCT FROM CASE
          WHEN a.placement_id IS NULL THEN (p.cell_id, p.community_id) ELSE (a.cell_id, a.community_id) END
        ORDER BY p.id""",
        at=at,
    )
    return wrong


def bring_forward(town: Town, begins: datetime, at: datetime) -> None:
    """Let a release that is scheduled for `begins` begin `at`, as if so much time had gone by."""
    moved = {
        "release": "effective",
        "cell_version": "valid",
        "placement_ahead": "valid",
        "outline": "valid",
        "unit_shape": "valid",
    }
    for table, column in moved.items():
        town.run(f"UPDATE {table} SET {column} = tstzrange(lower({column}), %(at)s) WHERE upper({column}) = %(b)s",
                 at=at, b=begins)  # fmt: skip
        town.run(f"UPDATE {table} SET {column} = tstzrange(%(at)s, upper({column})) WHERE lower({column}) = %(b)s",
                 at=at, b=begins)  # fmt: skip
