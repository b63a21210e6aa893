"""How a draft becomes a release: what is slow first, without a lock; then what others have to wait for.

A release may begin before one that is scheduled already, if they change other cells: the scheduled one is then drawn
anew on top of it. Nothing has to be done when a release begins: what every open thing lies in from then on is written
when the release is published, and by whoever matches things until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import shapely

from geo_app.core import clock, db, facts, jobs
from geo_app.core.errors import BadInput, Conflict, NotReady
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import drawing, drawn, foreseeing, lineage, matching, placements, store, versions
from geo_app.planning.changes import Stage, Written
from geo_app.planning.model import Draft, Later, Prepared, Release
from grids.model import Cell, Partition

TAKE_EFFECT = "planning.take_effect"
"""The job that tells whom a release moves when it begins."""
AREA_TOLERANCE = 1e-3
"""Square metres by which two geometry engines may differ over what a release touches."""
MEANWHILE = "another release was published meanwhile; rebase the plan on it"


def prepare(tx: db.Transaction, city: City, draft: Draft) -> Prepared:
    """Return `draft` checked, compared with its base, drawn and matched: everything slow."""
    base, later = _standing(tx, city, draft)
    before = None
    if base is not None:
        draft = replace(draft, revision=base.revision)
        before = Partition.of([one.cell for one in store.cells_near(tx, city, None, draft.effective_at)])
    units = organisation.units(tx, city, draft.effective_at)
    prepared = drawing.prepare(city, units, before, draft, drawn.Standing(tx, city, draft.effective_at))
    if before is None:
        return replace(prepared, ids=_cells(tx, city, prepared, {}))
    was = tuple(before.cells[code] for code in prepared.closed)
    found = lineage.compared(was, prepared.opened)
    ids = _cells(tx, city, prepared, lineage.same_cells(found))
    prepared = replace(prepared, was=was, ids=ids)
    if later:
        prepared = replace(prepared, later=tuple(_redrawn(tx, city, prepared, later)))
    seen = foreseeing.foresee(tx, city, prepared, before)
    moved = lineage.Moved(lineage.Shares(seen.incidents), lineage.Shares(seen.households))
    links = lineage.links(found, prepared.opened, ids, moved)
    heirs = lineage.heirs(found, ids, versions.known_codes(tx, city, list(ids)))
    return replace(prepared, lineage=tuple(links), heirs=heirs, foreseen=seen.foreseen)


def publish(tx: db.Transaction, city: City, prepared: Prepared) -> int:
    """Make a prepared draft a release from its instant on, and return the release's id.

    Conflict when another release came first. The database looks at every opened cell itself before it accepts them.
    """
    versions.lock(tx, city)
    at = clock.now()
    written = write(tx, city, prepared, at)
    switch(tx, city, prepared, written, at)
    return written.release


def write(tx: db.Transaction, city: City, prepared: Prepared, at: datetime) -> Written:
    """Write a release, and tell of what it moves, while things are still matched by the grid before it."""
    _, later = _standing(tx, city, prepared.draft)
    if [one.id for one in later] != [one.release.id for one in prepared.later]:
        raise Conflict(MEANWHILE)
    stages = _stages(prepared, 0)
    release_id = versions.add_release(tx, city, prepared, stages[0].until, at)
    _replace_cells(tx, city, prepared, release_id, at)
    _second_look(tx, city, prepared, release_id, at)
    versions.write_lineage(tx, release_id, prepared.lineage)
    _draw(tx, city, prepared, replace(stages[0], release=release_id))
    for number, (one, stage) in enumerate(zip(prepared.later, stages[1:], strict=True)):
        versions.remake(tx, one, release_id, is_next=number == 0)
        _draw(tx, city, one.prepared, stage)
    facts.record(tx, "release.published", release_id, city.jurisdiction, city=city.code)
    told = foreseeing.announce(tx, city, prepared.foreseen, _stages(prepared, release_id), at)
    return Written(release_id, told)


def switch(tx: db.Transaction, city: City, prepared: Prepared, written: Written, at: datetime) -> None:
    """Move, now or ahead, what a release written `at` moves; nothing else is matched until the transaction ends."""
    store.lock_layer(tx, city)
    release_id = written.release
    foreseeing.fulfil(tx, city, prepared.foreseen, _stages(prepared, release_id), written.told, at)
    begins = prepared.draft.effective_at
    if begins <= at:
        facts.record(tx, "release.in_force", release_id, city.jurisdiction, city=city.code)
    else:
        jobs.defer(
            tx,
            TAKE_EFFECT,
            queue=jobs.CLOCKS,
            lock=TAKE_EFFECT,
            at=begins,
            city=city.code,
            release=release_id,
        )


def take_effect(tx: db.Transaction, city: City, release_id: int) -> None:
    """Tell whom a release moves, now that its instant has come; NotReady before. A second time changes nothing."""
    store.lock_layer(tx, city)
    at = clock.now()
    release = store.release(tx, city, release_id)
    if release is None or release.effective_from > at:
        raise NotReady(f"release {release_id} is not in force yet")
    matching.tell(tx, city, release_id, placements.take_over(tx, city, at))
    if not facts.has(tx, "release.in_force", release_id, release.published_at):
        facts.record(tx, "release.in_force", release_id, city.jurisdiction, city=city.code)


def redraw(tx: db.Transaction, city: City) -> int:
    """Draw the map of a city anew, release by release, and return how many; nothing is published meanwhile."""
    versions.lock(tx, city)
    releases = store.releases(tx, city)[::-1]
    drawn.forget(tx, city, clock.now())
    before, since = None, None
    for release in releases:
        at = release.effective_from
        after = Partition.of([one.cell for one in store.cells_near(tx, city, None, at)])
        standing = drawn.Standing(tx, city, at, since)
        made = drawing.draw(city, organisation.units(tx, city, at), before, after, standing)
        drawn.write(tx, city, release.id, made, (at, None))
        before, since = after, at
    return len(releases)


def _standing(tx: db.Transaction, city: City, draft: Draft) -> tuple[Release | None, list[Release]]:
    """Return the release that a draft would replace, and those that begin after it.

    Conflict when it does not stand on that one as it is, BadInput when it would begin before that.
    """
    if draft.base is None:
        if store.newest(tx, city) is not None:
            raise Conflict(MEANWHILE)
        return None, []
    base = store.release(tx, city, draft.base)
    if base is None or draft.revision not in {None, base.revision}:
        raise Conflict(MEANWHILE)
    if draft.effective_at <= base.effective_from:
        rule = f"after the release it replaces begins, {base.effective_from.isoformat()}"
        raise BadInput("effective_at", draft.effective_at.isoformat(), rule)
    standing = store.release_at(tx, city, draft.effective_at)
    later = store.releases_after(tx, city, draft.effective_at)
    if (
        standing is not None
        and base.effective_from < standing.effective_from
        and clock.now() < standing.effective_from
    ):
        begins = standing.effective_from.isoformat()
        raise Conflict(
            f"release {standing.id} begins by then, {begins}; begin before it, or rebase the plan on it"
        )
    has_begun = bool(later) and later[0].effective_from <= clock.now()
    if standing is None or standing.id != base.id or has_begun:
        raise Conflict(MEANWHILE)
    return base, later


def _stages(prepared: Prepared, release_id: int) -> list[Stage]:
    """Return when a draft, which becomes `release_id`, and the releases after it stand."""
    later = [
        Stage(one.release.id, one.release.effective_from, one.release.effective_to) for one in prepared.later
    ]
    return [Stage(release_id, prepared.draft.effective_at, later[0].since if later else None), *later]


def _cells(tx: db.Transaction, city: City, prepared: Prepared, same: dict[str, str]) -> dict[str, int]:
    """Return the cell of each code that is opened or closed: its own, that of the code it had before, or a new one.

    BadInput when a code is retired, and its cell does not come back with the release it belongs to.
    """
    draft = prepared.draft
    codes = sorted({*(cell.code for cell in prepared.opened), *prepared.closed})
    known = versions.known_codes(tx, city, codes)
    ids = {code: cell_id for code, (cell_id, _) in known.items()}
    retired = {code for code, (_, is_retired) in known.items() if is_retired}
    if retired and draft.rolls_back is not None:
        earlier = store.release(tx, city, draft.rolls_back)
        if earlier is not None:
            retired -= store.hashes(tx, city, earlier.effective_from).keys()
    if retired:
        raise BadInput("code", min(retired), "a retired code is never used again")
    fresh = [code for code in codes if code not in ids]
    ids |= {code: ids[same[code]] for code in fresh if code in same}
    fresh = [code for code in fresh if code not in same]
    return ids | dict(zip(fresh, versions.new_cell_ids(tx, len(fresh)), strict=True))


def _redrawn(tx: db.Transaction, city: City, prepared: Prepared, later: Sequence[Release]) -> list[Later]:
    """Return the releases after a draft as they are on top of it; Conflict when one changes the same cells."""
    mine = {*prepared.closed, *(cell.code for cell in prepared.opened)}
    found = []
    for release in later:
        both = sorted(mine.intersection(store.touched(tx, release.id)))
        if both:
            raise Conflict(
                f"release {release.id}, scheduled for {release.effective_from.isoformat()}, changes the cells"
                f" {', '.join(both[:10])} too; plan on top of it and begin later, or leave these cells as they are"
            )
        at = release.effective_from
        before = Partition.of([one.cell for one in store.cells_near(tx, city, None, at)])
        cells = {code: cell for code, cell in before.cells.items() if code not in prepared.closed}
        draft = Draft(None, Partition.of([*cells.values(), *prepared.opened]), at, release.note)
        units = organisation.units(tx, city, at)
        redrawn = drawing.prepare(city, units, before, draft, drawn.Standing(tx, city, at))
        found.append(Later(release, redrawn))
    return found


def _replace_cells(tx: db.Transaction, city: City, prepared: Prepared, release_id: int, at: datetime) -> None:
    """Close what ends, open what begins."""
    since, ids = prepared.draft.effective_at, prepared.ids
    codes = [cell.code for cell in prepared.opened]
    known = versions.known_codes(tx, city, codes)
    versions.close(tx, city, prepared.closed, since, at)
    units = {unit.code: unit.id for unit in organisation.units(tx, city, since)}
    opened = [(ids[cell.code], cell, units[cell.community]) for cell in prepared.opened]
    versions.open_all(tx, city, release_id, opened, since, at)
    versions.register_codes(tx, city, release_id, {code: ids[code] for code in codes if code not in known})
    versions.use_again(tx, city, [code for code, (_, is_retired) in known.items() if is_retired])
    gone = [code for code in prepared.closed if code not in prepared.draft.partition.cells]
    versions.retire_codes(tx, city, release_id, gone)


def _draw(tx: db.Transaction, city: City, prepared: Prepared, stage: Stage) -> None:
    """Write how a release looks on the map as long as it stands."""
    drawn.write(tx, city, stage.release, prepared.drawing, (stage.since, stage.until))


def _second_look(tx: db.Transaction, city: City, prepared: Prepared, release_id: int, at: datetime) -> None:
    """Let PostGIS, another geometry engine, judge what is about to be published, where it differs from its base."""
    overlapping = versions.overlaps(tx, release_id)
    if overlapping:
        raise BadInput("cells", overlapping[0], "the database finds that these cells overlap")
    draft = prepared.draft
    gained = versions.gained(tx, city, release_id, draft.effective_at, at)
    if draft.base is None:
        expected = float(shapely.coverage_union_all(draft.partition.geometries()).area)
    else:
        expected = _area(prepared.opened) - _area(prepared.was) if draft.has_outer else 0.0
    if abs(gained - expected) > AREA_TOLERANCE:
        raise BadInput("cells", f"{gained - expected:+.3f} m²", "the area must stay what it was")


def _area(cells: Sequence[Cell]) -> float:
    return sum(cell.area for cell in cells)
