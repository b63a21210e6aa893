"""Releases and cell versions in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.core import coords, db
from geo_app.organisation.model import City, Unit
from geo_app.planning.model import (
    Grid,
    Outline,
    OutlineKey,
    Placed,
    Prepared,
    Release,
    StandingCell,
    Thematic,
    UnitShape,
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


def changed_area(tx: db.Transaction, release_id: int) -> BaseGeometry | None:
    """Return where cells begin or end with a release, in the city's metric frame; None for nowhere."""
    found: BaseGeometry | None = tx.value(SQL.changed_area, release_id=release_id)
    return found


def releases(tx: db.Transaction, city: City) -> list[Release]:
    """Return every release, newest first."""
    return tx.all(SQL.releases, Release.read, city_id=city.id)


def release(tx: db.Transaction, city: City, release_id: int) -> Release | None:
    """Return a release of the city."""
    return tx.first(SQL.release, Release.read, city_id=city.id, release_id=release_id)


def release_at(tx: db.Transaction, city: City, at: datetime) -> Release | None:
    """Return the release in force at `at`."""
    return tx.first(SQL.release_at, Release.read, city_id=city.id, at=at)


def add_release(tx: db.Transaction, city: City, prepared: Prepared, at: datetime) -> int:
    """End the base release, add the new one and return its id."""
    draft = prepared.draft
    if draft.base is not None:
        tx.run(SQL.end_release, release_id=draft.base, at=draft.effective_at)
    release_id: int = tx.value(
        SQL.add_release,
        city_id=city.id,
        base_id=draft.base,
        since=draft.effective_at,
        cells=len(draft.partition.cells),
        bounds=prepared.bounds,
        note=draft.note,
        at=at,
        actor=tx.actor.name,
    )
    return release_id


def known_codes(tx: db.Transaction, city: City, codes: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Return for each code ever used its cell's id and whether it is retired."""
    rows = tx.all(SQL.cell_ids, dict, city_id=city.id, codes=list(codes))
    return {row["code"]: (row["cell_id"], row["is_retired"]) for row in rows}


def new_cell_ids(tx: db.Transaction, count: int) -> list[int]:
    """Return `count` ids no cell has had."""
    return [row["id"] for row in tx.all(SQL.new_cell_ids, dict, count=count)]


def register_codes(tx: db.Transaction, city: City, release_id: int, ids: dict[str, int]) -> None:
    """Write codes that are used for the first time into the registry."""
    rows = ((city.id, code, cell_id, release_id) for code, cell_id in ids.items())
    tx.copy("code_registry", ("city_id", "code", "cell_id", "first_release"), rows)


def retire_codes(tx: db.Transaction, city: City, release_id: int, codes: Sequence[str]) -> None:
    """Mark codes as never to be used again."""
    tx.run(SQL.retire_codes, city_id=city.id, codes=list(codes), release_id=release_id)


def close_versions(
    tx: db.Transaction, city: City, codes: Sequence[str], since: datetime, at: datetime
) -> int:
    """End the standing versions of these cells at `since` and return how many there were."""
    return tx.run(SQL.close_versions, city_id=city.id, codes=list(codes), since=since, at=at)


def open_versions(
    tx: db.Transaction,
    city: City,
    release_id: int,
    versions: Iterable[tuple[int, Cell, int]],
    since: datetime,
    at: datetime,
) -> None:
    """Write new cell versions, given as (cell id, cell, community id), valid from `since`."""
    columns = (
        "city_id", "cell_id", "release_id", "code", "name", "community_id", "valid", "recorded", "geometry",
        "geometry_hash",
    )  # fmt: skip
    valid, recorded = f"[{since.isoformat()},)", f"[{at.isoformat()},)"
    rows = (
        (city.id, cell_id, release_id, cell.code, cell.name, community_id, valid, recorded,
         shapely.set_srid(cell.geometry, city.srid), geometry_hash(cell.geometry))
        for cell_id, cell, community_id in versions
    )  # fmt: skip
    tx.copy("cell_version", columns, rows)


def geometry_hash(polygon: Polygon) -> str:
    """Return a hash of the polygon's millimetre coordinates, the same wherever the ring starts."""
    integers = shapely.transform(shapely.normalize(polygon), lambda xy: (xy * 1000).round())
    return hashlib.sha256(shapely.to_wkb(integers, output_dimension=2)).hexdigest()[:32]


def outline_digests(tx: db.Transaction, city: City) -> dict[OutlineKey, str]:
    """Return the digest of every outline of the newest release."""
    rows = tx.all(SQL.outline_digests, dict, city_id=city.id)
    return {(row["band"], row["level"], row["code"]): row["digest"] for row in rows}


def close_outlines(tx: db.Transaction, city: City, keys: Sequence[OutlineKey], since: datetime) -> None:
    """Let standing outlines end."""
    bands, levels, codes = ([key[part] for key in keys] for part in range(3))
    tx.run(SQL.close_outlines, city_id=city.id, bands=bands, levels=levels, codes=codes, since=since)


def open_outlines(tx: db.Transaction, city: City, outlines: Sequence[Outline], since: datetime) -> None:
    """Write what cells and units look like on the map from `since`."""
    columns = ("city_id", "band", "level", "code", "name", "valid", "shape", "label", "digest")
    valid = f"[{since.isoformat()},)"
    rows = (
        (city.id, one.band, one.level, one.code, one.name, valid, one.shape, one.label, one.digest)
        for one in outlines
    )
    tx.copy("outline", columns, rows)


def draw_units(
    tx: db.Transaction, city: City, release_id: int, unit_ids: dict[str, int], shapes: Sequence[UnitShape]
) -> None:
    """Write the outlines of communities, streets and districts in this release."""
    columns = ("release_id", "unit_id", "city_id", "level", "cells", "area", "outline", "label")
    rows = (
        (
            release_id,
            unit_ids[shape.code],
            city.id,
            shape.level,
            shape.cells,
            shape.area,
            shape.outline,
            shape.label,
        )
        for shape in shapes
    )
    tx.copy("unit_shape", columns, rows)


def overlaps(tx: db.Transaction, release_id: int) -> list[tuple[str, str]]:
    """Return pairs of codes whose cells overlap, as PostGIS sees it."""
    return [(row["first"], row["second"]) for row in tx.all(SQL.overlaps, dict, release_id=release_id)]


def area(tx: db.Transaction, city: City, at: datetime) -> float:
    """Return the square metres of all cells valid at `at`."""
    return float(tx.value(SQL.area, city_id=city.id, at=at))


def cell_at(tx: db.Transaction, city: City, point: Point, at: datetime) -> Placed | None:
    """Return the match of a metric point at `at`."""
    return tx.first(SQL.cell_at, Placed.read, city_id=city.id, point=point, at=at)


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
