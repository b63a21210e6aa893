"""The project's own web server, started as `scripts/serve` starts it, on a database a test or a bench brings."""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from geo_app.core import db
from geo_app.core.settings import Settings
from tests import people
from tests.databases import ROOT
from tests.ports import free_port

START_LIMIT = 900.0
STOP_LIMIT = 120.0
"""Seconds; a machine without compiled kernels compiles first."""

sys.path.insert(0, str(ROOT / "scripts"))
edge = importlib.import_module("edge")


class WebServer:
    """A web server of one's own on a port that stays the same when it is killed and started again."""

    def __init__(self, settings: Settings, log: Path, **how: Any) -> None:
        self.port = free_port()
        self.edge = edge.Edge("127.0.0.1", self.port, **how)
        self._log = log
        self._settings = settings
        self._head: dict[str, str] | None = None
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("GEO_", "DATABASE_"))
            },
            "GEO_WORK": str(settings.work_path),
            **self.edge.environment(),
            "DATABASE_URL": settings.database_url,
            "APP_DATABASE_URL": settings.app_database_url,
            "GEO_LOG_LEVEL": "warning",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        return str(self.edge.inner)

    @property
    def head(self) -> dict[str, str]:
        """The header by which a program is let in that may do what all roles of the street may."""
        if self._head is None:
            database = db.Database(self._settings.app_database_url, self._settings)
            self._head = {"Authorization": f"Bearer {people.token(database)}"}
            database.dispose()
        return self._head

    def start(self) -> None:
        """Start it; it answers once `wait` returns."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                edge.web_command(self.edge), cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Return when database and engines are ready; there is no job worker here."""
        self.until(lambda: set(self._checks()) >= {("database", "ok"), ("engines", "ok")}, START_LIMIT)

    def until(self, condition: Callable[[], bool], limit: float = STOP_LIMIT) -> None:
        """Return when something is so; AssertionError with the end of the log after `limit` seconds."""
        deadline = time.monotonic() + limit
        while not condition():
            assert time.monotonic() < deadline, self.tail()
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Return the server's processes: the main one and its workers."""
        assert self._process is not None
        main = self._process.pid
        tasks = Path(f"/proc/{main}/task/{main}/children")
        children = [int(pid) for pid in tasks.read_text(encoding="ascii").split()] if tasks.exists() else []
        return [main, *children]

    def memory(self) -> int:
        """Return the memory of all processes, shared pages counted once for each sharer's part, in bytes."""
        total = 0
        for pid in self.processes():
            with suppress(OSError):
                rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
                total += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
        return total

    def kill(self) -> None:
        """End every process of the server at once, without a chance to clean up."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.until(self._is_free)

    def stop(self) -> int:
        """Ask it to stop as the supervisor does and return its exit code; killed after the limit."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def tail(self) -> str:
        """Return the end of its log."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])

    def _checks(self) -> list[tuple[str, str]]:
        assert self._process is not None
        assert self._process.poll() is None, self.tail()
        try:
            with urllib.request.urlopen(
                f"{self.url}/readyz", timeout=10, context=self.edge.context()
            ) as answer:
                said = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                said = json.loads(error.read())
        except OSError:
            return []
        return list(said.get("checks", {}).items())

    def _is_free(self) -> bool:
        """Whether nobody listens on the port any more."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0


@contextmanager
def serving(settings: Settings, log: Path, **how: Any) -> Iterator[WebServer]:
    """Give a web server that answers; it is stopped at the end. `how` says how it listens, as `edge.Edge` does."""
    server = WebServer(settings, log, **how)
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()
