"""Run the whole service: database, schema, cities, web server, job worker; stop it cleanly.

A web server or worker that dies is started again; one that dies five times within a minute ends the service.
Children end with this process, even when it is killed.
"""

import argparse
import ctypes
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import database
import edge
from postgis import DatabaseError

CHECKOUT = Path(__file__).resolve().parents[1]
READY_WITHIN = 600.0  # seconds; a machine without compiled kernels compiles first
STOP_WITHIN = 20.0
DEATHS, PER = 5, 60.0
PARENT_DIED = 1  # prctl's PR_SET_PDEATHSIG


class Stop(Exception):
    """Somebody asked the service to stop."""


class Failed(Exception):
    """The service cannot run; the message says why and what to do."""


def main() -> int:
    """Run until asked to stop and return the exit code."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ask_to_stop)
    work = options.work.resolve()
    try:
        work.mkdir(parents=True, exist_ok=True)
        with (work / "service.lock").open("a") as lock:
            _alone(lock.fileno(), work)
            _serve(options, work)
    except Stop:
        return 0
    except (Failed, edge.Wrong, DatabaseError) as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/serve", description="Serve the grid on this machine.")
    parser.add_argument(
        "--city", type=Path, action="append", default=[], help="a city kit to load; repeatable"
    )
    edge.add_options(parser)
    parser.add_argument("--work", type=Path, default=database.work_folder(), help="database, caches, logs")
    return parser.parse_args()


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _alone(lock: int, work: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Failed(f"another service runs in {work}; give this one --work DIR and --port N") from error


def _serve(options: argparse.Namespace, work: Path) -> None:
    here = edge.of(options, work, os.environ.get("GEO_PUBLIC_NAMES", ""))
    for port in (here.port, here.install_port):
        if port is not None:
            _claim(here.host, port)
    environment = {**os.environ, "GEO_WORK": str(work), **here.environment()}
    if here.authority:
        _geo(environment, "tls", "prepare")
    here.check()
    is_private = "DATABASE_URL" not in os.environ
    try:
        if is_private:
            ready = database.up(work / "database")
            environment |= {"DATABASE_URL": ready.owner_url, "APP_DATABASE_URL": ready.app_url}
        kits = [word for kit in options.city for word in ("--city", str(kit.resolve()))]
        _geo(environment, "service", "prepare", *kits)
        _run(environment, here, work)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if is_private:
            database.down(work / "database")
        print("stopped", flush=True)


def _claim(host: str, port: int) -> None:
    """Raise Failed unless the port is free at the address."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Failed(f"port {port} is taken; choose another with --port") from error
            raise Failed(f"--host {host} --port {port} cannot be listened on: {error.strerror}") from error


def _geo(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geo_app.cli", *words], cwd=CHECKOUT, env=environment, check=False
    )
    if done.returncode != 0:
        raise Failed(f"`geo {' '.join(words)}` was refused, see above")


def _show_links(environment: dict[str, str]) -> None:
    """Print one-time links into the demo accounts when the only city is a generated one; they are kept nowhere."""
    subprocess.run(
        [sys.executable, "-m", "geo_app.cli", "demo", "links", "--if-demo"], cwd=CHECKOUT, env=environment,
        check=False,
    )  # fmt: skip


def _run(environment: dict[str, str], here: edge.Edge, work: Path) -> None:
    logs = work / "log"
    logs.mkdir(exist_ok=True)
    commands = {
        "web": edge.web_command(here), "worker": [sys.executable, "-m", "geo_app.cli", "jobs", "work"]
    }  # fmt: skip
    if here.install_port is not None:
        commands["install"] = edge.install_command(here)
    children: dict[str, subprocess.Popen[bytes]] = {}
    deaths: list[float] = []
    try:
        for name, command in commands.items():
            children[name] = _start(command, environment, logs / f"{name}.log")
        _until_ready(here, children, logs)
        print(f"ready {here.outer}", flush=True)
        if here.authority is None and here.cert is None:
            _show_links(environment)
        if here.authority:
            print(f"phones and other computers first open {here.install_page}", flush=True)
        while True:
            time.sleep(0.5)
            for name, child in children.items():
                if child.poll() is None:
                    continue
                now = time.monotonic()
                deaths = [death for death in deaths if now - death < PER] + [now]
                if len(deaths) >= DEATHS:
                    raise Failed(f"the {name} process keeps dying; read {logs / name}.log")
                print(f"the {name} process died ({child.returncode}); starting it again", flush=True)
                children[name] = _start(commands[name], environment, logs / f"{name}.log")
    finally:
        _end(children)


def _start(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that is told to stop when this process dies."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, preexec_fn=_with_parent(),  # noqa: PLW1509 - no threads run here
        )  # fmt: skip


def _with_parent() -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def follow() -> None:
        libc.prctl(PARENT_DIED, signal.SIGTERM)

    return follow


def _until_ready(here: edge.Edge, children: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    reason, context = "it does not answer", here.context()
    while time.monotonic() < deadline:
        for name, child in children.items():
            if child.poll() is not None:
                raise Failed(f"the {name} process ended at once; read {logs / name}.log")
        try:
            with urllib.request.urlopen(f"{here.inner}/readyz", timeout=5, context=context):  # noqa: S310 - ours
                return
        except urllib.error.HTTPError as error:
            with error:
                reason = str(json.loads(error.read()).get("checks"))
        except OSError as error:
            reason = f"it does not answer ({getattr(error, 'reason', error)})"
        time.sleep(0.1)
    raise Failed(f"the service is not ready after {READY_WITHIN:.0f} s: {reason}; logs are in {logs}")


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
