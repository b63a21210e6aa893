"""How a draft becomes a release: what is slow first, then one short transaction."""

from __future__ import annotations

from datetime import datetime

import shapely

from geo_app.core import clock, db, facts, jobs
from geo_app.core.errors import BadInput, Conflict, NotReady
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import drawing, matching, store
from geo_app.planning.model import Draft, Prepared
from grids.model import Partition

TAKE_EFFECT = "planning.take_effect"
"""The job that matches things again when a release begins."""
AREA_TOLERANCE = 1e-3
"""Square metres by which two geometry engines may differ over a whole city."""


def prepare(tx: db.Transaction, city: City, draft: Draft) -> Prepared:
    """Return `draft` checked and compared with its base: everything slow, before any lock is taken."""
    _check_base(tx, city, draft)
    before = None
    if draft.base is not None:
        before = Partition.of(
            [standing.cell for standing in store.cells_near(tx, city, None, draft.effective_at)]
        )
    units = organisation.units(tx, city, draft.effective_at)
    prepared = drawing.prepare(city, units, before, draft, store.outline_digests(tx, city))
    if before is not None:
        matching.get_ready(tx, city, prepared)
    return prepared


def publish(tx: db.Transaction, city: City, prepared: Prepared) -> int:
    """Make a prepared draft the release in force from its instant, and return the release's id.

    Conflict when another release came first. The database looks at every opened cell itself before it
    accepts them. A release whose instant has come takes effect in the same transaction, a later one by a job.
    """
    draft = prepared.draft
    store.lock_layer(tx, city)
    at = clock.now()
    _check_base(tx, city, draft)
    area_before = store.area(tx, city, draft.effective_at) if draft.base is not None else None
    release_id = store.add_release(tx, city, prepared, at)
    _replace_cells(tx, city, prepared, release_id, at)
    _second_look(tx, city, prepared, release_id, area_before)
    facts.record(tx, "release.published", release_id, city.jurisdiction, city=city.code)
    if draft.effective_at <= at:
        matching.match_again(tx, city, release_id, prepared.changed)
    else:
        jobs.defer(
            tx, TAKE_EFFECT, queue=jobs.CLOCKS, lock=TAKE_EFFECT, at=draft.effective_at,
            city=city.code, release=release_id,
        )  # fmt: skip
    return release_id


def take_effect(tx: db.Transaction, city: City, release_id: int) -> None:
    """Match what a release changed, now that its instant has come; NotReady before. A second time changes nothing."""
    changed = store.changed_area(tx, release_id)
    matching.open_index(tx, city, clock.now())
    store.lock_layer(tx, city)
    if store.has_begun(tx, release_id, clock.now()):
        matching.match_again(tx, city, release_id, changed)
    else:
        raise NotReady(f"release {release_id} is not in force yet")


def _replace_cells(tx: db.Transaction, city: City, prepared: Prepared, release_id: int, at: datetime) -> None:
    """Close what ends, open what begins; a code keeps its cell, a new code gets a new one."""
    since = prepared.draft.effective_at
    codes = [cell.code for cell in prepared.opened]
    known = store.known_codes(tx, city, codes)
    retired = sorted(code for code, (_, is_retired) in known.items() if is_retired)
    if retired:
        raise BadInput("code", retired[0], "a retired code is never used again")
    fresh = [code for code in codes if code not in known]
    added = dict(zip(fresh, store.new_cell_ids(tx, len(fresh)), strict=True))
    ids = added | {code: cell_id for code, (cell_id, _) in known.items()}
    store.close_versions(tx, city, prepared.closed, since, at)
    units = {unit.code: unit.id for unit in organisation.units(tx, city, since)}
    versions = ((ids[cell.code], cell, units[cell.community]) for cell in prepared.opened)
    store.open_versions(tx, city, release_id, versions, since, at)
    store.register_codes(tx, city, release_id, added)
    gone = [code for code in prepared.closed if code not in prepared.draft.partition.cells]
    store.retire_codes(tx, city, release_id, gone)
    store.close_outlines(tx, city, prepared.outdated, since)
    store.open_outlines(tx, city, prepared.outlines, since)
    store.draw_units(tx, city, release_id, units, prepared.unit_shapes)


def _check_base(tx: db.Transaction, city: City, draft: Draft) -> None:
    """Raise Conflict when the draft stands on an old release, BadInput when it would begin before its base."""
    base = store.newest(tx, city)
    if (base.id if base else None) != draft.base:
        raise Conflict("another release was published meanwhile; rebase the plan on it")
    if base and draft.effective_at <= base.effective_from:
        rule = f"after the release it replaces begins, {base.effective_from.isoformat()}"
        raise BadInput("effective_at", draft.effective_at.isoformat(), rule)


def _second_look(
    tx: db.Transaction, city: City, prepared: Prepared, release_id: int, area_before: float | None
) -> None:
    """Let PostGIS, another geometry engine, judge what is about to be published."""
    overlapping = store.overlaps(tx, release_id)
    if overlapping:
        raise BadInput("cells", overlapping[0], "the database finds that these cells overlap")
    area = store.area(tx, city, prepared.draft.effective_at)
    expected = area_before
    if expected is None:
        expected = float(shapely.coverage_union_all(prepared.draft.partition.geometries()).area)
    if abs(area - expected) > AREA_TOLERANCE:
        raise BadInput("cells", f"{area:.3f} m²", f"the area must stay {expected:.3f} m²")
