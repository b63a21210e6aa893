"""Who is there first, and sending somebody."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import web
from geo_app.dispatch import service
from geo_app.dispatch.api import wire

routes = APIBlueprint("assignments", __name__, tag="Assignments")


class NewAssignment(BaseModel):
    """Whom to send."""

    model_config = ConfigDict(extra="forbid", strict=True)
    responder: int = Field(gt=0, lt=2**62)


@routes.get("/api/incidents/<int:incident_id>/candidates")
def candidates(incident_id: int) -> ResponseReturnValue:
    """List who can be at the incident soonest, by road."""
    k = web.whole("k", 5, 1, service.MOST_CANDIDATES)
    with web.transaction() as tx:
        found = service.candidates(tx, incident_id, k)
    return web.ok(wire.candidates(found))


@routes.post("/api/incidents/<int:incident_id>/assignments")
@routes.input(NewAssignment)
def assign(incident_id: int, json_data: NewAssignment) -> ResponseReturnValue:
    """Send a responder; 409 names who holds the incident or the responder."""
    with web.transaction() as tx:
        return web.once(
            tx, lambda: (201, wire.assignment(service.assign(tx, incident_id, json_data.responder)))
        )
