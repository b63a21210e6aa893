"""How long an edit takes over HTTP, written to the database, in cities of 10,000 and of 100,000 cells.

A planner's hand draws through the project's own web server, over as many connections as it has processes: whichever
answers has to catch up with what the other wrote. A request counts from when it is sent to the last byte of the
answer; codes are left to the server, as the page does. What the server keeps must be what the same edits make in this
process.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from geo_app.cities import service as cities
from geo_app.core import clock, db, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.plans import asking, log, store
from grids import cutting, edit
from grids.draft import Draft
from grids.edits import Edit, Split
from grids.refusal import Refusal, Refused
from tests import hands, metropolis
from tests.bench.registry import Row, row
from tests.databases import Place, Server, digest, work
from tests.servers import WebServer, serving

EDITS, WARM = 400, 40
SMALL = (100, 100)
"""Cells of the small city: the south-west of the large one."""
SEED = 20261122
CONNECTIONS = 4
LIMIT = 150.0
"""Seconds after which a machine is too slow to say anything about edits."""


@row("edit-http")
def edit_http() -> Row:
    """Time edits of 10,000 cells."""
    with small() as database:
        return _measured("edit-http", database)


@row("edit-http-100k")
def edit_http_100k() -> Row:
    """Time edits of 100,000 cells."""
    with metropolis.loaded() as database:
        return _measured("edit-http-100k", database)


@contextmanager
def small() -> Iterator[db.Database]:
    """Give a database with a corner of the metropolis; the first call on a machine loads it."""
    server = Server(work() / "database")
    try:
        key = digest(*metropolis.MADE_OF, "tests/bench/edit_http.py")
        with server.clone(server.template("corner", key, _fill)) as place:
            database = metropolis.opened(place)
            yield database
            database.dispose()
    finally:
        server.leave()


def _fill(place: Place) -> None:
    migrate.upgrade(place.owner_url, place.app_url)
    whole = metropolis.data()
    numbers = (row * metropolis.COLUMNS + column for row in range(SMALL[1]) for column in range(SMALL[0]))
    cells = tuple(whole.cells[number] for number in numbers)
    units = {code for cell in cells for code in (cell.community, cell.community[:9], cell.community[:6])}
    data = replace(
        whole, cells=cells, roads=(), units=tuple(unit for unit in whole.units if unit.code in units)
    )
    database = metropolis.opened(place)
    with database.transaction(SYSTEM, patient=True) as tx:
        cities.load(tx, data)
    database.dispose()


def _measured(name: str, database: db.Database) -> Row:
    settings = Settings(work=str(work()), database_url=database.url, app_database_url=database.url)
    with tempfile.TemporaryDirectory() as folder, serving(settings, Path(folder) / "web.log") as server:
        city, draft = _draft(database)
        cells, first = len(draft.cells), time.perf_counter()
        begun = _ask(_connection(server), server, "POST", f"/api/plans?city={metropolis.CODE}", {"name": "b"})
        plan, opened = begun["id"], time.perf_counter() - first
        draft, took = _drawn(server, plan, city, draft)
        is_same = _is_same(database, plan, draft)
    ours = float(np.percentile(took, 95)) * 1000
    return Row(
        name=name, ours=ours, unit="ms p95", equal=is_same,
        note=f"{len(took)} edits of {cells} cells over HTTP with the write, median {np.median(took) * 1000:.1f} ms, "
        f"longest {max(took) * 1000:.0f} ms; the first plan after a start began in {opened:.1f} s",
    )  # fmt: skip


def _draft(database: db.Database) -> tuple[City, Draft]:
    with database.transaction(SYSTEM, patient=True) as tx:
        city = organisation.city(tx, metropolis.CODE)
        return city, Draft.of(planning.partition(tx, city, clock.now()))


def _drawn(server: WebServer, plan: int, city: City, draft: Draft) -> tuple[Draft, list[float]]:
    """Return the draft after so many edits that are made, and the seconds each took; the first ones only warm up."""
    hand, seen, took, used = hands.Hand(SEED), 0, [], set(draft.cells)
    connections = [_connection(server) for _ in range(CONNECTIONS)]
    kinds = hands.INNER - {"rename", "recode", "assign_units"}
    end = time.monotonic() + LIMIT
    while len(took) < WARM + EDITS:
        asked = _coded(draft, hand.next(draft, kinds), used, city)
        made = edit.apply(draft, asked)
        if isinstance(made, Refusal) or not _is_fine(draft, made):
            continue
        if time.monotonic() > end:
            raise TimeoutError(f"{len(took)} of {WARM + EDITS} edits in {LIMIT:.0f} s")
        used.update(made.changed)
        said = asked.data()
        said.pop("codes" if isinstance(asked, Split) else "", None)
        body = {"seen": seen, "edit": said}
        start = time.perf_counter()
        told = _ask(connections[len(took) % CONNECTIONS], server, "POST", f"/api/plans/{plan}/edits", body)
        took.append(time.perf_counter() - start)
        draft, seen = made.draft, told["seq"]
    return draft, took[WARM:]


def _coded(draft: Draft, asked: Edit, used: set[str], city: City) -> Edit:
    """Return a split with the codes that are proposed, anything else as it is: the hand gives codes of its own."""
    if not isinstance(asked, Split) or asked.code not in draft.cells:
        return asked
    cell = draft.cells[asked.code]
    own = {code for code in used if code.startswith(cell.community)}
    try:
        pieces = cutting.pieces(draft, asked.code, asked.line)
    except Refused:
        return asked
    return replace(asked, codes=tuple(asking.proposed(cell, pieces, own, city)))


def _is_fine(draft: Draft, made: edit.Done) -> bool:
    """Return whether the codes an edit makes are of the city's scheme."""
    return all(code in draft.cells or len(code) == 15 for code in made.changed)


def _is_same(database: db.Database, plan: int, draft: Draft) -> bool:
    """Return whether the cells the server keeps of a plan are those of the draft, to the millimetre."""
    with database.transaction(SYSTEM) as tx:
        kept = store.cells(tx, plan)
    return all(
        log.digest([(one.code, one.cell)]) == log.digest([(one.code, draft.cells.get(one.code))])
        for one in kept
    )


def _connection(server: WebServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)


def _ask(
    connection: http.client.HTTPConnection, server: WebServer, method: str, path: str, body: object
) -> Any:
    """Return what a request answers; an AssertionError when it is refused."""
    head = {**server.head, "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
    connection.request(method, path, None if body is None else json.dumps(body), head)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    assert answer.status in {200, 201}, told
    return told
