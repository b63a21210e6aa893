"""What follows the facts outlives a database that goes away in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic

import psycopg2.extensions
import pytest

from geo_app import worker
from geo_app.core import facts
from geo_app.core.actor import SYSTEM
from geo_app.live.service import Feed
from tests.databases import connected
from tests.integration.conftest import Raw, Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.listeners import after

DEADLINE = 60.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once, so that a test of many cuts is short."""
    monkeypatch.setattr("geo_app.live.service.LOOK_AGAIN", 0.02)
    monkeypatch.setattr(worker, "LOOK_AGAIN", 0.02)


def cut(town: Town) -> int:
    """Cut every connection of the application role to this database; return how many there were."""
    with connected(town.settings.app_database_url) as cursor:
        cursor.execute("""
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()""")
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def record(town: Town, kind: str) -> None:
    """Record a fact on a connection of its own, which nobody cuts."""
    with connected(town.settings.app_database_url) as cursor:
        cursor.execute("SET geo.everything = 'yes'")
        cursor.execute(
            "WITH written AS (INSERT INTO fact (kind, actor, jurisdiction, data) VALUES (%s, 'x', '990101',"
            " '{\"city\": \"town\"}') RETURNING id) SELECT pg_notify('fact', id::text) FROM written",
            (kind,),
        )


def says(cursor: psycopg2.extensions.cursor, statement: str, number: int) -> bool:
    """Return whether a statement counts this many."""
    cursor.execute(statement)
    return cursor.fetchone() == (number,)


def until(is_so: Callable[[], bool]) -> bool:
    """Return whether something becomes true before the deadline."""
    end = monotonic() + DEADLINE
    while not is_so():
        if monotonic() > end:
            return False
    return True


@pytest.fixture
def feed(town: Town) -> Iterator[Feed]:
    """A running feed."""
    running = Feed(town.database)
    running.start()
    yield running
    running.stop()


def test_the_feed_goes_on_after_its_connections_were_cut(town: Town, feed: Feed) -> None:
    """A cut in the middle of reading ended its thread, and no page heard of anything any more."""
    position = feed.now()
    for number in range(10):
        cut(town)
        record(town, f"after cut {number}")
        found: list[facts.Fact] = []
        while not found:
            found = after(feed, position, DEADLINE)
        assert [fact.kind for fact in found] == [f"after cut {number}"]
        position = found[-1].position
    assert feed._thread.is_alive()


def test_reactions_go_on_after_their_connections_were_cut(town: Town) -> None:
    stopped = threading.Event()
    thread = threading.Thread(target=worker._react_until, args=(town.database, stopped))
    thread.start()
    count = "SELECT count(*) FROM procrastinate_jobs"
    try:
        for number in range(10):
            cut(town)
            record(town, "release.in_force")
            with connected(town.settings.app_database_url) as cursor:
                assert until(partial(says, cursor, count, number + 2))
    finally:
        stopped.set()
        thread.join()


def test_a_cut_in_the_middle_of_reading_does_not_end_the_feed(town: Town, feed: Feed) -> None:
    """The lock holds the reader inside its statement while its connection is cut."""
    position = feed.now()
    with connected(town.settings.database_url) as owner:
        owner.execute("BEGIN")
        owner.execute("LOCK TABLE fact IN ACCESS EXCLUSIVE MODE")
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'fact'::regclass"
        with connected(town.settings.database_url) as watch:
            assert until(partial(says, watch, waits, 1))
        assert cut(town) > 0
        owner.execute("COMMIT")
    record(town, "after")
    found: list[facts.Fact] = []
    while not found:
        found = after(feed, position, DEADLINE)
    assert [fact.kind for fact in found] == ["after"]
    with town.database.transaction(SYSTEM) as tx:
        assert tx.value(Raw("SELECT 1")) == 1
