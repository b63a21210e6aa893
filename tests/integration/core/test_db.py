"""Transactions: all or nothing, under a name, shapely in and out, and clear words when the database is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import psycopg2
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point

from geo_app.core import db
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.core.errors import Conflict, NotFound, NotReady
from geo_app.core.remembering import Remembering
from geo_app.core.settings import Settings
from tests.databases import connected
from tests.integration.conftest import Raw

SETTINGS = Raw(
    "SELECT current_setting('geo.actor', true), current_setting('geo.units', true) AS units,"
    " current_setting('geo.everything', true) AS everything"
)
PID = Raw("SELECT pg_backend_pid()")
WRITE = Raw("INSERT INTO fact (kind, actor, data) VALUES (%(kind)s, 'test', '{}')")
COUNT = Raw("SELECT count(*) FROM fact")


@pytest.fixture
def single(settings: Settings) -> Iterator[db.Database]:
    """A database with one connection, for which nobody waits longer than a twentieth of a second."""
    opened = db.Database(settings.app_database_url, replace(settings, pool_size="1", pool_wait="50"))
    yield opened
    opened.dispose()


@pytest.fixture
def impatient(settings: Settings) -> Iterator[db.Database]:
    """A database whose statements may take two seconds: more than any honest one needs on a busy machine."""
    opened = db.Database(
        settings.app_database_url, replace(settings, pool_size="1", statement_timeout="2000")
    )
    yield opened
    opened.dispose()


def test_leaving_the_block_commits_and_an_exception_rolls_back(database: db.Database) -> None:
    with database.transaction(SYSTEM) as tx:
        assert tx.run(WRITE, kind="kept") == 1
    with pytest.raises(KeyError), database.transaction(SYSTEM) as tx:
        _write_and_fail(tx)
    with database.transaction(SYSTEM) as tx:
        assert tx.all(Raw("SELECT kind FROM fact"), lambda row: row["kind"]) == ["kept"]


def test_a_remembering_transaction_asks_the_same_once_and_gives_each_a_list_of_its_own(
    database: db.Database,
) -> None:
    chance = Raw("SELECT random() AS drawn WHERE %(n)s = ANY(%(some)s)")
    with database.transaction(SYSTEM) as tx:
        reads = Remembering(tx)
        first = reads.all(chance, dict, n=1, some=[1, 2])
        assert reads.all(chance, dict, n=1, some=[1, 2]) == first
        assert reads.all(chance, dict, n=2, some=[1, 2]) != first
        assert reads.first(chance, dict, n=1, some=[1]) == reads.first(chance, dict, n=1, some=[1])
        assert reads.first(chance, dict, n=3, some=[1]) is None
        first.clear()
        assert len(reads.all(chance, dict, n=1, some=[1, 2])) == 1


def _write_and_fail(tx: db.Transaction) -> None:
    tx.run(WRITE, kind="lost")
    raise KeyError


def test_actor_and_scope_hold_for_one_transaction_only(single: db.Database) -> None:
    """The pooled connection must not carry one person's rights to the next."""
    with single.transaction(Actor("王芳", scope=Scope(units=(11, 12)))) as tx:
        assert list(tx.one(SETTINGS, dict).values()) == ["王芳", "{11,12}", "no"]
        first = tx.value(PID)
    proxy = single.engine.raw_connection()
    try:
        cursor = proxy.cursor()
        cursor.execute("SELECT pg_backend_pid(), current_setting('geo.actor', true)")
        assert cursor.fetchone() == (first, "")
    finally:
        proxy.close()
    with single.transaction(SYSTEM) as tx:
        assert list(tx.one(SETTINGS, dict).values()) == ["system", "{}", "yes"]


def test_an_actor_whose_name_holds_sql_is_just_a_name(database: db.Database) -> None:
    with database.transaction(Actor("'; DROP TABLE fact; --")) as tx:
        assert tx.value(SETTINGS) == "'; DROP TABLE fact; --"


SHAPES = [
    (Point(117.1, 39.9), 4326),
    (shapely.set_srid(Point(500_000.001, 4_400_000.123), 4548), 4548),
    (shapely.set_srid(LineString([(0, 0), (1, 1)]), 3857), 3857),
    (shapely.set_srid(MultiPolygon([shapely.box(0, 0, 1, 1)]), 4547), 4547),
]


@pytest.mark.parametrize(("shape", "srid"), SHAPES, ids=str)
def test_a_shape_goes_in_and_comes_out_with_its_frame(
    tx: db.Transaction, shape: shapely.Geometry, srid: int
) -> None:
    back = tx.value(Raw("SELECT %(shape)s::geometry"), shape=shape)
    assert shapely.equals_exact(back, shape, 0.0)
    assert shapely.get_srid(back) == srid
    assert tx.value(Raw("SELECT ST_SRID(%(shape)s)"), shape=shape) == srid
    assert tx.value(Raw("SELECT NULL::geometry")) is None


def test_a_shape_is_copied_as_it_is_inserted(tx: db.Transaction) -> None:
    tx.run(Raw("CREATE TEMP TABLE shapes (id int, shape geometry) ON COMMIT DROP"))
    tx.copy("shapes", ("id", "shape"), [(i, shape) for i, (shape, _) in enumerate(SHAPES)] + [(9, None)])
    back = tx.all(Raw("SELECT shape FROM shapes ORDER BY id"), lambda row: row["shape"])
    assert back[-1] is None
    for (shape, srid), found in zip(SHAPES, back[:-1], strict=True):
        assert shapely.equals_exact(found, shape, 0.0)
        assert shapely.get_srid(found) == srid


