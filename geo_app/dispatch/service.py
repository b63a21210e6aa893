"""What dispatchers do: see who is there first, send one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from shapely import Point

from geo_app.core import clock, coords, db, facts
from geo_app.core.errors import Conflict
from geo_app.dispatch import rank, store
from geo_app.dispatch.model import Assignment, Candidate, Candidates
from geo_app.incidents import service as incidents
from geo_app.incidents.model import State
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.responders import service as responders
from geo_app.responders.model import Status
from geo_app.roads import service as roads
from geo_app.roads.model import Mode, RoadEngine

MODE = Mode.EBIKE
"""How grid workers travel; data per responder in a later release."""
MOST_CANDIDATES = 20


def candidates(tx: db.Transaction, incident_id: int, k: int, *, with_routes: bool = True) -> Candidates:
    """Return the `k` free, on-shift, skilled responders who can be at the incident soonest, with their routes."""
    incident = incidents.incident(tx, incident_id)
    city = organisation.city_by_id(tx, incident.city)
    at = clock.now()
    available = responders.available(tx, city, incident.skill, at)
    engine = roads.engine(tx, city.id, MODE)
    target = coords.to_metric(incident.position, city.srid)
    lonlat = np.array([[one.position.x, one.position.y] for one in available]).reshape(-1, 2)
    metric = np.round(coords.convert(lonlat, coords.WGS84, city.srid), 3)
    ranking = engine.nearest(target, metric, k)
    ranked = rank.by_travel_time(incident, available, ranking)
    if with_routes:
        ranked = [_with_route(city, engine, one, target) for one in ranked]
    return Candidates(incident_id, MODE, ranking.is_estimate, tuple(ranked))


def assign(tx: db.Transaction, incident_id: int, responder_id: int) -> Assignment:
    """Send a responder to an incident as its lead.

    Conflict names the holder when the responder is busy, the incident has a lead or is closed. The roads are
    asked before any lock is taken; then incident and responder are locked, in this order.
    """
    choice = candidates(tx, incident_id, MOST_CANDIDATES, with_routes=False)
    city_id, state = incidents.lock(tx, incident_id)
    city = organisation.city_by_id(tx, city_id)
    if state is State.CLOSED:
        raise Conflict(f"incident {incident_id} is closed")
    responders.responder(tx, city, responder_id, clock.now())
    name, status = responders.lock(tx, responder_id)
    assignment = store.assign(tx, city, incident_id, responder_id, choice, clock.now())
    if assignment is None:
        raise Conflict(_who_holds(tx, incident_id, responder_id))
    if status is not Status.FREE:
        raise Conflict(f"{name} is {status}")
    responders.set_status(tx, city, responder_id, Status.ASSIGNED)
    facts.record(
        tx,
        "assignment.offered",
        assignment.id,
        city.jurisdiction,
        incident=incident_id,
        responder=responder_id,
    )
    return assignment


def active(tx: db.Transaction, incident_ids: Sequence[int]) -> dict[int, Assignment]:
    """Return the lead assignment of each of these incidents that has one."""
    return store.active(tx, incident_ids)


def _who_holds(tx: db.Transaction, incident_id: int, responder_id: int) -> str:
    for holder in store.holders(tx, incident_id, responder_id):
        if holder.incident == incident_id:
            return f"incident {incident_id} already has {holder.responder_name} (assignment {holder.id})"
        return (
            f"{holder.responder_name} is already sent to incident {holder.incident} (assignment {holder.id})"
        )
    return "somebody else was first; look again"


def _with_route(city: City, engine: RoadEngine, candidate: Candidate, target: Point) -> Candidate:
    start = coords.to_metric(candidate.responder.position, city.srid)
    route = engine.route(start, target)
    return replace(candidate, route=None if route is None else coords.to_lonlat(route.line, city.srid))
