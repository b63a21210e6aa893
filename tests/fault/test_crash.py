"""The web server is killed and the database stopped at once, again and again, while people work."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geo_app.cities import service as cities
from geo_app.core import clock, db, facts, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from tests import build
from tests.databases import work
from tests.fault.clusters import database
from tests.fault.desk import Desk
from tests.integration.conftest import Raw, Town
from tests.listeners import Follower, listening
from tests.servers import WebServer, serving
from tests.sizes import size

DESKS, PAGES, RESPONDERS = 6, 4, 40
ENOUGH = 15
"""Answered writes between two blows."""
LIMIT = 300.0
KINDS = ("offered", "accepted", "set_out", "arrived", "finished")


@dataclass(frozen=True, slots=True)
class Site:
    """A town in a database of its own that can be stopped, with its web server."""

    town: Town
    folder: Path
    server: WebServer


@pytest.fixture
def site(folder: Path, ready: Any, tmp_path: Path) -> Iterator[Site]:
    """A running service on a database that may be broken."""
    migrate.upgrade(ready.owner_url, ready.app_url)
    settings = Settings(work=str(work()), database_url=ready.owner_url, app_database_url=ready.app_url)
    opened = db.Database(ready.app_url, settings)
    with opened.transaction(SYSTEM) as tx:
        town = Town(cities.load(tx, build.town()), opened, settings)
    enlist(town)
    with serving(settings, tmp_path / "web.log") as server:
        yield Site(town, folder, server)
    opened.dispose()


def test_nothing_that_was_answered_is_lost_or_doubled_and_streams_miss_nothing(site: Site) -> None:
    town, server = site.town, site.server
    with town.database.transaction(SYSTEM) as tx:
        begin = facts.end(tx)
    followers = [Follower(server.port, server.head, f"{begin.xid}-{begin.id}") for _ in range(PAGES)]
    place = town.one("SELECT ST_X(point), ST_Y(point) FROM responder_position ORDER BY responder_id LIMIT 1")
    category = town.one("SELECT code FROM category ORDER BY id LIMIT 1")
    desks = [Desk(server.port, server.head, f"desk {number}", place, category) for number in range(DESKS)]
    enough = threading.Event()
    with listening(followers), ThreadPoolExecutor(DESKS) as threads:
        working = [threads.submit(desk.work, enough) for desk in desks]
        try:
            for number in range(size("crashes")):
                progress(desks, working)
                until(lambda number=number: all(follower.opened > number for follower in followers))
                server.kill()
                server.start()
                progress(desks, working)
                stop_at_once(site.folder)
                database.up(site.folder)
            progress(desks, working)
        finally:
            enough.set()
        for desk in working:
            desk.result(LIMIT)
        town.database.dispose()
        told = town.all(
            "SELECT xid || '-' || id FROM fact WHERE jurisdiction = %(city)s AND (xid, id) > (%(xid)s::text::xid8, 0)"
            " ORDER BY fact.xid, fact.id", city=town.city.jurisdiction, xid=begin.xid,
        )  # fmt: skip
        until(lambda: all(len(follower.heard) >= len(told) for follower in followers))
    for follower in followers:
        assert [heard.id for heard in follower.heard] == told
        assert follower.opened > size("crashes")
    assert sum(desk.unanswered for desk in desks) > 0, "nobody noticed anything: it was no test"
    check(town, desks)


def check(town: Town, desks: list[Desk]) -> None:
    """Assert that the database holds what the desks were promised, once, and nothing else."""
    promised = {words: number for desk in desks for words, number in desk.reported.items()}
    assert dict(town.all("SELECT description, id FROM incident WHERE description LIKE 'desk %%'")) == promised
    assert town.one("SELECT count(*) FROM incident WHERE description LIKE 'desk %%'") == len(promised)
    ids = sorted(promised.values())
    assert (
        town.all("SELECT incident_id FROM report WHERE incident_id = ANY(%(ids)s) ORDER BY 1", ids=ids) == ids
    )
    reported = (
        "SELECT subject FROM fact WHERE kind = 'incident.reported' AND subject = ANY(%(ids)s) ORDER BY 1"
    )
    assert town.all(reported, ids=ids) == ids
    assigned = {number: state for desk in desks for number, state in desk.assigned.items()}
    assert set(assigned.values()) == {"done"}
    assert dict(town.all("SELECT id, state FROM assignment")) == assigned
    for kind in KINDS:
        fact = "SELECT subject FROM fact WHERE kind = 'assignment.' || %(kind)s ORDER BY subject"
        assert town.all(fact, kind=kind) == sorted(assigned)


def progress(desks: list[Desk], working: list[Any]) -> None:
    """Return when the desks got some more answers; raise what ended one of them."""
    goal = sum(desk.writes for desk in desks) + ENOUGH

    def is_reached() -> bool:
        for one in working:
            if one.done():
                one.result()
        return sum(desk.writes for desk in desks) >= goal

    until(is_reached)


def stop_at_once(folder: Path) -> None:
    """Stop the server as `pg_ctl -m immediate` does: no goodbye, recovery at the next start."""
    pid = database.running(folder)
    os.kill(pid, signal.SIGQUIT)
    until(lambda: database.running(folder) is None)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def enlist(town: Town) -> None:
    skills = town.one("SELECT array_agg(DISTINCT skill) FROM category WHERE skill IS NOT NULL")
    place = town.one("SELECT point FROM responder_position LIMIT 1")
    with town.database.transaction(SYSTEM) as tx:
        tx.run(Raw("UPDATE responder SET status = 'off'"))
        columns = ("id", "city_id", "jurisdiction", "code", "name", "kind", "skills", "status")
        tx.copy("responder", columns, [
            (1000 + i, town.city.id, "990101", f"Q{i}", f"李{i}", "partner", skills, "free") for i in range(RESPONDERS)
        ])  # fmt: skip
        tx.copy("responder_position", ("responder_id", "city_id", "jurisdiction", "point", "at"), [
            (1000 + i, town.city.id, "990101", place, clock.now()) for i in range(RESPONDERS)
        ])  # fmt: skip
