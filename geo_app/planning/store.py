"""Releases and cell versions in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from geo_app.core import coords, db
from geo_app.organisation.model import City, Unit
from geo_app.planning.changes import Descent, Home, Lineage, Stage
from geo_app.planning.model import (
    Grid,
    Placed,
    Release,
    StandingCell,
    Thematic,
    UnitSummary,
)
from grids.model import Cell

SQL = db.statements(__file__)


def lock_layer(tx: db.Transaction, city: City) -> None:
    """Hold the layer alone until this transaction ends: for publishing."""
    tx.value(SQL.lock_layer, city_id=city.id)


def share_layer(tx: db.Transaction, city: City) -> None:
    """Hold the layer together with others until this transaction ends: for matching."""
    tx.value(SQL.share_layer, city_id=city.id)


def newest(tx: db.Transaction, city: City) -> Release | None:
    """Return the release nothing has replaced yet, in force or scheduled."""
    return tx.first(SQL.newest, Release.read, city_id=city.id)


def has_begun(tx: db.Transaction, release_id: int, at: datetime) -> bool:
    """Return whether a release's instant has come at `at`."""
    return bool(tx.value(SQL.has_begun, release_id=release_id, at=at))


def touched(tx: db.Transaction, release_id: int) -> list[str]:
    """Return the codes of cells that begin or end with a release, in order."""
    return tx.all(SQL.touched, lambda row: str(row["code"]), release_id=release_id)


def releases_after(tx: db.Transaction, city: City, at: datetime) -> list[Release]:
    """Return the releases that begin after `at`, in their order."""
    return tx.all(SQL.after, Release.read, city_id=city.id, at=at)


def lineage(tx: db.Transaction, release_id: int) -> list[Lineage]:
    """Return where the land of the cells of a release came from, by the codes of the old and the new cells."""
    return tx.all(
        SQL.lineage, lambda row: Lineage(**{**row, "kind": Descent(row["kind"])}), release_id=release_id
    )


def releases(tx: db.Transaction, city: City) -> list[Release]:
    """Return every release, newest first."""
    return tx.all(SQL.releases, Release.read, city_id=city.id)


def release(tx: db.Transaction, city: City, release_id: int) -> Release | None:
    """Return a release of the city."""
    return tx.first(SQL.release, Release.read, city_id=city.id, release_id=release_id)


def release_at(tx: db.Transaction, city: City, at: datetime) -> Release | None:
    """Return the release in force at `at`."""
    return tx.first(SQL.release_at, Release.read, city_id=city.id, at=at)


def geometry_hash(polygon: Polygon) -> str:
    """Return a hash of the polygon's millimetre coordinates, the same wherever the ring starts."""
    return geometry_hashes([polygon])[0]


def geometry_hashes(polygons: Sequence[Polygon]) -> list[str]:
    """Return hashes of polygons' millimetre coordinates, the same wherever a ring starts."""
    normal = shapely.normalize(np.array(polygons, dtype=object))
    integers = shapely.transform(normal, lambda xy: (xy * 1000).round())
    return [hashlib.sha256(raw).hexdigest()[:32] for raw in shapely.to_wkb(integers, output_dimension=2)]


def cell_at(tx: db.Transaction, city: City, point: Point, at: datetime) -> Placed | None:
    """Return the match of a metric point at `at`."""
    return tx.first(SQL.cell_at, Placed.read, city_id=city.id, point=point, at=at)


def timeline(tx: db.Transaction, city: City, point: Point, at: datetime) -> list[tuple[Stage, Placed, Home]]:
    """Return where a metric point lies by the release in force at `at` and by every later one, in their order."""

    def read(row: db.Row) -> tuple[Stage, Placed, Home]:
        stage = Stage(row["release_id"], row["since"], row["until"])
        return stage, Placed.read(row), (row["cell_id"], row["community_id"])

    return tx.all(SQL.timeline, read, city_id=city.id, point=point, at=at)


def cell_as_known(
    tx: db.Transaction, city: City, point: Point, at: datetime, known_at: datetime
) -> Placed | None:
    """Return the match of a metric point at `at` as it was known at `known_at`."""
    return tx.first(SQL.cell_as_known, Placed.read, city_id=city.id, point=point, at=at, known_at=known_at)


