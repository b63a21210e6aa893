"""The database: one pool, transactions that carry their actor, named statements, shapely in and out.

Statements live in `queries.sql` beside the store that uses them and are run through psycopg2 connections
borrowed from SQLAlchemy's pool. A transaction states who acts and what they may see with SET LOCAL, so that the
row policies of the database can check it; leaving the block commits, an exception rolls back.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import aiosql
import psycopg2
import psycopg2.errors
import psycopg2.extensions
import shapely
from psycopg2 import sql
from psycopg2.extras import execute_values
from shapely.geometry.base import BaseGeometry
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import PoolProxiedConnection

from geo_app.core import scope, secrecy
from geo_app.core.actor import Actor
from geo_app.core.errors import Conflict, NotFound, NotReady, OutOfScope
from geo_app.core.settings import Settings

Row = Mapping[str, Any]
Thing = TypeVar("Thing")
WGS84 = 4326
PAGE = 1000
"""Rows an INSERT writes at once."""


class Statement(Protocol):
    """A named statement from a .sql file."""

    sql: str


class Statements(Protocol):
    """All statements of one file, by name."""

    def __getattr__(self, name: str) -> Statement:
        """Return the statement called `name`."""
        ...


@lru_cache
def statements(store: str) -> Statements:
    """Return the statements of the `queries.sql` beside the module file `store`."""
    return cast(Statements, aiosql.from_path(Path(store).with_name("queries.sql"), "psycopg2"))


class Transaction:
    """What a service works in: runs statements, all or nothing."""

    def __init__(self, connection: psycopg2.extensions.connection, actor: Actor, safe: secrecy.Safe) -> None:
        self._connection = connection
        self.actor = actor
        self.safe = safe

    def all(self, statement: Statement, read: Callable[[Row], Thing], **values: Any) -> list[Thing]:
        """Return every row, each passed through `read`."""
        with self._run(statement, values) as cursor:
            names = _names(cursor)
            return [read(dict(zip(names, row, strict=True))) for row in cursor]

    def first(self, statement: Statement, read: Callable[[Row], Thing], **values: Any) -> Thing | None:
        """Return the first row passed through `read`, None when there is none."""
        with self._run(statement, values) as cursor:
            names, row = _names(cursor), cursor.fetchone()
        return None if row is None else read(dict(zip(names, row, strict=True)))

    def one(self, statement: Statement, read: Callable[[Row], Thing], **values: Any) -> Thing:
        """Return the first row passed through `read`; NotFound when there is none."""
        found = self.first(statement, read, **values)
        if found is None:
            shown = ", ".join(f"{name} {value}" for name, value in values.items())
            raise NotFound(f"there is nothing with {shown}")
        return found

    def value(self, statement: Statement, **values: Any) -> Any:
        """Return the first column of the first row, None when there is none."""
        with self._run(statement, values) as cursor:
            row = cursor.fetchone()
        return None if row is None else row[0]

    def run(self, statement: Statement, **values: Any) -> int:
        """Run the statement and return how many rows it touched."""
        with self._run(statement, values) as cursor:
            return int(cursor.rowcount)

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Write `rows` into `table`, by COPY where no row policy guards it, and return how many there were."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT row_security_active(%s::regclass)", (table,))
            (is_guarded,) = cursor.fetchone() or (True,)
            if is_guarded:  # COPY cannot ask a policy
                insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ")
                statement = insert.format(sql.Identifier(table), names).as_string(cursor) + "%s"
                values = [tuple(map(_text, row)) for row in rows]
                execute_values(cursor, statement, values, page_size=PAGE)
                return len(values)
            lines = [("\t".join(map(_copied, row)) + "\n").encode() for row in rows]
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            cursor.copy_expert(copy, io.BytesIO(b"".join(lines)))
        return len(lines)

    def mark(self, name: str) -> None:
        """Remember this moment of the transaction by a name, for `back_to`."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("SAVEPOINT {}").format(sql.Identifier(name)))

    def back_to(self, name: str) -> None:
        """Undo what came after a moment that is remembered, the locks taken since then too."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("ROLLBACK TO SAVEPOINT {}").format(sql.Identifier(name)))

    @contextmanager
    def patiently(self) -> Iterator[None]:
        """Lift the statement timeout for what a process does once and keeps, as reading a whole city."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), set_config('statement_timeout', '0', true)"
            )
            (was, _) = cursor.fetchone() or ("0", None)
            yield
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", (was,))

    @contextmanager
    def beyond_scope(self) -> Iterator[None]:
        """Let the service do, in this transaction, what must be right also where the actor cannot look.

        For what no person asks for: matching, counting, looking up who shows a secret. Never around what a person
        names or gets to see.
        """
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('geo.everything'), set_config('geo.everything', 'yes', true)"
            )
            (was, _) = cursor.fetchone() or ("no", None)
            try:
                yield
            finally:  # a failed transaction takes no more statements, and its settings end with it
                if self._connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_INTRANS:
                    cursor.execute("SELECT set_config('geo.everything', %s, true)", (was,))

    @contextmanager
    def _run(self, statement: Statement, values: Mapping[str, Any]) -> Iterator[Any]:
        with self._connection.cursor() as cursor:  # the plain one: its rows come without a line of Python
            cursor.execute(statement.sql, values)
            yield cursor


