"""A dispatcher's desk that never gives up: every write is sent with one key until it is answered for good."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

LIMIT = 300.0
"""Seconds within which every write is answered, however often the service dies meanwhile."""
AGAIN = 0.05
STEPS = ("accept", "set_out", "arrive", "finish")
HELD = "is still being answered"


@dataclass(slots=True)
class Desk:
    """One client; what it was promised stands in `reported` (description to id) and `assigned` (id to state)."""

    port: int
    head: dict[str, str]
    name: str
    place: tuple[float, float]
    category: str
    reported: dict[str, int] = field(default_factory=dict)
    assigned: dict[int, str] = field(default_factory=dict)
    writes: int = 0
    unanswered: int = 0

    def work(self, enough: threading.Event) -> None:
        """Report incidents and bring each to its end until it is enough."""
        while not enough.is_set():
            self.one()

    def one(self) -> None:
        """Report an incident, send the first who can come, take every step."""
        words = f"{self.name}-{len(self.reported)}"
        lon, lat = self.place
        body = {"category": self.category, "channel": "web", "description": words,
                "position": {"lon": lon, "lat": lat, "frame": "wgs84"}}  # fmt: skip
        status, receipt = self.write("/api/incidents", body, f"{words}-report")
        assert status == 201, receipt
        self.reported[words] = receipt["id"]
        for candidate in receipt["candidates"]:
            who = candidate["responder"]["id"]
            status, sent = self.write(
                f"/api/incidents/{receipt['id']}/assignments", {"responder": who}, f"{words}-{who}"
            )
            assert status in {201, 409}, sent
            if status == 201:
                self._lead(sent, words)
                return

    def write(self, path: str, body: dict[str, Any], key: str, version: int | None = None) -> tuple[int, Any]:
        """Send a write until an answer comes that is no excuse, and return its status and body."""
        deadline = time.monotonic() + LIMIT
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, **self.head}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        while True:
            assert time.monotonic() < deadline, (path, key)
            try:
                status, said = ask(self.port, "POST", path, json.dumps(body), headers)
            except (OSError, http.client.HTTPException):
                status, said = 503, {}
            if status < 500 and HELD not in str(said.get("detail")):
                self.writes += 1
                return status, said
            self.unanswered += 1
            time.sleep(AGAIN)

    def _lead(self, sent: dict[str, Any], words: str) -> None:
        self.assigned[sent["id"]] = sent["state"]
        for step in STEPS:
            path = f"/api/assignments/{sent['id']}/steps"
            status, sent = self.write(path, {"step": step}, f"{words}-{step}", sent["version"])
            assert status == 200, sent
            self.assigned[sent["id"]] = sent["state"]


def ask(port: int, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, Any]:
    """Send one request on a connection of its own; return the status and the JSON of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        with connection.getresponse() as answer:
            return answer.status, json.loads(answer.read())
    finally:
        connection.close()
