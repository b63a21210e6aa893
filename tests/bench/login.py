"""How long a login takes while people work: two a second by name and password beside 50 other requests a second.

Everything goes through the project's own web server. A request counts from the moment it was due, so that one
that waits for another is not forgotten.
"""

from __future__ import annotations

import http.client
import itertools
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from geo_app.cities import service as cities
from geo_app.core import db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.identity import service as identity
from geo_app.identity.model import NewAccount
from tests import build
from tests.bench import databases
from tests.bench.registry import Row, row
from tests.databases import work
from tests.people import PASSWORD
from tests.servers import WebServer, serving

SECONDS, LOGINS, OTHERS = 40, 2, 50
"""How long, and how many of each a second."""
HANDS = 12
"""Connections over which the other requests come."""
PATHS = ("/api/incidents?limit=50", "/api/cities", "/api/responders", "/api/incidents?state=all&limit=20")


@row("login")
def login() -> Row:
    """Take the p95 of the logins; the note has that of the other requests, beside and alone."""
    with databases.fresh() as database, tempfile.TemporaryDirectory() as folder:
        with database.transaction(SYSTEM) as tx:
            cities.load(tx, build.town())
        names = _accounts(database, LOGINS * SECONDS)
        settings = Settings(work=str(work()), database_url=database.url, app_database_url=database.url)
        with serving(settings, Path(folder) / "web.log") as server, ThreadPoolExecutor(2) as both:
            _ask(server, SECONDS // 4)
            alone = _ask(server, SECONDS // 2)
            beside = both.submit(_ask, server, SECONDS)
            logins = both.submit(_log_in, server, names)
            mine, others = logins.result(), beside.result()
    return Row(
        name="login",
        ours=_p95(mine),
        unit="ms",
        note=f"p95 of {len(mine)} logins, {LOGINS} /s, p50 {np.median(mine) * 1000:.0f} ms; "
        f"{OTHERS} other requests/s p95 {_p95(others):.0f} ms, "
        f"without logins {_p95(alone):.0f} ms",
    )


def _accounts(database: db.Database, count: int) -> list[str]:
    names = [f"bench{number}" for number in range(count)]
    for name in names:
        with database.transaction(SYSTEM) as tx:
            _, secret = identity.invite(tx, NewAccount(name, "李娜", ("worker",)))
            identity.enter_by_link(tx, secret, PASSWORD)
    return names


def _ask(server: WebServer, seconds: int) -> list[float]:
    """Ask for this and that at an even pace and return the seconds each answer took."""
    paths, head = itertools.cycle(PATHS), server.head
    turns = [[next(paths) for _ in range(OTHERS * seconds // HANDS)] for _ in range(HANDS)]

    def work_through(hand: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

        def ask(path: str) -> None:
            connection.request("GET", path, headers=head)
            _expect(connection.getresponse())

        times = _paced(
            start + hand / OTHERS, HANDS / OTHERS, [lambda path=path: ask(path) for path in turns[hand]]
        )  # type: ignore[misc]
        connection.close()
        return times

    start = time.perf_counter() + 0.2
    with ThreadPoolExecutor(HANDS) as threads:
        return [took for times in threads.map(work_through, range(HANDS)) for took in times]


def _log_in(server: WebServer, names: Sequence[str]) -> list[float]:
    """Log each in, in turn over three browsers, and return the seconds each login took."""
    browsers = 3

    def work_through(browser: int) -> list[float]:
        acts = [lambda name=name: _one_login(server, name) for name in names[browser::browsers]]  # type: ignore[misc]
        return _paced(start + browser / LOGINS, browsers / LOGINS, acts)

    start = time.perf_counter() + 0.2
    with ThreadPoolExecutor(browsers) as threads:
        return [took for times in threads.map(work_through, range(browsers)) for took in times]


def _one_login(server: WebServer, name: str) -> None:
    """Open the page's session and log in, as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/api/login")
    first = connection.getresponse()
    cookie = str(first.headers["Set-Cookie"]).split(";", 1)[0]
    token = json.loads(first.read())["csrf_token"]
    head = {"Content-Type": "application/json", "Cookie": cookie, "X-CSRF-Token": token}
    connection.request("POST", "/api/login", json.dumps({"username": name, "password": PASSWORD}), head)
    _expect(connection.getresponse())
    connection.close()


def _expect(answer: http.client.HTTPResponse) -> None:
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {said[:200]!r}")


def _paced(start: float, every: float, acts: Sequence[Callable[[], None]]) -> list[float]:
    """Do one act after the other, each when it is due, and return the seconds from then until it was done."""
    times = []
    for number, act in enumerate(acts):
        due = start + number * every
        time.sleep(max(0.0, due - time.perf_counter()))
        act()
        times.append(time.perf_counter() - due)
    return times


def _p95(seconds: Sequence[float]) -> float:
    return float(np.percentile(seconds, 95)) * 1000