class Database:
    """One database seen through one role."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url = url
        self.safe = secrecy.of(settings)
        self.engine = create_engine(
            url,
            pool_pre_ping=True,
            use_native_hstore=False,  # else every new connection asks the catalogue for a type nobody uses
            pool_size=int(settings.pool_size),
            max_overflow=0,
            pool_timeout=int(settings.pool_wait) / 1000,
            connect_args={
                "application_name": "wangge",
                "connect_timeout": 5,
                "client_encoding": "utf8",
                "options": f"-c statement_timeout={settings.statement_timeout} -c timezone=UTC",
            },
        )
        event.listen(self.engine, "connect", _teach_geometry)

    @contextmanager
    def transaction(self, actor: Actor, *, patient: bool = False) -> Iterator[Transaction]:
        """Give a transaction in which `actor` acts; commit at the end, roll back on an exception.

        NotReady when the database is away, busy or too slow, Conflict when two transactions block each other.
        `patient` lifts the statement timeout: for loading and publishing, never for a request.
        """
        proxy = self._borrow()
        try:
            connection = cast(psycopg2.extensions.connection, proxy.driver_connection)
            with _explained(connection), connection:
                with connection.cursor() as cursor:
                    cursor.execute(scope.SET, scope.of(actor))
                    if patient:
                        cursor.execute("SET LOCAL statement_timeout = 0")
                yield Transaction(connection, actor, self.safe)
        finally:
            proxy.close()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _borrow(self) -> PoolProxiedConnection:
        try:
            return self.engine.raw_connection()
        except (OperationalError, psycopg2.OperationalError) as error:
            raise NotReady("the database does not answer") from error
        except NoneFree as error:
            raise NotReady("every database connection is busy; ask again") from error


def _names(cursor: Any) -> list[str]:
    """Return the columns of what a statement gives."""
    return [column.name for column in cursor.description]


@contextmanager
def _explained(connection: psycopg2.extensions.connection) -> Iterator[None]:
    """Turn what the database refuses for reasons of its own into our errors; nobody sees its words."""
    try:
        yield
    except psycopg2.errors.QueryCanceled as error:
        raise NotReady("the answer took too long") from error
    except psycopg2.errors.InsufficientPrivilege as error:
        if "row-level security" not in str(error):  # then it is our own mistake
            raise
        raise OutOfScope from error
    except psycopg2.errors.UndefinedTable as error:
        raise NotReady("the database has no schema, or an old one; run `geo db migrate`") from error
    except psycopg2.extensions.TransactionRollbackError as error:
        raise Conflict("somebody changed the same at this moment; ask again") from error
    except psycopg2.OperationalError as error:
        raise NotReady("the database does not answer") from error
    except psycopg2.Error as error:
        if not connection.closed:  # then it is our own mistake; else the server died, in whatever words
            raise
        raise NotReady("the database does not answer") from error


def _teach_geometry(connection: psycopg2.extensions.connection, _record: object) -> None:
    """Make this connection return shapely geometries from geometry columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regtype('geometry')::oid")
        (oid,) = cursor.fetchone() or (None,)
    connection.rollback()
    if oid is not None:
        kind = psycopg2.extensions.new_type((oid,), "GEOMETRY", _geometry_out)
        psycopg2.extensions.register_type(kind, connection)


def _geometry_out(text: str | bytes | None, _cursor: object) -> BaseGeometry | None:
    return None if text is None else shapely.from_wkb(text)


def _hex(geometry: BaseGeometry) -> str:
    with_srid = geometry if shapely.get_srid(geometry) else shapely.set_srid(geometry, WGS84)
    return shapely.to_wkb(with_srid, hex=True, include_srid=True)


class _Geometry:
    """Hands a shapely geometry to psycopg2."""

    def __init__(self, geometry: BaseGeometry) -> None:
        self._geometry = geometry

    def getquoted(self) -> bytes:
        """Return the geometry as an SQL literal with its SRID, 4326 when it states none."""
        return f"'{_hex(self._geometry)}'::geometry".encode()


def _copied(value: Any) -> str:
    r"""Return `value` as COPY text, \N for None."""
    kind = type(value)
    if kind is int or kind is float:
        return str(value)
    text = value if kind is str else _text(value)
    if text is None:
        return r"\N"
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _text(value: Any) -> str | None:
    r"""Return `value` as the database reads text of any type: arrays as {…}, geometry as hex EWKB, bytes as \x…."""
    if isinstance(value, BaseGeometry):
        return _hex(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(_item(item) for item in value) + "}"
    return None if value is None else str(value)


def _item(value: object) -> str:
    """Return `value` as an array literal writes it; a bare NULL is no text."""
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


for _kind in (
    shapely.Point,
    shapely.LineString,
    shapely.Polygon,
    shapely.MultiPoint,
    shapely.MultiLineString,
    shapely.MultiPolygon,
    shapely.GeometryCollection,
    shapely.LinearRing,
):
    psycopg2.extensions.register_adapter(_kind, _Geometry)
