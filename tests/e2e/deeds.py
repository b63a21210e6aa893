"""What the browser tests ask of the service beside the pages: addresses that are sure, people who can go, writes."""

from __future__ import annotations

import json
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator

from tests.e2e.windows import Visit

NOWHERE = "查无此处的地方"
PATIENCE = 120
"""Seconds to wait for an answer; reached only when something is broken."""


def api(site: Any, path: str) -> Any:
    """Return the JSON of a GET."""
    asked = urllib.request.Request(f"{site.url}{path}", headers=site.head)
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return json.load(answer)


def send(site: Any, method: str, path: str, body: object, version: int | None = None) -> Any:
    """Return the JSON of a write with a key of its own, decided on `version`."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4()), **site.head}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    request = urllib.request.Request(f"{site.url}{path}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def incident(site: Any, incident_id: int | str) -> dict[str, Any]:
    """Return the properties of an incident."""
    found: dict[str, Any] = api(site, f"/api/incidents/{incident_id}")["properties"]
    return found


def newest(site: Any) -> list[dict[str, Any]]:
    """Return the properties of the newest incidents, open or closed."""
    return [f["properties"] for f in api(site, "/api/incidents?city=demo&state=all&limit=500")["features"]]


def waiting(site: Any) -> list[dict[str, Any]]:
    """Return the properties of the incidents that wait for somebody, newest first."""
    found = [f["properties"] for f in api(site, "/api/incidents?city=demo&state=open&limit=500")["features"]]
    return [one for one in found if one["assignment"] is None and one["state"] == "reported"]


@dataclass(frozen=True, slots=True)
class Case:
    """Something to report: a category and an address that is sure, for which people are free now."""

    category: str
    name: str
    address: str


def case(site: Any) -> Case:
    """Return what can be reported so that at least two people could go.

    The proof is a report of the same, which stays in the queue.
    """
    tried: set[str] = set()
    for one in waiting(site):
        address = sure_address(site, one["id"])
        if address is None or f"{one['category']} {address}" in tried:
            continue
        tried.add(f"{one['category']} {address}")
        proof = file(site, category=one["category"], address=address, description="同类上报")
        if len(proof["candidates"]) >= 2:
            return Case(one["category"], one["category_name"], address)
    raise AssertionError(f"nobody could go to any of {sorted(tried)}")


def sure_address(site: Any, incident_id: int) -> str | None:
    """Return the address beside an incident when it means one place inside one cell."""
    where = api(site, f"/api/incidents/{incident_id}")["geometry"]
    if where is None:
        return None
    lon, lat = where["coordinates"]
    address: str | None = api(site, f"/api/places/reverse?city=demo&lon={lon}&lat={lat}")["address"]
    if address is None or api(site, f"/api/places?city=demo&q={quote(address)}")["verdict"] != "sure":
        return None
    return address


def file(site: Any, **said: object) -> Any:
    """File a report of the demo city by the API; return the answer."""
    return send(site, "POST", "/api/incidents", {"city": "demo", "channel": "hotline", **said})


def filed(site: Any, address: str | None = None) -> int:
    """File something for which people are free, at `address` if it is given; return the incident."""
    chosen = case(site)
    said = {"category": chosen.category, "address": address or chosen.address, "description": "井盖缺失"}
    return int(file(site, **said)["id"])


def call_off(site: Any, incident_id: int) -> None:
    """Cancel the assignment of an incident, so that whoever had it is free for the next test."""
    sent = incident(site, incident_id)["assignment"]
    said = {"step": "cancel", "reason": "重复上报"}
    send(site, "POST", f"/api/assignments/{sent['id']}/steps", said, sent["version"])


def row(incident_id: int | str) -> str:
    """Return the selector of an incident's row in the queue."""
    return f'.queue .row[data-id="{incident_id}"]'


def reach_row(visit: Visit, incident_id: int | str) -> None:
    """Go down the queue by keyboard until an incident has the focus; it must be in the queue."""
    ids = visit.page.locator(".queue .row").evaluate_all("rows => rows.map((row) => row.dataset.id)")
    visit.page.keyboard.press("j")
    for _ in range(len(ids) + 10):  # some may come in meanwhile
        if visit.page.evaluate("document.activeElement.dataset.id") == str(incident_id):
            return
        visit.page.keyboard.press("j")
    raise AssertionError(f"incident {incident_id} is not in the queue: {ids}")


def candidates(visit: Visit) -> Locator:
    """Return the candidates on the open card once all have come: those of the first answer are drawn anew."""
    return visit.page.locator(".candidates:not([aria-busy]) .candidate")
