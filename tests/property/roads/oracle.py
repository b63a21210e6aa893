"""Travel times by networkx: every place is a node of its own on an edge split there; nothing of ours but the speeds.

Slow and plain on purpose. Times are microseconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import shapely
from shapely import LineString, Point

from geo_app.roads import speeds
from geo_app.roads.model import Mode, Road

TOLERANCE = 100
"""Microseconds two sums of rounded parts may differ by."""


@dataclass(frozen=True)
class Snap:
    """The nearest usable place: which road, metres along, metres away."""

    road: int
    offset: float
    away: float


def usable(road: Road, mode: Mode) -> float | None:
    """Return the speed in m/s at which `mode` travels the road: its limit heeded, with only business there slower."""
    kmh = speeds.of(mode, road.road_class)
    if kmh is None or mode in road.access.barred:
        return None
    if road.maxspeed is not None and mode in (Mode.CAR, Mode.EBIKE):
        kmh = min(kmh, road.maxspeed)
    return kmh * (speeds.PRIVATE[mode] if mode in road.access.private else 1.0) / 3.6


def oneway(road: Road, mode: Mode) -> int:
    """Return 1 when `mode` travels the road along its line only, -1 against it only, 0 both ways."""
    return 0 if mode == Mode.WALK or mode in road.access.both_ways else road.oneway


def snap(roads: Sequence[Road], mode: Mode, point: Point, among: Sequence[int] | None = None) -> Snap | None:
    """Return the nearest place on a road `mode` may use, one `among` these when they are given.

    To a tenth of a millimetre the first road wins.
    """
    best: tuple[float, Snap] | None = None
    for number in range(len(roads)) if among is None else among:
        if usable(roads[number], mode) is None:
            continue
        before = 0.0
        vertices = list(roads[number].geometry.coords)
        for start, end in itertools.pairwise(vertices):
            segment = LineString([start, end])
            away = segment.distance(point)
            key = round(away * 1e4)
            if best is None or key < best[0]:
                best = key, Snap(number, before + segment.project(point), away)
            before += segment.length
    return None if best is None else best[1]


def snapped(
    roads: Sequence[Road], mode: Mode, points: dict[str, Point], among: Sequence[int] | None = None
) -> dict[str, Snap | None]:
    """Return each point's snap, trying only the roads whose distance is the least, give or take 1 mm."""
    candidates = range(len(roads)) if among is None else among
    open_to = np.array([number for number in candidates if usable(roads[number], mode) is not None])
    tree = shapely.STRtree([roads[number].geometry for number in open_to])
    found: dict[str, Snap | None] = {}
    for name, point in points.items():
        _, away = tree.query_nearest(point, return_distance=True)
        near = tree.query(point, predicate="dwithin", distance=float(away[0]) + 0.001)
        found[name] = snap(roads, mode, point, sorted(open_to[near].tolist()))
    return found


