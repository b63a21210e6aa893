"""The engine over a city's own road network; any number of threads may ask it at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from shapely import Point

from geo_app.core.errors import BadInput
from geo_app.roads import isochrone as isochrones
from geo_app.roads import line, overrides, steps
from geo_app.roads import match as matching
from geo_app.roads import nearest as rules
from geo_app.roads.fixes import Fixes
from geo_app.roads.graph import MICROSECONDS
from geo_app.roads.matched import Matched
from geo_app.roads.model import Floats, Indices, Integers, Isochrone, Mode, Ranking, Reach, Route
from geo_app.roads.nearest import Ground
from geo_app.roads.network import Network
from geo_app.roads.search import MOST, Memory
from geo_app.roads.soonest import Known

WORLD = 1e8
"""No metric CRS has coordinates beyond this."""
LONGEST = 86_400.0
"""Seconds an isochrone may have."""


class NetworkEngine:
    """Answers by exact search over one mode's graph."""

    def __init__(self, ground: Ground, memory: Memory | None = None) -> None:
        self._ground = ground
        self._memory = memory or Memory(ground.graph.inward)
        self._field = rules.field(ground)
        self._known = Known()
        self._ready: matching.Field | None = None

    @property
    def edges(self) -> int:
        """How many edges the network has."""
        return len(self._ground.network.starts)

    def edges_of(self, sources: Integers, numbers: Integers) -> Indices:
        """Return the edges that are the `numbers`-th, from 0, of these sources."""
        order = np.argsort(self._ground.network.sources, kind="stable")
        first = np.searchsorted(self._ground.network.sources, sources, sorter=order)
        edges: Indices = order[first + numbers].astype(np.int32)
        return edges

    def under(self, shares: Floats) -> NetworkEngine:
        """Return an engine on the same roads, each with a share of its usual speed, 0 closed; this one stays."""
        graph = overrides.apply(self._ground.graph, shares)
        return NetworkEngine(replace(self._ground, graph=graph), self._memory)

    @property
    def is_estimate(self) -> bool:
        """False: the answers are by road."""
        return False

    @property
    def mode(self) -> Mode:
        """The mode the answers are for."""
        return self._ground.graph.mode

    def nearest(self, target: Point, responders: Floats, k: int) -> Ranking:
        """Return the exact `k` responders soonest at `target`, of equal ones the lower index first."""
        asked = np.ascontiguousarray(responders, dtype=np.float64).reshape(-1, 2)
        if k <= 0 or not len(asked):
            return Ranking((), 0, is_estimate=False)
        points = np.empty((len(asked) + 1, 2))
        points[0], points[1:] = _place("target", target), self._checked("responders", asked)
        found = rules.nearest(self._field, self._known, self._memory, points, k)
        rows = zip(found.goals.tolist(), found.costs.tolist(), found.metres.tolist(), strict=True)
        reaches = tuple(Reach(index, cost / MICROSECONDS, metres) for index, cost, metres in rows)
        unreachable = len(asked) - len(reaches) if len(reaches) < k else 0
        return Ranking(reaches, unreachable, is_estimate=False)

    def route(self, start: Point, target: Point, *, with_steps: bool = False) -> Route | None:
        """Return the quickest way from `start` to `target`; None when no road leads there."""
        points = _place("start", start), _place("target", target)
        answer = rules.way(self._ground, self._memory, points[1], points[0])
        if not len(answer.found.goals):
            return None
        network, star = self._ground.network, self._ground.graph.inward
        way = list(line.pieces(network, star, answer, points, 0))
        seconds = int(answer.found.costs[0]) / MICROSECONDS
        told = steps.of(network, way) if with_steps else ()
        return Route(seconds, float(answer.found.metres[0]), line.of(way), is_estimate=False, steps=told)

    def match(self, fixes: Fixes) -> tuple[Matched, Network]:
        """Return the roads a track went along, and the network they are numbered in; BrokenFix names a wrong fix."""
        return matching.match(self._field_of_tracks, fixes), self._ground.network

    def matcher(self) -> tuple[matching.Matcher, Network]:
        """Return what matches a track while it grows, and the network its roads are numbered in."""
        return matching.Matcher(self._field_of_tracks), self._ground.network

    @property
    def _field_of_tracks(self) -> matching.Field:
        """What matching looks at, made when it is first needed."""
        if self._ready is None:
            self._ready = matching.prepare(self._ground)
        return self._ready

    def isochrone(self, place: Point, seconds: float, *, is_inward: bool) -> Isochrone:
        """Return where one gets to from `place` in a time, or comes from when `is_inward`."""
        if not 0.0 <= seconds <= LONGEST:
            raise BadInput("seconds", seconds, f"0 to {LONGEST:g}")
        at = _place("place", place)
        return isochrones.of(self._ground, self._memory, at, seconds, is_inward=is_inward)

    def travel_times(self, starts: Floats, targets: Floats) -> Floats:
        """Return the seconds from each start (row) to each target (column), infinite where no road leads."""
        asked = [_places("starts", starts), _places("targets", targets)]
        if sum(map(len, asked)) + len(self._ground.graph.inward.offsets) >= MOST:
            raise BadInput("starts", sum(map(len, asked)), f"must be fewer than {MOST} with all junctions")
        return rules.times(self._ground, self._memory, *asked)

    def _checked(self, field: str, places: Floats) -> Floats:
        wrong = ~(np.abs(places) < WORLD)
        if wrong.any():
            raise BadInput(field, places[wrong.any(axis=1)][0], _RULE)
        if len(places) + len(self._ground.graph.inward.offsets) >= MOST:
            raise BadInput(field, len(places), f"must be fewer than {MOST} with all junctions")
        return places


_RULE = "must be metres in the city's CRS"


def _place(field: str, point: Point) -> Floats:
    place = np.array([point.x, point.y])
    if not (np.abs(place) < WORLD).all():
        raise BadInput(field, point.wkt, _RULE)
    return place


def _places(field: str, points: Floats) -> Floats:
    given = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 2)
    for wrong in given[~(np.abs(given) < WORLD).all(axis=1)][:1]:
        raise BadInput(field, wrong, _RULE)
    return given
