"""Fixtures of the tests that break things: folders with a private database in them, stopped or running."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fault.clusters import ask, cluster, database, kill

MEMORY = Path("/dev/shm")


@contextlib.contextmanager
def reachable() -> Iterator[Path]:
    """Give a folder which PostgreSQL's own account can reach, unlike pytest's; in memory where there is room."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2**30
    folder = Path(tempfile.mkdtemp(prefix="wg-", dir=MEMORY if roomy else None))
    folder.chmod(0o755)
    yield folder
    for data in folder.glob("*/data"):
        with contextlib.suppress(database.DatabaseError):
            cluster.stop(data.parent)
        kill(data)
    shutil.rmtree(folder)


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder of the test's own."""
    with reachable() as folder:
        yield folder


@pytest.fixture(scope="session")
def seed() -> Iterator[Path]:
    """A database made once and stopped; tests work on copies.

    Killing processes loses nothing the system has taken, so tests need not wait for the disk.
    """
    with reachable() as base:
        ready = database.up(base / "database")
        ask(ready.admin_url, "ALTER SYSTEM SET fsync = off")
        database.down(base / "database")
        yield base / "database"


@pytest.fixture
def folder(seed: Path, base: Path) -> Path:
    """A stopped database."""
    subprocess.run(["cp", "-a", str(seed), str(base / "database")], check=True)
    return base / "database"


@pytest.fixture
def ready(folder: Path) -> Any:
    """A running database."""
    return database.up(folder)


@pytest.fixture(scope="session")
def shared_folder(seed: Path) -> Iterator[Path]:
    """A database for all tests that leave it as it was."""
    with reachable() as base:
        subprocess.run(["cp", "-a", str(seed), str(base / "database")], check=True)
        yield base / "database"


@pytest.fixture
def shared(shared_folder: Path) -> Any:
    """The running database of all tests that leave it as it was."""
    return database.up(shared_folder)
