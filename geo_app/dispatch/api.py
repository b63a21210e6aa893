"""Doors for dispatchers: the queue, who is there first, sending somebody."""

from __future__ import annotations

import shapely
from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import web
from geo_app.dispatch import service
from geo_app.dispatch.model import Assignment, Candidate
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Incident
from geo_app.organisation import service as organisation
from geo_app.responders.model import Responder

routes = APIBlueprint("dispatch", __name__, tag="Dispatch")
OPEN = {"open": True, "closed": False, "all": None}


class NewAssignment(BaseModel):
    """Whom to send."""

    model_config = ConfigDict(extra="forbid", strict=True)
    responder: int = Field(gt=0, lt=2**62)


@routes.get("/api/incidents")
def queue() -> ResponseReturnValue:
    """List incidents, newest first, with who is on the way."""
    most = web.whole("limit", 200, 1, 2000)
    is_open = OPEN[web.choice("state", "open", tuple(OPEN))]
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = incidents.incidents(tx, city, is_open, most)
        sent = service.active(tx, [incident.id for incident in found])
    features = [_feature(incident, sent.get(incident.id)) for incident in found]
    return web.ok({"type": "FeatureCollection", "features": features})


@routes.get("/api/incidents/<int:incident_id>")
def incident(incident_id: int) -> ResponseReturnValue:
    """Return one incident with who is on the way."""
    with web.transaction() as tx:
        found = incidents.incident(tx, incident_id)
        sent = service.active(tx, [incident_id])
    return web.ok(_feature(found, sent.get(incident_id)))


@routes.get("/api/incidents/<int:incident_id>/candidates")
def candidates(incident_id: int) -> ResponseReturnValue:
    """List who can be at the incident soonest, by road."""
    k = web.whole("k", 5, 1, service.MOST_CANDIDATES)
    with web.transaction() as tx:
        found = service.candidates(tx, incident_id, k)
    body = {
        "incident": incident_id, "mode": found.mode, "is_estimate": found.is_estimate,
        "candidates": [_candidate(one) for one in found.candidates],
    }  # fmt: skip
    return web.ok(body)


@routes.post("/api/incidents/<int:incident_id>/assignments")
@routes.input(NewAssignment)
def assign(incident_id: int, json_data: NewAssignment) -> ResponseReturnValue:
    """Send a responder; 409 names who holds the incident or the responder."""
    with web.transaction() as tx:
        return web.once(tx, lambda: (201, _assignment(service.assign(tx, incident_id, json_data.responder))))


def _feature(incident: Incident, sent: Assignment | None) -> dict[str, object]:
    cell = None if incident.cell is None else {"code": incident.cell, "name": incident.cell_name}
    return {
        "type": "Feature", "id": incident.id, "geometry": shapely.geometry.mapping(incident.position),
        "properties": {
            "id": incident.id, "category": incident.category, "category_name": incident.category_name,
            "category_name_en": incident.category_name_en, "is_urgent": incident.is_urgent,
            "channel": incident.channel, "description": incident.description, "state": incident.state,
            "occurred_at": incident.occurred_at.isoformat(), "respond_by": incident.respond_by.isoformat(),
            "cell": cell, "assignment": None if sent is None else _assignment(sent),
        },
    }  # fmt: skip


def _assignment(assignment: Assignment) -> dict[str, object]:
    return {
        "id": assignment.id, "incident": assignment.incident, "state": assignment.state,
        "responder": {"id": assignment.responder, "name": assignment.responder_name},
    }  # fmt: skip


def _candidate(one: Candidate) -> dict[str, object]:
    return {
        "responder": _responder(one.responder), "seconds": round(one.seconds, 1), "metres": round(one.metres, 1),
        "in_cell": one.is_in_cell, "reasons": one.reasons,
        "route": None if one.route is None else shapely.geometry.mapping(one.route),
    }  # fmt: skip


def _responder(responder: Responder) -> dict[str, object]:
    return {
        "id": responder.id, "name": responder.name, "kind": responder.kind, "skills": responder.skills,
        "status": responder.status, "position_at": responder.position_at.isoformat(),
    }  # fmt: skip
