"""Real PostgreSQL servers in folders: what the tests of the private database share."""

import contextlib
import importlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
cluster, database, dbfolder, postgis, postmaster = map(
    importlib.import_module, ("cluster", "database", "dbfolder", "postgis", "postmaster")
)
IS_ROOT = os.geteuid() == 0
SUBREAPER, DUMPABLE = 36, 4  # options of prctl(2)
LIMIT = 300  # seconds for anything to come, also where it is slow


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def processes(data: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if data.exists() and (process / "cwd").samefile(data):
                found.append(int(process.name))
    return found


def kill(data: Path) -> None:
    """Kill the server of `data` and all its children, without a chance to clean up."""
    for pid in processes(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not processes(data))


def ask(url: str, sql: str, name: str = "wangge") -> list[tuple[Any, ...]]:
    dsn = url.replace("+psycopg2", "").replace("@/wangge?", f"@/{name}?")
    with contextlib.closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def fill(ready: Any) -> None:
    ask(ready.owner_url, "CREATE TABLE kept AS SELECT generate_series(1, 10000) AS id")


def count(ready: Any) -> Any:
    return ask(ready.owner_url, "SELECT count(*) FROM kept")[0][0]


def account() -> pwd.struct_passwd:
    return pwd.getpwnam("postgres") if IS_ROOT else pwd.getpwuid(os.geteuid())


def start_up(folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, str(SCRIPTS / "database.py"), "up", "--dir", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def sleeper(*, as_server: bool) -> Iterator[int]:
    """A live process that is no PostgreSQL."""
    user = account().pw_uid if as_server and IS_ROOT else None
    with subprocess.Popen(["sleep", "1000"], user=user) as process:
        yield process.pid
        process.kill()
