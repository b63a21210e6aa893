"""Databases for benches: a fresh migrated one that is dropped afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from geo_app.core import db, migrate
from geo_app.core.settings import Settings
from tests.databases import Server, digest, work


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


def _migrate(owner_url: str, app_url: str) -> None:
    migrate.upgrade(owner_url, app_url)
