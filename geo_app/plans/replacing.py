"""Whole cells in place of others: an earlier release or a file brings them, and they go as they came.

What a step brought is kept beside the log. To go back takes only those cells that were not as in the base release:
the others stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict
from geo_app.organisation.model import City
from geo_app.plans import drafts, guarding, log, making, store, workflow
from geo_app.plans.drafts import Drawn
from geo_app.plans.making import Made
from geo_app.plans.model import Kind, Plan, Step, person
from geo_app.plans.refusals import ChangedMeanwhile
from grids import edit as editing
from grids.draft import Draft
from grids.model import Cell, Partition
from grids.refusal import Refusal
from grids.rings import outer, polygon, rings


@dataclass(frozen=True, slots=True)
class _Way:
    """What a step of whole cells says, how it is taken back, and what it takes back."""

    kind: Kind
    said: dict[str, Any]
    inverse: dict[str, Any]
    touched: tuple[str, ...]
    is_outer: bool
    undoes: int | None = None


def replace(
    tx: db.Transaction, city: City, found: Drawn, cells: Partition, source: Mapping[str, Any]
) -> Made:
    """Put whole cells in place of all there are; `source` says where they come from: a release, or a file."""
    gone = [code for code in found.draft.cells if code not in cells.cells]
    put = [cell for cell in cells.cells.values() if not _is_same(found.draft.cells.get(cell.code), cell)]
    if not gone and not put:
        raise BadInput("cells", 0, "cells that differ from what the plan has")
    draft = found.draft.changed(gone, put)
    touched = tuple(sorted([*gone, *(cell.code for cell in put)]))
    was = [found.draft.cells[code] for code in touched if code in found.draft.cells]
    seq, said = found.plan.seq + 1, {"kind": "replace", **source, "cells": log.result(draft, touched)}
    way = _Way(Kind.REPLACE, said, _put_back(found, seq, touched), touched, _is_outer(was, put))
    made = _make(tx, city, found, way, draft)
    step = made.step
    store.add_given(tx, city, step, put, gone)
    facts.record(tx, "plan.replaced", found.plan.id, city.jurisdiction, seq=seq, count=len(touched))
    return made


def take_back(tx: db.Transaction, city: City, found: Drawn, step: Step, kind: Kind) -> Made:
    """Undo a step that brought whole cells, or redo it; Conflict when its cells are others since."""
    brought = log.brought(step)
    if step.inverse is None:
        raise Conflict(f"step {step.seq} cannot be taken back; withdraw the plan instead")
    touches = store.built_on(tx, step.plan, step.touched, step.seq, person(tx.actor))
    if touches:
        raise ChangedMeanwhile(touches, found.plan.seq)
    if log.result(found.draft, step.touched) != step.result:
        raise Conflict(f"the cells of step {step.seq} are others since; withdraw the plan instead")
    inverse = step.edit if brought is None else {"kind": "replace", "step": brought}
    draft = laid(tx, found.plan, found.base, found.draft, step.inverse, step.touched)
    way = _Way(kind, step.inverse, inverse, step.touched, step.is_outer, step.seq)
    made = _make(tx, city, found, way, draft)
    fact, (seq, said) = workflow.RULES[kind].fact, (made.step.seq, way.said["kind"])
    facts.record(tx, fact, found.plan.id, city.jurisdiction, seq=seq, edit=said)
    return made


def laid(
    tx: db.Transaction, plan: Plan, base: Draft, draft: Draft, said: Mapping[str, Any], touched: Sequence[str]
) -> Draft:
    """Return a draft with what a step of whole cells says: those it brought, or those that were there before."""
    if said["kind"] == "replace":
        return drafts.laid_over(draft, store.given(tx, plan.id, said["step"]))
    own = {one["code"]: _cell(one) for one in said["cells"]}
    gone = set(said["gone"])
    was = [(code, None if code in gone else own.get(code) or base.cells.get(code)) for code in touched]
    return draft.changed(
        [code for code, cell in was if cell is None and code in draft.cells],
        [cell for _, cell in was if cell is not None],
    )


def copy(tx: db.Transaction, city: City, found: Drawn, source: Plan) -> Drawn:
    """Make the steps in force of another plan on the same base the first of this one, as the actor's own."""
    steps = {step.seq: step for step in store.steps(tx, source.id)}
    for step in steps.values():
        if not step.is_in_force:
            continue
        brought = log.brought(step)
        if brought is not None:
            whole = drafts.laid_over(found.draft, store.given(tx, source.id, brought))
            said = steps[brought].edit
            source_of = {name: value for name, value in said.items() if name not in {"kind", "cells"}}
            found = replace(tx, city, found, whole.partition, source_of).after
            continue
        done = editing.apply(found.draft, log.edit(step))
        if isinstance(done, Refusal):
            raise making.refused(done, city)
        found = making.make(tx, city, found, making.Way(Kind.EDIT, log.edit(step)), done).after
    return found


def _make(tx: db.Transaction, city: City, found: Drawn, way: _Way, draft: Draft) -> Made:
    """Write the step, unless a lock or the actor's scope forbids it."""
    guarding.check_whole(tx, city)
    was, now = (
        [one.cells[code] for code in way.touched if code in one.cells] for one in (found.draft, draft)
    )
    locks = store.locks(tx, found.plan.id)
    guarding.check(tx, city, locks, [*was, *now])
    step = Step(
        found.plan.id, found.plan.seq + 1, way.kind, way.said, way.inverse, way.touched, way.is_outer, way.undoes,
        None, person(tx.actor), tx.actor.name, tx.actor.account, clock.now(), log.result(draft, way.touched), "",
    )  # fmt: skip
    after = making.write(tx, city, found, step, draft)
    gone = tuple(code for code in way.touched if code not in draft.cells)
    return Made(city, found.draft, after, step, gone, tuple(cell.code for cell in now), (), locks)


def _put_back(found: Drawn, seq: int, touched: Sequence[str]) -> dict[str, Any]:
    """Return what takes the step `seq` back: its cells are as in the base, but for those the plan had changed."""
    cells = found.draft.cells
    there = [cells[code] for code in touched if code in cells]
    own = [cell for cell in there if cell is not found.base.cells.get(cell.code)]
    gone = [code for code in touched if code not in cells and code in found.base.cells]
    return {"kind": "put_back", "step": seq, "cells": [_kept(cell) for cell in own], "gone": gone}


def _kept(cell: Cell) -> dict[str, Any]:
    """Return a cell as the log keeps it; its rings in whole millimetres, each beginning where it begins."""
    lines = [[list(vertex) for vertex in ring] for ring in rings(cell.geometry)]
    return {"code": cell.code, "name": cell.name, "community": cell.community, "rings": lines}


def _cell(kept: Mapping[str, Any]) -> Cell:
    return Cell(kept["code"], kept["name"], kept["community"], polygon(kept["rings"]))


def _is_same(was: Cell | None, now: Cell) -> bool:
    if was is None or (was.name, was.community) != (now.name, now.community):
        return False
    return was.geometry is now.geometry or was.geometry.equals_exact(now.geometry, 0, normalize=True)


def _is_outer(was: Sequence[Cell], now: Sequence[Cell]) -> bool:
    """Return whether cells in place of others change the outline of them all by more than nodes on it."""
    if outer(cell.geometry for cell in was) == outer(cell.geometry for cell in now):
        return False
    before, after = (shapely.union_all([cell.geometry for cell in cells]) for cells in (was, now))
    length = max(before.length, after.length)
    return bool(before.symmetric_difference(after).area > length / 1000)
