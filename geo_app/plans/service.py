"""What planners do with plans: begin one, change it step by step, take steps back, look at what it has become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo_app.core import clock, db, facts
from geo_app.core.coords import Box
from geo_app.core.errors import BadInput, Conflict, Forbidden, NotFound
from geo_app.core.reasons import CONTROL
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Release
from geo_app.plans import drafts, guarding, log, making, pictures, replacing, store, workflow
from geo_app.plans.drafts import Drawn
from geo_app.plans.making import Made
from geo_app.plans.model import (
    LONGEST_NAME,
    MOST_CELLS,
    Approval,
    Base,
    Kind,
    Lock,
    NewPlan,
    Plan,
    State,
    Step,
    person,
)
from grids.model import Cell, Partition

MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class View:
    """Some cells of a plan, as an editor draws them."""

    drawn: Drawn
    city: City
    cells: Sequence[Cell]
    locked: frozenset[str]

    def data(self) -> dict[str, Any]:
        """Return it as JSON."""
        told = pictures.picture(self.drawn.base, self.drawn.draft, self.cells, self.locked, self.city)
        return {"seq": self.drawn.plan.seq, **told}


def begin(tx: db.Transaction, city: City, new: NewPlan) -> Plan:
    """Begin a plan on a release; a copy begins with the steps in force of another, on its base."""
    name = _name(new.name)
    if new.copied_from is not None and new.rolls_back is not None:
        raise BadInput("rolls_back", new.rolls_back, "a copy or a rollback, not both")
    source = None if new.copied_from is None else plan(tx, new.copied_from)
    if source is not None and source.city != city.id:
        raise BadInput("copied_from", new.copied_from, "a plan of this city")
    if source is not None and new.base is not None:
        raise BadInput("base", new.base, "left out of a copy, which stands where its plan does")
    if new.rolls_back is not None:
        planning.release(tx, city, new.rolls_back)
    stands_on = base(tx, city, new.base) if source is None else source.base
    at = clock.now()
    root = log.root(city.code, name, stands_on, tx.actor.name, at)
    plan_id = store.add(tx, city, replace(new, name=name), stands_on, root, at)
    facts.record(tx, "plan.begun", plan_id, city.jurisdiction, city=city.code, base=stands_on.release)
    begun = plan(tx, plan_id)
    if source is not None:
        replacing.copy(tx, city, drafts.of(tx, city, begun), source)
    if new.rolls_back is not None:
        cells = planning.partition_of(tx, city, new.rolls_back)
        replacing.replace(tx, city, drafts.of(tx, city, begun), cells, {"release": new.rolls_back})
    return plan(tx, plan_id)


def begin_with(
    tx: db.Transaction, city: City, new: NewPlan, cells: Partition, source: Mapping[str, Any]
) -> Plan:
    """Begin a plan that puts whole cells in place of all there are; `source` says where they come from."""
    begun = begin(tx, city, new)
    replacing.replace(tx, city, drafts.of(tx, city, begun), cells, source)
    return plan(tx, begun.id)


def base(tx: db.Transaction, city: City, release_id: int | None) -> Base:
    """Return what a plan may stand on: a release in force or to come, the newest for None; BadInput for others."""
    if release_id is None:
        release = newest(tx, city)
    else:
        release = planning.release(tx, city, release_id)
        if _is_over(release):
            raise BadInput("base", release_id, "a release that is in force or to come")
    return Base(release.id, release.revision)


def newest(tx: db.Transaction, city: City) -> Release:
    """Return the release that nothing has replaced yet, in force or scheduled."""
    for one in planning.releases(tx, city):
        if one.effective_to is None:
            return one
    raise Conflict(f"{city.name} has no release to change")


def is_stale(found: Plan, base: Release) -> bool:
    """Return whether a plan must be rebased: its base is over, or has other cells by a later revision."""
    return _is_over(base) or base.revision != found.base.revision


def _is_over(release: Release) -> bool:
    return release.effective_to is not None and release.effective_to <= clock.now()


def plan(tx: db.Transaction, plan_id: int) -> Plan:
    """Return a plan; NotFound names it."""
    found = store.plan(tx, plan_id, clock.now())
    if found is None:
        raise NotFound(f"there is no plan {plan_id}")
    return found


def plans(tx: db.Transaction, city: City) -> list[Plan]:
    """Return the plans of a city, newest first."""
    return store.plans(tx, city, clock.now())


def authors(tx: db.Transaction, plan_id: int) -> list[tuple[str, int | None]]:
    """Return who drew a plan or what it was copied from: name and account."""
    return store.authors(tx, plan_id)


def rename(tx: db.Transaction, plan_id: int, name: str) -> Plan:
    """Give a plan another name."""
    was = plan(tx, plan_id)
    store.rename(tx, plan_id, _name(name))
    jurisdiction = organisation.city_by_id(tx, was.city).jurisdiction
    facts.record(tx, "plan.renamed", plan_id, jurisdiction, changes={"name": (was.name, _name(name))})
    return plan(tx, plan_id)


def drawn(tx: db.Transaction, plan_id: int) -> tuple[City, Drawn]:
    """Return a plan with its base and its draft, as of now."""
    found = plan(tx, plan_id)
    city = organisation.city_by_id(tx, found.city)
    return city, drafts.of(tx, city, found)


def city_of(tx: db.Transaction, plan_id: int) -> City:
    """Return the city of a plan; NotFound names the plan."""
    return organisation.city_by_id(tx, plan(tx, plan_id).city)


def counts(found: Drawn) -> tuple[int, int, int]:
    """Return how many cells are new, changed and gone since the base release."""
    codes = set(found.draft.cells.changed())
    new = sum(1 for code in codes if code in found.draft.cells and code not in found.base.cells)
    gone = sum(1 for code in codes if code in found.base.cells and code not in found.draft.cells)
    stay = (
        found.draft.cells[code] for code in codes if code in found.draft.cells and code in found.base.cells
    )
    return new, sum(pictures.is_changed(found.base, cell) for cell in stay), gone


def locks(tx: db.Transaction, plan_id: int) -> list[Lock]:
    """Return what is locked in a plan."""
    return store.locks(tx, plan_id)


def approvals(tx: db.Transaction, found: Plan) -> list[Approval]:
    """Return who agreed to a plan as it was submitted last."""
    return store.approvals(tx, found.id, found.round)


def look(tx: db.Transaction, plan_id: int, box: Box) -> View:
    """Return the cells of a plan in a metric box with their borders; BadInput when they are too many."""
    city, found = drawn(tx, plan_id)
    cells = found.draft.near(box)
    if len(cells) > MOST_CELLS:
        raise BadInput("bbox", len(cells), f"at most {MOST_CELLS} cells at once: zoom in")
    locked = guarding.locked(tx, city, store.locks(tx, plan_id), cells)
    return View(found, city, cells, frozenset(locked))


def view(tx: db.Transaction, done: Made) -> View:
    """Return what a step made, with the cells around, as an editor draws it."""
    cells = done.around()
    return View(done.after, done.city, cells, frozenset(guarding.locked(tx, done.city, done.locks, cells)))


def edit(tx: db.Transaction, plan_id: int, seen: int, data: Any) -> Made:
    """Make an edit as the next step of a draft; `seen` is the step the planner's picture shows."""
    city, found = to_change(tx, plan_id, seen)
    return making.edit(tx, city, found, seen, data)


