"""How a step is made: tried on the draft, compared with what others did, written with its hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_app.core import clock, coords, db, facts
from geo_app.core.errors import Conflict
from geo_app.organisation.model import City
from geo_app.plans import asking, drafts, guarding, log, pictures, store, workflow
from geo_app.plans.drafts import Drawn
from geo_app.plans.model import MOST_CELLS, Kind, Lock, Step, person
from geo_app.plans.refusals import ChangedMeanwhile, EditRefused
from grids import cutting, edits
from grids import edit as editing
from grids.draft import Draft
from grids.edit import Done
from grids.edits import AssignUnits, Edit, Rename
from grids.model import Cell
from grids.refusal import Reason, Refusal, Refused
from grids.rings import Vertex


@dataclass(frozen=True, slots=True)
class Made:
    """A step that was made: the draft before and after, what it touched, and the nodes of the outer border."""

    city: City
    before: Draft
    after: Drawn
    step: Step
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    nodes: tuple[Vertex, ...]
    locks: Sequence[Lock]

    def around(self) -> list[Cell]:
        """Return the cells whose picture may be another one now; none where more were touched than are drawn."""
        if len(self.step.touched) > MOST_CELLS:
            return []
        return pictures.around(self.before, self.after.draft, (*self.gone, *self.changed))


@dataclass(frozen=True, slots=True)
class Way:
    """How a step came about: what it is, and what it takes back."""

    kind: Kind
    edit: Edit
    undoes: int | None = None


def edit(tx: db.Transaction, city: City, found: Drawn, seen: int, data: Any) -> Made:
    """Make what a planner asks for; refused with a reason, or Conflict when others changed the same since `seen`."""
    asked = _asked(tx, city, found, data)
    is_newest = seen == found.plan.seq  # then nobody can have changed anything since
    if not is_newest and store.was_rebased(tx, found.plan.id, seen):
        raise Conflict("the plan was put on another release since you looked at it; load the map again")
    done = editing.apply(found.draft, asked)
    own = person(tx.actor)
    if isinstance(done, Refusal):
        concerned = _concerned(found.draft, done, asked)
        touches = [] if is_newest else store.touches(tx, found.plan.id, concerned, seen, own)
        if touches:
            raise ChangedMeanwhile(touches, found.plan.seq)
        raise refused(done, city)
    codes = (*done.gone, *done.changed)
    touches = [] if is_newest else store.touches(tx, found.plan.id, codes, seen, own)
    if touches:
        raise ChangedMeanwhile(touches, found.plan.seq)
    _check_new_codes(tx, city, found, done)
    return make(tx, city, found, Way(Kind.EDIT, asked), done)


def take_back(tx: db.Transaction, city: City, found: Drawn, step: Step, kind: Kind) -> Made:
    """Undo a step, or redo what an undo took back; Conflict when somebody else built on it."""
    if step.inverse is None:
        raise ValueError(f"step {step.seq} of plan {step.plan} has no inverse")
    back = edits.read(step.inverse)
    done = editing.apply(found.draft, back)
    codes = step.touched if isinstance(done, Refusal) else (*done.gone, *done.changed)
    touches = store.built_on(tx, step.plan, codes, step.seq, person(tx.actor))
    if touches:
        raise ChangedMeanwhile(touches, found.plan.seq)
    if isinstance(done, Refusal):
        raise refused(done, city)
    return make(tx, city, found, Way(kind, back, step.seq), done)


def refused(refusal: Refusal, city: City) -> EditRefused:
    """Return what is to be raised, with its place in degrees."""
    place: BaseGeometry = refusal.place
    return EditRefused(refusal, place if place.is_empty else coords.to_lonlat(place, city.srid))


def _asked(tx: db.Transaction, city: City, found: Drawn, data: Any) -> Edit:
    """Return the edit that is asked for, with codes where they were left out."""
    said = asking.millimetres(data, city)
    try:
        if isinstance(said, dict) and said.get("kind") == "split" and "codes" not in said:
            said = {**said, "codes": []}
            tried = asking.read(said)
            pieces = cutting.pieces(found.draft, tried.code, tried.line)  # type: ignore[attr-defined]
            cell = found.draft.cells[tried.code]  # type: ignore[attr-defined]
            used = store.codes_like(tx, city, asking.beginning(cell, city))
            said["codes"] = asking.proposed(cell, pieces, {*used, *found.draft.cells.changed()}, city)
        asked = asking.read(said)
    except Refused as error:
        raise refused(error.refusal, city) from error
    if isinstance(asked, Rename):
        asking.check_name(asked.name)
    if isinstance(asked, AssignUnits):
        guarding.check_communities(tx, city, asked.units.values())
    return asked


def _concerned(draft: Draft, refusal: Refusal, asked: Edit) -> list[str]:
    """Return the cells a refused edit is about: those it names, and those near what it draws."""
    near = {cell.code for cell in draft.near(refusal.place.bounds)} if not refusal.place.is_empty else set()
    named = [value for value in asked.data().values() if isinstance(value, str)]
    return sorted({*refusal.codes, *near, *named})


def _check_new_codes(tx: db.Transaction, city: City, found: Drawn, done: Done) -> None:
    """Refuse a new code that is none, or that a cell had once: a code is never given again."""
    new = [code for code in done.changed if code not in found.draft.cells]
    for code in new:
        asking.check_code(code, city)
    fresh = [code for code in new if code not in found.base.cells]
    for code in sorted(store.known_codes(tx, city, fresh) if fresh else ()):
        place = done.draft.cells[code].geometry
        raise refused(Refusal(Reason.CODE_IN_USE, (code,), place, f"a cell had the code {code} before"), city)


def make(tx: db.Transaction, city: City, found: Drawn, way: Way, done: Done) -> Made:
    """Write the step, unless a lock or the actor's scope forbids it."""
    touched = tuple(sorted({*done.gone, *done.changed}))
    was = [found.draft.cells[code] for code in touched if code in found.draft.cells]
    now = [done.draft.cells[code] for code in done.changed]
    plan, locks = found.plan, store.locks(tx, found.plan.id)
    guarding.check(tx, city, locks, [*was, *now])
    step = Step(
        plan.id, plan.seq + 1, way.kind, log.plain(way.edit), log.plain(done.inverse), touched,
        way.edit.changes_outer_border, way.undoes, None, person(tx.actor), tx.actor.name, tx.actor.account,
        clock.now(), log.result(done.draft, touched), "",
    )  # fmt: skip
    after = write(tx, city, found, step, done.draft)
    facts.record(
        tx, workflow.RULES[way.kind].fact, plan.id, city.jurisdiction, seq=step.seq, edit=way.edit.kind
    )
    return Made(city, found.draft, after, step, done.gone, done.changed, done.nodes, locks)


def write(tx: db.Transaction, city: City, found: Drawn, step: Step, draft: Draft) -> Drawn:
    """Chain a step to the log, write it with the cells it leaves, and return the plan as it is then."""
    chained = with_changes(step, hash=log.chained(found.plan.head, step))
    put = [draft.cells[code] for code in step.touched if code in draft.cells]
    gone = [(code, found.draft.cells[code].community) for code in step.touched if code not in draft.cells]
    store.add_step(tx, city, chained, put, gone)
    plan = with_changes(found.plan, seq=step.seq, head=chained.hash)
    after = Drawn(plan, found.base, draft)
    drafts.MEMORY.keep(after)
    return after
