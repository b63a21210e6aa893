"""The tests' own PostgreSQL: one server a worker, a template for each schema, a clone for each test.

A clone of a template takes a fraction of a second where migrating takes seconds. Several runs and their
workers share the server; who ends last stops it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg2
from psycopg2.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from geo_app.core import settings

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "scripts" / "database.py"
# The server is thrown away with its data: it need not wait for the disk.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@dataclass(frozen=True, slots=True)
class Place:
    """One database: its addresses for the owner and for the application role."""

    name: str
    owner_url: str
    app_url: str


Fill = Callable[[Place], None]


class Server:
    """A running PostgreSQL of the tests, held until `leave`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._users = hold(folder / "users", fcntl.LOCK_SH)
        said = json.loads(run_program("up", "--dir", str(folder)))
        self._owner_url, self._app_url, self._admin_url = (
            str(said[name]) for name in ("owner_url", "app_url", "admin_url")
        )
        self._count = 0
        for line in FAST:
            self._do(f"ALTER SYSTEM SET {line}")
        self._do("SELECT pg_reload_conf()")

    @property
    def admin_url(self) -> str:
        """The address of the role that makes roles and extensions."""
        return self._admin_url

    def leave(self) -> None:
        """Let the server go; stop it, and drop what killed runs left, when nobody else uses it."""
        self._users.close()
        try:
            alone = hold(self.folder / "users", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        with alone:
            for name in self._names("clone\\_%"):
                self._drop(name)
            run_program("down", "--dir", str(self.folder))

    def template(self, kind: str, key: str, fill: Fill) -> str:
        """Return the template `kind` of contents `key`, made with `fill` when it is not there yet."""
        name = f"template_{kind}_{key}"
        with hold(self.folder / "templates", fcntl.LOCK_EX):
            if name not in self._names(f"template\\_{kind}\\_%"):
                for stale in self._names(f"template\\_{kind}\\_%") + self._names(f"making\\_{kind}\\_%"):
                    self._drop(stale)
                unfinished = self._create(f"making_{kind}_{key}", "template1")
                fill(unfinished)
                self._do("ALTER DATABASE {} RENAME TO {}", unfinished.name, name)
        return name

    @contextmanager
    def clone(self, template: str) -> Iterator[Place]:
        """Give a database of one's own, a copy of `template`; it is dropped at the end."""
        self._count += 1
        place = self._create(f"clone_{os.getpid()}_{self._count}", template)
        try:
            yield place
        finally:
            self._drop(place.name)

    def place(self, name: str) -> Place:
        """Return the addresses of the database `name`."""
        return Place(name, at(self._owner_url, name), at(self._app_url, name))

    def _create(self, name: str, template: str) -> Place:
        owner = str(make_url(self._owner_url).username)
        # Copying the files costs a third less here than writing each page to the log (PostgreSQL's default).
        self._do("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy", name, template, owner)
        return self.place(name)

    def _drop(self, name: str) -> None:
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _names(self, pattern: str) -> list[str]:
        with connected(self._admin_url) as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY datname", (pattern,)
            )
            return [str(name) for (name,) in cursor.fetchall()]

    def _do(self, statement: str, *names: str) -> None:
        with connected(self._admin_url) as cursor:
            cursor.execute(SQL(statement).format(*(Identifier(name) for name in names)))


def at(url: str, database: str) -> str:
    """Return `url` pointing to another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def connected(url: str) -> Iterator[psycopg2.extensions.cursor]:
    """Give a cursor that commits each statement at once, on a connection of its own."""
    connection = psycopg2.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def work() -> Path:
    """Return the folder of the tests: server, caches; kept between runs."""
    found = settings.read(os.environ).work_path / "tests"
    found.mkdir(parents=True, exist_ok=True)
    share_kernels(found)
    return found


def share_kernels(folder: Path) -> None:
    """Let a work folder use the kernels that scripts/setup compiled: others would be the same, minutes later."""
    compiled = settings.read(os.environ).work_path / "cache"
    (compiled / "kernels").mkdir(parents=True, exist_ok=True)
    (folder / "cache").mkdir(parents=True, exist_ok=True)
    for name in ("kernels", "kernels.stamp"):
        link = folder / "cache" / name
        if link.is_symlink():
            continue
        shutil.rmtree(link, ignore_errors=True)
        with suppress(FileExistsError):  # another worker was first
            link.symlink_to(compiled / name)


def digest(*patterns: str) -> str:
    """Return a short hash over names and contents of the project's files that match `patterns`."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
        if path.is_dir() or path.suffix == ".pyc":
            continue
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


def hold(path: Path, how: int) -> IO[bytes]:
    """Return the open file `path`, locked until it is closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        raise
    return file


def run_program(*arguments: str) -> str:
    """Run scripts/database.py and return what it prints; RuntimeError with its words when it refuses."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"scripts/database.py {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
