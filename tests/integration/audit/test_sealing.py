"""Every fact is sealed once and in order: beside slow writers, by two sealers at once, after a crash between."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from geo_app.audit import anchors, service, store
from geo_app.core import db, facts
from geo_app.core.actor import SYSTEM, Actor
from tests.integration.audit.conftest import CLERK, NOON, Raw, anchor, seal_all, write
from tests.sizes import size

COUNTS = Raw("SELECT (SELECT count(*) FROM fact) AS facts, (SELECT count(*) FROM fact_link) AS links")
LINKS = Raw("SELECT fact_id, xid::text AS xid FROM fact_link ORDER BY seq")
ORDER = Raw("SELECT id, xid::text AS xid FROM fact ORDER BY fact.xid, id")
WRITERS = 8


def counts(database: db.Database) -> tuple[int, int]:
    """Return how many facts and links there are."""
    with database.transaction(SYSTEM) as tx:
        row = tx.one(COUNTS, dict)
    return row["facts"], row["links"]


def test_beside_eight_slow_writers_two_sealers_seal_every_fact_once_in_order(
    database: db.Database, tmp_path: Path
) -> None:
    each = size("sealed_facts")
    written = threading.Event()
    waiting = threading.Barrier(WRITERS)

    def writer(number: int) -> None:
        for step in range(each):
            with database.transaction(CLERK) as slow:
                facts.record(slow, "slow", number, None)
                if step % 5 == 0:
                    waiting.wait(60)  # every writer holds a transaction open here
                with database.transaction(CLERK) as quick:
                    facts.record(quick, "quick", step, None)
                facts.record(slow, "slow end", number, None)

    def sealer(_: int) -> int:
        count = 0
        while True:
            is_last = written.is_set()
            with database.transaction(SYSTEM) as tx:
                sealed = service.seal(tx, 20)
            count += sealed.count if sealed else 0
            if is_last and sealed is None:
                return count

    with ThreadPoolExecutor(WRITERS + 2) as threads:
        sealers = [threads.submit(sealer, number) for number in range(2)]
        try:
            list(threads.map(writer, range(WRITERS)))
        finally:
            written.set()
        sealed = sum(one.result() for one in sealers)
    sealed += seal_all(database)
    assert sealed == WRITERS * each * 3
    with database.transaction(SYSTEM) as tx:
        links = tx.all(LINKS, lambda row: (row["fact_id"], row["xid"]))
        assert links == tx.all(ORDER, lambda row: (row["id"], row["xid"]))
        assert service.verify(tx, tmp_path).is_whole


def test_a_fact_whose_transaction_is_open_is_sealed_later_and_in_its_place(
    database: db.Database, tmp_path: Path
) -> None:
    with database.transaction(CLERK) as slow:
        first = facts.record(slow, "slow", 1, None)
        write(database, 2, 2)
        with database.transaction(SYSTEM) as tx:
            assert service.seal(tx) is None, "nothing may pass what is still open"
    assert seal_all(database, most=1) == 5
    with database.transaction(SYSTEM) as tx:
        assert tx.all(LINKS, lambda row: row["fact_id"])[0] == first
        assert service.verify(tx, tmp_path).seals == 5


def test_the_second_of_two_sealers_leaves_it_to_the_first(database: db.Database) -> None:
    write(database, 1, 3)
    with database.transaction(SYSTEM) as one, database.transaction(SYSTEM) as other:
        assert store.try_lock(one)
        assert service.seal(other) is None
    assert seal_all(database) == 3


def test_a_crash_between_links_and_seal_leaves_nothing_behind(
    database: db.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyError

    def seal_until_it_crashes() -> None:
        while counts(database) == (8, 4):  # until the new facts have settled
            with database.transaction(SYSTEM) as tx:
                service.seal(tx)

    write(database, 2, 2)
    assert seal_all(database) == 4
    write(database, 2, 2)
    with monkeypatch.context() as patch:
        patch.setattr(store, "add_seal", crash)
        with pytest.raises(KeyError):
            seal_until_it_crashes()
    assert counts(database) == (8, 4)
    assert seal_all(database) == 4
    with database.transaction(SYSTEM) as tx:
        assert service.verify(tx, tmp_path).is_whole


def test_links_that_were_lost_are_made_again_as_they_were(
    database: db.Database, settings, tmp_path: Path
) -> None:
    """The chain depends on facts alone: not on when it is computed, nor in how many seals."""
    write(database, 3, 3)
    seal_all(database, most=2)
    with database.transaction(SYSTEM) as tx:
        before = store.last_link(tx)
    owner = db.Database(settings.database_url, settings)
    with owner.transaction(SYSTEM) as tx:
        tx.run(Raw("DELETE FROM fact_link"))
        tx.run(Raw("DELETE FROM fact_seal"))
    owner.dispose()
    seal_all(database)
    with database.transaction(SYSTEM) as tx:
        assert store.last_link(tx) == before


def test_an_anchor_is_written_once_a_day_and_the_head_follows_every_seal(
    database: db.Database, tmp_path: Path
) -> None:
    anchor(database, tmp_path, NOON)
    assert anchors.read(tmp_path) == [], "an empty chain has no anchor"
    reach = []
    for hours in (0, 1, 13, 14):
        write(database, 1, 2)
        seal_all(database)
        anchor(database, tmp_path, NOON + timedelta(hours=hours))
        head = anchors.head(tmp_path)
        assert head is not None
        assert head.anchor is not None
        reach.append(head.anchor.seq)
    first, second = anchors.read(tmp_path)
    assert (first.name, second.name) == ("2026-11-20.json", "2026-11-21.json")
    assert [file.anchor.seq for file in (first, second) if file.anchor] == [reach[0], reach[2]]
    assert json.loads((tmp_path / "anchors" / second.name).read_text())["previous"] == first.sha256
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("**/*.json")} == {0o600}
    with database.transaction(SYSTEM) as tx:
        assert service.verify(tx, tmp_path).is_whole


def test_an_anchor_whose_fact_was_lost_in_a_crash_is_noted_the_next_time(
    database: db.Database, tmp_path: Path
) -> None:
    def crash() -> None:
        with database.transaction(SYSTEM) as tx:
            service.anchor(tx, tmp_path, NOON)
            raise KeyError

    write(database, 1, 2)
    seal_all(database)
    with pytest.raises(KeyError):
        crash()
    anchor(database, tmp_path, NOON)
    anchor(database, tmp_path, NOON)
    with database.transaction(SYSTEM) as tx:
        (file,) = anchors.read(tmp_path)
        assert store.anchors_noted(tx) == {"2026-11-20": file.sha256}
        assert tx.value(Raw("SELECT count(*) FROM fact WHERE kind = 'audit.anchored'")) == 1


def test_a_fact_says_who_from_where_why_and_what_changed(database: db.Database) -> None:
    columns = "SELECT actor, actor_account, address, reason, changes, data FROM fact ORDER BY id"
    with database.transaction(
        Actor("王芳", frozenset({"audit.read"}), account=12, address="192.168.1.7")
    ) as tx:
        facts.record(
            tx, "x", 1, None, reason="居民要求", changes={"state": ("reported", "filed")}, city="town"
        )
        facts.record(tx, "y", 1, None)
        found = tx.all(Raw(columns), lambda row: tuple(row.values()))
    assert found == [
        ("王芳", 12, "192.168.1.7", "居民要求", {"state": ["reported", "filed"]}, {"city": "town"}),
        ("王芳", 12, "192.168.1.7", None, None, {}),
    ]
