"""Doors for personal values: reports without an account, one's own by its code, masked ones, one revealed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from geo_app.core import clock, db, describe, door, reasons, web
from geo_app.incidents.bodies import Strict, Trouble
from geo_app.incidents.model import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    LONGEST_PHONE,
    SETTLED,
    Channel,
    Correction,
    NewReport,
    Receipt,
    Report,
    State,
)
from geo_app.organisation import service as organisation
from geo_app.privacy import answers, service

routes = APIBlueprint("privacy", __name__, tag="Personal data")
NO_STORE = {"Cache-Control": "no-store"}


class FromResident(Trouble):
    """What a resident tells, at an address or a position; `consent` to what is kept of a name or phone they leave."""

    city: str | None = Field(None, max_length=40)
    category: str = Field(max_length=100)
    consent: bool = False


class Why(Strict):
    """Why somebody must see the plain values; it is recorded."""

    reason: str = Field(min_length=reasons.LENGTH[0], max_length=reasons.LENGTH[1])


class Right(Strict):
    """What a person says is right about themselves; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    phone: str | None = Field(None, min_length=1, max_length=LONGEST_PHONE)
    address: str | None = Field(None, min_length=1, max_length=LONGEST_ADDRESS)


class Corrected(Strict):
    """A correction of one's own report."""

    reporter: Right


class Nothing(Strict):
    """An empty body."""


@routes.get("/api/incidents/<int:incident_id>/reports")
@routes.doc(**describe.door(answers.Reports))
@door.permit("incident.read")
def reports(incident_id: int) -> ResponseReturnValue:
    """List the reports of an incident in the order they came; who told them is masked."""
    with web.transaction() as tx:
        found = service.reports(tx, incident_id)
    return web.ok({"items": [_item(one) for one in found]})


@routes.post("/api/incidents/<int:incident_id>/reports/<int:report_id>/reveal")
@routes.input(Why)
@routes.doc(**describe.door(answers.Revealed))
@door.permit("person.unmask")
def reveal(incident_id: int, report_id: int, json_data: Why) -> ResponseReturnValue:
    """Show the plain personal values of one report; who asked and why is recorded, every time, and no answer kept."""
    with web.transaction() as tx:
        found = service.reveal(tx, incident_id, report_id, json_data.reason)
    body = {
        "name": found.name, "phone": found.phone, "description": found.description, "address": found.address,
    }  # fmt: skip
    answer = web.ok(body)
    answer.headers.update(NO_STORE)
    return answer


@routes.post("/api/reports")
@routes.input(FromResident)
@routes.doc(**describe.door(answers.Received, describe.OWN_KEY, status=201))
@door.permit(door.PUBLIC, rate="reports")
def tell(json_data: FromResident) -> ResponseReturnValue:
    """Take in what a resident reports, without an account; answer the code they follow it by."""

    def act() -> tuple[int, object]:
        city = organisation.city(tx, json_data.city)
        return 201, _received(service.tell(tx, city, _new(json_data), consents=json_data.consent))

    with _as_teller() as tx:
        answer = web.once(tx, act, is_open=True)
    answer.headers.update(NO_STORE)
    return answer


@routes.get("/api/reports/<code>")
@routes.doc(**describe.door(answers.OwnReport))
@door.permit(door.PUBLIC)
def own(code: str) -> ResponseReturnValue:
    """Show one's own report by its code, masked, and how its incident stands."""
    with _as_teller() as tx:
        report, state = service.own(tx, code)
    answer = web.ok(_own(report, state))
    answer.headers.update(NO_STORE)
    return answer


@routes.post("/api/reports/<code>/correct")
@routes.input(Corrected)
@routes.doc(**describe.door(answers.OwnReport))
@door.permit(door.PUBLIC)
def correct(code: str, json_data: Corrected) -> ResponseReturnValue:
    """Correct what is kept of oneself."""
    right = json_data.reporter

    def act() -> tuple[int, object]:
        service.correct(tx, code, Correction(right.name, right.phone, right.address))
        return 200, _own(*service.own(tx, code))

    with _as_teller() as tx:
        return web.once(tx, act)


@routes.post("/api/reports/<code>/erase")
@routes.input(Nothing)
@routes.doc(**describe.door(answers.OwnReport))
@door.permit(door.PUBLIC)
def erase(code: str, json_data: Nothing) -> ResponseReturnValue:  # noqa: ARG001 - the body is empty
    """Erase what is kept of oneself; what happened stays."""

    def act() -> tuple[int, object]:
        service.erase(tx, code, clock.now())
        return 200, _own(*service.own(tx, code))

    with _as_teller() as tx:
        return web.once(tx, act)


def _as_teller() -> AbstractContextManager[db.Transaction]:
    """Give a transaction of whoever reports or holds a code: it opens one report, whoever they are."""
    return web.database().transaction(door.teller())


def _new(said: FromResident) -> NewReport:
    return NewReport(
        category=said.category, channel=Channel.WEB, description=said.description, address=said.address,
        position=said.point, given=said.given, reporter_name=said.reporter.name or None,
        reporter_phone=said.reporter.phone or None, occurred_at=clock.now(),
    )  # fmt: skip


def _received(taken: Receipt) -> dict[str, object]:
    """Return what a resident may know of their report: no officer, no cell, nobody else."""
    where, is_settled = taken.where, taken.incident.location in SETTLED
    return {
        "code": taken.code, "state": taken.incident.state, "location": taken.incident.location,
        "place": where.name if is_settled else None,
        "community": where.community.name if is_settled and where.community is not None else None,
        "received_at": taken.incident.reported_at.isoformat(),
    }  # fmt: skip


def _item(one: Report) -> dict[str, object]:
    return {
        "id": one.id, "incident": one.incident, "channel": one.channel, "description": one.description,
        "address": one.address, "name": one.name, "phone": one.phone, "occurred_at": one.occurred_at.isoformat(),
        "received_at": one.received_at.isoformat(),
        "erased_at": None if one.erased_at is None else one.erased_at.isoformat(),
    }  # fmt: skip


def _own(one: Report, state: State) -> dict[str, object]:
    return {**_item(one), "state": state}
