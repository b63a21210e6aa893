"""Every role at every door that names a case or a person: one's own street is let in, another street is refused."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from geo_app.core import door
from geo_app.core.actor import SYSTEM
from geo_app.dispatch import service as dispatch
from geo_app.identity.permissions import ROLES
from tests import people
from tests.integration.conftest import Town
from tests.integration.identity.scoping import EAST, WEST, WEST_SPOT, of_street, report, spot

OTHERS = ("account", "department", "export", "import", "override", "plan", "release", "token")
"""Ids in addresses that name neither a case nor who is sent; their doors have tests of their own."""


def picture() -> dict[str, Any]:
    """Return a form with a photo."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "JPEG")
    drawn.seek(0)
    return {"photo": (drawn, "photo.jpg")}


@pytest.fixture
def ids(town: Town) -> dict[str, int]:
    """An incident of the west street with its report, and somebody who works for that street, sent to it."""
    incident = report(town, WEST_SPOT)
    somebody = town.one(
        "SELECT min(id) FROM responder r WHERE NOT EXISTS (SELECT FROM responder_cell WHERE responder_id = r.id)"
    )
    town.run(
        "INSERT INTO responder_cell SELECT %(somebody)s, p.cell_id FROM placement p"
        " WHERE p.subject_kind = 'incident' AND p.subject_id = %(incident)s",
        somebody=somebody, incident=incident,
    )  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        sent = dispatch.assign(tx, incident, somebody)
    told = town.one("SELECT id FROM report WHERE incident_id = %(id)s", id=incident)
    return {
        "incident_id": incident, "assignment_id": sent.id, "report_id": told, "photo_id": 1,
        "responder_id": somebody,
    }  # fmt: skip


def bodies(town: Town, somebody: int) -> dict[tuple[str, str], Any]:
    """Return what each write at such a door says."""
    at = spot(town, WEST_SPOT)
    position = {"lon": at.x, "lat": at.y, "frame": "wgs84"}
    incident = "/api/incidents/<int:incident_id>"
    return {
        ("PATCH", incident): {"position": position},
        ("POST", f"{incident}/assignments"): {"responder": somebody},
        ("POST", f"{incident}/reports"): {"channel": "hotline", "description": "again", "position": position},
        ("POST", f"{incident}/reports/<int:report_id>/reveal"): {"reason": "居民要求回电"},
        ("POST", f"{incident}/photos"): None,
        ("POST", "/api/assignments/<int:assignment_id>/steps"): {"step": "accept"},
        ("POST", "/api/responders/<int:responder_id>/status"): {"status": "free"},
    }


def test_each_role_enters_its_own_street_and_no_other(
    town: Town, town_client: FlaskClient, ids: dict[str, int]
) -> None:
    app = town_client.application
    said = bodies(town, ids["responder_id"])
    doors = [
        (method, rule.rule, door.permissions_of(app.view_functions[rule.endpoint]))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith("/api/") and rule.arguments & ids.keys()
    ]
    named = {name for rule in app.url_map.iter_rules() for name in rule.arguments if name.endswith("_id")}
    assert named == ids.keys() | {f"{other}_id" for other in OTHERS} | {"binding_id"}, "a new kind of id"
    assert {(method, path) for method, path, _ in doors if method != "GET"} == said.keys()
    try:
        for role in ROLES:
            for street in (WEST, EAST):
                actor = of_street(town, street, role, account=None)
                door.identify(app, lambda actor=actor: actor)  # type: ignore[misc]
                for method, path, asked in doors:
                    told = _ask(town_client, method, path, ids, said.get((method, path)))
                    where = (role, street, method, path, told)
                    if not any(actor.may(permission) for permission in asked):
                        assert told["status"] in {401, 403}, where
                    elif street == EAST:
                        assert told["status"] == 403, where
                        assert "scope" in told or "permission" in told, where
                    else:
                        assert "scope" not in told, where
    finally:
        people.everybody(app)


def _ask(client: FlaskClient, method: str, path: str, ids: dict[str, int], body: Any) -> dict[str, Any]:
    """Return the problem report of the answer, or just its status."""
    for name, number in ids.items():
        path = path.replace(f"<int:{name}>", str(number))
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'}
    if method == "GET":
        answer = client.get(path)
    elif body is None:
        answer = client.post(path, data=picture(), headers=headers)
    else:
        answer = client.open(path, method=method, json=body, headers=headers)
    told = answer.get_json(silent=True) if answer.mimetype == "application/problem+json" else {}
    return {**told, "status": answer.status_code}
