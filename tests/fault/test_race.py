"""Dispatchers at many desks send the same people to the same places, through the project's own web server."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from tests.databases import connected
from tests.integration.conftest import Raw, Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.servers import WebServer, serving
from tests.sizes import size

INCIDENTS = RESPONDERS = 300
FIRST = 1_000
"""Id of the first responder."""
LIMIT = 240.0
INCIDENT = """
    INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at,
                          respond_by, reported_at)
    SELECT c.id, c.jurisdiction, (SELECT min(id) FROM category), 'web', 'contested',
           'reported', (SELECT point FROM incident LIMIT 1), now(), now() + interval '1 hour', now()
    FROM city c, generate_series(1, %(count)s)
    RETURNING id"""
TWICE = "SELECT count(*) FROM (SELECT {0} FROM assignment WHERE is_active GROUP BY {0} HAVING count(*) > 1) d"


@pytest.fixture
def server(town: Town, tmp_path: Path) -> Iterator[WebServer]:
    """The web server on the town."""
    with serving(town.settings, tmp_path / "web.log") as running:
        yield running


def test_no_responder_is_booked_twice_and_no_incident_has_two_leads(town: Town, server: WebServer) -> None:
    _enlist(town)
    clients = size("race_clients")
    for round_number in range(size("race_rounds")):
        incidents = town.all(INCIDENT, count=INCIDENTS)
        wanted = [(incident, FIRST + number) for number, incident in enumerate(incidents)]
        wanted += [(incident, FIRST + (number + 1) % RESPONDERS) for number, incident in enumerate(incidents)]
        hands = [wanted[client::clients] for client in range(clients)]
        start = threading.Barrier(clients)

        def work(mine: list[tuple[int, int]], start: threading.Barrier = start) -> list[tuple[int, str]]:
            start.wait(LIMIT)
            return _send(server.port, server.head, sorted(mine))

        with ThreadPoolExecutor(clients) as threads:
            answers = [answer for answers in threads.map(work, hands) for answer in answers]
        codes = Counter(code for code, _ in answers)
        assert set(codes) <= {201, 409}, (round_number, codes)
        for code, detail in answers:
            assert code == 201 or "already has 李" in detail or "is already sent to incident" in detail
        assert town.one(TWICE.format("responder_id")) == 0
        assert town.one(TWICE.format("incident_id")) == 0
        active = town.one("SELECT count(*) FROM assignment WHERE is_active")
        assert active == codes[201] == town.one("SELECT count(*) FROM responder WHERE status = 'assigned'")
        assert active >= INCIDENTS // 2
        _clear(town)


def _send(port: int, head: dict[str, str], wanted: list[tuple[int, int]]) -> list[tuple[int, str]]:
    """Ask for each pair on one connection; return status and detail of each answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    answers = []
    for incident, responder in wanted:
        connection.request(
            "POST", f"/api/incidents/{incident}/assignments", json.dumps({"responder": responder}),
            {"Content-Type": "application/json", "Idempotency-Key": f"{incident}-{responder}", **head},
        )  # fmt: skip
        with connection.getresponse() as answer:
            answers.append((answer.status, json.loads(answer.read()).get("detail", "")))
    connection.close()
    return answers


def _enlist(town: Town) -> None:
    skills = town.one("SELECT array_agg(DISTINCT skill) FROM category WHERE skill IS NOT NULL")
    place = town.one("SELECT point FROM responder_position LIMIT 1")
    with town.database.transaction(SYSTEM, patient=True) as tx:
        tx.run(Raw("UPDATE responder SET status = 'off'"))
        columns = ("id", "city_id", "jurisdiction", "code", "name", "kind", "skills", "status")
        tx.copy("responder", columns, [
            (FIRST + i, town.city.id, "990101", f"Q{i}", f"李{i}", "partner", skills, "free")
            for i in range(RESPONDERS)
        ])  # fmt: skip
        tx.copy("responder_position", ("responder_id", "city_id", "jurisdiction", "point", "at"), [
            (FIRST + i, town.city.id, "990101", place, clock.now()) for i in range(RESPONDERS)
        ])  # fmt: skip


def _clear(town: Town) -> None:
    """Make everybody free for the next round."""
    with connected(town.settings.database_url) as owner:
        owner.execute("DELETE FROM incident WHERE description = 'contested'")
        owner.execute("UPDATE responder SET status = 'free' WHERE status = 'assigned'")
