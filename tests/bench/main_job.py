"""From a report to its candidates on 回天: POST /api/incidents through the web server, against plain Python.

The peer does the least that gives the same answer, in one process without web, facts or jobs: PostGIS finds the
cell and stores the row, networkx searches a graph in which every place has been snapped before the clock runs.
"""

from __future__ import annotations

import heapq
import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Point

from geo_app.cities import kit, service
from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.dispatch.service import MODE
from geo_app.organisation.model import City
from geo_app.roads.model import Road
from tests import crowd
from tests.bench import databases
from tests.bench.registry import Row, row, times_better
from tests.databases import ROOT, work
from tests.property.roads import cities, oracle
from tests.servers import WebServer, serving

RESPONDERS, REPORTS, K, DESKS = 300, 100, 5, 8
SECONDS = 0.06
"""Our answer is written to a tenth of a second."""
ROADS = crowd.Raw("""
    SELECT source_id, from_node, to_node, road_class, name, oneway, ST_AsBinary(geometry) AS line
    FROM road WHERE city_id = %(city)s ORDER BY id""")
CATEGORY = crowd.Raw("SELECT id, code FROM category WHERE city_id = %(city)s ORDER BY id LIMIT 1")
CELL = crowd.Raw("""
    SELECT code FROM cell_version
    WHERE city_id = %(city)s AND upper_inf(valid) AND ST_Covers(geometry, ST_Transform(%(point)s, %(srid)s))
    ORDER BY code LIMIT 1""")
STORE = crowd.Raw("""
    INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at,
                          respond_by, reported_at)
    VALUES (%(city)s, %(jurisdiction)s, %(category)s, 'web', 'peer', 'reported', %(point)s, now(), now(), now())""")
Answer = tuple[str | None, list[float]]


@row("main-job")
def main_job() -> Row:
    """Time whole reports, one after the other and from eight desks at once."""
    with databases.fresh() as database, tempfile.TemporaryDirectory() as folder:
        city, roads = _load(database)
        rng = np.random.default_rng(20260104)
        responders = _whole(cities.beside(roads, rng, RESPONDERS))
        reports = _whole(cities.beside(roads, rng, REPORTS))
        with database.transaction(SYSTEM, patient=True) as tx:
            crowd.enlist(tx, city, responders)
            category = tx.one(CATEGORY, dict, city=city.id)
        places = crowd.lonlat(reports, city)
        settings = Settings(work=str(work()), database_url=database.url, app_database_url=database.url)
        with serving(settings, Path(folder) / "web.log") as server:
            _post(server, places[:10], category["code"], "warm")
            alone, answers = _post(server, places, category["code"], "alone")
            started = time.perf_counter()
            with ThreadPoolExecutor(DESKS) as threads:
                hands = [places[desk::DESKS] for desk in range(DESKS)]
                many = list(threads.map(lambda hand: _post(server, *hand), (
                    (hand, category["code"], f"desk {desk}") for desk, hand in enumerate(hands)
                )))  # fmt: skip
            together = REPORTS / (time.perf_counter() - started)
        peer_times, peer_answers = _peer(database, city, roads, responders, reports, category["id"])
    ours, theirs = 1 / statistics.mean(alone), 1 / statistics.mean(peer_times)
    crowded = [seconds for times, _ in many for seconds in times]
    return Row(
        name="main-job",
        ours=ours,
        unit="/s",
        peer="PostGIS ST_Covers + networkx, places snapped before",
        peer_figure=theirs,
        ratio=times_better(ours, theirs, less_is_better=False),
        equal=_same(answers, peer_answers),
        note=f"回天, {RESPONDERS} responders, report to {K} candidates; p95 {_p95(alone):.0f} ms alone, "
        f"{DESKS} desks {together:.0f} /s p95 {_p95(crowded):.0f} ms; peer p95 {_p95(peer_times):.0f} ms",
    )


def _load(database: db.Database) -> tuple[City, list[Road]]:
    report = kit.examine(ROOT / "tests" / "cities" / "huitian", os.environ, clock.now())
    if report.data is None:
        raise RuntimeError("回天 cannot be loaded: GEO_DATA must name the folder of real data")
    with database.transaction(SYSTEM, patient=True) as tx:
        city = service.load(tx, report.data)
        rows = tx.all(ROADS, dict, city=city.id)
    return city, [_road(one) for one in rows]


def _road(row_: dict[str, Any]) -> Road:
    line = shapely.from_wkb(bytes(row_.pop("line")))
    return Road(**row_, geometry=line)


def _whole(points: Sequence[Point]) -> list[Point]:
    """Return points on whole millimetres, where both sides see the same one."""
    return [Point(round(point.x, 3), round(point.y, 3)) for point in points]


def _post(
    server: WebServer, places: Sequence[Point], category: str, name: str
) -> tuple[list[float], list[Answer]]:
    """Report each place; return the seconds each took, and what was answered."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    times, answers = [], []
    for number, place in enumerate(places):
        body = {"category": category, "channel": "web", "description": "ours",
                "position": {"lon": place.x, "lat": place.y, "frame": "wgs84"}}  # fmt: skip
        headers = {**server.head, "Content-Type": "application/json", "Idempotency-Key": f"{name}-{number}"}
        start = time.perf_counter()
        connection.request("POST", "/api/incidents", json.dumps(body), headers)
        with connection.getresponse() as answer:
            said = json.loads(answer.read())
        times.append(time.perf_counter() - start)
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {said}")
        cell = said["cell"] and said["cell"]["code"]
        answers.append((cell, [one["seconds"] for one in said["candidates"]]))
    connection.close()
    return times, answers


def _peer(
    database: db.Database, city: City, roads: Sequence[Road], responders: Sequence[Point],
    reports: Sequence[Point], category: int,
) -> tuple[list[float], list[Answer]]:  # fmt: skip
    names = {f"r{number}": point for number, point in enumerate(responders)}
    targets = {f"i{number}": point for number, point in enumerate(reports)}
    graph = oracle.Oracle(roads, MODE, oracle.snapped(roads, MODE, names | targets))
    times, answers = [], []
    for target, place in zip(targets, crowd.lonlat(reports, city), strict=True):
        start = time.perf_counter()
        with database.transaction(SYSTEM) as tx:
            cell = tx.value(CELL, city=city.id, point=place, srid=city.srid)
            tx.run(STORE, city=city.id, jurisdiction=city.jurisdiction, category=category, point=place)
        reached = graph.times_to(target)
        seconds = heapq.nsmallest(K, (reached[name] / 1e6 for name in names if name in reached))
        times.append(time.perf_counter() - start)
        answers.append((cell, seconds))
    return times, answers


def _same(ours: Sequence[Answer], theirs: Sequence[Answer]) -> bool:
    """Whether every candidate's time agrees, and the cell wherever we say that we are sure of it."""
    return all(
        our_cell in (None, cell)
        and len(mine) == len(their)
        and np.allclose(mine, their, atol=SECONDS, rtol=0)
        for (our_cell, mine), (cell, their) in zip(ours, theirs, strict=True)
    )


def _p95(seconds: Sequence[float]) -> float:
    return float(np.percentile(seconds, 95)) * 1000