def undo(tx: db.Transaction, plan_id: int, seen: int) -> Made:
    """Take back the actor's own newest step in force; Conflict when others built on it."""
    city, found = to_change(tx, plan_id, seen)
    step = store.to_undo(tx, plan_id, person(tx.actor))
    if step is None:
        raise Conflict("you have made no step that can be taken back")
    return _take_back(tx, city, found, step, Kind.UNDO)


def redo(tx: db.Transaction, plan_id: int, seen: int) -> Made:
    """Make again what the actor took back last; not after an edit made since."""
    city, found = to_change(tx, plan_id, seen)
    step = store.to_redo(tx, plan_id, person(tx.actor))
    if step is None:
        raise Conflict("you have taken back no step that can be made again")
    return _take_back(tx, city, found, step, Kind.REDO)


def steps(tx: db.Transaction, plan_id: int, before: int | None, most: int) -> list[Step]:
    """Return the log of a plan before a step, newest first."""
    plan(tx, plan_id)
    return store.newest_steps(tx, plan_id, before, most)


def may(tx: db.Transaction, found: Plan) -> dict[str, bool]:
    """Return what the actor may do with a plan now, as far as its state and the actor's own steps say."""
    told = {name: workflow.may(name, found.state, tx.actor) for name in workflow.RULES}
    own = person(tx.actor)
    told["approve"] = told["approve"] and may_agree(tx, found)
    told["undo"] = told["undo"] and store.to_undo(tx, found.id, own) is not None
    told["redo"] = told["redo"] and store.to_redo(tx, found.id, own) is not None
    return told


def may_agree(tx: db.Transaction, found: Plan) -> bool:
    """Return whether the actor is somebody else than who drew a plan, and has not agreed to it yet."""
    account = tx.actor.account
    others = {author for _, author in store.authors(tx, found.id)}
    others |= {given.account for given in store.approvals(tx, found.id, found.round)}
    return account is not None and account not in others


def to_change(tx: db.Transaction, plan_id: int, seen: int | None) -> tuple[City, Drawn]:
    """Return a plan that nobody else changes until this transaction ends; Conflict unless it is a draft."""
    if not tx.actor.may("plan.edit"):
        raise Forbidden("plan.edit")
    store.lock(tx, plan_id)
    city, found = drawn(tx, plan_id)
    if found.plan.state is not State.DRAFT:
        raise Conflict(f"plan {plan_id} is {found.plan.state} and not a draft any more")
    if seen is not None and not 0 <= seen <= found.plan.seq:
        raise BadInput("seen", seen, f"a step of this plan, at most {found.plan.seq}")
    return city, found


def _take_back(tx: db.Transaction, city: City, found: Drawn, step: Step, kind: Kind) -> Made:
    way = replacing.take_back if log.is_whole(step) else making.take_back
    return way(tx, city, found, step, kind)


def _name(name: str) -> str:
    written = " ".join(name.split())
    if not 1 <= len(written) <= LONGEST_NAME or CONTROL.search(written):
        raise BadInput("name", name, f"1 to {LONGEST_NAME} characters")
    return written
