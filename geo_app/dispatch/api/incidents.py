"""The queue: what is reported, where it is, who is on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from apiflask import APIBlueprint
from flask import current_app, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from geo_app.core import clock, coords, db, describe, door, web
from geo_app.dispatch import service
from geo_app.dispatch.api import answers, wire
from geo_app.incidents import near
from geo_app.incidents import service as incidents
from geo_app.incidents.bodies import Position, Strict, Trouble
from geo_app.incidents.model import LONGEST_ADDRESS, Channel, Incident, Located, NewReport, Telling
from geo_app.incidents.nearness import Limits
from geo_app.organisation import service as organisation

routes = APIBlueprint("incidents", __name__, tag="Incidents")
OPEN = {"open": True, "closed": False, "all": None}
SETTLED = {"settled": True, "unsettled": False, "any": None}
STATE = describe.choice("state", "Which incidents.", "open", tuple(OPEN))
LOCATION = describe.choice("location", "unsettled is the locate queue.", "any", tuple(SETTLED))
LIMIT = describe.whole("limit", "Most incidents.", 200, 1, 2000)
MOST_CANDIDATES = 5
"""Candidates in the answer to a report; GET …/candidates gives more, with their routes."""


class Told(Trouble):
    """What somebody tells about a trouble; `occurred_at` is RFC 3339 with its zone, now when it is left out."""

    channel: Annotated[Channel, Field(strict=False)]
    occurred_at: str | None = Field(None, max_length=40)

    def moment(self) -> datetime:
        """Return when it occurred."""
        return clock.now() if self.occurred_at is None else clock.moment(self.occurred_at, "occurred_at")


class Report(Told):
    """A report that opens an incident: at an address or a position; with both the position counts."""

    city: str | None = Field(None, max_length=40)
    category: str = Field(max_length=100)


class Whereabouts(Strict):
    """Where a person says an incident is; the address it has stays unless another is given."""

    position: Position
    address: str | None = Field(None, min_length=1, max_length=LONGEST_ADDRESS)


@routes.get("/api/incidents")
@routes.doc(**describe.door(answers.Queue, describe.CITY, STATE, LOCATION, LIMIT))
@door.permit("incident.read")
def queue() -> ResponseReturnValue:
    """List incidents, newest first, with who is on the way; `location=unsettled` is the locate queue."""
    most = web.whole("limit", 200, 1, 2000)
    is_open = OPEN[web.choice("state", "open", tuple(OPEN))]
    is_settled = SETTLED[web.choice("location", "any", tuple(SETTLED))]
    with web.transaction() as tx:
        city = organisation.city(tx, request.args.get("city"))
        found = incidents.incidents(tx, city, is_open, most, is_settled=is_settled)
        sent = service.leads(tx, [incident.id for incident in found])
    features = [wire.feature(incident, sent.get(incident.id)) for incident in found]
    return web.ok({"type": "FeatureCollection", "features": features})


@routes.get("/api/incidents/<int:incident_id>")
@routes.doc(**describe.door(answers.IncidentFeature, headers=("ETag",)))
@door.permit("incident.read")
def incident(incident_id: int) -> ResponseReturnValue:
    """Return one incident with who is on the way."""
    with web.transaction() as tx:
        found = incidents.incident(tx, incident_id)
        shown = _feature(tx, found)
    return web.ok(shown, etag=found.version)


@routes.post("/api/incidents")
@routes.input(Report)
@routes.doc(**describe.door(answers.ReportAnswer, status=201, headers=("Location",)))
@door.permit("incident.report")
def report(json_data: Report) -> ResponseReturnValue:
    """Take in a report as a new incident; answer where it is, who is there first, what it may repeat."""
    here = current_app.extensions["settings"]
    limits = Limits.read(here.near_metres, here.near_hours)

    def act() -> tuple[int, object]:
        city = organisation.city(tx, json_data.city)
        taken = incidents.receive(tx, city, _new(json_data))
        found = service.nearest(tx, city, taken.incident, MOST_CANDIDATES)
        alike = near.of_incident(tx, city, taken.incident, limits)
        return 201, wire.receipt(taken, found, alike)

    with web.transaction() as tx:
        answer = web.once(tx, act)
    answer.headers["Location"] = f"/api/incidents/{answer.get_json()['id']}"
    return answer


@routes.patch("/api/incidents/<int:incident_id>")
@routes.input(Whereabouts)
@routes.doc(**describe.door(answers.IncidentFeature, headers=("ETag",), is_edit=True))
@door.permit("incident.locate")
def settle(incident_id: int, json_data: Whereabouts) -> ResponseReturnValue:
    """Say where an incident is; If-Match names the version it was looked at."""
    version = web.version()
    given = json_data.position.given
    located = Located(coords.point(given, "position"), given, json_data.address)

    def act() -> tuple[int, object]:
        return 200, _feature(tx, incidents.settle_location(tx, incident_id, version, located))

    with web.transaction() as tx:
        answer = web.once(tx, act)
    return web.tagged(answer, answer.get_json()["properties"]["version"])


@routes.post("/api/incidents/<int:incident_id>/reports")
@routes.input(Told)
@routes.doc(**describe.door(answers.Joined, status=201))
@door.permit("incident.report")
def join(incident_id: int, json_data: Told) -> ResponseReturnValue:
    """Let one more report join an incident."""

    def act() -> tuple[int, object]:
        joined = incidents.add_report(tx, incident_id, _telling(json_data))
        return 201, {"id": joined.id, "incident": incident_id, "code": joined.code}

    with web.transaction() as tx:
        return web.once(tx, act)


def _feature(tx: db.Transaction, incident: Incident) -> dict[str, object]:
    return wire.feature(incident, service.leads(tx, [incident.id]).get(incident.id))


def _new(said: Report) -> NewReport:
    return NewReport(
        category=said.category, channel=said.channel, description=said.description, address=said.address,
        position=said.point, given=said.given, reporter_name=said.reporter.name or None,
        reporter_phone=said.reporter.phone or None, occurred_at=said.moment(),
    )  # fmt: skip


def _telling(said: Told) -> Telling:
    said.point  # noqa: B018 - refused here when it cannot be one
    return Telling(
        channel=said.channel, description=said.description, address=said.address, given=said.given,
        reporter_name=said.reporter.name or None, reporter_phone=said.reporter.phone or None,
        occurred_at=said.moment(),
    )  # fmt: skip
