"""Logging in through the project's own web server: all at once, and after it was killed."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo_app.core import db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.identity import service
from geo_app.identity.model import NewAccount, Purpose
from tests.people import PASSWORD
from tests.servers import WebServer, serving
from tests.sizes import size

LIMIT = 240.0
WRONG, NEW = "Wrong-4-sure!", "Quite-new-4-me"


@pytest.fixture
def server(settings: Settings, database: db.Database, tmp_path: Path) -> Iterator[WebServer]:
    """The web server on an empty database."""
    with database.transaction(SYSTEM) as tx:
        for number in range(size("colleagues")):
            _, secret = service.invite(tx, NewAccount(f"colleague{number}", "李娜", ("worker",)))
            service.enter_by_link(tx, secret, PASSWORD)
    with serving(settings, tmp_path / "web.log") as running:
        yield running


class Browser:
    """Somebody at a browser of their own."""

    def __init__(self, server: WebServer) -> None:
        self._port = server.port
        self._head = {"Content-Type": "application/json"}

    def ask(self, method: str, path: str, said: object = None) -> int:
        """Return the status of an answer; cookie and token are kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LIMIT)
        connection.request(method, path, None if said is None else json.dumps(said), self._head)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        if "Set-Cookie" in answer.headers:
            self._head["Cookie"] = answer.headers["Set-Cookie"].split(";", 1)[0]
        if body.get("csrf_token"):
            self._head["X-CSRF-Token"] = body["csrf_token"]
        return answer.status

    def login(self, username: str, password: str = PASSWORD) -> int:
        """Return the status of a login."""
        self.ask("GET", "/api/login")
        return self.ask("POST", "/api/login", {"username": username, "password": password})


def test_all_of_an_office_log_in_at_once(server: WebServer) -> None:
    count = size("colleagues")
    start = threading.Barrier(count)

    def enter(number: int) -> tuple[int, int]:
        browser = Browser(server)
        start.wait(LIMIT)
        return browser.login(f"colleague{number}"), browser.ask("GET", "/api/me")

    with ThreadPoolExecutor(count) as threads:
        assert set(threads.map(enter, range(count))) == {(200, 200)}


def test_a_lock_outlives_a_server_that_is_killed_and_a_recovery_ends_it(
    server: WebServer, database: db.Database
) -> None:
    inside = Browser(server)
    assert inside.login("colleague0") == 200
    for _ in range(service.MOST_FAILURES):
        assert Browser(server).login("colleague0", WRONG) == 401
    server.kill()
    server.start()
    server.wait()
    assert Browser(server).login("colleague0") == 401, "locked, whatever the password"
    assert inside.ask("GET", "/api/me") == 200, "who is in stays in"
    with database.transaction(SYSTEM) as tx:
        secret = service.link(tx, service.account(tx, "colleague0").id, Purpose.RECOVER)
    owner = Browser(server)
    assert owner.ask("POST", "/api/link/use", {"secret": secret, "password": NEW}) == 200
    assert owner.login("colleague0", NEW) == 200
    assert inside.ask("GET", "/api/me") == 401, "a new password ends every session"