class Oracle:
    """All responders and targets inserted into one graph, then plain Dijkstra backwards from a target."""

    def __init__(self, roads: Sequence[Road], mode: Mode, snaps: dict[str, Snap | None]) -> None:
        self._roads, self._mode = roads, mode
        self._graph: Any = nx.MultiDiGraph()
        self._graph.add_nodes_from(snaps)
        on_road: dict[int, set[float]] = {}
        for snapped in snaps.values():
            if snapped is not None:
                on_road.setdefault(snapped.road, set()).add(snapped.offset)
        for number in range(len(roads)):
            self._add_road(number, sorted(on_road.get(number, ())))
        for number, offsets in on_road.items():
            self._join_at_junctions(number, offsets)
        for name, snapped in snaps.items():
            if snapped is not None:
                cost = round(snapped.away / (speeds.WALKING / 3.6) * 1e6)
                self._graph.add_edge(name, (snapped.road, snapped.offset), cost=cost)
                self._graph.add_edge((snapped.road, snapped.offset), name, cost=cost)
        self._backwards = self._graph.reverse()

    def times_to(self, target: str) -> dict[str, int]:
        """Return the microseconds to `target` from everything it can be reached from."""
        found: dict[str, int] = nx.single_source_dijkstra_path_length(self._backwards, target, weight="cost")
        return found

    def _join_at_junctions(self, number: int, offsets: set[float]) -> None:
        """Whoever stands on a junction may leave it by any road, also when their own is one-way."""
        road = self._roads[number]
        for node, tip in ((road.from_node, 0.0), (road.to_node, road.geometry.length)):
            for offset in offsets:
                if abs(offset - tip) < 5e-5:
                    self._graph.add_edge((number, offset), ("node", node), cost=0)
                    self._graph.add_edge(("node", node), (number, offset), cost=0)

    def _add_road(self, number: int, offsets: list[float]) -> None:
        road = self._roads[number]
        speed = usable(road, self._mode)
        if speed is None:
            return
        length = road.geometry.length
        whole = round(length / speed * 1e6)
        stops: list[tuple[object, int]] = [(("node", road.from_node), 0)]
        share = whole / length if length else 0.0
        stops += [((number, offset), round(share * offset)) for offset in offsets]
        stops.append((("node", road.to_node), whole))
        direction = oneway(road, self._mode)
        for (one, start), (other, end) in itertools.pairwise(stops):
            if direction >= 0:
                self._graph.add_edge(one, other, cost=end - start)
            if direction <= 0:
                self._graph.add_edge(other, one, cost=end - start)


def check_ranking(ranking: Any, times: dict[str, int], names: Sequence[str], k: int) -> None:
    """Assert that a ranking is the `k` best of `names` by `times`, ties by index, the rest counted."""
    reachable = sorted(times[name] for name in names if name in times)
    expected = reachable[:k]
    found = [reach.seconds * 1e6 for reach in ranking.reaches]
    assert len(found) == len(expected)
    for seconds, time in zip(found, expected, strict=True):
        assert math.isclose(seconds, time, abs_tol=TOLERANCE), (found, expected)
    for reach in ranking.reaches:
        assert math.isclose(reach.seconds * 1e6, times[names[reach.index]], abs_tol=TOLERANCE)
    assert len({reach.index for reach in ranking.reaches}) == len(found)
    order = [(reach.seconds, reach.index) for reach in ranking.reaches]
    assert order == sorted(order)
    if len(found) < k:
        assert ranking.unreachable == len(names) - len(reachable)


def check_route(route: Any, start: Point, target: Point, microseconds: int) -> None:
    """Assert that a route takes the time, is as long as it says, and joins the two points."""
    assert math.isclose(route.seconds * 1e6, microseconds, abs_tol=TOLERANCE)
    assert math.isclose(route.line.length, route.metres, abs_tol=1e-6, rel_tol=1e-9)
    ends = shapely.get_coordinates(route.line)[[0, -1]].tolist()
    assert ends == [[start.x, start.y], [target.x, target.y]]
    check_steps(route)


def check_steps(route: Any) -> None:
    """Assert that the steps of a route, when it has them, are its way: the time to the microsecond, and the line."""
    if not route.steps:
        return
    assert sum(round(step.seconds * 1e6) for step in route.steps) == round(route.seconds * 1e6)
    assert math.isclose(sum(step.metres for step in route.steps), route.metres, abs_tol=1e-6, rel_tol=1e-9)
    for before, after in itertools.pairwise(route.steps):
        assert before.line.coords[-1] == after.line.coords[0]
        assert (before.name, before.on_foot) != (after.name, after.on_foot) or after.turn != "straight"
    assert route.steps[0].line.coords[0] == route.line.coords[0]
    assert route.steps[-1].line.coords[-1] == route.line.coords[-1]
    for step in route.steps:
        assert math.isclose(step.line.length, step.metres, abs_tol=1e-6, rel_tol=1e-9)
