"""A process that publishes again and again, each time in a child that is killed where it is told.

It reads what is to happen, a line each, lets a child publish and die of it by SIGKILL, and answers the child's exit
status: the number of a statement before which the child dies, counted from 0; a child that does not reach it has
published. Or, after all statements, a word and microseconds: the child sends COMMIT, waits so long, and dies without
having read the answer; `terminated` and `killed` end the server's own process for it just before that, by
pg_terminate_backend and by SIGKILL. A corner of the town moves to and fro.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg2
from psycopg2 import extensions

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service, store
from geo_app.planning.model import Draft, Prepared
from tests.integration.conftest import Raw
from tests.integration.planning.conftest import bent

NAME = "publisher"
"""What the session is called that publishes."""
COMMIT = b"Q" + (4 + len(b"COMMIT\0")).to_bytes(4, "big") + b"COMMIT\0"
"""The statement as it goes to the server."""


def publish(settings: Settings, words: list[str]) -> None:
    """Publish a release and end by SIGKILL where the words say."""
    database = db.Database(settings.app_database_url, settings)
    with database.transaction(SYSTEM) as tx:
        city = organisation.city(tx, None)
        ready = to_and_fro(tx, city)
    with database.transaction(SYSTEM) as tx:
        tx.run(Raw(f"SET LOCAL application_name = '{NAME}'"))
        if len(words) == 1:
            die_before(tx, int(words[0]))
        service.publish(tx, city, ready)
        if len(words) == 2:
            die_at_commit(tx._connection, settings.app_database_url, words[0], int(words[1]) / 1e6)


def to_and_fro(tx: db.Transaction, city: City) -> Prepared:
    """Return the town's first grid with a corner moved, or the first grid when it is moved already."""
    base, at = service.release_at(tx, city, clock.now()), clock.now()
    assert base is not None
    first = service.partition_of(tx, city, store.releases(tx, city)[-1].id)
    whole = first if service.partition(tx, city, at).cells != first.cells else bent(first, 3, 30.0)
    return service.prepare(tx, city, Draft(base.id, whole, at, "fault"))


def die_before(tx: db.Transaction, number: int) -> None:
    """Let this process end before a statement of a transaction."""
    left = iter(range(number, -1, -1))

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **values: Any) -> Any:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return act(*args, **values)

        return run

    for name in ("all", "first", "value", "run", "copy"):
        setattr(tx, name, counted(getattr(tx, name)))


def die_at_commit(connection: extensions.connection, url: str, how: str, seconds: float) -> None:
    """Send COMMIT, wait, and end this process and perhaps the server's, whatever the answer is."""
    backend = connection.info.backend_pid
    with psycopg2.connect(url.replace("+psycopg2", "")) as other, other.cursor() as cursor:
        os.write(connection.fileno(), COMMIT)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass
        if how == "terminated":
            cursor.execute("SELECT pg_terminate_backend(%s)", (backend,))
        elif how == "killed":
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Answer every line until there are no more."""
    settings = Settings(
        work=os.environ["GEO_WORK"], database_url=os.environ["DATABASE_URL"],
        app_database_url=os.environ["APP_DATABASE_URL"],
    )  # fmt: skip
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            publish(settings, line.split())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
