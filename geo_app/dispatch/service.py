"""What dispatchers and responders do: see who is there first, send one, take the steps until it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
import shapely
from shapely import Point

from geo_app.core import clock, coords, db, facts, masking
from geo_app.core.errors import Conflict, Forbidden, NotFound, OutOfScope, Stale
from geo_app.dispatch import rank, store, workflow
from geo_app.dispatch.model import Assignment, AssignmentState, Candidate, Candidates, NewAssignment
from geo_app.dispatch.workflow import Step
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Incident, State
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.patrols import service as patrols
from geo_app.planning import service as planning
from geo_app.responders import service as responders
from geo_app.responders.model import Locked, Responder, Status
from geo_app.roads import service as roads
from geo_app.roads.model import Mode, Ranking, RoadEngine

MODE = Mode.EBIKE
"""How grid workers travel; data per responder in a later release."""
MOST_CANDIDATES = 20
MOST_PASSING = 3


class _Now(NamedTuple):
    """What one question is answered by: a city, a moment, and its roads as they are then."""

    city: City
    at: datetime
    engine: RoadEngine


def candidates(tx: db.Transaction, incident_id: int, k: int) -> Candidates:
    """Return the `k` skilled responders with a place left who can be at the incident soonest, and where they are.

    With them come the way of each, and who passes by on a round. Nobody is a candidate who has declined the
    incident, and nobody for an incident of which it is not known where it is.
    """
    incident = incidents.incident(tx, incident_id)
    city = organisation.city_by_id(tx, incident.city)
    declined = store.declined(tx, incident_id)
    now = _now(tx, city)
    choice = _in_cells(tx, city, _choice(tx, now, incident, declined, k))
    if incident.position is None:
        return choice
    found = patrols.passing(tx, city, incident.position, choice.at)
    passing = tuple(one for one in found if one.walker.responder not in declined)[:MOST_PASSING]
    return replace(_with_routes(now, choice, incident.position), passing=passing)


def nearest(tx: db.Transaction, city: City, incident: Incident, k: int) -> Candidates:
    """Return the candidates for an incident just reported, which nobody has declined; without ways and rounds."""
    return _in_cells(tx, city, _choice(tx, _now(tx, city), incident, set(), k))


def assign(tx: db.Transaction, incident_id: int, responder_id: int) -> Assignment:
    """Send a responder to an incident as its lead.

    Conflict names the holder when the responder has no place left or the incident has a lead, and says so when
    the incident is no longer reported or the responder off. The roads are asked before any lock is taken; then
    incident and responder are locked, in this order.
    """
    incident = incidents.incident(tx, incident_id)
    city = organisation.city_by_id(tx, incident.city)
    choice = _choice(tx, _now(tx, city), incident, store.declined(tx, incident_id), MOST_CANDIDATES)
    _, state = incidents.lock(tx, incident_id)
    if state is not State.REPORTED:
        raise Conflict(f"incident {incident_id} is {state}")
    locked = responders.lock(tx, responder_id)
    if locked.city != city.id:
        raise NotFound(f"{city.name} has no responder {responder_id}")
    if locked.status is Status.OFF:
        raise Conflict(f"{locked.name} is {locked.status}")
    with tx.beyond_scope():  # a place is taken also by what lies elsewhere
        slot = store.free_slot(tx, responder_id, locked.capacity)
    made = None
    if slot is not None:
        new = NewAssignment(incident_id, responder_id, slot)
        made = store.assign(tx, city, new, rank.record(incident, choice, responder_id), clock.now())
    if made is None:
        raise Conflict(_who_holds(tx, incident_id, responder_id))
    _tell(tx, city, "assignment.offered", made)
    _follow(tx, city, locked)
    return made


def step(tx: db.Transaction, assignment_id: int, version: int, taken: Step, reason: str | None) -> Assignment:
    """Take a step of an assignment; the responder's status and the incident follow.

    Forbidden when it is another responder's, Stale when it changed since `version`, Conflict when its state does
    not allow the step, BadInput when the step needs a reason. Incident, responder and assignment are locked, in
    this order.
    """
    seen = assignment(tx, assignment_id)
    if not tx.actor.may_for(seen.responder, "assignment.make"):
        raise Forbidden("assignment.make")
    incidents.lock(tx, seen.incident)
    locked = responders.lock(tx, seen.responder)
    before = store.lock(tx, assignment_id)
    if before.version != version:
        raise Stale(f"assignment {assignment_id} is {before.state}, version {before.version}, not {version}")
    state = workflow.take(taken, before, reason)
    written = None if reason is None else masking.text(reason)
    after = store.move(tx, before, state, clock.now(), written)
    if after is None:
        raise Stale(f"assignment {assignment_id} changed meanwhile")
    city = organisation.city_by_id(tx, after.city)
    _tell(tx, city, workflow.RULES[taken].fact, after)
    if state is AssignmentState.DONE:
        incidents.handled(tx, after.incident)
    _follow(tx, city, locked)
    return after


def assignment(tx: db.Transaction, assignment_id: int) -> Assignment:
    """Return one assignment; NotFound or OutOfScope names it."""
    found = store.assignment(tx, assignment_id)
    if found is None:
        with tx.beyond_scope():
            is_there = store.assignment(tx, assignment_id) is not None
        if is_there:
            raise OutOfScope(f"assignment {assignment_id}")
        raise NotFound(f"there is no assignment {assignment_id}")
    return found


def assignments(
    tx: db.Transaction, city: City, responder_id: int | None, is_active: bool | None, most: int
) -> list[Assignment]:
    """Return up to `most` assignments of a city or of one of its responders, newest first."""
    return store.assignments(tx, city, responder_id, is_active, most)


def leads(tx: db.Transaction, incident_ids: Sequence[int]) -> dict[int, Assignment]:
    """Return the lead of each of these incidents: the active one or, of a handled one, who handled it."""
    return store.leads(tx, incident_ids)


def _tell(tx: db.Transaction, city: City, kind: str, told: Assignment) -> None:
    facts.record(tx, kind, told.id, city.jurisdiction, incident=told.incident, responder=told.responder)


def _follow(tx: db.Transaction, city: City, locked: Locked) -> None:
    """Let a locked responder's status follow the active assignments."""
    with tx.beyond_scope():  # who was called off is perhaps no longer seen
        status = workflow.status(locked.status, store.active_states(tx, locked.id))
        if status is not locked.status:
            responders.set_status(tx, city, locked.id, status)


