"""Which role may enter which door, by table; what is one's own and what is somebody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg2.errors
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_app.core import clock, door
from geo_app.core.actor import NOBODY, SYSTEM, Actor, Scope
from geo_app.core.errors import Conflict
from geo_app.identity import permissions, service
from geo_app.identity.model import NewAccount
from tests import people
from tests.integration.conftest import Town

STREET = ("worker", "dispatcher", "planner", "approver", "leader", "observer", "department_member")
ADMINS = ("system_admin", "security_admin", "audit_admin")
TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/api/cities"): (*STREET, "system_admin", "security_admin"),
    ("GET", "/api/releases"): STREET,
    ("GET", "/api/releases/1/lineage"): STREET,
    ("GET", "/api/cells/at?lon=116&lat=40"): STREET,
    ("GET", "/api/incidents"): STREET,
    ("GET", "/api/incidents/near?category=0102&address=x"): STREET,
    ("GET", "/api/responders"): tuple(role for role in STREET if role != "observer"),
    ("GET", "/api/routes"): tuple(role for role in STREET if role != "observer"),
    ("GET", "/api/places?q=x"): STREET,
    ("POST", "/api/incidents"): ("worker", "dispatcher"),
    ("PATCH", "/api/incidents/1"): ("dispatcher",),
    ("POST", "/api/incidents/1/assignments"): ("dispatcher",),
    ("POST", "/api/assignments/1/steps"): ("worker", "dispatcher", "department_member"),
    ("POST", "/api/positions"): ("worker", "dispatcher", "department_member"),
    ("GET", "/api/responders/1/track?reason=because"): ("dispatcher",),  # others their own only
    ("GET", "/api/responders/1/visits?reason=because"): ("dispatcher",),
    ("POST", "/api/demo/town/stream"): ("dispatcher",),
    ("POST", "/api/exports"): ("dispatcher", "planner"),
    ("GET", "/api/exports"): ("dispatcher", "planner", "audit_admin"),
    ("GET", "/api/incidents/1/photos"): STREET,
    ("GET", "/worker"): ("worker", "dispatcher", "department_member"),
    ("GET", "/dispatcher"): ("dispatcher",),
    ("GET", "/planner"): STREET,
    ("GET", "/accounts"): ADMINS,
    ("GET", "/api/accounts"): ADMINS,
    ("POST", "/api/accounts"): ("system_admin",),
    ("POST", "/api/accounts/1/recover"): ("system_admin",),
    ("POST", "/api/accounts/1/second-factor/reset"): (
        "security_admin",
    ),  # with the link above it is a takeover
    ("POST", "/api/accounts/1/roles"): ("security_admin",),
    ("POST", "/api/accounts/1/bindings"): ("security_admin",),
    ("POST", "/api/accounts/1/tokens"): ("security_admin",),
    ("POST", "/api/accounts/1/unlock"): ("system_admin",),
    ("POST", "/api/accounts/1/password/demand"): ("system_admin",),
    ("GET", "/organisation"): (*STREET, "system_admin", "security_admin"),
    ("GET", "/api/organisation"): (*STREET, "system_admin", "security_admin"),
    ("GET", "/api/organisation/bound"): ADMINS,
    ("POST", "/api/departments"): ("system_admin",),
    ("POST", "/api/departments/1/names"): ("system_admin",),
    ("POST", "/api/departments/1/until"): ("system_admin",),
    ("GET", "/audit"): ("audit_admin",),
    ("GET", "/api/audit"): ("audit_admin",),
}


def as_actor(app: Flask, actor: Actor) -> FlaskClient:
    door.identify(app, lambda: actor)
    return app.test_client()


def in_role(role: str, **more: Any) -> Actor:
    return Actor(role, permissions.of_roles([role]), Scope(everything=True), 1, **more)


@pytest.mark.parametrize(("method", "path"), TABLE)
def test_the_table_says_who_enters(still_client: FlaskClient, method: str, path: str) -> None:
    app = still_client.application
    try:
        for role in permissions.ROLES:
            answer = as_actor(app, in_role(role)).open(
                path, method=method, json={} if method != "GET" else None
            )
            is_in = answer.status_code != 403
            assert is_in == (role in TABLE[method, path]), (
                role,
                answer.status_code,
                answer.get_data(as_text=True),
            )
            if not is_in:
                assert answer.get_json()["permission"] in permissions.PERMISSIONS
        answer = as_actor(app, NOBODY).open(path, method=method, json={} if method != "GET" else None)
        is_page = not path.startswith("/api/")
        assert answer.status_code == (302 if is_page else 401)
        if is_page:
            assert answer.headers["Location"] == f"/login?next=%2F{path[1:]}"
    finally:
        people.everybody(app)


def test_a_worker_switches_and_moves_only_themselves(town: Town, town_client: FlaskClient) -> None:
    own, foreign = town.all("SELECT id FROM responder ORDER BY id LIMIT 2")
    client = as_actor(town_client.application, in_role("worker", responder=own))
    at = clock.now().isoformat()
    for responder, expected in ((own, {200}), (foreign, {403})):
        key = {"Idempotency-Key": f"key-{responder}"}
        status = client.post(f"/api/responders/{responder}/status", json={"status": "off"}, headers=key)
        assert status.status_code in expected
        one = {"responder": responder, "lon": 117.2, "lat": 39.5, "at": at}
        body = {"frame": "wgs84", "positions": [one]}
        moved = client.post("/api/positions", json=body, headers={"Idempotency-Key": f"to-{responder}"})
        assert moved.status_code in expected
        if expected == {403}:
            assert moved.get_json()["permission"] == "responder.manage"


@pytest.mark.parametrize("second", [*ADMINS[1:], "worker"])
def test_an_administrator_is_nothing_else_not_even_by_sql(town: Town, second: str) -> None:
    with town.database.transaction(SYSTEM) as tx:
        made, _ = service.invite(tx, NewAccount("zhao.lei", "赵雷", ("system_admin",)))
    with pytest.raises(psycopg2.errors.ExclusionViolation):
        town.run(
            "INSERT INTO account_role (account_id, role, granted_by, granted_at) VALUES (%(a)s, %(role)s, 'x', now())",
            a=made.id, role=second,
        )  # fmt: skip


def test_nobody_grants_to_themselves(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        made, _ = service.invite(tx, NewAccount("zhao.lei", "赵雷", ("security_admin",)))
    actor = replace(in_role("security_admin"), account=made.id)
    with town.database.transaction(actor) as tx, pytest.raises(Conflict):
        service.revoke(tx, service.account_by_id(tx, made.id), "security_admin")
