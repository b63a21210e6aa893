"""Doors from a draft to a release: review, publishing, consequences, another base."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import clock, describe, door, web
from geo_app.plans import consequences as effects
from geo_app.plans import rebasing, review
from geo_app.plans.api import answers, plans
from geo_app.plans.api.bodies import Moved, Published, Rebased

routes = APIBlueprint("review", __name__, tag="Review of plans")
EFFECTIVE = describe.query("effective_at", "From when it would be in force, RFC 3339; now when left out.")


@routes.post("/api/plans/<int:plan_id>/state")
@routes.input(Moved, location="json")
@routes.doc(**describe.door(answers.PlanSheet))
@door.permit("plan.edit", "release.approve")
def state(plan_id: int, json_data: Moved) -> ResponseReturnValue:
    """Submit a plan (review), return it (draft), agree to it (approved) or withdraw it; another person approves."""

    def act() -> tuple[int, object]:
        review.move(tx, plan_id, json_data.to, json_data.note)
        return 200, plans.sheet(tx, plan_id)

    with web.transaction() as tx:
        return web.once(tx, act)


@routes.post("/api/plans/<int:plan_id>/publish")
@routes.input(Published, location="json")
@routes.doc(**describe.door(answers.PlanSheet))
@door.permit("release.approve")
def publish(plan_id: int, json_data: Published) -> ResponseReturnValue:
    """Publish an approved plan from a moment on, now when it is left out; 409 when a rebase is due."""
    said = json_data.effective_at
    at = None if said is None else clock.moment(said, "effective_at")
    with web.database().transaction(door.actor(), patient=True) as tx:
        ready = review.ready(tx, plan_id, at, json_data.note)

    def act() -> tuple[int, object]:
        review.publish(tx, plan_id, ready)
        return 200, plans.sheet(tx, plan_id)

    with web.database().transaction(door.actor(), patient=True) as tx:
        return web.once(tx, act)


@routes.get("/api/plans/<int:plan_id>/consequences")
@routes.doc(**describe.door(answers.Consequences, EFFECTIVE))
@door.permit("map.read")
def consequences(plan_id: int) -> ResponseReturnValue:
    """Tell what publishing would do: cells by kind of change, open incidents that get other people, who is told."""
    said = request.args.get("effective_at")
    at = None if said is None else clock.moment(said, "effective_at")
    with web.transaction() as tx:
        found = effects.consequences(tx, plan_id)
    return web.ok(
        {
            "effective_at": (at or clock.now()).isoformat(),
            "cells": found.cells,
            "open_incidents": found.incidents,
            "change_cell": found.new_cell,
            "change_worker": found.new_worker,
            "unanswered": list(found.unanswered),
            "told": found.told,
            "workers": [{"id": number, "name": name} for number, name in found.workers],
        }
    )


@routes.get("/api/plans/<int:plan_id>/changes")
@routes.doc(**describe.door(answers.Changes))
@door.permit("map.read")
def changes(plan_id: int) -> ResponseReturnValue:
    """Return the changed cells as GeoJSON, as they were and as they will be."""
    with web.transaction() as tx:
        body = effects.changes(tx, plan_id)
    return web.ok(body)


@routes.post("/api/plans/<int:plan_id>/rebase")
@routes.input(Rebased, location="json")
@routes.doc(**describe.door(answers.PlanSheet))
@door.permit("plan.edit")
def rebase(plan_id: int, json_data: Rebased) -> ResponseReturnValue:
    """Put a draft on a release, the newest unless one is named; 409 lists the steps that do not fit."""

    def act() -> tuple[int, object]:
        rebasing.rebase(tx, plan_id, frozenset(json_data.leave_out or ()), json_data.base)
        return 200, plans.sheet(tx, plan_id)

    with web.database().transaction(door.actor(), patient=True) as tx:
        return web.once(tx, act)
