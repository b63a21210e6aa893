"""How soon 300 open pages know of a new incident: by the stream of facts, and by asking for the queue every second."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from geo_app.cities import service as cities
from geo_app.core import db, facts
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation.model import City
from tests import build
from tests.bench import databases
from tests.bench.registry import Row, row, times_better
from tests.crowd import Raw
from tests.databases import work
from tests.listeners import Follower, listening
from tests.servers import WebServer, serving

PAGES, INCIDENTS, EVERY, BURST = 300, 8, 2.0, 200
LIMIT = 120.0
NEW = Raw("""
    INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at,
                          respond_by, reported_at)
    SELECT city_id, jurisdiction, category_id, channel, 'new', 'reported', point, clock_timestamp(), now(), now()
    FROM incident WHERE description <> 'new' ORDER BY id LIMIT 1
    RETURNING id""")
Told = dict[int, float]


@row("streams")
def streams() -> Row:
    """Take the p95 over all pages and incidents; a page that never hears makes the results differ."""
    with databases.fresh() as database, tempfile.TemporaryDirectory() as folder:
        with database.transaction(SYSTEM) as tx:
            city = cities.load(tx, build.town())
        settings = Settings(work=str(work()), database_url=database.url, app_database_url=database.url)
        with serving(settings, Path(folder) / "web.log") as server:
            ours, rate = _stream(server, database, city)
            theirs = asyncio.run(_poll(server, database, city))
    mine, peer = _p95(ours), _p95(theirs)
    return Row(
        name="streams",
        ours=mine,
        unit="ms",
        peer="asking for the queue every second",
        peer_figure=peer,
        ratio=times_better(mine, peer),
        equal=len(ours) == len(theirs) == PAGES * INCIDENTS,
        note=f"p95 from commit to {PAGES} pages; a burst of {BURST} facts: {rate:.0f} deliveries/s",
    )


def _stream(server: WebServer, database: db.Database, city: City) -> tuple[list[float], float]:
    followers = [Follower(server.port, server.head) for _ in range(PAGES)]
    with listening(followers):
        _until(lambda: all(follower.last for follower in followers))
        told: Told = {}
        for _ in range(INCIDENTS):
            _tell(database, city, told)
            time.sleep(EVERY / 4)
        _until(lambda: all(len(follower.heard) >= INCIDENTS for follower in followers))
        late = [one.at - told[one.subject or 0] for follower in followers for one in follower.heard]
        begin = time.monotonic()
        for number in range(BURST):
            with database.transaction(SYSTEM) as tx:
                facts.record(tx, "tick", number, city.jurisdiction)
        _until(lambda: all(len(follower.heard) >= INCIDENTS + BURST for follower in followers))
        end = max(follower.heard[-1].at for follower in followers)
    return late, PAGES * BURST / (end - begin)


async def _poll(server: WebServer, database: db.Database, city: City) -> list[float]:
    told: Told = {}
    late: list[float] = []
    done = asyncio.Event()
    pages = [asyncio.ensure_future(_page(server, number, told, late, done)) for number in range(PAGES)]
    for _ in range(INCIDENTS):
        await asyncio.to_thread(_tell, database, city, told)
        await asyncio.sleep(EVERY)
    end = time.monotonic() + LIMIT
    while len(late) < PAGES * INCIDENTS and time.monotonic() < end:
        await asyncio.sleep(0.1)
    done.set()
    await asyncio.gather(*pages)
    return late


async def _page(server: WebServer, number: int, told: Told, late: list[float], done: asyncio.Event) -> None:
    """Ask every second, each page at its own moment of it."""
    seen: set[int] = set()
    await asyncio.sleep(number / PAGES)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    sent = "".join(f"{name}: {value}\r\n" for name, value in server.head.items())
    ask = f"GET /api/incidents?limit={INCIDENTS} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{sent}\r\n".encode()
    while not done.is_set():
        next_time = time.monotonic() + 1
        writer.write(ask)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(line[15:] for line in head.splitlines() if line.startswith("content-length:"))
        features = json.loads(await reader.readexactly(int(length))).get("features", [])
        now = time.monotonic()
        new = {feature["id"] for feature in features} & told.keys() - seen
        late.extend(now - told[one] for one in new)
        seen |= new
        await asyncio.sleep(max(0.0, next_time - time.monotonic()))
    writer.close()


def _tell(database: db.Database, city: City, told: Told) -> None:
    with database.transaction(SYSTEM) as tx:
        number = tx.value(NEW)
        facts.record(tx, "incident.reported", number, city.jurisdiction)
    told[number] = time.monotonic()


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("not every page was told in time")
        time.sleep(0.02)


def _p95(seconds: list[float]) -> float:
    return float(np.percentile(seconds, 95)) * 1000
