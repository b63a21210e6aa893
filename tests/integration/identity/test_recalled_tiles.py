"""A tile that is given from memory: the same as from the application, and to nobody who is let in no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from typing import Any

import pytest

from geo_app.core import asgi, clock, recall
from geo_app.core.actor import SYSTEM
from geo_app.core.at_hand import AtHand
from geo_app.core.files import Files
from geo_app.core.turns import Turns
from geo_app.identity import service, tokens
from geo_app.identity.model import Token
from tests.integration.conftest import Raw, Town
from tests.integration.identity.house import House
from tests.people import PASSWORD, Visitor

TILE = "/tiles/town/cells/14/13516/6218.mvt"
LIMIT = 60.0
AGENT = f"Werkzeug/{version('werkzeug')}"
"""The browser of a visitor: a session seen in another one gets a new cookie."""
AGES = 3600.0
"""Seconds; a memory that lasts so long forgets only what it is told to forget."""
Told = tuple[int, dict[bytes, bytes], bytes]


class Noting(recall.Recall):
    """A memory that says what it heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[int | None] = []

    def forget(self, account: int | None) -> None:
        super().forget(account)
        self.heard.append(account)


@dataclass
class Gate:
    """The web server's side of a house; counts what the application had to answer."""

    house: House
    memory: Noting
    asked: int = 0
    front: asgi.Front = field(init=False)

    def __post_init__(self) -> None:
        largest, turns = asgi.Largest(10, 20), Turns(set(), ())
        at_hand = AtHand(Files(()), self.memory)
        self.front = asgi.Front(self._count, 1, largest, lambda: None, in_turn=turns, at_hand=at_hand)

    def _count(self, environ: asgi.Environ, start: Callable[..., Any]) -> Any:
        self.asked += 1
        return self.house.app.wsgi_app(environ, start)

    def get(self, head: dict[str, str], path: str = TILE) -> Told:
        """Ask for a tile."""
        return asyncio.run(self._get(path, head))

    async def _get(self, path: str, head: dict[str, str]) -> Told:
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), *((n.lower().encode(), v.encode()) for n, v in head.items())],
            "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000), "client": ("10.0.0.1", 40_000),
        }  # fmt: skip
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        await self.front(scope, receive, send)
        return told[0]["status"], dict(told[0]["headers"]), told[1]["body"]

    def know(self, *heads: dict[str, str]) -> None:
        """Return when everything said of accounts was heard, and whoever sends these headers is known."""
        mark = -1 - len(self.memory.heard)
        with self.house.database.transaction(SYSTEM) as tx:
            tx.value(Raw("SELECT pg_notify('account', %(mark)s)"), mark=str(mark))
        until(lambda: mark in self.memory.heard)
        for head in heads:
            assert self.get(head)[0] == 200
            assert self.is_recalled(head)

    def is_recalled(self, head: dict[str, str]) -> bool:
        """Return whether a tile is given without asking the application."""
        before = self.asked
        assert self.get(head)[0] == 200
        return self.asked == before


