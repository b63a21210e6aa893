"""A plan put on another release: its steps in force are made again there, or it is said which of them do not fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
import shapely

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict
from geo_app.organisation.model import City
from geo_app.plans import drafts, guarding, log, pictures, service, store
from geo_app.plans.drafts import Drawn
from geo_app.plans.model import Kind, Plan, PlanCell, Step, person
from geo_app.plans.refusals import Clash, RebaseConflict
from grids import edit as editing
from grids.draft import Draft
from grids.refusal import Refusal

Given = Callable[[int], tuple[PlanCell, ...]]
"""Gives the cells that a step of kind replace brought."""
MOVED = "changed_by_release"
"""Why a step clashes beside the reasons of a refusal: the newer release changed the same cells."""


def rebase(tx: db.Transaction, plan_id: int, leave_out: Collection[int], release: int | None = None) -> Plan:
    """Put a draft on a release as it is now, the newest for None.

    RebaseConflict lists the steps that do not fit, unless they are left out.
    """
    city, found = service.to_change(tx, plan_id, None)
    target = service.base(tx, city, release)
    if target == found.plan.base and not leave_out:
        raise Conflict("the plan stands on this release already")
    steps = [step for step in store.steps(tx, plan_id) if step.is_in_force]
    unknown = sorted(set(leave_out) - {step.seq for step in steps})
    if unknown:
        raise BadInput("leave_out", unknown[0], "steps that are in force")
    base = drafts.MEMORY.base(tx, city, target)
    draft, clashes = again(found.base, base, steps, leave_out, lambda seq: store.given(tx, plan_id, seq))
    if clashes:
        raise RebaseConflict(clashes)
    left = [step for step in steps if step.seq in leave_out]
    _check_left(tx, city, found, left)
    return _write(tx, city, found, Drawn(replace(found.plan, base=target), base, draft), left)


def again(
    old: Draft, base: Draft, steps: Sequence[Step], leave_out: Collection[int], given: Given
) -> tuple[Draft, list[Clash]]:
    """Return `base` with these steps made again on it, and those that cannot be: their cells are others there."""
    moved = differing(old, base)
    draft, clashes = base, []
    for step in steps:
        if step.seq in leave_out:
            continue
        both = sorted(moved & set(step.touched))
        if both:
            clashes.append(Clash(step.seq, tuple(both), MOVED))
        elif (brought := log.brought(step)) is not None:
            draft = drafts.laid_over(draft, given(brought))
        else:
            done = editing.apply(draft, log.edit(step))
            if isinstance(done, Refusal):
                clashes.append(Clash(step.seq, step.touched, str(done.reason)))
            else:
                draft = done.draft
    return draft, clashes


def differing(old: Draft, new: Draft) -> set[str]:
    """Return the codes of cells that two releases do not have alike."""
    if old is new:
        return set()
    both = [code for code in old.cells if code in new.cells]
    found = set(old.cells) ^ set(new.cells)
    was, now = ([draft.cells[code] for code in both] for draft in (old, new))
    before, after = (np.array([cell.geometry for cell in cells], dtype=object) for cells in (was, now))
    same = shapely.equals_exact(before, after, 0.0)
    for code, a, b, is_same in zip(both, was, now, same.tolist(), strict=True):
        if not is_same or (a.name, a.community) != (b.name, b.community):
            found.add(code)
    return found


def _check_left(tx: db.Transaction, city: City, found: Drawn, left: Sequence[Step]) -> None:
    """Refuse to leave out steps on cells that are locked or out of scope."""
    codes = {code for step in left for code in step.touched}
    cells = [
        draft.cells[code] for draft in (found.base, found.draft) for code in codes if code in draft.cells
    ]
    guarding.check(tx, city, store.locks(tx, found.plan.id), cells)


def _write(tx: db.Transaction, city: City, was: Drawn, now: Drawn, left: Sequence[Step]) -> Plan:
    """Write the step and the plan's cells; those that are as before keep the step that made them so."""
    seq = was.plan.seq + 1
    known = {one.code: one for one in store.cells(tx, was.plan.id)}
    cells = [_cell(code, seq, known.get(code), now) for code in sorted({*known, *now.draft.cells.changed()})]
    kept = [one for one in cells if one is not None]
    touched = tuple(one.code for one in kept if one.seq == seq)
    said = {
        "kind": "rebase", "from": was.plan.base.release, "to": now.plan.base.release,
        "revisions": [was.plan.base.revision, now.plan.base.revision], "left_out": sorted(step.seq for step in left),
    }  # fmt: skip
    step = Step(
        was.plan.id, seq, Kind.REBASE, said, None, touched, False, None, None, person(tx.actor), tx.actor.name,
        tx.actor.account, clock.now(), overlay(now), "",
    )  # fmt: skip
    chained = replace(step, hash=log.chained(was.plan.head, step))
    store.add_rebase(tx, city, chained, now.plan.base, kept)
    drafts.MEMORY.keep(replace(now, plan=replace(now.plan, seq=seq, head=chained.hash)))
    facts.record(
        tx, "plan.rebased", was.plan.id, city.jurisdiction, seq=seq, base=now.plan.base.release,
        left_out=said["left_out"],
    )  # fmt: skip
    return service.plan(tx, was.plan.id)


def overlay(drawn: Drawn) -> str:
    """Return a hash of all cells that a plan has otherwise than its base."""
    codes = drawn.draft.cells.changed()
    return log.result(drawn.draft, [code for code in codes if _differs(drawn, code)])


def _differs(drawn: Drawn, code: str) -> bool:
    if code not in drawn.draft.cells:
        return code in drawn.base.cells
    return pictures.is_changed(drawn.base, drawn.draft.cells[code])


def _cell(code: str, seq: int, known: PlanCell | None, now: Drawn) -> PlanCell | None:
    """Return what a plan keeps of a cell on its new base, None when it is as there."""
    if not _differs(now, code):
        return None
    cell = now.draft.cells.get(code)
    if cell is None:
        unit = now.base.cells[code].community
        is_same = known is not None and known.geometry is None
        return PlanCell(code, known.seq if known and is_same else seq, "", unit, None)
    is_same = (
        known is not None
        and known.geometry is not None
        and known.geometry.equals_exact(cell.geometry, 0)
        and (known.name, known.community) == (cell.name, cell.community)
    )
    return PlanCell(code, known.seq if known and is_same else seq, cell.name, cell.community, cell.geometry)
