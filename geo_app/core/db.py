"""The database: one pool, transactions that carry their actor, named statements, shapely in and out.

Statements live in `queries.sql` beside the store that uses them and are run through psycopg2 connections
borrowed from SQLAlchemy's pool. A transaction states who acts and what they may see with SET LOCAL, so the
database can check it; leaving the block commits, an exception rolls back.
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
from shapely.geometry.base import BaseGeometry
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import PoolProxiedConnection

from geo_app.core import secrecy
from geo_app.core.actor import Actor, Scope
from geo_app.core.errors import Conflict, NotFound, NotReady
from geo_app.core.settings import Settings

Row = Mapping[str, Any]
Thing = TypeVar("Thing")
WGS84 = 4326


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
        """Write `rows` into `table` by COPY and return how many there were."""
        text = io.BytesIO()
        count = 0
        for row in rows:
            text.write(("\t".join(_copied(value) for value in row) + "\n").encode())
            count += 1
        text.seek(0)
        names = psycopg2.extensions.quote_ident
        listed = ", ".join(names(column, self._connection) for column in columns)
        with self._connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {names(table, self._connection)} ({listed}) FROM STDIN", text)
        return count

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
                    cursor.execute(
                        "SELECT set_config('geo.actor', %s, true), set_config('geo.everything', %s, true),"
                        " set_config('geo.cities', %s, true), set_config('geo.units', %s, true),"
                        " set_config('geo.departments', %s, true),"
                        " CASE WHEN %s THEN set_config('statement_timeout', '0', true) END",
                        (
                            actor.name,
                            "yes" if actor.scope.everything else "no",
                            *_listed(actor.scope),
                            patient,
                        ),
                    )
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


def _listed(scope: Scope) -> list[str]:
    """Return cities, units and departments as array literals, which row policies read."""
    parts = (scope.cities, scope.units, scope.departments)
    return ["{" + ",".join(str(number) for number in part) + "}" for part in parts]


@contextmanager
def _explained(connection: psycopg2.extensions.connection) -> Iterator[None]:
    """Turn what the database refuses for reasons of its own into our errors; nobody sees its words."""
    try:
        yield
    except psycopg2.errors.QueryCanceled as error:
        raise NotReady("the answer took too long") from error
    except psycopg2.errors.UndefinedTable as error:
        raise NotReady("the database has no schema, or an old one; run `geo db migrate`") from error
    except psycopg2.extensions.TransactionRollbackError as error:
        raise Conflict("somebody changed the same at this moment; ask again") from error
    except psycopg2.OperationalError as error:
        raise NotReady("the database does not answer") from error
    except psycopg2.InterfaceError as error:
        if not connection.closed:  # then it is our own mistake
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
    r"""Return `value` as COPY text: \N for None, arrays as {…}, geometry as hex EWKB, bytes as \x…."""
    if value is None:
        return r"\N"
    if isinstance(value, BaseGeometry):
        return _hex(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        value = "\\x" + value.hex()
    if isinstance(value, (list, tuple)):
        value = "{" + ",".join(_item(item) for item in value) + "}"
    text = str(value).replace("\\", "\\\\")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


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
