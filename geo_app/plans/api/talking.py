"""Doors for what planners tell each other: locks and comments."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

from geo_app.core import db, describe, door, web
from geo_app.plans import talking
from geo_app.plans.api import answers, wire
from geo_app.plans.api.bodies import Said
from geo_app.plans.model import Lock

routes = APIBlueprint("talking", __name__, tag="Locks and comments of plans")


@routes.put("/api/plans/<int:plan_id>/locks/<kind>/<code>")
@routes.doc(**describe.door(answers.Locks))
@door.permit("plan.edit")
def lock(plan_id: int, kind: str, code: str) -> ResponseReturnValue:
    """Let nobody change a cell, or all cells of a unit, until it is unlocked."""
    return _locks(lambda tx: talking.lock(tx, plan_id, kind, code))


@routes.delete("/api/plans/<int:plan_id>/locks/<kind>/<code>")
@routes.doc(**describe.door(answers.Locks))
@door.permit("plan.edit")
def unlock(plan_id: int, kind: str, code: str) -> ResponseReturnValue:
    """Unlock a cell or a unit; who locked it may, and who approves plans."""
    return _locks(lambda tx: talking.unlock(tx, plan_id, kind, code))


@routes.get("/api/plans/<int:plan_id>/comments")
@routes.doc(**describe.door(answers.Comments))
@door.permit("map.read")
def comments(plan_id: int) -> ResponseReturnValue:
    """List what was said about a plan, oldest first."""
    with web.transaction() as tx:
        found = talking.comments(tx, plan_id)
    return web.ok({"items": [wire.comment(one) for one in found]})


@routes.post("/api/plans/<int:plan_id>/comments")
@routes.input(Said, location="json")
@routes.doc(**describe.door(answers.CommentItem, status=201))
@door.permit("plan.edit", "release.approve")
def comment(plan_id: int, json_data: Said) -> ResponseReturnValue:
    """Say something about a plan, or about one of its cells."""
    with web.transaction() as tx:
        return web.once(
            tx, lambda: (201, wire.comment(talking.comment(tx, plan_id, json_data.text, json_data.cell)))
        )


def _locks(act: Callable[[db.Transaction], list[Lock]]) -> ResponseReturnValue:
    with web.transaction() as tx:
        return web.once(tx, lambda: (200, {"items": [wire.lock(one) for one in act(tx)]}))