def test_a_moment_comes_back_in_utc(tx: db.Transaction) -> None:
    at = datetime(2026, 5, 20, 6, 30, 0, 123456, tzinfo=UTC)
    back = tx.value(Raw("SELECT %(at)s::timestamptz"), at=at)
    assert back == at
    assert back.utcoffset() == at.utcoffset()


def test_what_is_not_there_is_named(tx: db.Transaction) -> None:
    with pytest.raises(NotFound, match="nothing with code x"):
        tx.one(Raw("SELECT 1 WHERE %(code)s = 'y'"), dict, code="x")
    assert tx.first(Raw("SELECT 1 WHERE false"), dict) is None
    assert tx.value(Raw("SELECT 1 WHERE false")) is None


def test_a_statement_that_takes_too_long_is_not_ready(impatient: db.Database) -> None:
    with pytest.raises(NotReady, match="too long"), impatient.transaction(SYSTEM) as tx:
        tx.run(Raw("SELECT pg_sleep(60)"))
    with impatient.transaction(SYSTEM, patient=True) as tx:
        assert tx.value(COUNT) == 0


def test_patience_lifts_the_time_limit_for_one_transaction_only(impatient: db.Database) -> None:
    limit = Raw("SHOW statement_timeout")
    with impatient.transaction(SYSTEM, patient=True) as tx:
        assert tx.value(limit) == "0"
    with impatient.transaction(SYSTEM) as tx:
        assert tx.value(limit) == "2s"


def test_patience_in_the_midst_of_a_transaction_ends_there(impatient: db.Database) -> None:
    limit = Raw("SHOW statement_timeout")
    with impatient.transaction(SYSTEM) as tx:
        with tx.patiently():
            assert tx.value(limit) == "0"
        assert tx.value(limit) == "2s"


def test_a_connection_cut_in_the_middle_is_not_ready_and_the_next_one_works(
    single: db.Database, settings: Settings
) -> None:
    """It raised InterfaceError from the rollback, which no reader and no web edge expected."""

    def cut() -> None:
        with single.transaction(SYSTEM) as tx:
            with connected(settings.app_database_url) as other:
                other.execute("SELECT pg_terminate_backend(%s, 60000)", (tx.value(PID),))
            tx.value(COUNT)

    with pytest.raises(NotReady, match="does not answer"):
        cut()
    with single.transaction(SYSTEM) as tx:
        assert tx.value(COUNT) == 0


def test_a_connection_cut_between_two_requests_is_replaced_unnoticed(
    single: db.Database, settings: Settings
) -> None:
    with single.transaction(SYSTEM) as tx:
        pid = tx.value(PID)
    with connected(settings.app_database_url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
    with single.transaction(SYSTEM) as tx:
        assert tx.value(PID) != pid


def test_a_server_that_is_not_there_is_not_ready() -> None:
    away = db.Database("postgresql+psycopg2://app:s3cret@127.0.0.1:1/geo", Settings())
    with pytest.raises(NotReady) as refused, away.transaction(SYSTEM):
        pass
    assert "s3cret" not in str(refused.value)
    away.dispose()


def test_a_database_without_schema_says_to_migrate(settings: Settings) -> None:
    opened = db.Database(settings.app_database_url, settings)
    with pytest.raises(NotReady, match="geo db migrate"), opened.transaction(SYSTEM) as tx:
        tx.value(Raw("SELECT 1 FROM no_such_table"))
    opened.dispose()


def test_more_threads_than_connections_wait_for_their_turn(settings: Settings) -> None:
    opened = db.Database(settings.app_database_url, replace(settings, pool_size="16", pool_wait="60000"))
    full = threading.Barrier(17)

    def work(number: int) -> int:
        with opened.transaction(SYSTEM) as tx:
            if number < 16:
                full.wait(60)
            return tx.run(WRITE, kind=f"{number}")

    with ThreadPoolExecutor(48) as threads:
        done = [threads.submit(work, number) for number in range(48)]
        full.wait(60)  # all connections are taken, the others wait
        assert sum(one.result() for one in done) == 48
    opened.dispose()


def test_who_waits_too_long_for_a_connection_is_told_so(single: db.Database) -> None:
    with single.transaction(SYSTEM), pytest.raises(NotReady, match="busy"), single.transaction(SYSTEM):
        pass


def test_two_that_block_each_other_are_told_to_ask_again(database: db.Database) -> None:
    with database.transaction(SYSTEM) as tx:
        for key in ("a", "b"):
            tx.copy("idempotency", ("key", "actor", "request_hash"), [(key, "x", "x")])
    both = threading.Barrier(2)
    touch = Raw("UPDATE idempotency SET body = 'x' WHERE key = %(key)s")

    def work(keys: str) -> str:
        try:
            with database.transaction(SYSTEM) as tx:
                tx.run(touch, key=keys[0])
                both.wait(60)
                tx.run(touch, key=keys[1])
        except Conflict as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as threads:
        first, second = sorted(threads.map(work, ("ab", "ba")))
    assert (first, "ask again" in second) == ("done", True)


def test_a_mistake_of_ours_is_not_taken_for_an_absent_database(database: db.Database) -> None:
    with pytest.raises(psycopg2.ProgrammingError), database.transaction(SYSTEM) as tx:
        tx.run(Raw("SELEKT 1"))
