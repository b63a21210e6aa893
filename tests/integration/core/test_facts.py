"""Facts: none is lost and none comes twice, however slow the transaction that records it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from geo_app import reactions, worker
from geo_app.core import db, facts
from geo_app.core.actor import SYSTEM
from geo_app.core.facts import Fact, Position
from geo_app.live.service import Feed
from tests.integration.conftest import Town
from tests.listeners import after

DEADLINE = 60.0


def until(read: Callable[[], list[str]], count: int) -> list[str]:
    """Read until `count` things came or the deadline is over: another test's transaction may hold us up."""
    found: list[str] = []
    end = monotonic() + DEADLINE
    while len(found) < count and monotonic() < end:
        found += read()
    return found


def late_and_early(database: db.Database, jurisdiction: str | None = None) -> Iterator[str]:
    """Record one fact, and 20 while its transaction stays open; yield each kind in the order of reading."""
    with database.transaction(SYSTEM) as slow:
        facts.record(slow, "slow", 1, jurisdiction)
        for number in range(20):
            with database.transaction(SYSTEM) as tx:
                facts.record(tx, f"quick {number}", number, jurisdiction)
    yield "slow"
    yield from (f"quick {number}" for number in range(20))


class Reader:
    """Follows the facts in the way every reader does."""

    def __init__(self, database: db.Database) -> None:
        self.database = database
        self.position = Position("0", 0)

    def read(self) -> list[str]:
        """Return the kinds of up to three facts."""
        with self.database.transaction(SYSTEM) as tx:
            found = facts.after(tx, self.position, 3)
        if found:
            self.position = found[-1].position
        return [fact.kind for fact in found]


def test_a_slow_fact_is_read_before_those_that_were_quicker(database: db.Database) -> None:
    reader = Reader(database)
    with database.transaction(SYSTEM) as slow:
        facts.record(slow, "slow", 1, None)
        for number in range(20):
            with database.transaction(SYSTEM) as tx:
                facts.record(tx, f"quick {number}", number, None)
            assert reader.read() == [], "nothing may pass what is still open"
    assert until(reader.read, 21) == ["slow", *(f"quick {number}" for number in range(20))]
    assert reader.read() == []


def test_transaction_ten_stands_behind_transaction_nine(database: db.Database) -> None:
    insert = "INSERT INTO fact (xid, kind, actor, data) VALUES (%(xid)s::text::xid8, %(xid)s, 'test', '{}')"
    with database.transaction(SYSTEM) as tx:
        for xid in ("100", "9", "10"):
            tx.run(SimpleNamespace(sql=insert), xid=xid)
    assert until(Reader(database).read, 3) == ["9", "10", "100"]


def test_a_fact_of_a_transaction_that_failed_is_never_read(database: db.Database) -> None:
    def fail() -> None:
        with database.transaction(SYSTEM) as tx:
            facts.record(tx, "lost", None, None)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.transaction(SYSTEM) as tx:
        facts.record(tx, "kept", None, None)
    assert until(Reader(database).read, 1) == ["kept"]


def test_the_feed_hands_every_fact_to_every_reader_once_in_order(database: db.Database) -> None:
    feed = Feed(database)
    feed.start()
    start = feed.now()

    def follow(_: int) -> list[str]:
        position = start

        def read() -> list[str]:
            nonlocal position
            found = after(feed, position, 0.5)
            if found:
                position = found[-1].position
            return [fact.kind for fact in found]

        return until(read, 21)

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(follow, number) for number in range(4)]
        expected = list(late_and_early(database))
        assert [reader.result() for reader in readers] == [expected] * 4
    feed.stop()


def test_a_feed_that_starts_late_hands_over_what_came_before_it_at_once(database: db.Database) -> None:
    """It waited for the next fact or fifteen seconds before it looked into the database."""
    feed = Feed(database)
    start = feed.now()
    expected = list(late_and_early(database))
    found: list[Fact] = []
    while len(found) < 21:
        found += after(feed, found[-1].position if found else start, 3600.0)
    assert [fact.kind for fact in found] == expected