@pytest.fixture
def gate(still_town: Town, still_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A house whose memory lasts, and listens."""
    monkeypatch.setattr(recall, "KNOWN", AGES)
    monkeypatch.setattr(recall, "NEWEST", AGES)
    memory = Noting()
    still_house.app.extensions["recall"] = memory
    memory.start(still_town.database.url)
    yield Gate(still_house, memory)
    memory.stop()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def account(gate: Gate, *roles: str) -> int:
    """Return the id of a new account named by how many there are."""
    with gate.house.database.transaction(SYSTEM) as tx:
        count = len(service.accounts(tx))
    return gate.house.account(f"viewer{count}", *roles)


def logged_in(gate: Gate, account_id: int) -> tuple[Visitor, dict[str, str]]:
    """Return the browser of an account, and the header it sends."""
    visitor = gate.house.visitor()
    assert visitor.login(username(gate, account_id)).status_code == 200
    cookie = visitor.client.get_cookie(gate.house.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return visitor, {"Cookie": f"{cookie.key}={cookie.value}", "User-Agent": AGENT}


def username(gate: Gate, account_id: int) -> str:
    with gate.house.database.transaction(SYSTEM) as tx:
        return service.account_by_id(tx, account_id).username


def token(gate: Gate, account_id: int) -> tuple[int, dict[str, str]]:
    """Return the id of a new token of an account, and the header that shows it."""
    with gate.house.database.transaction(SYSTEM) as tx:
        new = Token(0, account_id, "system", "x", ("map.read",), clock.now() + timedelta(days=1), None)
        secret = tokens.issue(tx, new)
        number = tokens.of(tx, service.account_by_id(tx, account_id))[-1].id
    return number, {"Authorization": f"Bearer {secret}"}


def test_a_tile_is_recalled_as_the_application_gave_it(gate: Gate) -> None:
    _, head = logged_in(gate, account(gate, "worker"))
    gate.know(head)
    etag = gate.get(head)[1][b"etag"].decode()
    for more in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": etag}, {"If-None-Match": '"other"'}):
        before = gate.asked
        ours = gate.get(head | more)
        assert gate.asked == before
        theirs = gate.get(head | more | {"Cache-Control": "no-cache"})
        assert gate.asked == before + 1
        assert ours == theirs


def test_a_tile_is_recalled_for_nobody_else(gate: Gate) -> None:
    _, head = logged_in(gate, account(gate, "worker"))
    gate.know(head)
    for other in ({}, {"Cookie": "x=1"}, {"Authorization": "Bearer x"}, {"Cookie": head["Cookie"] + "x"}):
        assert gate.get(other)[0] == 401


def end_session(gate: Gate, visitor: Visitor, _account: int) -> None:
    assert visitor.post("/api/logout", {}).status_code == 200


def end_account(gate: Gate, _visitor: Visitor, account_id: int) -> None:
    with gate.house.database.transaction(SYSTEM) as tx:
        service.set_active(tx, service.account_by_id(tx, account_id), active=False)


def new_password(gate: Gate, visitor: Visitor, _account: int) -> None:
    assert visitor.post("/api/me/password", {"current": PASSWORD, "new": "Quite-new-4-me"}).status_code == 200


def take_role(gate: Gate, _visitor: Visitor, account_id: int) -> None:
    with gate.house.database.transaction(SYSTEM) as tx:
        service.revoke(tx, service.account_by_id(tx, account_id), "worker")


def demand_password(gate: Gate, _visitor: Visitor, account_id: int) -> None:
    with gate.house.database.transaction(SYSTEM) as tx:
        service.demand_password(tx, service.account_by_id(tx, account_id))


@pytest.mark.parametrize(("end", "status"), [
    (end_session, 401), (end_account, 401), (new_password, 401), (take_role, 403), (demand_password, 403),
])  # fmt: skip
def test_nobody_gets_a_tile_from_memory_after(
    gate: Gate, end: Callable[[Gate, Visitor, int], None], status: int
) -> None:
    mine = account(gate, "worker")
    visitor, head = logged_in(gate, mine)
    _, other = logged_in(gate, account(gate, "worker"))
    gate.know(head, other)
    end(gate, visitor, mine)
    until(lambda: gate.get(head)[0] != 200)
    assert gate.get(head)[0] == status
    assert gate.is_recalled(other), "the others stay known"


def test_a_revoked_token_gets_no_tile_from_memory(gate: Gate) -> None:
    mine = account(gate, "worker")
    number, head = token(gate, mine)
    gate.know(head)
    with gate.house.database.transaction(SYSTEM) as tx:
        tokens.revoke(tx, service.account_by_id(tx, mine), number)
    until(lambda: gate.get(head)[0] == 401)


def test_nobody_stays_known_when_the_database_could_not_tell(gate: Gate, still_town: Town) -> None:
    _, head = logged_in(gate, account(gate, "worker"))
    gate.know(head)
    gone = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE query = 'LISTEN "account"' AND datname = current_database()"""
    heard = len(gate.memory.heard)
    assert still_town.all(gone) == [True]
    until(lambda: gate.memory.heard[heard:].count(None) == 2)  # cut off, and listening again
    gate.know(head)


def test_a_token_is_remembered_no_longer_than_it_lives(gate: Gate) -> None:
    mine = account(gate, "worker")
    with gate.house.database.transaction(SYSTEM) as tx:
        ends = clock.now() + timedelta(hours=1)
        secret = tokens.issue(tx, Token(0, mine, "system", "x", ("map.read",), ends, None))
        found = service.actor_by_token(tx, secret, None)
    assert found is not None
    assert found.until == ends


def test_a_new_release_is_seen_at_the_next_asking_anew(gate: Gate, still_town: Town) -> None:
    _, head = logged_in(gate, account(gate, "worker"))
    gate.know(head)
    before = gate.get(head)[1][b"etag"]
    with gate.house.database.transaction(SYSTEM) as tx:
        tx.run(Raw("UPDATE city SET loaded_at = loaded_at + interval '1 minute'"))
    anew = gate.get(head | {"Cache-Control": "no-cache"})[1][b"etag"]
    assert anew != before
    assert gate.is_recalled(head)
    assert gate.get(head)[1][b"etag"] == anew
