"""The schema: safe to bring up twice, clear about what an administrator must do, closed to the application role."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from psycopg2.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from geo_app.core import migrate
from geo_app.core.errors import NotReady, WrongSetup
from tests.databases import Place, Server, connected

NEWEST = max(path.name[:4] for path in Path(migrate.__file__).parents[1].glob("migrations/versions/0*.py"))


@pytest.fixture
def empty(cluster: Server) -> Iterator[Place]:
    """A database with the extensions and nothing else."""
    with cluster.clone("template1") as place:
        yield place


@pytest.fixture
def bare(cluster: Server) -> Iterator[Place]:
    """A database without extensions."""
    with cluster.clone("template0") as place:
        yield place


def test_two_upgrades_at_once_are_one(empty: Place) -> None:
    with ThreadPoolExecutor(2) as threads:
        versions = threads.map(lambda _: migrate.upgrade(empty.owner_url, empty.app_url), range(2))
        assert list(versions) == [NEWEST, NEWEST]
    assert migrate.upgrade(empty.owner_url, empty.app_url) == NEWEST


def test_one_role_for_both_is_refused(empty: Place) -> None:
    with pytest.raises(WrongSetup, match="must not be the owner"):
        migrate.upgrade(empty.owner_url, empty.owner_url)


def test_an_application_role_that_is_not_there_is_asked_for_by_name(empty: Place) -> None:
    nobody = make_url(empty.app_url).set(username="nobody_here").render_as_string(hide_password=False)
    with pytest.raises(WrongSetup, match='CREATE ROLE "nobody_here" LOGIN'):
        migrate.upgrade(empty.owner_url, nobody)


def test_an_extension_only_an_administrator_can_make_is_asked_for_by_name(bare: Place) -> None:
    with pytest.raises(WrongSetup, match="CREATE EXTENSION postgis;"):
        migrate.upgrade(bare.owner_url, bare.app_url)


def test_a_postgis_that_is_too_old_is_named(cluster: Server, empty: Place) -> None:
    with connected(empty.owner_url) as cursor:
        cursor.execute("CREATE SCHEMA old")
        cursor.execute(
            "CREATE FUNCTION old.postgis_lib_version() RETURNS text LANGUAGE sql AS $$SELECT '3.1.9'$$"
        )
        cursor.execute(SQL("ALTER DATABASE {} SET search_path = old, public").format(Identifier(empty.name)))
    with pytest.raises(WrongSetup, match=r"PostGIS 3\.1\.9 is too old"):
        migrate.upgrade(empty.owner_url, empty.app_url)


def test_an_owner_who_may_not_make_tables_is_told_so(empty: Place) -> None:
    """It was a traceback: permission denied for schema public."""
    with pytest.raises(WrongSetup, match="may not create"):
        migrate.upgrade(empty.app_url, empty.owner_url)


def test_a_server_that_is_away_is_not_ready() -> None:
    with pytest.raises(NotReady):
        migrate.upgrade("postgresql+psycopg2://o:s@127.0.0.1:1/x", "postgresql+psycopg2://a:s@127.0.0.1:1/x")


@pytest.fixture(scope="module")
def application(cluster: Server, migrated: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the application role in a migrated database."""
    with cluster.clone(migrated) as place, connected(place.app_url) as cursor:
        yield cursor


FORBIDDEN = [
    "UPDATE fact SET kind = 'x'",
    "DELETE FROM fact",
    "TRUNCATE fact",
    "UPDATE placement_history SET reason = 'x'",
    "DELETE FROM placement_history",
    "DELETE FROM cell_lineage",
    "UPDATE code_registry SET cell_id = 1",
    "DELETE FROM code_registry",
    "INSERT INTO fact_reader VALUES ('x', '0', 0)",
    "DELETE FROM fact_reader",
    "UPDATE alembic_version SET version_num = 'x'",
    "DELETE FROM alembic_version",
    "INSERT INTO alembic_version VALUES ('x')",
    "DELETE FROM spatial_ref_sys",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS $$SELECT 1$$",
    "CREATE SCHEMA mine",
    "DROP TABLE fact",
    "ALTER TABLE fact ADD COLUMN x int",
    "ALTER TABLE fact DISABLE TRIGGER ALL",
    "CREATE EXTENSION hstore",
    "CREATE ROLE mine",
    "SELECT setval('fact_id_seq', 1)",
    "COPY fact TO '/tmp/x'",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_role_may_not(application: psycopg2.extensions.cursor, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        application.execute(statement)


def test_the_application_role_owns_nothing(application: psycopg2.extensions.cursor) -> None:
    application.execute("""
        SELECT c.relname FROM pg_class c WHERE c.relowner = current_user::regrole
        UNION ALL SELECT p.proname FROM pg_proc p WHERE p.proowner = current_user::regrole
        UNION ALL SELECT n.nspname FROM pg_namespace n WHERE n.nspowner = current_user::regrole
        UNION ALL SELECT d.datname FROM pg_database d WHERE d.datdba = current_user::regrole""")
    assert application.fetchall() == []


def test_the_application_role_is_no_other_and_bypasses_nothing(
    application: psycopg2.extensions.cursor,
) -> None:
    application.execute("""
        SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
          OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = oid)
        FROM pg_roles WHERE rolname = current_user""")
    assert application.fetchone() == (False,)
