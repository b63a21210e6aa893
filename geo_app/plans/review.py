"""From a draft to a release: submitted, agreed to by others, published on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict, Forbidden
from geo_app.core.reasons import CONTROL
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Draft as Planned
from geo_app.planning.model import Prepared
from geo_app.plans import guarding, service, store, workflow
from geo_app.plans.drafts import Drawn
from geo_app.plans.model import Approval, Plan, State
from geo_app.responders import service as responders
from grids.model import Cell
from grids.rings import outer

LONGEST_NOTE = 500
WAYS = {
    State.REVIEW: "submit", State.DRAFT: "return", State.APPROVED: "approve", State.WITHDRAWN: "withdraw",
}  # fmt: skip
"""What leads to a state somebody asks for."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A plan whose release is prepared: everything slow is done."""

    city: City
    plan: Plan
    prepared: Prepared


def move(tx: db.Transaction, plan_id: int, to: State, note: str) -> Plan:
    """Submit a plan, return it, agree to it or withdraw it, whichever leads to the state."""
    if to not in WAYS:
        raise BadInput("to", to, "one of " + ", ".join(WAYS))
    city, found = _locked(tx, plan_id, WAYS[to])
    written = _note(note)
    if to is State.APPROVED:
        return _approve(tx, city, found, written)
    if to is State.REVIEW:
        _check_submitted(tx, city, found)
    is_moved = store.move(tx, found.plan, to, is_round=to is State.REVIEW)
    return _moved(tx, city, found, WAYS[to], written, is_moved=is_moved)


def ready(tx: db.Transaction, plan_id: int, effective_at: datetime | None, note: str) -> Ready | None:
    """Return an approved plan with its release prepared, before any lock; None when it is not approved."""
    city, found = service.drawn(tx, plan_id)
    plan = found.plan
    if plan.state is not State.APPROVED:
        return None
    guarding.check_whole(tx, city)
    at = clock.now()
    if effective_at is not None and effective_at < at - clock.AHEAD:
        raise BadInput("effective_at", effective_at.isoformat(), "not before now")
    new = Planned(
        plan.base.release, found.draft.partition, effective_at or at, _note(note) or plan.name,
        rolls_back=plan.rolls_back, has_outer=plan.has_outer or _has_nodes(found),
        revision=plan.base.revision,
    )  # fmt: skip
    return Ready(city, plan, planning.prepare(tx, city, new))


def publish(tx: db.Transaction, plan_id: int, prepared: Ready | None) -> Plan:
    """Publish what was prepared of an approved plan; Conflict when plan or grid have changed meanwhile."""
    city, found = _locked(tx, plan_id, "publish")
    if prepared is None or prepared.plan.head != found.plan.head:
        raise Conflict(f"plan {plan_id} has changed meanwhile; ask again")
    responders.inherit(tx, prepared.prepared.heirs)  # first: then nothing waits to be matched yet
    release = planning.publish(tx, city, prepared.prepared)
    is_moved = store.move(tx, found.plan, State.SCHEDULED, release=release)
    return _moved(tx, city, found, "publish", "", is_moved=is_moved, release=release)


def _approve(tx: db.Transaction, city: City, found: Drawn, note: str) -> Plan:
    """Agree to a plan as another person than who drew it; a new outer border takes two."""
    plan, account = found.plan, tx.actor.account
    if account is None:
        raise Conflict("a plan is approved by a person with an account")
    if any(account == author for _, author in store.authors(tx, plan.id)):
        raise Conflict("who drew a plan does not approve it: another person does")
    guarding.check_scope(tx, city, _touched(found))
    if not store.approve(tx, plan, Approval(account, tx.actor.name, plan.head, note, clock.now())):
        raise Conflict("you have approved this plan already; another person must, too")
    given = len(store.approvals(tx, plan.id, plan.round))
    is_moved = given < needed(plan) or store.move(tx, plan, State.APPROVED)
    return _moved(tx, city, found, "approve", note, is_moved=is_moved, given=given, needed=needed(plan))


def needed(plan: Plan) -> int:
    """Return how many people must agree to a plan."""
    return 2 if plan.has_outer else 1


def _locked(tx: db.Transaction, plan_id: int, way: str) -> tuple[City, Drawn]:
    """Return a plan that nobody else moves until this transaction ends, if this may follow now."""
    store.lock(tx, plan_id)
    city, found = service.drawn(tx, plan_id)
    rule = workflow.RULES[way]
    if found.plan.state not in rule.states:
        raise Conflict(f"plan {plan_id} is {found.plan.state}")
    if not workflow.may(way, found.plan.state, tx.actor):
        raise Forbidden(rule.permission)
    return city, found


def _check_submitted(tx: db.Transaction, city: City, found: Drawn) -> None:
    if not any(service.counts(found)):
        raise Conflict("the plan changes nothing yet")
    guarding.check_scope(tx, city, _touched(found))


def _has_nodes(found: Drawn) -> bool:
    """Return whether the outer border has other vertices than before, though the same line to the millimetre."""
    codes = found.draft.cells.changed()
    was, now = (
        outer(draft.cells[code].geometry for code in codes if code in draft.cells)
        for draft in (found.base, found.draft)
    )
    return was != now


def _touched(found: Drawn) -> list[Cell]:
    """Return the cells that a plan changes, as they were and as they will be."""
    codes = found.draft.cells.changed()
    return [draft.cells[code] for draft in (found.base, found.draft) for code in codes if code in draft.cells]


def _moved(
    tx: db.Transaction, city: City, found: Drawn, way: str, note: str, *, is_moved: bool, **said: Any
) -> Plan:
    if not is_moved:
        raise Conflict(f"plan {found.plan.id} has changed meanwhile; ask again")
    facts.record(
        tx, workflow.RULES[way].fact, found.plan.id, city.jurisdiction, reason=note or None, seq=found.plan.seq,
        head=found.plan.head, **said,
    )  # fmt: skip
    return service.plan(tx, found.plan.id)


def _note(note: str) -> str:
    written = note.strip()
    if len(written) > LONGEST_NOTE or CONTROL.search(written):
        raise BadInput("note", note, f"at most {LONGEST_NOTE} characters")
    return written
