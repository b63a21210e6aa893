"""The queue: what came in, where it is, who is on the way."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from geo_app.core import web
from geo_app.dispatch import service
from geo_app.dispatch.api import wire
from geo_app.incidents import service as incidents
from geo_app.organisation import service as organisation

routes = APIBlueprint("incidents", __name__, tag="Incidents")
OPEN = {"open": True, "closed": False, "all": None}


@routes.get("/api/incidents")
def queue() -> ResponseReturnValue:
    """List incidents, newest first, with who is on the way."""
    most = web.whole("limit", 200, 1, 2000)
    is_open = OPEN[web.choice("state", "open", tuple(OPEN))]
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = incidents.incidents(tx, city, is_open, most)
        sent = service.leads(tx, [incident.id for incident in found])
    features = [wire.feature(incident, sent.get(incident.id)) for incident in found]
    return web.ok({"type": "FeatureCollection", "features": features})


@routes.get("/api/incidents/<int:incident_id>")
def incident(incident_id: int) -> ResponseReturnValue:
    """Return one incident with who is on the way."""
    with web.transaction() as tx:
        found = incidents.incident(tx, incident_id)
        sent = service.leads(tx, [incident_id])
    return web.ok(wire.feature(found, sent.get(incident_id)))
