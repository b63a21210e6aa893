"""What the browser tests ask of the service beside the pages: addresses that are sure, people who can go, writes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from typing import Any
from urllib.parse import quote

from tests.e2e.windows import Visit

NOWHERE = "查无此处的地方"


def api(site: Any, path: str) -> Any:
    """Return the JSON of a GET."""
    with urllib.request.urlopen(f"{site.url}{path}", timeout=30) as answer:
        return json.load(answer)


def send(site: Any, method: str, path: str, body: object, version: int | None = None) -> Any:
    """Return the JSON of a write with a key of its own, decided on `version`."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    request = urllib.request.Request(f"{site.url}{path}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def incident(site: Any, incident_id: int | str) -> dict[str, Any]:
    """Return the properties of an incident."""
    found: dict[str, Any] = api(site, f"/api/incidents/{incident_id}")["properties"]
    return found


def waiting(site: Any) -> list[dict[str, Any]]:
    """Return the properties of the incidents that wait for somebody, newest first."""
    found = [f["properties"] for f in api(site, "/api/incidents?city=demo&state=open&limit=500")["features"]]
    return [one for one in found if one["assignment"] is None and one["state"] == "reported"]


def wanted_category(site: Any, people: int = 2) -> dict[str, Any]:
    """Return a category for which at least `people` are free now; who is depends on the hour."""
    known = {one["code"]: one for one in api(site, "/api/categories?city=demo")["items"]}
    seen: set[str] = set()
    for one in waiting(site):
        if one["category"] in seen or one["location"] != "sure":
            continue
        seen.add(one["category"])
        if len(api(site, f"/api/incidents/{one['id']}/candidates?k={people}")["candidates"]) == people:
            category: dict[str, Any] = known[one["category"]]
            return category
    raise AssertionError("nobody is free for any waiting incident of the demo city")


def sure_address(site: Any) -> str:
    """Return an address of the demo city that means one place inside one cell."""
    for feature in api(site, "/api/incidents?city=demo&state=all&limit=200")["features"]:
        if feature["geometry"] is None:
            continue
        lon, lat = feature["geometry"]["coordinates"]
        address = api(site, f"/api/places/reverse?city=demo&lon={lon}&lat={lat}")["address"]
        if address and api(site, f"/api/places?city=demo&q={quote(address)}")["verdict"] == "sure":
            return str(address)
    raise AssertionError("no address of the demo city is sure")


def filed(site: Any, **said: object) -> int:
    """File a report by the API; return the incident."""
    category = wanted_category(site)["code"]
    body = {"city": "demo", "category": category, "channel": "hotline", "description": "井盖缺失", **said}
    return int(send(site, "POST", "/api/incidents", body)["id"])


def row(incident_id: int | str) -> str:
    """Return the selector of an incident's row in the queue."""
    return f'.queue .row[data-id="{incident_id}"]'


def reach_row(visit: Visit, incident_id: int | str) -> None:
    """Go down the queue by keyboard until an incident has the focus."""
    ids = [one.get_attribute("data-id") for one in visit.page.locator(".queue .row").all()]
    visit.page.keyboard.press("j")
    for _ in range(len(ids) + 1):
        if visit.page.evaluate("document.activeElement.dataset.id") == str(incident_id):
            return
        visit.page.keyboard.press("j")
    raise AssertionError(f"incident {incident_id} is not in the queue: {ids}")


def status(site: Any, method: str, path: str, body: object, version: int | None = None) -> int:
    """Return the status of a write that may be refused."""
    try:
        send(site, method, path, body, version)
    except urllib.error.HTTPError as error:
        return error.code
    return 200
