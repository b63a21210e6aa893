"""Telling of incidents by the web, as the tests of it do: a report, an answer that refuses, a place that is settled."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from shapely import Point
from werkzeug.test import TestResponse

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import coords
from geo_app.core.actor import SYSTEM
from geo_app.privacy import service as privacy
from tests.integration.conftest import Town

CATEGORY = CATEGORIES[0]
KNOWN, NOWHERE = "中山路1号", "世上没有的地方"
WGS = {"lon": 117.0, "lat": 39.7, "frame": "wgs84"}


def body(**changes: object) -> dict[str, Any]:
    said = {
        "address": KNOWN,
        "category": CATEGORY.code,
        "channel": "web",
        "description": "井盖丢了",
    } | changes
    return {name: value for name, value in said.items() if value is not ...}


def tell(client: FlaskClient, said: object, key: str = "k", path: str = "/api/incidents") -> TestResponse:
    sent = said if isinstance(said, bytes) else json.dumps(said).encode()
    return client.post(
        path, data=sent, headers={"Idempotency-Key": key, "Content-Type": "application/json"}
    )  # fmt: skip


def settle(
    client: FlaskClient, incident: int, said: object, version: str | None, key: str = "s"
) -> TestResponse:
    headers = {"Idempotency-Key": key} | ({} if version is None else {"If-Match": version})
    return client.patch(f"/api/incidents/{incident}", json=said, headers=headers)


def here(town: Town, frame: str = "wgs84") -> dict[str, object]:
    """Return the place of the first incident as somebody who reads coordinates in `frame` gives it."""
    point: Point = town.one("SELECT point FROM incident ORDER BY id LIMIT 1")
    ((x, y),) = coords.from_wgs84([[point.x, point.y]], frame)  # type: ignore[arg-type]
    return {"lon": float(x), "lat": float(y), "frame": frame}


def plain(town: Town, incident: int, report: int) -> tuple[str | None, str | None, str]:
    """Return what was sealed of a report: name, phone, description."""
    with town.database.transaction(SYSTEM) as tx:
        found = privacy.reveal(tx, incident, report, "to look at it")
    return found.name, found.phone, found.description


def count(town: Town) -> tuple[int, ...]:
    found: tuple[int, ...] = town.one(
        "SELECT (SELECT count(*) FROM incident) AS i, (SELECT count(*) FROM report) AS r,"
        " (SELECT count(*) FROM placement) AS p,"
        " (SELECT count(*) FROM fact) AS f, (SELECT count(*) FROM idempotency) AS k"
    )
    return found


def refused(answer: TestResponse, status: int = 422) -> dict[str, Any]:
    report: dict[str, Any] = answer.get_json()
    assert (answer.status_code, answer.mimetype, report["status"]) == (
        status, "application/problem+json", status,
    ), report  # fmt: skip
    return report
