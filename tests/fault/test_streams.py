"""Streams through the project's own web server: every fact once, beside normal work, until the server stops."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo_app.core import facts
from geo_app.core.actor import SYSTEM
from tests.integration.conftest import Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.listeners import Follower, listening
from tests.servers import WebServer, serving
from tests.sizes import size

CLIENTS, QUICK = 4, 20
LIMIT = 240.0
"""Seconds for anything to come; the machine may be slow."""


@pytest.fixture
def server(town: Town, tmp_path: Path) -> Iterator[WebServer]:
    """The web server on the town."""
    with serving(town.settings, tmp_path / "web.log") as running:
        yield running


def now(town: Town) -> str:
    """Return the event id behind everything that has settled."""
    with town.database.transaction(SYSTEM) as tx:
        end = facts.end(tx)
    return f"{end.xid}-{end.id}"


def tell(town: Town, kind: str, subject: int) -> None:
    with town.database.transaction(SYSTEM) as tx:
        facts.record(tx, kind, subject, town.city.jurisdiction)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_slow_fact_and_twenty_quick_ones_reach_every_page_once_however_often_it_reconnects(
    town: Town, server: WebServer
) -> None:
    begin = now(town)
    followers = [
        Follower(server.port, server.head, begin, leaves_after) for leaves_after in (None, 1, 2, 3, 7)
    ]
    with listening(followers):
        with town.database.transaction(SYSTEM) as slow:
            facts.record(slow, "slow", 0, town.city.jurisdiction)
            for number in range(1, QUICK + 1):
                tell(town, "quick", number)
            until(lambda: all(follower.opened for follower in followers))
            assert not any(follower.heard for follower in followers), "nothing may pass what is still open"
        until(lambda: all(len(follower.heard) > QUICK for follower in followers))
        tell(town, "last", QUICK + 1)
        until(lambda: all(follower.heard[-1].kind == "last" for follower in followers))
    for follower in followers:
        assert [heard.subject for heard in follower.heard] == list(range(QUICK + 2))
    assert followers[1].opened > QUICK


def test_open_pages_stand_beside_normal_work_and_hear_everything_once(town: Town, server: WebServer) -> None:
    count = size("told_facts")
    followers = [Follower(server.port, server.head) for _ in range(size("open_pages"))]
    done = threading.Event()

    def work(_: int) -> set[int]:
        statuses = set()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
        while True:
            connection.request("GET", "/api/incidents", headers=server.head)
            with connection.getresponse() as answer:
                answer.read()
                statuses.add(answer.status)
            if done.is_set():
                connection.close()
                return statuses

    with listening(followers), ThreadPoolExecutor(CLIENTS) as threads:
        until(lambda: all(follower.is_open and follower.last for follower in followers))
        working = [threads.submit(work, number) for number in range(CLIENTS)]
        try:
            for number in range(count):
                tell(town, "tick", number)
            until(lambda: all(len(follower.heard) >= count for follower in followers))
        finally:
            done.set()
        assert [future.result() for future in working] == [{200}] * CLIENTS
    assert all([heard.subject for heard in follower.heard] == list(range(count)) for follower in followers)


def test_a_server_that_is_asked_to_stop_ends_its_streams_by_itself(town: Town, server: WebServer) -> None:
    """They were cut when the web server lost patience and killed its processes."""
    followers = [Follower(server.port, server.head) for _ in range(10)]
    with listening(followers):
        until(lambda: all(follower.is_open for follower in followers))
        assert server.stop() == 0
        until(lambda: not any(follower.is_open for follower in followers))
    assert all(follower.ended for follower in followers)
