"""Doors for plans: which there are, how far one is, its log."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import db, describe, door, web
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning
from geo_app.plans import service
from geo_app.plans.api import answers, wire
from geo_app.plans.api.bodies import Begun, Named
from geo_app.plans.model import NewPlan

routes = APIBlueprint("plans", __name__, tag="Plans")
BEFORE = describe.whole("before", "Steps before this one; 0 for the newest.", 0, 0, 999_999_999)
LIMIT = describe.whole("limit", "Most steps.", 100, 1, service.MOST_STEPS)


@routes.get("/api/plans")
@routes.doc(**describe.door(answers.Plans, describe.CITY))
@door.permit("map.read")
def plans() -> ResponseReturnValue:
    """List the plans of a city, newest first."""
    with web.transaction() as tx:
        found = service.plans(tx, organisation.city(tx, request.args.get("city")))
    return web.ok({"items": [wire.plan(one) for one in found]})


@routes.post("/api/plans")
@routes.input(Begun, location="json")
@routes.doc(**describe.door(answers.PlanSheet, describe.CITY, status=201, headers=("Location",)))
@door.permit("plan.edit")
def begin(json_data: Begun) -> ResponseReturnValue:
    """Begin a plan on a release, the newest unless one is named: empty, as a copy, or back to an earlier release."""
    new = NewPlan(json_data.name, json_data.copied_from, json_data.rolls_back, json_data.base)
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        answer = web.once(tx, lambda: (201, sheet(tx, service.begin(tx, city, new).id)))
    answer.headers["Location"] = f"/api/plans/{answer.get_json()['id']}"
    return answer


@routes.get("/api/plans/<int:plan_id>")
@routes.doc(**describe.door(answers.PlanSheet))
@door.permit("map.read")
def plan(plan_id: int) -> ResponseReturnValue:
    """Return a plan: how far it is, who drew it, what is locked, what may follow."""
    with web.transaction() as tx:
        body = sheet(tx, plan_id)
    return web.ok(body)


@routes.patch("/api/plans/<int:plan_id>")
@routes.input(Named, location="json")
@routes.doc(**describe.door(answers.PlanSheet))
@door.permit("plan.edit")
def rename(plan_id: int, json_data: Named) -> ResponseReturnValue:
    """Give a plan another name."""

    def act() -> tuple[int, object]:
        service.rename(tx, plan_id, json_data.name)
        return 200, sheet(tx, plan_id)

    with web.transaction() as tx:
        return web.once(tx, act)


@routes.get("/api/plans/<int:plan_id>/steps")
@routes.doc(**describe.door(answers.Steps, BEFORE, LIMIT))
@door.permit("map.read")
def steps(plan_id: int) -> ResponseReturnValue:
    """List the log of a plan, newest first."""
    before, most = web.whole("before", 0, 0, 999_999_999), web.whole("limit", 100, 1, service.MOST_STEPS)
    with web.transaction() as tx:
        found = service.steps(tx, plan_id, before or None, most)
    return web.ok({"items": [wire.step(one) for one in found]})


def sheet(tx: db.Transaction, plan_id: int) -> dict[str, Any]:
    """Return a plan with all that is known of it."""
    city, found = service.drawn(tx, plan_id)
    counts = service.counts(found)
    base = planning.release(tx, city, found.plan.base.release)
    return {
        **wire.plan(found.plan),
        "may": service.may(tx, found.plan),
        "authors": [{"name": name, "account": account} for name, account in service.authors(tx, plan_id)],
        "locks": [wire.lock(one) for one in service.locks(tx, plan_id)],
        "counts": {"new": counts[0], "changed": counts[1], "gone": counts[2]},
        "head": found.plan.head,
        "newest": service.newest(tx, city).id,
        "base_until": base.effective_to and base.effective_to.isoformat(),
        "is_stale": service.is_stale(found.plan, base),
        "approvals": [wire.approval(one) for one in service.approvals(tx, found.plan)],
    }
