"""Patrol routes in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import shapely
from shapely import Point

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.patrols.model import NewRoute, Route, Walker

SQL = db.statements(__file__)


def add(tx: db.Transaction, city: City, new: NewRoute) -> int:
    """Store a route and return its id."""
    route_id: int = tx.value(
        SQL.add, city_id=city.id, jurisdiction=city.jurisdiction, code=new.code, name=new.name,
        responder_id=new.responder, line=shapely.set_srid(new.line, city.srid),
    )  # fmt: skip
    return route_id


def routes(tx: db.Transaction, city: City, at: datetime) -> list[Route]:
    """Return the routes of a city with the cells they run through, by code."""
    return tx.all(SQL.routes, Route.read, city_id=city.id, at=at)


def set_stretches(
    tx: db.Transaction, route_id: int, stretches: Sequence[tuple[int, float, float]], release_id: int
) -> None:
    """Replace a route's stretches, given as (cell id, enter, exit), matched with this release."""
    tx.run(SQL.forget_stretches, route_id=route_id)
    rows = ((route_id, position, *stretch) for position, stretch in enumerate(stretches))
    tx.copy("route_cell", ("route_id", "position", "cell_id", "enter_at", "exit_at"), rows)
    tx.run(SQL.set_release, route_id=route_id, release_id=release_id)


def walkers(tx: db.Transaction, city: City, target: Point, aside: float, at: datetime) -> list[Walker]:
    """Return the routes within `aside` metres of metric `target` whose people may be on their round at `at`."""
    local_time = at.astimezone(ZoneInfo(city.time_zone)).replace(tzinfo=None)
    point = shapely.set_srid(target, city.srid)
    return tx.all(SQL.walkers, Walker.read, city_id=city.id, point=point, aside=aside, local_time=local_time)
