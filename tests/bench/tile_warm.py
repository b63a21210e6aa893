"""How many tiles a second the web server gives that it gave before, on all cores, beside 300 open streams.

The one who asks shares the cores with the server. The peer is the same server when every tile goes through the whole
application and the database, as one does who asks for it anew.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from tests import asking, metropolis, people
from tests.bench.registry import Row, row, times_better
from tests.listeners import Follower, listening
from tests.servers import WebServer, serving

PAGES, CONNECTIONS, SECONDS, ROUNDS = 300, 32, 4.0, 5
LIMIT = 120.0
MIDDLE = {12: (3376, 1553), 13: (6753, 3106), 14: (13507, 6213), 15: (27014, 12426)}
"""A tile in the middle of the city, by zoom."""
ACROSS = 6
AGENT = {"User-Agent": "bench"}


@row("tile-warm")
def tile_warm() -> Row:
    """Take the median of some rounds as a browser asks that has logged in, without and with the tile at hand (304)."""
    with (
        metropolis.place() as place,
        tempfile.TemporaryDirectory() as folder,
        serving(metropolis.settings(place), Path(folder) / "web.log") as server,
    ):
        database = metropolis.opened(place)
        cookie = _login(server, people.demo_link(database, "bench.viewer", *people.STREET))
        database.dispose()
        head = {"Cookie": cookie, "Accept-Encoding": "gzip", **AGENT}
        paths = [path for path in _paths() if _get(server, path, head)[0] == 200]
        with _pages(server):
            return _measure(server, paths, head)


def _measure(server: WebServer, paths: list[str], head: dict[str, str]) -> Row:
    anew = {**head, "Cache-Control": "no-cache"}
    for _ in range(2):  # until each process holds each tile
        _asked(server, paths, head)
    first = _get(server, paths[0], head)
    is_same = all(_get(server, path, head)[1:] == _get(server, path, anew)[1:] for path in paths)
    held = {**head, "If-None-Match": first[1]}
    rounds = [
        (_asked(server, paths, head), _asked(server, paths, held), _asked(server, paths, anew))
        for _ in range(ROUNDS)
    ]
    tiles, same, peer = (statistics.median(one.rate for one in kind) for kind in zip(*rounds, strict=True))
    by_token = _asked(server, paths, {**server.head, "Accept-Encoding": "gzip"}).rate
    slow = max(one[0].slow for one in rounds) * 1000
    kinds = [set().union(*(one[kind].statuses for one in rounds)) for kind in range(3)]
    return Row(
        name="tile-warm", ours=tiles, unit="/s", peer="through the whole application", peer_figure=peer,
        ratio=times_better(tiles, peer, less_is_better=False), equal=is_same and kinds == [{"200"}, {"304"}, {"200"}],
        note=f"{len(paths)} tiles, {PAGES} streams, asker on the same cores; 304: {same:.0f}/s, "
        f"by token {by_token:.0f}/s, slowest p99 {slow:.0f} ms",
    )  # fmt: skip


def _asked(server: WebServer, paths: list[str], head: dict[str, str]) -> asking.Asked:
    return asking.asked(server.port, paths, head, seconds=SECONDS, connections=CONNECTIONS)


def _paths() -> list[str]:
    layers = {12: ("streets", "communities"), 13: ("communities", "cells"), 14: ("cells",), 15: ("cells",)}
    steps = range(-ACROSS // 2, ACROSS // 2)
    return [
        f"/tiles/{metropolis.CODE}/{layer}/{z}/{x + dx}/{y + dy}.mvt"
        for z, (x, y) in MIDDLE.items() for layer in layers[z] for dx in steps for dy in steps
    ]  # fmt: skip


def _get(server: WebServer, path: str, head: dict[str, str]) -> tuple[int, str, bytes]:
    asked = urllib.request.Request(f"{server.url}{path}", headers=head)
    with urllib.request.urlopen(asked) as answer:
        return answer.status, answer.headers["ETag"], answer.read()


def _login(server: WebServer, secret: str) -> str:
    """Return the cookie of a session begun by a one-time link."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    body, head = json.dumps({"secret": secret}).encode(), {"Content-Type": "application/json", **AGENT}
    opener.open(urllib.request.Request(f"{server.url}/api/link/use", body, head)).close()
    return "; ".join(f"{one.name}={one.value}" for one in jar if one.path == "/")


@contextmanager
def _pages(server: WebServer) -> Iterator[None]:
    """Let pages follow the stream while the block runs."""
    followers = [Follower(server.port, server.head) for _ in range(PAGES)]
    with listening(followers):
        _until(lambda: all(one.is_open for one in followers))
        yield


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("not every page was let in in time")
        time.sleep(0.05)
