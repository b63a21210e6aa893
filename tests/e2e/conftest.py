"""The running service for browser tests: started as a user starts it, stopped as a user stops it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg2.extensions
import pytest
from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Identifier

from geo_app.core import db
from geo_app.core.settings import Settings
from tests import people
from tests.databases import ROOT, connected, hold, run_program, share_kernels, work
from tests.e2e.duty import always_on_duty
from tests.ports import free_port

START_LIMIT = 900  # seconds; a first start compiles kernels and loads the demo city
STOP_LIMIT = 120  # seconds
HOSTILE = "</script><svg onload=alert(1)>"
TEXTS = (
    ("cell_version", "name"),
    ("unit", "name"),
    ("road", "name"),
    ("responder", "name"),
    ("patrol_route", "name"),
    ("incident", "description"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A running service: its address and its work folder."""

    url: str
    folder: Path
    head: dict[str, str] = field(default_factory=dict)
    """The header by which a test's own program is let in."""

    @property
    def owner_url(self) -> str:
        """The address of its database for the owner role."""
        return run_program("url", "--dir", str(self.folder / "database")).strip()

    @contextmanager
    def database(self) -> Iterator[db.Database]:
        """Give its database, to make accounts in."""
        opened = db.Database(self.owner_url, Settings())
        try:
            yield opened
        finally:
            opened.dispose()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The service on a free port with a database of its own and the demo city; it must stop when asked to."""
    folder = work() / "e2e"
    with hold(folder / "user", fcntl.LOCK_EX):  # another run waits: one database, one service
        yield from serve(folder)


def serve(folder: Path) -> Iterator[Site]:
    """Start the service with its work in `folder`, give it, stop it."""
    empty(folder)
    port = free_port()
    output = folder / "serve.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [str(ROOT / "scripts" / "serve"), "--port", str(port), "--work", str(folder)],
            cwd=ROOT,
            env={
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("GEO_", "DATABASE_"))
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(process, f"http://127.0.0.1:{port}", output)
        started = Site(f"http://127.0.0.1:{port}", folder)
        with started.database() as database:
            head = {"Authorization": f"Bearer {people.token(database)}"}
        always_on_duty(started)
        yield replace(started, head=head)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            pytest.fail(f"scripts/serve did not stop {STOP_LIMIT} s after SIGTERM:\n{tail(output)}")
    assert code == 0, f"scripts/serve ended with {code}:\n{tail(output)}"


@pytest.fixture(scope="module")
def hostile_city(site: Site) -> Iterator[str]:
    """Every name and description of the running city replaced by markup; the text is returned."""
    with connected(site.owner_url) as cursor:
        kept = {(table, column): texts(cursor, table, column) for table, column in TEXTS}
        try:
            for table, column in TEXTS:
                statement = SQL("UPDATE {} SET {} = %s").format(Identifier(table), Identifier(column))
                cursor.execute(statement, (HOSTILE,))
            yield HOSTILE
        finally:
            for (table, column), rows in kept.items():
                restore(cursor, table, column, rows)


def texts(cursor: psycopg2.extensions.cursor, table: str, column: str) -> list[tuple[int, str]]:
    """Return the column of every row, with the row's id."""
    cursor.execute(SQL("SELECT id, {} FROM {}").format(Identifier(column), Identifier(table)))
    return cursor.fetchall()


def restore(cursor: psycopg2.extensions.cursor, table: str, column: str, rows: list[tuple[int, str]]) -> None:
    """Write the column of every row back."""
    statement = SQL("UPDATE {} t SET {} = kept.text FROM (VALUES %s) AS kept (id, text) WHERE t.id = kept.id")
    execute_values(cursor, statement.format(Identifier(table), Identifier(column)).as_string(cursor), rows)


def empty(folder: Path) -> None:
    """Remove the database an earlier run left in `folder`, and stop it if it was killed; keep the caches."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "database").exists():
        run_program("down", "--dir", str(folder / "database"))
        shutil.rmtree(folder / "database")
    share_kernels(folder)


def wait_until_ready(process: subprocess.Popen[bytes], url: str, output: Path) -> None:
    """Return when `url`/readyz answers 200; fail when the process ends or the limit passes."""
    deadline = time.monotonic() + START_LIMIT
    answer = "no answer yet"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"scripts/serve ended with {process.returncode}:\n{tail(output)}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = f"{error.code}: {error.read().decode(errors='replace')}"
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    pytest.fail(f"/readyz is not ready after {START_LIMIT} s ({answer}):\n{tail(output)}")


def tail(output: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(output.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])
