"""Every table is guarded by a row policy, or stands here with the reason why it is open."""

from __future__ import annotations

from datetime import timedelta

import psycopg2
import psycopg2.errors
import pytest

from geo_app.audit import service as sealing
from geo_app.core import clock, scope
from geo_app.core.actor import NOBODY, SYSTEM
from geo_app.dispatch import service as dispatch
from geo_app.identity import service as identity
from geo_app.identity import tokens
from geo_app.identity.model import Binding, NewAccount, Token
from tests.databases import connected
from tests.integration.conftest import Raw, Town

GUARDED = {
    "access_token", "account", "account_binding", "account_link", "account_role", "assignment", "export", "fact",
    "fact_link", "fact_rest", "fact_seal", "grid_acceptance", "grid_import", "idempotency", "incident",
    "login_failure", "patrol_route", "photo", "placement", "placement_ahead", "placement_history", "plan",
    "plan_approval", "plan_cell", "plan_comment", "plan_given", "plan_lock", "plan_step", "report", "responder",
    "responder_cell", "responder_off", "responder_position", "route_cell", "shift", "track_position",
}  # fmt: skip
GRID = "the grid, the same for everybody"
MAP = "roads, places and areas, on every map"
QUEUE = "jobs: arguments are ids and codes; run by the system"
OPEN = {
    "alembic_version": "the schema's version",
    "category": "what can be reported, not who or where",
    "cell_lineage": GRID, "cell_version": GRID, "code_registry": GRID, "release": GRID,
    "outline": GRID, "unit": GRID, "unit_shape": GRID,
    "city": "which cities there are", "city_layer": MAP,
    "household_count": "how many households live at an address, nobody named; sums of them are told",
    "demo_stream": "whether a made-up stream runs",
    "department": "which departments there are, not who is in them",
    "fact_reader": "how far the reactions have read",
    "fact_retired": "how many facts a dropped month had",
    "placement_now": "of placements and what is ahead of them, whatever their policies let see",
    "place": MAP, "place_gram": MAP, "place_name": MAP, "road": MAP, "road_network": MAP,
    "road_override": MAP, "road_override_stretch": MAP, "road_restriction": MAP, "thematic": MAP,
    "ground_shape": MAP, "road_line": MAP, "thematic_line": MAP,
    "presence": "how long people were in an area on a day, three at least, none of them named",
    "procrastinate_events": QUEUE, "procrastinate_jobs": QUEUE, "procrastinate_periodic_defers": QUEUE,
    "procrastinate_workers": QUEUE,
    "spatial_ref_sys": "frames of coordinates",
}  # fmt: skip
MAY_READ = """
SELECT c.relname, c.relrowsecurity FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE') AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e' AND c.relkind = 'v'
  )"""


@pytest.fixture(scope="module")
def full(still_town: Town) -> Town:
    """The town with at least one row in every guarded table that has a way to be filled."""
    town, at = still_town, clock.now()
    free, _ = town.all("SELECT id FROM responder WHERE department_id IS NOT NULL ORDER BY id LIMIT 2")
    with town.database.transaction(SYSTEM) as tx:
        made, _ = identity.invite(tx, NewAccount("zhao.lei", "赵雷", ("worker",)))
        identity.bind(tx, Binding(0, made.id, town.city.id, None, None, at, None))
        identity.failed(tx, "zhao.lei", "10.0.0.9")
        until = at + timedelta(days=1)
        tokens.issue(tx, Token(0, made.id, "device", "phone", ("map.read",), until, None))
        found = tx.value(Raw("SELECT id FROM incident WHERE state <> 'closed' ORDER BY id LIMIT 1"))
        dispatch.assign(tx, found, free)
        tx.copy("idempotency", ("key", "actor", "request_hash"), [("k", "zhao.lei", "h")])
        tx.run(
            Raw("""
            INSERT INTO report (city_id, jurisdiction, incident_id, channel, description, occurred_at, received_at)
            SELECT city_id, jurisdiction, id, 'web', 'x', now(), now() FROM incident LIMIT 1""")
        )
        tx.run(
            Raw("""
            INSERT INTO photo
              (city_id, jurisdiction, incident_id, report_id, width, height, whole, small, added_at)
            SELECT city_id, jurisdiction, incident_id, id, 1, 1, 'x', 'x', now() FROM report LIMIT 1""")
        )
        tx.run(Raw("""
            INSERT INTO export
              (city_id, jurisdiction, things, format, filters, reason, rows, bytes, sha256, actor, made_at)
            VALUES (%(city)s, '990101', 'incidents', 'csv', '{}', 'because', 1, 1, repeat('a', 64), 'zhao.lei', now())
            """), city=town.city.id)  # fmt: skip
        tx.run(
            Raw("""
            WITH made AS (
              INSERT INTO plan (city_id, jurisdiction, name, base_id, base_revision, root, head, actor, made_at)
              SELECT city_id, '990101', 'x', id, id, 'r', 'r', 'x', now() FROM release LIMIT 1 RETURNING id
            ), stepped AS (
              INSERT INTO plan_step
                (plan_id, seq, kind, edit, touched, is_outer, person, actor, at, result, hash)
              SELECT id, 1, 'edit', '{}', '{}', false, 'x', 'x', now(), 'x', repeat('a', 64) FROM made
            ), cell AS (
              INSERT INTO plan_cell (plan_id, code, seq, name, community) SELECT id, 'x', 1, 'x', 'x' FROM made
            ), given AS (
              INSERT INTO plan_given (plan_id, seq, code, name, community) SELECT id, 1, 'x', 'x', 'x' FROM made
            ), locked AS (
              INSERT INTO plan_lock (plan_id, kind, code, person, actor, at)
              SELECT id, 'cell', 'x', 'x', 'x', now() FROM made
            ), said AS (
              INSERT INTO plan_comment (plan_id, text, seq, actor, at) SELECT id, 'x', 1, 'x', now() FROM made
            )
            INSERT INTO plan_approval (plan_id, round, account, actor, head, note, at)
            SELECT id, 1, 1, 'x', 'x', '', now() FROM made""")
        )
        tx.run(
            Raw("""
            WITH brought AS (
              INSERT INTO grid_import
                (city_id, jurisdiction, name, content, bytes, sha256, options, actor, made_at)
              VALUES (%(city)s, '990101', 'x', 'x', 1, repeat('a', 64), '{}', 'x', now())
            )
            INSERT INTO grid_acceptance
              (city_id, jurisdiction, finding, sha256, kind, cells, mend, area, actor, accepted_at)
            VALUES (%(city)s, '990101', repeat('a', 12), repeat('a', 64), 'gap', '{}', 'fill', 1, 'x', now())"""),
            city=town.city.id,
        )
        tx.run(Raw("UPDATE responder SET status = 'off' WHERE code = 'P3'"))
        tx.run(Raw("INSERT INTO track_position (responder_id, at, city_id, jurisdiction, point)"
                   " SELECT responder_id, now(), city_id, jurisdiction, point FROM responder_position"))  # fmt: skip
        tx.run(Raw("INSERT INTO placement_ahead (placement_id, cell_id, release_id, valid)"
                   " SELECT id, cell_id, release_id, tstzrange(now(), NULL) FROM placement LIMIT 1"))  # fmt: skip
        tx.run(Raw("INSERT INTO fact (kind, actor, at, data) VALUES ('old', 'x', '1990-01-01', '{}')"))
    with town.database.transaction(SYSTEM) as tx:
        sealing.seal(tx)
    return town