def _who_holds(tx: db.Transaction, incident_id: int, responder_id: int) -> str:
    with tx.beyond_scope():
        standing = store.holders(tx, incident_id, responder_id)
    for holder in standing:
        if holder.incident == incident_id:
            return f"incident {incident_id} already has {holder.responder_name} (assignment {holder.id})"
        return (
            f"{holder.responder_name} is already sent to incident {holder.incident} (assignment {holder.id})"
        )
    return "somebody else was first; look again"


def _now(tx: db.Transaction, city: City) -> _Now:
    at = clock.now()
    return _Now(city, at, roads.engine(tx, city.id, MODE, at))


def _choice(tx: db.Transaction, now: _Now, incident: Incident, declined: set[int], k: int) -> Candidates:
    """Return who could go, soonest first, without ways and cells; those without the skill when there are not `k`."""
    city, at, engine = now
    none = Candidates(incident.id, MODE, engine.is_estimate, at, (), (), (), 0)
    if incident.position is None:
        return none
    target = coords.to_metric(incident.position, city.srid)
    everyone = [one for one in responders.available(tx, city, None, at) if one.id not in declined]
    skilled, unskilled = rank.by_skill(incident, everyone)
    first = _nearest(city, engine, skilled, target, k)
    second = _nearest(city, engine, unskilled, target, k - len(first.reaches))
    reached = [skilled[one.index] for one in first.reaches] + [unskilled[one.index] for one in second.reaches]
    known = responders.with_cells(tx, reached, at)
    soonest = rank.by_travel_time(incident, known[: len(first.reaches)], first.reaches)
    others = rank.by_travel_time(incident, known[len(first.reaches) :], second.reaches)
    return replace(none, candidates=tuple(soonest), others=tuple(others), unreachable=first.unreachable)


def _nearest(city: City, engine: RoadEngine, asked: Sequence[Responder], target: Point, k: int) -> Ranking:
    """Ask the road engine once for all of them."""
    lonlat = shapely.get_coordinates([one.position for one in asked])
    metric = np.round(coords.convert(lonlat, coords.WGS84, city.srid), 3)
    return engine.nearest(target, metric, k)


def _in_cells(tx: db.Transaction, city: City, choice: Candidates) -> Candidates:
    """Return candidates with the cells they are in now."""
    everyone = [*choice.candidates, *choice.others]
    placed = planning.cells_at(tx, city, [one.responder.position for one in everyone], choice.at)
    known = tuple(replace(one, cell=cell) for one, cell in zip(everyone, placed, strict=True))
    split = len(choice.candidates)
    return replace(choice, candidates=known[:split], others=known[split:])


def _with_routes(now: _Now, choice: Candidates, place: Point) -> Candidates:
    """Return candidates with the way of each to a lon/lat place."""
    city, _, engine = now
    target = coords.to_metric(place, city.srid)

    def led(one: Candidate) -> Candidate:
        route = engine.route(coords.to_metric(one.responder.position, city.srid), target)
        return replace(one, route=None if route is None else coords.to_lonlat(route.line, city.srid))

    return replace(
        choice, candidates=tuple(map(led, choice.candidates)), others=tuple(map(led, choice.others))
    )
