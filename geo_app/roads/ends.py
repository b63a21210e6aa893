"""The two ends of a way: the states a place beside an edge is left to, and those it is entered from.

One kernel for each end and direction of search; all write rows of a state, its cost, its metres and the place on
the edge where it meets it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads import speeds
from geo_app.roads.graph import AGAINST, ALONG, MICROSECONDS, Star, packed
from geo_app.roads.model import Flags, Floats, Indices, Integers
from geo_app.roads.snap import FINE, Snaps

WALK_COST = MICROSECONDS * 3.6 / speeds.WALKING
"""Microseconds a metre on foot."""


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


def example() -> tuple[Snaps, Edges]:
    """Two points on one edge that may be travelled both ways."""
    places = np.zeros((2, 2))
    edge = np.zeros(1, dtype=np.int32)
    near, two = np.array([0, 0, 0], dtype=np.int32), np.array([1, 0], dtype=np.int32)
    back, costs = two[::-1].copy(), np.full(2, 9)
    star = Star(np.array([0, 1, 2], dtype=np.int32), two, back, costs, back.copy(), packed(two, costs, 2))
    edges = Edges(edge, edge + 1, np.ones(1), np.full(1, 9), np.full(1, 3, dtype=np.uint8), two, near, star)
    return Snaps(np.zeros(2, dtype=np.int32), np.array([0.2, 0.6]), np.zeros(2), places), edges


@kernels.kernel(example=example)
def arrive(snaps: Snaps, edges: Edges) -> tuple[Indices, Integers, Floats, Floats]:
    """Return the fields of `Starts` for a search backwards: the states from which the edge of row 0 is entered."""
    ends = room_for(_doors(snaps, edges, 0))
    count = _enter(snaps, edges, 0, ends, 0)
    return ends[0][:count], ends[1][:count], ends[2][:count], ends[3][:count]


@kernels.kernel(example=example)
def leave(snaps: Snaps, edges: Edges) -> tuple[Indices, Integers, Floats, Floats, Indices]:
    """Return the first fields of `Hooks` for a search backwards: how the rows after 0 leave."""
    room = 3 * (snaps.edges.size - 1)
    ends, goals, count = room_for(room), np.empty(room, dtype=np.int32), 0
    for row in range(1, snaps.edges.size):
        first = count
        count = straight(snaps, edges, (row, 0), ends, count)
        count = exits_of(snaps, edges, row, ends, count)
        goals[first:count] = row - 1
    return ends[0][:count], ends[1][:count], ends[2][:count], ends[3][:count], goals[:count]


@kernels.kernel(example=example)
def depart(snaps: Snaps, edges: Edges) -> tuple[Indices, Integers, Floats, Floats]:
    """Return the fields of `Starts` for a search forwards: the states row 0 gets to from its edge."""
    ends = room_for(2)
    count = exits_of(snaps, edges, 0, ends, 0)
    return ends[0][:count], ends[1][:count], ends[2][:count], ends[3][:count]


@kernels.kernel(example=example)
def reach(snaps: Snaps, edges: Edges) -> tuple[Indices, Integers, Floats, Floats, Indices]:
    """Return the first fields of `Hooks` for a search forwards: the ways into the edges of the rows after 0."""
    room = 0
    for row in range(1, snaps.edges.size):
        room += 1 + _doors(snaps, edges, row)
    ends, goals, count = room_for(room), np.empty(room, dtype=np.int32), 0
    for row in range(1, snaps.edges.size):
        first = count
        count = straight(snaps, edges, (0, row), ends, count)
        count = _enter(snaps, edges, row, ends, count)
        goals[first:count] = row - 1
    return ends[0][:count], ends[1][:count], ends[2][:count], ends[3][:count], goals[:count]


@kernels.inner
def _doors(snaps: Snaps, edges: Edges, row: int) -> int:
    """Return how many states at most the edge of a row is entered from."""
    edge = snaps.edges[row]
    if edge < 0:
        return 0
    room = 2
    for junction in (edges.starts[edge], edges.ends[edge]):
        room += edges.splits[junction + 1] - edges.splits[junction]
    return room


@kernels.inner
def _enter(
    snaps: Snaps, edges: Edges, row: int, ends: tuple[Indices, Integers, Floats, Floats], count: int
) -> int:
    """Write the states the row's edge is entered from behind the first `count` ends; return the new count."""
    edge = snaps.edges[row]
    if edge < 0:
        return count
    states, costs, metres, entries = ends
    before, walk = _part(snaps, edges, row)
    for way in (ALONG, AGAINST):
        # Travelling along the edge one enters it at its start, travelling against it at its end.
        junction, entry = _tip(edges, edge, way == AGAINST)
        is_there = _is_at(snaps.offsets[row], entry)
        if not (edges.ways[edge] & way or is_there):
            continue
        cost = abs((edges.times[edge] if way == AGAINST else 0) - before) + walk
        for number in range(edges.splits[junction] - 1, edges.splits[junction + 1]):
            state = junction if number < edges.splits[junction] else edges.splits.size - 1 + number
            turn = 0 if is_there or state == junction else _turn(edges, state, 2 * edge + (way == AGAINST))
            if turn >= 0:
                states[count], entries[count], costs[count] = state, entry, cost + turn
                metres[count] = abs(entry - snaps.offsets[row]) + snaps.aways[row]
                count += 1
    return count


