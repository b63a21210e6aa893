"""What planners tell each other in a plan: what is to stay as it is, and what they think of it."""

from __future__ import annotations

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.core.reasons import CONTROL
from geo_app.organisation import service as organisation
from geo_app.plans import guarding, service, store
from geo_app.plans.model import LONGEST_COMMENT, Comment, Lock, State, person

KINDS = ("cell", "unit")


def lock(tx: db.Transaction, plan_id: int, kind: str, code: str) -> list[Lock]:
    """Let nobody change a cell, or the cells of a unit, until it is unlocked; return what is locked then."""
    city, found = service.to_change(tx, plan_id, None)
    if kind not in KINDS:
        raise NotFound(f"there are locks of {' and '.join(KINDS)} only")
    if kind == "cell":
        cell = found.draft.cells.get(code)
        if cell is None:
            raise NotFound(f"there is no cell {code} in this plan")
        guarding.check_scope(tx, city, [cell])
    elif code not in {unit.code for unit in organisation.units(tx, city, clock.now())}:
        raise NotFound(f"there is no unit {code}")
    if store.put_lock(tx, plan_id, Lock(kind, code, person(tx.actor), tx.actor.name, clock.now())):
        facts.record(tx, "plan.locked", plan_id, city.jurisdiction, what=kind, code=code)
    return store.locks(tx, plan_id)


def unlock(tx: db.Transaction, plan_id: int, kind: str, code: str) -> list[Lock]:
    """Take a lock away: who set it may, and who approves; return what is locked still."""
    city, _ = service.to_change(tx, plan_id, None)
    held = {(one.kind, one.code): one for one in store.locks(tx, plan_id)}
    if (kind, code) not in held:
        raise NotFound(f"{code} is not locked in this plan")
    by = held[kind, code]
    if by.person != person(tx.actor) and not tx.actor.may("release.approve"):
        raise Conflict(f"{by.actor} locked it: they unlock it, or who approves plans")
    store.take_lock(tx, plan_id, kind, code)
    facts.record(tx, "plan.unlocked", plan_id, city.jurisdiction, what=kind, code=code)
    return store.locks(tx, plan_id)


def comments(tx: db.Transaction, plan_id: int) -> list[Comment]:
    """Return what was said about a plan, oldest first."""
    service.plan(tx, plan_id)
    return store.comments(tx, plan_id)


def comment(tx: db.Transaction, plan_id: int, text: str, cell: str | None) -> Comment:
    """Say something about a plan, or about a cell it has or had."""
    city, found = service.drawn(tx, plan_id)
    written = text.strip()
    if not 1 <= len(written) <= LONGEST_COMMENT or CONTROL.search(written):
        raise BadInput("text", text, f"1 to {LONGEST_COMMENT} characters")
    if found.plan.state is State.WITHDRAWN:
        raise Conflict(f"plan {plan_id} is {found.plan.state}")
    if cell is not None and cell not in found.draft.cells and cell not in found.base.cells:
        raise BadInput("cell", cell, "a cell of this plan")
    said = store.add_comment(tx, found.plan, cell, written, clock.now())
    facts.record(tx, "plan.commented", plan_id, city.jurisdiction, comment=said.id)
    return said
