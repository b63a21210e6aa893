"""Bring a database to the newest schema, and check that it can hold one."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from geo_app.core.errors import NotReady, WrongSetup

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
OLDEST_POSTGIS = (3, 3)
LEAKPROOF = Path(__file__).parents[1] / "migrations" / "leakproof.sql"
IS_SUPER = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
OWN_TABLES = text(
    "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
    " AND pg_has_role(relowner, 'USAGE') AND relnamespace = 'public'::regnamespace ORDER BY 1"
)
LOCK = zlib.crc32(b"wangge migrations")


def upgrade(owner_url: str, app_url: str) -> str:
    """Run pending migrations as the owner and return the schema's version; safe beside a second upgrade.

    WrongSetup says what an administrator must do: extensions missing, PostGIS too old, one role for both.
    """
    app_role = make_url(app_url).username
    if app_role == make_url(owner_url).username:
        raise WrongSetup("the application role must not be the owner: give APP_DATABASE_URL another role")
    engine = create_engine(owner_url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            _check(connection, str(app_role))
            connection.execute(text("SELECT set_config('geo.app_role', :role, true)"), {"role": app_role})
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    except OperationalError as error:
        raise NotReady("the database does not answer; is it running?") from error
    finally:
        engine.dispose()


def analyze(owner_url: str) -> None:
    """Count as the tables' owner what they hold, so that statements are planned well before autovacuum comes by."""
    engine = create_engine(owner_url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            for name in connection.execute(OWN_TABLES).scalars().all():
                connection.execute(text(f"ANALYZE {name}"))
    except OperationalError as error:
        raise NotReady("the database does not answer; is it running?") from error
    finally:
        engine.dispose()


def missing_marks(owner_url: str) -> list[str]:
    """Return the statements an administrator must run so that row policies use every index; none when it was done."""
    engine = create_engine(owner_url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            return _mark(connection)
    except OperationalError as error:
        raise NotReady("the database does not answer; is it running?") from error
    finally:
        engine.dispose()


def _mark(connection: Connection) -> list[str]:
    """Mark functions as telling nothing, where this role may; return what is left to do."""
    statements = re.findall(
        r"^ALTER FUNCTION .* LEAKPROOF;$", LEAKPROOF.read_text(encoding="utf-8"), re.MULTILINE
    )
    is_marked = text("SELECT proleakproof FROM pg_proc WHERE oid = CAST(:name AS regprocedure)")
    left = [
        one for one in statements
        if not connection.execute(is_marked, {"name": one.split(" ", 2)[2].removesuffix(" LEAKPROOF;")}).scalar()
    ]  # fmt: skip
    if not connection.execute(IS_SUPER).scalar():
        return left
    for one in left:
        connection.execute(text(one))
    return []


def _check(connection: Connection, app_role: str) -> None:
    may_create = connection.execute(text("SELECT has_schema_privilege('public', 'CREATE')")).scalar_one()
    if not may_create:
        owner = connection.execute(text("SELECT current_user")).scalar_one()
        raise WrongSetup(
            f"{owner} may not create tables: an administrator must run in this database: "
            f'GRANT CREATE ON SCHEMA public TO "{owner}";'
        )
    present = set(connection.execute(text("SELECT extname FROM pg_extension")).scalars())
    for name in EXTENSIONS:
        if name in present:
            continue
        trusted = text(
            "SELECT bool_or(trusted AND has_database_privilege(current_database(), 'CREATE') OR :super)"
            " FROM pg_available_extension_versions WHERE name = :name"
        )
        is_super = connection.execute(IS_SUPER).scalar_one()
        if not connection.execute(trusted, {"name": name, "super": is_super}).scalar():
            raise WrongSetup(f"an administrator must run in this database: CREATE EXTENSION {name};")
        connection.execute(text(f"CREATE EXTENSION {name}"))
    version = str(connection.execute(text("SELECT postgis_lib_version()")).scalar_one())
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_POSTGIS:
        raise WrongSetup(f"PostGIS {version} is too old, at least 3.3 is needed")
    known = connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": app_role}
    ).scalar()
    if not known:
        raise WrongSetup(f"an administrator must run: CREATE ROLE \"{app_role}\" LOGIN PASSWORD '…';")
