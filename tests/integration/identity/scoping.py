"""People of the town's streets: east holds the first two communities, west the third."""

from __future__ import annotations

from typing import Any

from shapely import Point

from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.identity import permissions
from geo_app.incidents import service as incidents
from tests import build
from tests.integration.conftest import Town

EAST, WEST = "990101001", "990101002"
BELOW = {EAST: (EAST, *build.COMMUNITIES[:2]), WEST: (WEST, build.COMMUNITIES[2])}
WEST_SPOT = (550.0, 350.0)
"""Metres from the town's corner, in the west street's last cell."""
EAST_SPOT = (60.0, 60.0)


def units(town: Town, *codes: str) -> tuple[int, ...]:
    """Return the ids of these units."""
    return tuple(town.all("SELECT id FROM unit WHERE code = ANY(%(codes)s) ORDER BY id", codes=list(codes)))


def of_street(town: Town, street: str, role: str = "dispatcher", **more: Any) -> Actor:
    """Return somebody of a street: bound to it and everything below."""
    scope = Scope(units=units(town, *BELOW[street]))
    return Actor(f"{role} {street}", permissions.of_roles([role]), scope, **more)


def of_city(town: Town, role: str = "dispatcher") -> Actor:
    """Return somebody of the whole town."""
    return Actor(role, permissions.of_roles([role]), Scope(cities=(town.city.id,)))


def of_department(town: Town, role: str = "department_member") -> Actor:
    """Return a member of the town's only department."""
    scope = Scope(departments=(town.one("SELECT id FROM department"),))
    return Actor(role, permissions.of_roles([role]), scope)


def spot(town: Town, metres: tuple[float, float]) -> Point:
    """Return a place of the town as lon, lat."""
    x, y = build.TOWN_CORNER
    return coords.to_lonlat(Point(x + metres[0], y + metres[1]), town.city.srid)


def report(town: Town, metres: tuple[float, float], actor: Actor = SYSTEM) -> int:
    """Take in a report of a trouble at a place and return its incident's id."""
    with town.database.transaction(actor) as tx:
        category = next(iter(incidents.categories(tx, town.city, clock.now())))
        new = build.report(category, spot(town, metres), clock.now())
        return incidents.report(tx, town.city, new).id
