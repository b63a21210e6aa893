"""Who is there first, sending somebody, and how it goes on from there."""

from __future__ import annotations

from typing import Annotated

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geo_app.core import describe, door, web
from geo_app.dispatch import service, workflow
from geo_app.dispatch.api import answers, wire
from geo_app.dispatch.workflow import LONGEST_REASON, Step
from geo_app.incidents import service as incidents
from geo_app.organisation import service as organisation

routes = APIBlueprint("assignments", __name__, tag="Assignments")
ACTIVE = {"yes": True, "no": False, "all": None}
MOST = describe.whole("k", "Most candidates.", 5, 1, service.MOST_CANDIDATES)
RESPONDER = describe.whole("responder", "Only those of this responder; 0 for everybody.", 0, 0, 999_999_999)
STATE = describe.choice("active", "Which assignments.", "yes", tuple(ACTIVE))
LIMIT = describe.whole("limit", "Most assignments.", 50, 1, 200)
READABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""A reason can be shown and kept."""


class NewAssignment(BaseModel):
    """Whom to send."""

    model_config = ConfigDict(extra="forbid", strict=True)
    responder: int = Field(gt=0, lt=2**62)


@routes.get("/api/incidents/<int:incident_id>/candidates")
@routes.doc(**describe.door(answers.Candidates, MOST))
@door.permit("assignment.make")
def candidates(incident_id: int) -> ResponseReturnValue:
    """List who can be at the incident soonest, by road."""
    k = web.whole("k", 5, 1, service.MOST_CANDIDATES)
    with web.transaction() as tx:
        found = service.candidates(tx, incident_id, k)
    return web.ok(wire.candidates(found))


@routes.post("/api/incidents/<int:incident_id>/assignments")
@routes.input(NewAssignment)
@routes.doc(**describe.door(answers.Sent, status=201))
@door.permit("assignment.make")
def assign(incident_id: int, json_data: NewAssignment) -> ResponseReturnValue:
    """Send a responder; 409 names who holds the incident or the responder."""
    with web.transaction() as tx:
        return web.once(
            tx, lambda: (201, wire.assignment(service.assign(tx, incident_id, json_data.responder)))
        )


class NewStep(BaseModel):
    """What somebody does with an assignment; declining and cancelling need a reason."""

    model_config = ConfigDict(extra="forbid")
    step: Step
    reason: (
        Annotated[
            str,
            StringConstraints(
                strip_whitespace=True, min_length=1, max_length=LONGEST_REASON, pattern=READABLE
            ),
        ]
        | None
    ) = None


@routes.post("/api/assignments/<int:assignment_id>/steps")
@routes.input(NewStep)
@routes.doc(**describe.door(answers.Sent, is_edit=True), description=workflow.described())
@door.permit("assignment.step")
def step(assignment_id: int, json_data: NewStep) -> ResponseReturnValue:
    """Take a step of an assignment; If-Match names the version it was decided on."""
    version = web.version()
    with web.transaction() as tx:
        return web.once(
            tx,
            lambda: (
                200,
                wire.assignment(service.step(tx, assignment_id, version, json_data.step, json_data.reason)),
            ),
        )


@routes.get("/api/assignments/<int:assignment_id>")
@routes.doc(**describe.door(answers.Task, headers=("ETag",)))
@door.permit("incident.read")
def assignment(assignment_id: int) -> ResponseReturnValue:
    """Return an assignment with its incident and the steps that may follow; the ETag is its version."""
    with web.transaction() as tx:
        found = service.assignment(tx, assignment_id)
        about = incidents.incident(tx, found.incident)
    return web.ok(wire.task(found, about), etag=found.version)


@routes.get("/api/assignments")
@routes.doc(**describe.door(answers.Tasks, describe.CITY, RESPONDER, STATE, LIMIT))
@door.permit("incident.read")
def assignments() -> ResponseReturnValue:
    """List the assignments of a city or of one responder, newest first, each with its incident."""
    is_active = ACTIVE[web.choice("active", "yes", tuple(ACTIVE))]
    most = web.whole("limit", 50, 1, 200)
    responder = web.whole("responder", 0, 0, 999_999_999) or None
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = service.assignments(tx, city, responder, is_active, most)
        about = incidents.by_ids(tx, [one.incident for one in found])
    return web.ok(
        {"assignments": [wire.task(one, about[one.incident]) for one in found if one.incident in about]}
    )