def test_every_table_is_guarded_or_open_for_a_reason(full: Town) -> None:
    with connected(full.settings.database_url) as cursor, connected(full.settings.app_database_url) as app:
        app.execute("SELECT current_user")
        (role,) = app.fetchone() or ("",)
        cursor.execute(MAY_READ, (role,))
        found = dict(cursor.fetchall())
    assert {name for name, is_guarded in found.items() if is_guarded} == GUARDED
    assert {name for name, is_guarded in found.items() if not is_guarded} == OPEN.keys()


@pytest.mark.parametrize("table", ["fact", "track_position"])
def test_a_part_of_a_table_is_open_to_nobody(full: Town, table: str) -> None:
    (part, *_) = full.all(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %(table)s::regclass"
        " AND inhrelid::regclass::text ~ '[0-9]$'",
        table=table,
    )
    with (
        connected(full.settings.app_database_url) as app,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        app.execute(f"SELECT count(*) FROM {part}")


@pytest.mark.parametrize("table", sorted(GUARDED))
def test_nobody_sees_a_row_by_raw_sql(full: Town, table: str) -> None:
    count = f"SELECT count(*) FROM {table}"
    with connected(full.settings.database_url) as owner:
        owner.execute(count)
        (there,) = owner.fetchone() or (0,)
    assert there > 0, "an empty table shows nothing"
    with connected(full.settings.app_database_url) as app:
        app.execute(count)
        assert app.fetchone() == (0,), "nothing was set"
        app.execute(scope.SET, scope.of(NOBODY))
        app.execute(count)
        assert app.fetchone() == (0,), "settings of a transaction end with it"
        app.execute("BEGIN")
        app.execute(scope.SET, scope.of(NOBODY))
        app.execute(count)
        assert app.fetchone() == (0,), "nobody has logged in"
        app.execute(scope.SET, scope.of(SYSTEM))
        app.execute(count)
        assert app.fetchone() == (there,)


@pytest.mark.parametrize("table", sorted(GUARDED - {"fact"}))
def test_nobody_changes_or_adds_a_row_by_raw_sql(full: Town, table: str) -> None:
    with connected(full.settings.app_database_url) as app:
        try:
            app.execute(f"DELETE FROM {table}")
            assert app.rowcount == 0
        except psycopg2.errors.InsufficientPrivilege:
            pass
    with connected(full.settings.database_url) as owner:
        owner.execute(f"SELECT count(*) FROM {table}")
        assert (owner.fetchone() or (0,))[0] > 0


def test_the_owner_alone_may_lift_a_policy(full: Town) -> None:
    with connected(full.settings.app_database_url) as app:
        for statement in ("ALTER TABLE incident DISABLE ROW LEVEL SECURITY", "DROP POLICY scope ON incident"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                app.execute(statement)
        app.execute("SET row_security = off")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            app.execute("SELECT count(*) FROM incident")
