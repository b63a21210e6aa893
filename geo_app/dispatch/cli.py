"""`geo incidents candidates` and `geo assignments …`: who is there first, sending somebody, step by step."""

from __future__ import annotations

from typing import Any

import click

from geo_app.core.command import Session, city_option, echo, json_option, permit, session, tell
from geo_app.dispatch import service, workflow
from geo_app.dispatch.model import Assignment, Candidate, Candidates
from geo_app.dispatch.workflow import Step
from geo_app.organisation import service as organisation
from geo_app.patrols.model import Passing

HEADINGS = {"candidates": "", "others": "without the skill:", "passing": "passing by on a round:"}
"""What is told of an incident, each group under its heading."""
ACTIVE = {"yes": True, "no": False, "all": None}


@click.command("candidates")
@click.argument("incident", type=click.IntRange(1))
@click.option("--k", type=click.IntRange(1, service.MOST_CANDIDATES), default=5, show_default=True)
@json_option
@session
@permit("assignment.make")
def candidates(here: Session, incident: int, k: int, as_json: bool) -> None:
    """List who can be at INCIDENT soonest, by road; (估算) is a straight line where no roads are known.

    Then those who could be but for the skill, when there are fewer than K, and who passes by on a patrol route soon.
    """
    with here.transaction() as tx:
        found = service.candidates(tx, incident, k)
    groups = {
        "candidates": [_candidate(one, found) for one in found.candidates],
        "others": [_candidate(one, found) for one in found.others],
        "passing": [_passing(one) for one in found.passing],
    }
    told = {
        "incident": found.incident, "mode": str(found.mode), "is_estimate": found.is_estimate,
        **groups, "unreachable": found.unreachable,
    }  # fmt: skip
    if as_json:
        tell(told, as_json)
        return
    for name, heading in HEADINGS.items():
        rows = [
            {key: " ".join(v) if isinstance(v, list) else v for key, v in row.items()} for row in groups[name]
        ]
        if heading and rows:
            click.echo(heading)
        if rows or not heading:
            echo(rows, as_json)
    if found.unreachable:
        click.echo(f"no road leads here from {found.unreachable} more who have the skill")


def _candidate(one: Candidate, found: Candidates) -> dict[str, Any]:
    return {
        "responder": one.responder.id, "code": one.responder.code, "name": one.responder.name,
        "seconds": round(one.seconds), "metres": round(one.metres), "in_cell": one.is_in_cell,
        "is_estimate": found.is_estimate, "reasons": list(one.reasons),
    }  # fmt: skip


def _passing(one: Passing) -> dict[str, Any]:
    walker = one.walker
    return {
        "responder": walker.responder, "name": walker.responder_name, "route": walker.code,
        "route_name": walker.name, "seconds": round(one.passage.seconds), "metres": round(one.passage.metres),
    }  # fmt: skip


@click.group()
def assignments() -> None:
    """Assignments (派单): one responder sent to one incident."""


@assignments.command("list")
@city_option
@click.option("--responder", type=click.IntRange(1), default=None, help="Only this responder's.")
@click.option("--active", type=click.Choice(list(ACTIVE)), default="yes", show_default=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
@session
@permit("incident.read")
def list_assignments(
    here: Session, city: str | None, responder: int | None, active: str, limit: int, as_json: bool
) -> None:
    """List assignments, newest first."""
    with here.transaction() as tx:
        found = service.assignments(tx, organisation.city(tx, city), responder, ACTIVE[active], limit)
    echo([_row(one) for one in found], as_json)


@assignments.command("make")
@click.argument("incident", type=click.IntRange(1))
@click.argument("responder", type=click.IntRange(1))
@json_option
@session
@permit("assignment.make")
def make(here: Session, incident: int, responder: int, as_json: bool) -> None:
    """Send RESPONDER to INCIDENT as its lead; nothing when it is so already."""
    with here.transaction() as tx:
        lead = service.leads(tx, [incident]).get(incident)
        is_made = lead is not None and lead.responder == responder
        found = lead if is_made and lead else service.assign(tx, incident, responder)
    tell(_row(found), as_json)


@assignments.command("step")
@click.argument("assignment", type=click.IntRange(1))
@click.argument("taken", metavar="STEP", type=click.Choice([one.value for one in Step]))
@click.option("--reason", default=None, help="Why it is declined or cancelled.")
@json_option
@session
@permit("assignment.step")
def step(here: Session, assignment: int, taken: str, reason: str | None, as_json: bool) -> None:
    """Take the STEP of ASSIGNMENT; nothing when it stands where the step leads."""
    with here.transaction() as tx:
        found = service.assignment(tx, assignment)
        if found.state is not workflow.RULES[Step(taken)].target:
            found = service.step(tx, assignment, found.version, Step(taken), reason)
    tell(_row(found), as_json)


def _row(one: Assignment) -> dict[str, object]:
    return {
        "id": one.id, "incident": one.incident, "responder": one.responder, "name": one.responder_name,
        "state": str(one.state), "changed_at": one.changed_at.isoformat(timespec="seconds"), "version": one.version,
    }  # fmt: skip