@kernels.inner
def exits_of(
    snaps: Snaps, edges: Edges, row: int, ends: tuple[Indices, Integers, Floats, Floats], count: int
) -> int:
    """Write the states the row gets to from its edge behind the first `count` ends; return the new count."""
    edge = snaps.edges[row]
    if edge < 0:
        return count
    states, costs, metres, exits = ends
    before, walk = _part(snaps, edges, row)
    for way in (ALONG, AGAINST):
        junction, leaving = _tip(edges, edge, way == ALONG)
        is_there = _is_at(snaps.offsets[row], leaving)
        if edges.ways[edge] & way or is_there:
            states[count] = junction if is_there else edges.fresh[2 * edge + (way == AGAINST)]
            exits[count] = leaving
            costs[count] = abs((edges.times[edge] if way == ALONG else 0) - before) + walk
            metres[count] = abs(exits[count] - snaps.offsets[row]) + snaps.aways[row]
            count += 1
    return count


@kernels.part
def room_for(count: int) -> tuple[Indices, Integers, Floats, Floats]:
    """Return room for states, their costs, metres and places on the edge."""
    return (
        np.empty(count, dtype=np.int32),
        np.empty(count, dtype=np.int64),
        np.empty(count),
        np.empty(count),
    )


@kernels.inner
def _turn(edges: Edges, state: int, travel: int) -> int:
    """Return what turning into `travel` costs besides the way, -1 when nobody in `state` may."""
    star = edges.onward
    for arc in range(star.offsets[state], star.offsets[state + 1]):
        if star.travels[arc] == travel:
            return int(star.costs[arc] - edges.times[travel >> 1])
    return -1


@kernels.inner
def _tip(edges: Edges, edge: int, is_end: bool) -> tuple[int, float]:
    """Return the junction at the end or the start of an edge, and the metres along it."""
    return (edges.ends[edge], edges.lengths[edge]) if is_end else (edges.starts[edge], 0.0)


@kernels.inner
def _is_at(offset: float, tip: float) -> bool:
    """Tell whether a place is the junction itself: whoever stands there is on all its roads, one-way or not."""
    return abs(offset - tip) * FINE < 0.5


@kernels.inner
def straight(
    snaps: Snaps,
    edges: Edges,
    rows: tuple[int, int],
    ends: tuple[Indices, Integers, Floats, Floats],
    count: int,
) -> int:
    """Write the way between two rows on one edge, from the first to the other, if it is allowed; its state is -1."""
    start, target = rows
    edge = snaps.edges[start]
    ahead = snaps.offsets[target] - snaps.offsets[start]
    if edge < 0 or edge != snaps.edges[target]:
        return count
    if not ((ahead >= 0 and edges.ways[edge] & ALONG) or (ahead <= 0 and edges.ways[edge] & AGAINST)):
        return count
    before, walk = _part(snaps, edges, start)
    target_before, target_walk = _part(snaps, edges, target)
    states, costs, metres, places = ends
    states[count], costs[count] = -1, abs(target_before - before) + walk + target_walk
    places[count] = snaps.offsets[target]
    metres[count] = abs(ahead) + snaps.aways[start] + snaps.aways[target]
    return count + 1


@kernels.inner
def _part(snaps: Snaps, edges: Edges, row: int) -> tuple[int, int]:
    """Return the microseconds from the start of its edge to the row's place, and those on foot to the road."""
    edge = snaps.edges[row]
    length = edges.lengths[edge]
    share = snaps.offsets[row] / length if length > 0 else 0.0
    return int(np.rint(edges.times[edge] * share)), int(np.rint(snaps.aways[row] * WALK_COST))
