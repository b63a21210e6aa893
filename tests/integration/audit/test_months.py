"""Facts lie in months: made ahead, never missing, read in order at full speed, dropped only when that is right."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from geo_app.audit import service, store
from geo_app.core import clock, db, facts, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests.databases import Server, connected
from tests.integration.audit.conftest import Raw, anchor, seal_all, write

PARTS = (
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'fact'::regclass ORDER BY 1"
)
AT = Raw(
    "INSERT INTO fact (kind, actor, data, at) VALUES ('old', 'x', '{}', %(at)s) RETURNING tableoid::regclass::text"
)
LATE = datetime(2031, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.fixture
def owner(settings: Settings) -> Iterator[db.Database]:
    """The database seen by its owner."""
    opened = db.Database(settings.database_url, settings)
    yield opened
    opened.dispose()


def months(database: db.Database) -> list[str]:
    """Return the months that have a partition."""
    with database.transaction(SYSTEM) as tx:
        return store.months(tx)


def test_the_months_ahead_are_made_before_they_begin(database: db.Database) -> None:
    with database.transaction(SYSTEM) as tx:
        made = service.make_months(tx, LATE)
        assert made == ["2031-12", "2032-01", "2032-02", "2032-03"]
        assert service.make_months(tx, LATE) == []
        assert tx.value(AT, at=LATE) == "fact_2031_12"
        assert tx.value(AT, at=LATE + timedelta(microseconds=1)) == "fact_2032_01"
        assert service.make_months(tx, LATE + timedelta(microseconds=1)) == ["2032-04"]
        assert service.resting(tx) == 0


def test_this_month_and_the_next_are_there_from_the_start(database: db.Database) -> None:
    month, following = (f"{clock.now() + timedelta(days=days):%Y-%m}" for days in (0, 31))
    assert {month, following} <= set(months(database))
    with database.transaction(SYSTEM) as tx:
        assert facts.record(tx, "x", None, None) > 0
        assert service.resting(tx) == 0


def test_a_fact_outside_every_month_is_kept_and_moves_when_its_month_is_made(
    database: db.Database, tmp_path: Path
) -> None:
    with database.transaction(SYSTEM) as tx:
        assert tx.value(AT, at=LATE) == "fact_rest"
    assert seal_all(database) == 1
    with database.transaction(SYSTEM) as tx:
        assert service.verify(tx, tmp_path).resting == 1
        service.make_months(tx, LATE)
        assert tx.value(Raw("SELECT tableoid::regclass::text FROM fact")) == "fact_2031_12"
    with database.transaction(SYSTEM) as tx:
        verdict = service.verify(tx, tmp_path)
        assert (verdict.is_whole, verdict.sealed, verdict.resting) == (True, 1, 0)


def test_two_that_make_months_at_once_make_each_once_beside_writers(database: db.Database) -> None:
    def make(_: int) -> list[str]:
        with database.transaction(SYSTEM) as tx:
            return service.make_months(tx, LATE)

    def fill(_: int) -> None:
        for _ in range(20):
            with database.transaction(SYSTEM) as tx:
                tx.value(AT, at=LATE)

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(fill, number) for number in range(2)]
        made = sorted(month for found in threads.map(make, range(2)) for month in found)
        for one in writing:
            one.result()
    assert made == ["2031-12", "2032-01", "2032-02", "2032-03"]
    with database.transaction(SYSTEM) as tx:
        assert tx.value(Raw("SELECT count(*) FROM fact")) == 40
        assert service.resting(tx) == 0


def test_the_application_role_may_only_read_and_append_whatever_the_month(
    database: db.Database, owner: db.Database
) -> None:
    rights = """
        SELECT name || ' ' || verb FROM
          (SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'fact'::regclass
           UNION VALUES ('fact'), ('fact_link'), ('fact_seal'), ('fact_retired')) part (name),
          unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) verb
        WHERE has_table_privilege(current_user, name, verb) ORDER BY 1"""
    with database.transaction(SYSTEM) as tx:
        service.make_months(tx, LATE)
        found = tx.all(Raw(rights), lambda row: next(iter(row.values())))
        assert found == [
            "fact INSERT", "fact SELECT", "fact_link INSERT", "fact_link SELECT", "fact_rest SELECT",
            "fact_retired SELECT", "fact_seal INSERT", "fact_seal SELECT",
        ]  # fmt: skip
        owned = tx.all(Raw("SELECT DISTINCT relowner::regrole::text AS o FROM pg_class WHERE relname LIKE 'fact%%'"),
                       lambda row: row["o"])  # fmt: skip
        assert len(owned) == 1
        assert owned != [tx.value(Raw("SELECT current_user"))]


def test_functions_of_the_owner_keep_their_search_path_and_are_not_for_everyone(
    database: db.Database,
) -> None:
    asked = """
        SELECT proname AS name, proconfig::text AS config, has_function_privilege('public', oid, 'EXECUTE') AS open
        FROM pg_proc WHERE prosecdef AND proname LIKE '%%fact_month'"""
    with database.transaction(SYSTEM) as tx:
        found = tx.all(Raw(asked), dict)
    assert {row["name"] for row in found} == {"make_fact_month", "retire_fact_month"}
    assert not any(row["open"] for row in found)
    assert all("search_path=pg_catalog, public, pg_temp" in row["config"] for row in found)


# -- plans ----------------------------------------------------------------------------------------------------
MANY = """
    INSERT INTO fact (kind, actor, subject, data, at)
    SELECT 'incident.moved', 'x', n, '{}', now() + (month * interval '1 month') FROM generate_series(1, 20000) n
    CROSS JOIN generate_series(0, 2) month"""


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from scans(child)


@pytest.mark.parametrize(("statement", "values"), [
    (facts.SQL.facts_after, {"xid": "0", "id": 0, "most": 500}),
    (facts.SQL.facts_after, {"xid": "1", "id": 30_000, "most": 500}),
    (store.SQL.unsealed, {"xid": "0", "id": 0, "most": 20_000}),
    (store.SQL.search, {"since": None, "until": None, "actor": None, "kind": None, "subject": None,
                        "jurisdiction": None, "xid": "18446744073709551615", "id": 0, "most": 100}),
])  # fmt: skip
def test_facts_are_read_by_the_index_in_their_order_in_every_month(
    database: db.Database, owner: db.Database, statement: Raw, values: dict[str, object]
) -> None:
    with owner.transaction(SYSTEM) as tx:
        tx.run(Raw(MANY))
        tx.run(Raw("ANALYZE fact"))
        full = tx.all(
            Raw("SELECT DISTINCT tableoid::regclass::text AS name FROM fact"), lambda row: row["name"]
        )
    assert len(full) == 3
    with database.transaction(SYSTEM) as tx:
        plan = tx.value(Raw("EXPLAIN (FORMAT JSON) " + statement.sql), **values)[0]["Plan"]
    nodes = list(scans(plan))
    read = {node["Relation Name"]: node for node in nodes if "Relation Name" in node}
    assert full
    assert set(full) <= set(read)
    for name in full:
        assert (read[name]["Node Type"], read[name]["Index Name"]) == ("Index Scan", f"{name}_xid_id_idx")
    assert not [node for node in nodes if node["Node Type"] == "Sort" and node.get("Plan Rows", 0) > 1000]


# -- dropping -------------------------------------------------------------------------------------------------
def old_facts(owner: db.Database, months_ago: int, count: int) -> str:
    """Record facts as if that long ago, in a month of their own, and return the month."""
    at = clock.now() - timedelta(days=31 * months_ago)
    with owner.transaction(SYSTEM) as tx:
        store.make_month(tx, at)
        for _ in range(count):
            assert tx.value(AT, at=at) == f"fact_{at:%Y_%m}"
    return f"{at:%Y-%m}"


def test_an_old_month_is_dropped_once_it_is_sealed_and_anchored_and_the_record_stays_whole(
    database: db.Database, owner: db.Database, tmp_path: Path
) -> None:
    month = old_facts(owner, 40, 5)
    recent = old_facts(owner, 20, 2)

    def retire() -> tuple[list[str], list[str]]:
        with database.transaction(SYSTEM) as tx:
            dropped, held = service.retire(tx, tmp_path, clock.now(), 36)
        return [one.month for one in dropped], held

    assert retire() == ([], [month])
    assert seal_all(database) == 7
    assert retire() == ([], [month])
    anchor(database, tmp_path, clock.now())
    assert retire() == ([month], [])
    assert retire() == ([], [])
    assert month not in months(database)
    assert recent in months(database)
    seal_all(database)
    with database.transaction(SYSTEM) as tx:
        verdict = service.verify(tx, tmp_path)
        assert (verdict.findings, verdict.retired) == ((), 5)
    with owner.transaction(SYSTEM) as tx:
        tx.run(Raw("DELETE FROM fact WHERE kind = 'audit.retired'"))
        finding = service.verify(tx, tmp_path).findings[0]
        assert (finding.kind, finding.what, finding.seq) == ("deleted", "fact", 1)


def test_more_facts_missing_than_were_dropped_are_seen(
    database: db.Database, owner: db.Database, tmp_path: Path
) -> None:
    old_facts(owner, 40, 5)
    seal_all(database)
    anchor(database, tmp_path, clock.now())
    with database.transaction(SYSTEM) as tx:
        service.retire(tx, tmp_path, clock.now(), 36)
    with owner.transaction(SYSTEM) as tx:
        tx.run(Raw("UPDATE fact_retired SET facts = 4"))
        finding = service.verify(tx, tmp_path).findings[0]
    assert (finding.kind, finding.what) == ("deleted", "month")


def test_an_altered_anchor_lets_no_month_go(
    database: db.Database, owner: db.Database, tmp_path: Path
) -> None:
    month = old_facts(owner, 40, 5)
    seal_all(database)
    anchor(database, tmp_path, clock.now())
    (path,) = (tmp_path / "anchors").glob("*.json")
    path.write_text(path.read_text().replace(" ", "  "))
    with database.transaction(SYSTEM) as tx:
        assert service.retire(tx, tmp_path, clock.now(), 36) == ([], [month])


def test_the_last_six_months_cannot_be_dropped_by_the_application_role(
    database: db.Database, owner: db.Database, tmp_path: Path
) -> None:
    old_facts(owner, 5, 1)
    seal_all(database)
    anchor(database, tmp_path, clock.now())
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.transaction(SYSTEM) as tx:
        store.retire_month(tx, clock.now() - timedelta(days=155), 1)
    month = old_facts(owner, 40, 1)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), database.transaction(SYSTEM) as tx:
        store.retire_month(tx, datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC), 10**9)


# -- from the release before -----------------------------------------------------------------------------------
def test_the_migration_keeps_rows_ids_order_and_how_far_readers_have_read(
    cluster: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = command.upgrade

    def up_to_the_one_before(config: Any, _: str) -> None:
        before = ScriptDirectory.from_config(config).get_revision("0007")
        assert before is not None
        original(config, str(before.down_revision))

    with cluster.clone("template1") as place:
        with monkeypatch.context() as patch:
            patch.setattr(migrate.command, "upgrade", up_to_the_one_before)
            assert migrate.upgrade(place.owner_url, place.app_url) < "0007"
        with connected(place.owner_url) as cursor:
            cursor.execute("""
                INSERT INTO fact (kind, subject, jurisdiction, actor, data, at)
                SELECT 'x', n, '990101', 'a', jsonb_build_object('n', n), now() - n * interval '9 days'
                FROM generate_series(1, 50) n""")
            cursor.execute("INSERT INTO fact (kind, actor, data, at) VALUES ('y', 'a', '{}', '1970-01-01')")
            cursor.execute("UPDATE fact_reader SET xid = '77', last_id = 33")
            columns = "id, xid::text, kind, subject, jurisdiction, actor, at, data"
            cursor.execute(f"SELECT {columns} FROM fact ORDER BY id")
            rows = cursor.fetchall()
            assert migrate.upgrade(place.owner_url, place.app_url) >= "0007"
            cursor.execute(f"SELECT {columns} FROM fact ORDER BY id")
            assert cursor.fetchall() == rows
            cursor.execute("SELECT xid::text, last_id FROM fact_reader WHERE reader = 'reactions'")
            assert cursor.fetchall() == [("77", 33)]
            cursor.execute("SELECT count(*) FROM fact_rest")
            assert cursor.fetchone() == (1,)
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM) as tx:
            assert facts.record(tx, "z", None, None) == 52
        assert seal_all(database) == 52
        write(database, 1, 1)
        with database.transaction(SYSTEM) as tx:
            assert service.verify(tx, tmp_path).is_whole
        database.dispose()