def test_facts_pushed_out_of_memory_are_read_from_the_database(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(database)
    feed._recent = type(feed._recent)(maxlen=5)
    monkeypatch.setattr("geo_app.live.service.MEMORY", 5)
    start = feed.now()
    feed._read()
    expected = list(late_and_early(database))
    until(lambda: ["read"] * feed._read(), 21)
    position = start
    found: list[str] = []
    while len(found) < 21:
        chunk = after(feed, position, 3600.0)
        position = chunk[-1].position
        found += [fact.kind for fact in chunk]
    assert found == expected
    assert feed._remembered(position) == []


def events(client: FlaskClient, count: int, headers: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Return id and data of `count` events of the stream, and close it."""
    response = client.get("/api/stream", headers=headers)
    found: list[tuple[str, str]] = []
    try:
        for chunk in response.iter_encoded():
            lines = dict(line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line[1:])
            if lines.get("event") == "fact":
                found.append((lines["id"], lines["data"]))
            if len(found) == count:
                return found
    finally:
        response.close()
    return found


def test_the_stream_sends_all_facts_once_and_resumes_without_gap_or_repeat(
    town: Town, town_client: FlaskClient
) -> None:
    town_client.application.extensions["feed"].start()
    start = town_client.application.extensions["feed"].now()
    opened = {"Last-Event-ID": f"{start.xid}-{start.id}"}
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(events, town_client, 21, opened)
        expected = list(late_and_early(town.database, town.city.jurisdiction))
        whole = reading.result()
    assert [data.split('"')[3] for _, data in whole] == expected
    assert events(town_client, 21, opened) == whole
    for known in (0, 7, 19):
        assert events(town_client, 20 - known, {"Last-Event-ID": whole[known][0]}) == whole[known + 1 :]


def test_the_stream_of_a_city_leaves_out_other_cities(town: Town, town_client: FlaskClient) -> None:
    town_client.application.extensions["feed"].start()
    start = town_client.application.extensions["feed"].now()
    with town.database.transaction(SYSTEM) as tx:
        facts.record(tx, "theirs", 1, "110101")
        facts.record(tx, "ours", 2, town.city.jurisdiction)
    ((_, data),) = events(town_client, 1, {"Last-Event-ID": f"{start.xid}-{start.id}"})
    assert '"ours"' in data


@pytest.mark.parametrize("text", [
    "x", "1", "1-", "-1", "1-2-3", "１-２", "99999999999999999999-1", "1-9999999999999999999", "1-1\t",
])  # fmt: skip
def test_an_event_id_nobody_sent_is_refused(still_client: FlaskClient, text: str) -> None:
    response = still_client.get("/api/stream", headers={"Last-Event-ID": text.encode().decode("latin-1")})
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    assert response.get_json()["field"] == "Last-Event-ID"


def test_an_event_id_of_another_database_begins_anew_instead_of_waiting_for_ever(
    town: Town, town_client: FlaskClient
) -> None:
    town_client.application.extensions["feed"].start()
    with ThreadPoolExecutor(1) as threads:
        response = town_client.get("/api/stream", headers={"Last-Event-ID": "18446744073709551615-1"})
        chunks = response.iter_encoded()
        assert b"18446744073709551615" not in next(chunks)
        with town.database.transaction(SYSTEM) as tx:
            facts.record(tx, "new", 1, town.city.jurisdiction)
        heard = threads.submit(lambda: next(chunk for chunk in chunks if b"event" in chunk))
        assert b'"new"' in heard.result(DEADLINE)
        response.close()


def test_each_reaction_is_enqueued_once_by_two_who_react_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settled() -> list[str]:
        with town.database.transaction(SYSTEM) as tx:
            return ["all"] if len(facts.after(tx, Position("0", 0))) == total else []

    written = town.one(
        "SELECT count(*) FROM fact WHERE kind = ANY(%(kinds)s)", kinds=list(reactions.REACTIONS)
    )
    assert written == 1
    with town.database.transaction(SYSTEM) as tx:
        for _ in range(30):
            facts.record(tx, next(iter(reactions.REACTIONS)), 1, None, city="town")
    total = town.one("SELECT count(*) FROM fact")
    assert until(settled, 1)
    original = facts.after
    monkeypatch.setattr(facts, "after", lambda tx, position: original(tx, position, 7))
    both = threading.Barrier(2)

    def react(_: int) -> int:
        both.wait(DEADLINE)
        return sum(worker.react(town.database) for _ in range(total))

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(react, range(2))) == total
    assert town.one("SELECT count(*) FROM procrastinate_jobs") == 31


def test_every_reaction_names_a_job_the_worker_knows() -> None:
    for tasks in reactions.REACTIONS.values():
        assert set(tasks) <= set(worker.TASKS)
