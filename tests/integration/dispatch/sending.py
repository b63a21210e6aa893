"""What the tests of dispatch do by the doors: send somebody, go on step by step."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_app.dispatch.model import AssignmentState
from geo_app.dispatch.workflow import Step
from tests.integration.conftest import Town

WAY = {
    AssignmentState.OFFERED: (),
    AssignmentState.ACCEPTED: (Step.ACCEPT,),
    AssignmentState.UNDER_WAY: (Step.ACCEPT, Step.SET_OUT),
    AssignmentState.ON_SITE: (Step.ACCEPT, Step.ARRIVE),
    AssignmentState.DONE: (Step.ACCEPT, Step.ARRIVE, Step.FINISH),
    AssignmentState.DECLINED: (Step.DECLINE,),
    AssignmentState.CANCELLED: (Step.CANCEL,),
}
"""Steps that lead into each state."""


def go(
    client: FlaskClient, assignment: int, step: str, version: int, *, key: str | None = None, reason: str = "路堵"
) -> TestResponse:  # fmt: skip
    body = {"step": step, "reason": reason} if step in {"decline", "cancel"} else {"step": step}
    return client.post(
        f"/api/assignments/{assignment}/steps",
        json=body,
        headers={
            "If-Match": f'"{version}"',
            "Idempotency-Key": key or f"{assignment} {step} {version} {reason[:40]}",
        },
    )


def at_state(client: FlaskClient, incident: int, responder: int, state: AssignmentState) -> dict[str, Any]:
    """Send somebody and take the steps into `state`."""
    now: dict[str, Any] = send(client, incident, responder).get_json()
    for step in WAY[state]:
        now = go(client, now["id"], step, now["version"]).get_json()
    assert now["state"] == state
    return now


def send(client: FlaskClient, incident: int, responder: int, key: str | None = None) -> TestResponse:
    return client.post(
        f"/api/incidents/{incident}/assignments",
        json={"responder": responder},
        headers={"Idempotency-Key": key or f"{incident}-{responder}"},
    )


def people(town: Town) -> dict[str, int]:
    return dict(town.all("SELECT code, id FROM responder"))


def opened(town: Town) -> list[int]:
    return town.all("SELECT id FROM incident WHERE state <> 'closed' ORDER BY id")
