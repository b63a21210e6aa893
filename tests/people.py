"""Who acts in a test: somebody who may do everything, or people with accounts, roles and a session of their own."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from geo_app.core import clock, db, door
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.identity import permissions, service, tokens
from geo_app.identity.model import Binding, NewAccount, Purpose, Token
from geo_app.organisation import service as organisation

PASSWORD = "Xk9!sun-river"
TESTER = Actor("tester", None, Scope(everything=True))
"""Who asks in tests that are not about who may."""
STREET = ("worker", "dispatcher", "planner", "approver")
"""Roles one person may hold together who works with every page of the street."""


def everybody(app: Flask) -> FlaskClient:
    """Let requests to `app` come from somebody who may do and see everything; return a client."""
    door.identify(app, lambda: TESTER)
    return app.test_client()


def token(database: db.Database, *roles: str) -> str:
    """Return the secret of a system token of a new account with these roles (those of the street)."""
    held = roles or STREET
    with database.transaction(SYSTEM) as tx:
        made, _ = service.invite(tx, NewAccount(f"program-{uuid.uuid4().hex[:12]}", "程序", held))
        bind_to_cities(tx, made.id)
        until = clock.now() + timedelta(days=1)
        asked = tuple(sorted(permissions.of_roles(held)))
        return tokens.issue(tx, Token(0, made.id, "system", "test", asked, until, None))


def demo_link(database: db.Database, username: str, *roles: str, responder: int | None = None) -> str:
    """Return the secret of a one-time link into a new demo account."""
    with database.transaction(SYSTEM) as tx:
        made, _ = service.invite(tx, NewAccount(username, "演示", roles, responder, is_demo=True))
        bind_to_cities(tx, made.id)
        return service.link(tx, made.id, Purpose.DEMO)


def bind_to_cities(tx: db.Transaction, account: int) -> None:
    """Bind an account to every city there is, whole."""
    for city in organisation.cities(tx):
        service.bind(tx, Binding(0, account, city.id, None, None, clock.now(), None))


def open_city(database: db.Database, code: str) -> None:
    """Bind every account there is to a city that came later than they did."""
    with database.transaction(SYSTEM) as tx:
        city = organisation.city(tx, code)
        for account in service.accounts(tx):
            service.bind(tx, Binding(0, account.id, city.id, None, None, clock.now(), None))


class Visitor:
    """Somebody at a browser: keeps cookies and the CSRF token, as our pages do."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client = client
        self.address = {"REMOTE_ADDR": address}
        self.csrf = ""

    def get(self, path: str, **headers: str) -> Any:
        """Return the answer to a GET."""
        return self._kept(self.client.get(path, headers=headers, environ_base=self.address))

    def post(self, path: str, body: object, **headers: str) -> Any:
        """Return the answer to a POST with the page's token."""
        sent = {**headers, **({"X-CSRF-Token": self.csrf} if self.csrf else {})}
        return self._kept(self.client.post(path, json=body, headers=sent, environ_base=self.address))

    def login(self, username: str, password: str = PASSWORD) -> Any:
        """Log in by name and password."""
        self.get("/api/login")
        return self.post("/api/login", {"username": username, "password": password})

    def _kept(self, answer: Any) -> Any:
        body = answer.get_json(silent=True)
        if isinstance(body, dict) and body.get("csrf_token"):
            self.csrf = body["csrf_token"]
        return answer