def homes(tx: db.Transaction, city: City, at: datetime) -> dict[str, tuple[int, int]]:
    """Return the ids of every cell valid at `at` and of its community, by the cell's code."""
    rows = tx.all(SQL.homes, dict, city_id=city.id, at=at)
    return {row["code"]: (row["cell_id"], row["community_id"]) for row in rows}


def cells_at(tx: db.Transaction, city: City, points: Sequence[Point], at: datetime) -> list[Placed]:
    """Return the match of each of these metric points at `at`."""
    return tx.all(SQL.cells_at, Placed.read, city_id=city.id, points=list(points), at=at)


def grid_at(tx: db.Transaction, city: City, at: datetime) -> Grid | None:
    """Return all cells valid at `at` without their shapes; None when no release is in force."""
    return tx.first(SQL.grid_at, Grid.read, city_id=city.id, at=at)


def hashes(tx: db.Transaction, city: City, at: datetime) -> dict[str, str]:
    """Return the geometry hash of every cell valid at `at`, by code."""
    rows = tx.all(SQL.hashes, dict, city_id=city.id, at=at)
    return {row["code"]: row["geometry_hash"] for row in rows}


def cells(tx: db.Transaction, city: City, at: datetime, known_at: datetime | None = None) -> list[Cell]:
    """Return all cells at `at` as known at `known_at`, now for None, in no order.

    Of a large city in a fraction of the time it takes one by one.
    """
    if known_at is None:
        rows = tx.all(SQL.cells, dict, city_id=city.id, at=at)
    else:
        rows = tx.all(SQL.cells_as_known, dict, city_id=city.id, at=at, known_at=known_at)
    shapes = shapely.from_wkb([bytes(row["shape"]) for row in rows]).tolist()
    return [
        Cell(row["code"], row["name"], row["community"], shape)
        for row, shape in zip(rows, shapes, strict=True)
    ]


def cells_near(
    tx: db.Transaction, city: City, shape: LineString | Polygon | None, at: datetime
) -> list[StandingCell]:
    """Return the cells that meet a metric shape at `at`, all for None, by code."""
    return tx.all(SQL.cells_near, StandingCell.read, city_id=city.id, shape=shape, at=at)


def cells_of(tx: db.Transaction, city: City, community: str, at: datetime) -> list[StandingCell]:
    """Return the cells of a community at `at`, by code."""
    return tx.all(SQL.cells_of, StandingCell.read, city_id=city.id, community=community, at=at)


def cell(tx: db.Transaction, city: City, code: str, at: datetime) -> StandingCell | None:
    """Return the cell with this code at `at`."""
    return tx.first(SQL.cell, StandingCell.read, city_id=city.id, code=code, at=at)


def units_above(tx: db.Transaction, city: City, code: str, at: datetime) -> list[Unit]:
    """Return a unit and those above it, from the bottom."""
    return tx.all(SQL.units_above, Unit.read, city_id=city.id, code=code, at=at)


def unit_summaries(tx: db.Transaction, city: City, at: datetime) -> list[UnitSummary]:
    """Return every unit with its figures in the release in force at `at`."""
    return tx.all(SQL.unit_summaries, UnitSummary.read, city_id=city.id, at=at)


def bounds(tx: db.Transaction, city: City, at: datetime) -> Polygon | None:
    """Return the lon/lat box of the release in force at `at`."""
    found: Polygon | None = tx.value(SQL.bounds, city_id=city.id, at=at)
    return found


def thematic_at(tx: db.Transaction, city: City, theme: str, point: Point) -> list[str]:
    """Return the codes of everything of a theme that covers a metric point, in order."""
    return tx.all(SQL.thematic_at, lambda row: str(row["code"]), city_id=city.id, theme=theme, point=point)


def add_thematic(tx: db.Transaction, city: City, shapes: Sequence[Thematic]) -> int:
    """Write thematic shapes with their outline for the tiles."""
    columns = ("city_id", "theme", "code", "name", "geometry", "outline")
    geometries = shapely.set_srid([shape.geometry for shape in shapes], city.srid)
    outlines = coords.to_mercator(geometries, city.srid)
    rows = (
        (city.id, shape.theme, shape.code, shape.name, geometry, outline)
        for shape, geometry, outline in zip(shapes, geometries, outlines, strict=True)
    )
    return tx.copy("thematic", columns, rows)
