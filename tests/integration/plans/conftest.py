"""Planners at the town: each asks as somebody of their own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from shapely import Polygon

from geo_app.core import clock, door
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.identity import permissions
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from grids.rings import Vertex, rings
from tests.integration.conftest import Town


@dataclass(slots=True)
class Desk:
    """A planner's way to the service: asks as whoever sits at it."""

    client: FlaskClient
    town: Town
    actor: Actor

    def get(self, path: str) -> Any:
        """Return what a GET answers."""
        self._sit()
        return _told(self.client.get(path))

    def send(self, method: str, path: str, body: object = None, *, key: str = "") -> Any:
        """Return what a write answers; every one has a key of its own unless it is given."""
        self._sit()
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return _told(self.client.open(path, method=method, json=body, headers=headers))

    def post(self, path: str, body: object = None, *, key: str = "") -> Any:
        """Return what a POST answers."""
        return self.send("POST", path, {} if body is None else body, key=key)

    def edit(self, plan: int, seen: int, **edit: Any) -> Any:
        """Return what an edit of a plan answers."""
        return self.post(f"/api/plans/{plan}/edits", {"seen": seen, "edit": edit})

    def at(self, actor: Actor) -> Desk:
        """Return the desk of somebody else at the same service."""
        return Desk(self.client, self.town, actor)

    def _sit(self) -> None:
        door.identify(self.client.application, lambda: self.actor)


def _told(answer: Any) -> Any:
    return {"status": answer.status_code, **(answer.get_json(silent=True) or {})}


def planner(city: City, number: int, *roles: str) -> Actor:
    """Return somebody bound to the whole city; a planner unless roles say otherwise."""
    allowed = permissions.of_roles(roles or ("planner",))
    return Actor(f"planner.{number}", allowed, Scope(cities=(city.id,)), account=number)


@pytest.fixture
def desk(town: Town, town_client: FlaskClient) -> Desk:
    """The desk of the first planner."""
    return Desk(town_client, town, planner(town.city, 1))


def shape(town: Town, code: str) -> Polygon:
    """Return a cell of the release in force, in the city's frame."""
    with town.database.transaction(SYSTEM) as tx:
        return planning.cell(tx, town.city, code, clock.now()).cell.geometry


def across(town: Town, code: str) -> list[list[int]]:
    """Return a line that cuts a cell in two, from beyond the middle of its first edge to beyond that of its third."""
    (ring,) = rings(shape(town, code))
    (ax, ay), (bx, by) = _middle(ring[0], ring[1]), _middle(ring[2], ring[3])
    dx, dy = (bx - ax) // 20, (by - ay) // 20
    return [[ax - dx, ay - dy], [bx + dx, by + dy]]


def corner(town: Town, code: str) -> Vertex:
    """Return the first vertex of a cell."""
    (ring,) = rings(shape(town, code))
    return ring[0]


def _middle(a: Vertex, b: Vertex) -> Vertex:
    return (a[0] + b[0]) // 2, (a[1] + b[1]) // 2


def begun(desk: Desk, **more: int) -> int:
    """Begin a plan and return its id."""
    made = desk.post("/api/plans?city=town", {"name": "调整", **more})
    assert made["status"] == 201, made
    number: int = made["id"]
    return number


def moved(desk: Desk, plan: int, to: str) -> tuple[int, str]:
    """Return the status and the plan's state, or why not, after asking for a state."""
    told = desk.post(f"/api/plans/{plan}/state", {"to": to})
    return told["status"], told.get("state") or told["detail"]


def published(desk: Desk, approver: Desk, plan: int, **said: str) -> dict[str, object]:
    """Submit, approve and publish a plan; return what publishing answers."""
    assert moved(desk, plan, "review") == (200, "review")
    assert moved(approver, plan, "approved") == (200, "approved")
    told: dict[str, object] = approver.post(f"/api/plans/{plan}/publish", said)
    return told
