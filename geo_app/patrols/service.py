"""What people do with patrol routes: lay them out, see where they run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shapely import Point

from geo_app.core import coords, db, facts
from geo_app.core.errors import NotReady
from geo_app.organisation.model import City
from geo_app.patrols import passing as rule
from geo_app.patrols import store
from geo_app.patrols.model import NewRoute, Passing, Route
from geo_app.planning import service as planning


def lay_out(tx: db.Transaction, city: City, new: Sequence[NewRoute], at: datetime) -> list[int]:
    """Store routes, match them with the grid in force at `at` and return their ids."""
    ids = [store.add(tx, city, route) for route in new]
    match_routes(tx, city, at)
    facts.record(tx, "routes.laid_out", None, city.jurisdiction, city=city.code, count=len(ids))
    return ids


def match_routes(tx: db.Transaction, city: City, at: datetime) -> int:
    """Match every route of the city with the grid in force at `at`; return how many there are."""
    release = planning.release_at(tx, city, at)
    if release is None:
        raise NotReady(f"{city.name} has no release in force")
    found = store.routes(tx, city, at)
    for route in found:
        crossed = planning.cells_along(tx, city, route.line, at)
        stretches = [(standing.id, enter_at, exit_at) for standing, enter_at, exit_at in crossed]
        store.set_stretches(tx, route.id, stretches, release.id)
    return len(found)


def routes(tx: db.Transaction, city: City, at: datetime) -> list[Route]:
    """Return the routes of the city with the cells they run through, by code."""
    return store.routes(tx, city, at)


def passing(tx: db.Transaction, city: City, point: Point, at: datetime) -> list[Passing]:
    """Return who walks past lon/lat `point` on their round soon, soonest first; each responder once."""
    target = coords.to_metric(point, city.srid)
    found: dict[int, Passing] = {}
    for walker in store.walkers(tx, city, target, rule.ASIDE, at):
        place = coords.to_metric(walker.position, city.srid)
        passed = rule.passage(walker.line, place, target)
        if passed is not None:
            before = found.get(walker.responder)
            if before is None or passed.seconds < before.passage.seconds:
                found[walker.responder] = Passing(walker, passed)
    return sorted(found.values(), key=lambda one: (one.passage.seconds, one.walker.responder))
