"""Who is nearest by travel time: points become starts and hooks of the search, what it finds becomes an answer.

A responder walks to the road, travels along part of its edge to a junction, from there over arcs, and along
part of the target's edge. When both stand on one edge there is also the straight way between them, in the
direction that is allowed; the search compares them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads import snap as snapping
from geo_app.roads import speeds
from geo_app.roads.graph import AGAINST, ALONG, MICROSECONDS, Graph, Star
from geo_app.roads.model import Flags, Floats, Indices, Integers
from geo_app.roads.network import Network
from geo_app.roads.search import Found, Hooks, Memory, Starts, search
from geo_app.roads.snap import FINE, Grid, Snaps

WALK_COST = MICROSECONDS * 3.6 / speeds.WALKING
"""Microseconds a metre on foot."""
FIRST_TRY = 32
"""Responders looked at first, nearest as the crow flies; more only when they may be quicker."""
ROUNDING = 1.0
"""Metres the rounding of times to microseconds may be worth on the longest way."""


class Edges(NamedTuple):
    """What one mode knows of each edge: its junctions, metres, microseconds, and directions allowed.

    `fresh`, `splits` and `onward` are those of the graph: the states around the edge.
    """

    starts: Indices
    ends: Indices
    lengths: Floats
    times: Integers
    ways: Flags
    fresh: Indices
    splits: Indices
    onward: Star


@dataclass(frozen=True, slots=True)
class Ground:
    """All arrays one mode needs to answer in one city."""

    network: Network
    grid: Grid
    graph: Graph

    @property
    def edges(self) -> Edges:
        """The network and the graph, edge by edge."""
        network, graph = self.network, self.graph
        return Edges(
            network.starts, network.ends, network.lengths, graph.times, graph.ways,
            graph.fresh, graph.splits, graph.outward,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found; row 0 of `snaps` is the target, row `1 + goal` the responder `asked[goal]`."""

    asked: Indices
    snaps: Snaps
    hooks: Hooks
    starts: Starts
    found: Found


def nearest(ground: Ground, memory: Memory, target: Floats, responders: Floats, k: int) -> Answer:
    """Return the `k` responders soonest at `target`; fewer when no road leads from the others.

    Only those near as the crow flies are tried at first: nobody travels faster than the mode's highest
    speed, so whoever is further off than that allows cannot be among the `k`.
    """
    aways = np.hypot(responders[:, 0] - target[0], responders[:, 1] - target[1])
    few = max(4 * k, FIRST_TRY)
    radius = float(np.partition(aways, few)[few]) if few < len(aways) else np.inf
    fastest = max(speeds.fastest(ground.graph.mode), speeds.WALKING) / 3.6
    while True:
        asked = np.flatnonzero(aways <= radius).astype(np.int32)
        answer = _ask(ground, memory, target, responders, asked, k)
        costs = answer.found.costs
        limit = costs[-1] / MICROSECONDS * fastest + ROUNDING if 0 < k == len(costs) else np.inf
        if limit <= radius or len(asked) == len(aways):
            return answer
        radius = limit


def _ask(
    ground: Ground, memory: Memory, target: Floats, responders: Floats, asked: Indices, k: int
) -> Answer:
    points = kernels.frozen(np.concatenate([target.reshape(1, 2), responders[asked]]))
    snaps = Snaps(
        *kernels.frozen(snapping.snap(points, ground.grid, ground.network.shape, ground.graph.ways))
    )
    edges = ground.edges
    starts = Starts(*kernels.frozen(arrive(snaps, edges)))
    hooks = Hooks(len(asked), *kernels.frozen(leave(snaps, edges)))
    scratch = memory.for_hooks(len(hooks.states))
    found = Found(*search(ground.graph.inward, edges.lengths, starts, hooks, k, scratch))
    return Answer(asked, snaps, hooks, starts, found)


def _example() -> tuple[object, ...]:
    """Two points on one edge that may be travelled both ways."""
    places = np.zeros((2, 2))
    edge = np.zeros(1, dtype=np.int32)
    near, two = np.array([0, 0, 0], dtype=np.int32), np.array([1, 0], dtype=np.int32)
    star = Star(np.array([0, 1, 2], dtype=np.int32), two, two[::-1].copy(), np.full(2, 9), two[::-1].copy())
    edges = Edges(edge, edge + 1, np.ones(1), np.full(1, 9), np.full(1, 3, dtype=np.uint8), two, near, star)
    return Snaps(np.zeros(2, dtype=np.int32), np.array([0.2, 0.6]), np.zeros(2), places), edges


