"""Databases for benches: a fresh migrated one that is dropped afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2.extensions

from geo_app.core import db, migrate
from geo_app.core.settings import Settings
from tests.databases import Server, at, connected, digest, work


@contextmanager
def fresh() -> Iterator[db.Database]:
    """Give a migrated database with nothing in it, seen by the application role."""
    with fresh_with_owner() as (database, _):
        yield database


@contextmanager
def fresh_with_owner() -> Iterator[tuple[db.Database, str]]:
    """Give the same, and its address for the owner: only who owns a table may look through it for statistics."""
    server = Server(work() / "database")
    try:
        template = server.template(
            "migrated",
            digest("geo_app/migrations/**/*"),
            lambda place: _migrate(place.owner_url, place.app_url),
        )
        with server.clone(template) as place:
            opened = db.Database(
                place.app_url,
                Settings(work=str(work()), database_url=place.owner_url, app_database_url=place.app_url),
            )
            yield opened, place.owner_url
            opened.dispose()
    finally:
        server.leave()


@contextmanager
def routing() -> Iterator[psycopg2.extensions.cursor | None]:
    """Give a cursor into an empty database with pgRouting; None where the server does not have it."""
    server = Server(work() / "database")
    try:
        template = server.template("bare", "1", lambda _: None)
        with server.clone(template) as place, connected(at(server.admin_url, place.name)) as cursor:
            cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pgrouting'")
            (is_there,) = cursor.fetchone() or (0,)
            if is_there:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE")
            yield cursor if is_there else None
    finally:
        server.leave()


@contextmanager
def geometry() -> Iterator[psycopg2.extensions.cursor]:
    """Give a cursor into a database with PostGIS and nothing else."""
    server = Server(work() / "database")
    try:
        template = server.template("bare", "1", lambda _: None)
        with server.clone(template) as place, connected(at(server.admin_url, place.name)) as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            yield cursor
    finally:
        server.leave()


def _migrate(owner_url: str, app_url: str) -> None:
    migrate.upgrade(owner_url, app_url)
