"""What people do with patrol routes: lay them out, see where they run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from shapely import LineString, Point

from geo_app.core import coords, db, facts
from geo_app.core.errors import NotReady
from geo_app.organisation.model import City
from geo_app.patrols import passing as rule
from geo_app.patrols import rounds, store
from geo_app.patrols.model import NewRoute, Passing, Round, Route, Share
from geo_app.planning import service as planning
from geo_app.roads import service as roads
from geo_app.roads.model import Mode
from geo_app.tracks import service as tracks
from geo_app.tracks import totals, ways
from geo_app.tracks.model import CellVisit, Level


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


def walk(tx: db.Transaction, city: City, route: Route, at: datetime) -> Round:
    """Return how a route is walked along the roads, and what that comes to in each cell and street at `at`."""
    fixes = rounds.fixes(route.line)
    matched = roads.match(tx, city.id, Mode.WALK, fixes)
    visits: list[CellVisit] = []
    lines, metres, since = [], 0.0, 0.0
    for way in ways.of(fixes, matched, tracks.least()):
        walked = rounds.paced(way, since)
        since, metres = float(walked.seconds[-1]), metres + rounds.on_roads(walked)
        visits += tracks.visits_of(tx, city, walked, at, at)
        lines.append(walked.xy)
    line = LineString(np.concatenate(lines)) if lines else route.line
    names = rounds.names(*matched) if matched is not None else ()
    streets = [one for one in totals.of(visits) if one.level is Level.STREET]
    return Round(
        line, metres, names,
        tuple(
            Share(one.code, one.name, one.units[1].code, one.metres, (one.left_at - one.entered_at).total_seconds())
            for one in visits
        ),
        tuple(Share(one.code, one.name, one.code, one.metres, one.seconds) for one in streets),
    )  # fmt: skip


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