@kernels.kernel(example=_example)
def arrive(snaps: Snaps, edges: Edges) -> tuple[Indices, Integers, Floats, Floats]:
    """Return the fields of `Starts`: the states from which the edge of row 0 is entered."""
    edge = snaps.edges[0]
    if edge < 0:
        return _room(0)
    room = 2
    for junction in (edges.starts[edge], edges.ends[edge]):
        room += edges.splits[junction + 1] - edges.splits[junction]
    states, costs, metres, entries = _room(room)
    count = 0
    before, walk = _part(snaps, edges, 0)
    for way in (ALONG, AGAINST):
        # Travelling along the edge one enters it at its start, travelling against it at its end.
        junction, entry = _tip(edges, edge, way == AGAINST)
        is_there = _is_at(snaps.offsets[0], entry)
        if not (edges.ways[edge] & way or is_there):
            continue
        cost = abs((edges.times[edge] if way == AGAINST else 0) - before) + walk
        for number in range(edges.splits[junction] - 1, edges.splits[junction + 1]):
            state = junction if number < edges.splits[junction] else edges.splits.size - 1 + number
            turn = 0 if is_there or state == junction else _turn(edges, state, 2 * edge + (way == AGAINST))
            if turn >= 0:
                states[count], entries[count], costs[count] = state, entry, cost + turn
                metres[count] = abs(entry - snaps.offsets[0]) + snaps.aways[0]
                count += 1
    return states[:count], costs[:count], metres[:count], entries[:count]


@kernels.kernel(example=_example)
def leave(snaps: Snaps, edges: Edges) -> tuple[Indices, Integers, Floats, Floats, Indices]:
    """Return the first fields of `Hooks`: the ways by which the rows after 0 leave their edges."""
    room = 3 * (snaps.edges.size - 1)
    states, costs, metres, exits = _room(room)
    goals = np.empty(room, dtype=np.int32)
    count = 0
    for row in range(1, snaps.edges.size):
        edge = snaps.edges[row]
        if edge < 0:
            continue
        before, walk = _part(snaps, edges, row)
        straight = _straight(snaps, edges, row)
        if straight >= 0:
            states[count], costs[count], goals[count] = -1, straight + walk, row - 1
            exits[count] = snaps.offsets[0]
            metres[count] = abs(exits[count] - snaps.offsets[row]) + snaps.aways[row] + snaps.aways[0]
            count += 1
        for way in (ALONG, AGAINST):
            junction, leaving = _tip(edges, edge, way == ALONG)
            is_there = _is_at(snaps.offsets[row], leaving)
            if edges.ways[edge] & way or is_there:
                states[count] = junction if is_there else edges.fresh[2 * edge + (way == AGAINST)]
                exits[count] = leaving
                costs[count] = abs((edges.times[edge] if way == ALONG else 0) - before) + walk
                metres[count] = abs(exits[count] - snaps.offsets[row]) + snaps.aways[row]
                goals[count] = row - 1
                count += 1
    return states[:count], costs[:count], metres[:count], exits[:count], goals[:count]


@kernels.part
def _room(count: int) -> tuple[Indices, Integers, Floats, Floats]:
    return (
        np.empty(count, dtype=np.int32),
        np.empty(count, dtype=np.int64),
        np.empty(count),
        np.empty(count),
    )


@kernels.part
def _turn(edges: Edges, state: int, travel: int) -> int:
    """Return what turning into `travel` costs besides the way, -1 when nobody in `state` may."""
    star = edges.onward
    for arc in range(star.offsets[state], star.offsets[state + 1]):
        if star.travels[arc] == travel:
            return int(star.costs[arc] - edges.times[travel >> 1])
    return -1


@kernels.part
def _tip(edges: Edges, edge: int, is_end: bool) -> tuple[int, float]:
    """Return the junction at the end or the start of an edge, and the metres along it."""
    return (edges.ends[edge], edges.lengths[edge]) if is_end else (edges.starts[edge], 0.0)


@kernels.part
def _is_at(offset: float, tip: float) -> bool:
    """Tell whether a place is the junction itself: whoever stands there is on all its roads, one-way or not."""
    return abs(offset - tip) * FINE < 0.5


@kernels.part
def _straight(snaps: Snaps, edges: Edges, row: int) -> int:
    """Return the cost from the row's place on the road to row 0 along their common edge; -1 without such a way."""
    edge = snaps.edges[row]
    if edge != snaps.edges[0]:
        return -1
    before, _ = _part(snaps, edges, row)
    target_before, target_walk = _part(snaps, edges, 0)
    ahead = snaps.offsets[0] - snaps.offsets[row]
    if (ahead >= 0 and edges.ways[edge] & ALONG) or (ahead <= 0 and edges.ways[edge] & AGAINST):
        return abs(target_before - before) + target_walk
    return -1


@kernels.part
def _part(snaps: Snaps, edges: Edges, row: int) -> tuple[int, int]:
    """Return the microseconds from the start of its edge to the row's place, and those on foot to the road."""
    edge = snaps.edges[row]
    length = edges.lengths[edge]
    share = snaps.offsets[row] / length if length > 0 else 0.0
    return int(np.rint(edges.times[edge] * share)), int(np.rint(snaps.aways[row] * WALK_COST))
