"""`geo responders …`: who can be sent, signing on and off."""

from __future__ import annotations

import click

from geo_app.core import clock
from geo_app.core.command import Session, city_option, echo, json_option, session, tell
from geo_app.organisation import service as organisation
from geo_app.responders import service
from geo_app.responders.model import Responder, Status


@click.group()
def responders() -> None:
    """Responders (处置人员): who can be sent."""


@responders.command("list")
@city_option
@json_option
@session
def list_responders(here: Session, city: str | None, as_json: bool) -> None:
    """List the responders of a city, by code."""
    with here.transaction() as tx:
        found = service.responders(tx, organisation.city(tx, city), clock.now())
    echo([_row(one) for one in found], as_json)


@responders.command("status")
@click.argument("responder", type=click.IntRange(1))
@click.argument("status", type=click.Choice([Status.FREE.value, Status.OFF.value]))
@json_option
@session
def status(here: Session, responder: int, status: str, as_json: bool) -> None:
    """Sign RESPONDER on (free) or off."""
    with here.transaction() as tx:
        found = service.switch(tx, responder, Status(status))
    tell(_row(found), as_json)


def _row(one: Responder) -> dict[str, object]:
    return {
        "id": one.id, "code": one.code, "name": one.name, "kind": str(one.kind), "status": str(one.status),
        "on_shift": one.is_on_shift, "skills": " ".join(one.skills),
        "position_at": one.position_at.isoformat(timespec="seconds"),
    }  # fmt: skip
