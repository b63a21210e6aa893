"""A report is taken in once, however its answer gets lost and however many hands send it at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.fault.desk import Desk, ask
from tests.fault.proxy import dropping
from tests.integration.conftest import Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.servers import WebServer, serving

DROPS, HANDS = 3, 10


@pytest.fixture
def server(town: Town, tmp_path: Path) -> Iterator[WebServer]:
    """The web server on the town."""
    with serving(town.settings, tmp_path / "web.log") as running:
        yield running


def report(town: Town) -> dict[str, Any]:
    lon, lat = town.one(
        "SELECT ST_X(point), ST_Y(point) FROM responder_position ORDER BY responder_id LIMIT 1"
    )
    category = town.one("SELECT code FROM category ORDER BY id LIMIT 1")
    return {"category": category, "channel": "web", "description": "once",
            "position": {"lon": lon, "lat": lat, "frame": "wgs84"}}  # fmt: skip


def test_answers_that_are_lost_after_the_commit_make_one_incident(town: Town, server: WebServer) -> None:
    with dropping(server.port, DROPS) as proxy:
        desk = Desk(proxy.port, server.head, "lost", (0.0, 0.0), "")
        status, body = desk.write("/api/incidents", report(town), "lost")
    assert (status, desk.unanswered) == (201, DROPS)
    lost = [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in proxy.dropped]
    assert lost == [body] * DROPS, "what was lost is what is said again"
    assert town.all("SELECT id FROM incident WHERE description = 'once'") == [body["id"]]
    assert town.one("SELECT count(*) FROM report WHERE incident_id = %(id)s", id=body["id"]) == 1


def test_one_key_ten_times_at_once_makes_one_incident_and_one_answer(town: Town, server: WebServer) -> None:
    body, start = json.dumps(report(town)), Barrier(HANDS)
    headers = {"Content-Type": "application/json", "Idempotency-Key": "ten", **server.head}

    def send(_: int) -> tuple[int, Any]:
        start.wait(60)
        return ask(server.port, "POST", "/api/incidents", body, headers)

    with ThreadPoolExecutor(HANDS) as threads:
        answers = list(threads.map(send, range(HANDS)))
    assert answers == [answers[0]] * HANDS
    assert answers[0][0] == 201
    assert town.all("SELECT id FROM incident WHERE description = 'once'") == [answers[0][1]["id"]]
    other = json.dumps(report(town) | {"description": "another"})
    status, told = ask(server.port, "POST", "/api/incidents", other, headers)
    assert (status, told["field"]) == (422, "Idempotency-Key")
