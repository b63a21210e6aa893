"""What a release writes: the other half of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import shapely

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.planning import store
from geo_app.planning.changes import Lineage
from geo_app.planning.model import Later, Prepared
from grids.model import Cell

SQL = db.statements(__file__)


def lock(tx: db.Transaction, city: City) -> None:
    """Be the only one who publishes until this transaction ends; matching goes on."""
    tx.value(SQL.lock_publishing, city_id=city.id)


def add_release(
    tx: db.Transaction, city: City, prepared: Prepared, until: datetime | None, at: datetime
) -> int:
    """End the base release, add the new one, which stands `until`, and return its id."""
    draft = prepared.draft
    if draft.base is not None:
        tx.run(SQL.end_release, release_id=draft.base, at=draft.effective_at)
    release_id: int = tx.value(
        SQL.add_release,
        city_id=city.id,
        base_id=draft.base,
        since=draft.effective_at,
        until=until,
        cells=len(draft.partition.cells),
        bounds=prepared.bounds,
        note=draft.note,
        rolls_back=draft.rolls_back,
        at=at,
        actor=tx.actor.name,
    )
    return release_id


def remake(tx: db.Transaction, one: Later, by: int, *, is_next: bool) -> None:
    """Let a scheduled release have the cells that the release `by` gave it; `is_next`: it stands on that one."""
    cells, bounds = len(one.prepared.draft.partition.cells), one.prepared.bounds
    base = by if is_next else None
    tx.run(SQL.remake, release_id=one.release.id, base_id=base, by=by, cells=cells, bounds=bounds)


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
    """Mark codes as never to be used again, but by going back to a release that has them."""
    tx.run(SQL.retire_codes, city_id=city.id, codes=list(codes), release_id=release_id)


def use_again(tx: db.Transaction, city: City, codes: Sequence[str]) -> None:
    """Let codes be those of their cells again."""
    tx.run(SQL.use_again, city_id=city.id, codes=list(codes))


def close(tx: db.Transaction, city: City, codes: Sequence[str], since: datetime, at: datetime) -> int:
    """End the standing versions of these cells at `since` and return how many there were."""
    return tx.run(SQL.close_versions, city_id=city.id, codes=list(codes), since=since, at=at)


def open_all(
    tx: db.Transaction,
    city: City,
    release_id: int,
    versions: Sequence[tuple[int, Cell, int]],
    since: datetime,
    at: datetime,
) -> None:
    """Write new cell versions, given as (cell id, cell, community id), valid from `since`."""
    columns = (
        "city_id", "cell_id", "release_id", "code", "name", "community_id", "valid", "recorded", "geometry",
        "geometry_hash",
    )  # fmt: skip
    valid, recorded = f"[{since.isoformat()},)", f"[{at.isoformat()},)"
    polygons = [cell.geometry for _, cell, _ in versions]
    shapes, hashes = (
        shapely.set_srid(np.array(polygons, dtype=object), city.srid),
        store.geometry_hashes(polygons),
    )
    rows = (
        (city.id, cell_id, release_id, cell.code, cell.name, community_id, valid, recorded, shape, digest)
        for (cell_id, cell, community_id), shape, digest in zip(versions, shapes, hashes, strict=True)
    )
    tx.copy("cell_version", columns, rows)


def overlaps(tx: db.Transaction, release_id: int) -> list[tuple[str, str]]:
    """Return pairs of codes whose cells overlap, as PostGIS sees it."""
    return [(row["first"], row["second"]) for row in tx.all(SQL.overlaps, dict, release_id=release_id)]


def gained(tx: db.Transaction, city: City, release_id: int, since: datetime, at: datetime) -> float:
    """Return the square metres of what a release opened, less what it ended, written `at`, as PostGIS sees it."""
    return float(tx.value(SQL.gained, city_id=city.id, release_id=release_id, since=since, at=at))


def write_lineage(tx: db.Transaction, release_id: int, links: Sequence[Lineage]) -> None:
    """Write where the land of a release's cells came from."""
    columns = (
        "release_id", "child", "parent", "kind", "area", "area_share", "child_share", "household_share",
        "incident_share",
    )  # fmt: skip
    rows = (
        (release_id, one.child, one.parent, str(one.kind), one.area, one.area_share, one.child_share,
         one.household_share, one.incident_share)
        for one in links
    )  # fmt: skip
    tx.copy("cell_lineage", columns, rows)
