"""How far one gets, or comes from, in a time: the search without goals, stopped by its limit, and what it covers.

A travel is covered from the end it is begun at: going out, from its beginning; coming in, from its end backwards.
The last metres are shared out by time, so a road is covered exactly as far as the time lasts, turns and all.
"""

from __future__ import annotations

import numpy as np

from geo_app.core import kernels
from geo_app.roads import heap
from geo_app.roads.ends import Edges
from geo_app.roads.graph import AGAINST, ALONG, Star, packed
from geo_app.roads.model import Floats
from geo_app.roads.search import FAR, Scratch, Starts, begin, bits, go_on, scratch


def _example() -> tuple[object, ...]:
    """One edge between two junctions, entered at its start."""
    edge, two = np.zeros(1, dtype=np.int32), np.array([1, 0], dtype=np.int32)
    near = np.zeros(3, dtype=np.int32)
    back, costs = two[::-1].copy(), np.full(2, 9)
    star = Star(np.array([0, 1, 2], dtype=np.int32), two, back, costs, back.copy(), packed(two, costs, 2))
    edges = Edges(edge, edge + 1, np.ones(1), np.full(1, 9), np.full(1, 3, dtype=np.uint8), two, near, star)
    begun = Starts(edge, np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1))
    return star, edges, begun, 5, False, scratch(2, 8)


@kernels.kernel(example=_example, writes=("memory",))
def spread(
    star: Star, edges: Edges, starts: Starts, limit: int, is_inward: bool, memory: Scratch
) -> Floats:  # fmt: skip
    """Return by travel how many metres of it are covered within `limit` microseconds from the starts."""
    shift = bits(memory.reached.size)
    size, seen = begin(starts, limit, shift, memory)
    while size > 0:
        cost, state = memory.queue[0] >> shift, memory.queue[0] & ((1 << shift) - 1)
        size = heap.pop(memory.queue, size)
        if cost <= memory.reached[state]:
            size, seen = go_on(state, cost, star, (shift, limit, size, seen), memory)
    covered = _covered(star, edges, limit, is_inward, seen, memory)
    for state in memory.touched[:seen]:
        memory.reached[state] = FAR
    return covered


@kernels.part
def _covered(
    star: Star, edges: Edges, limit: int, is_inward: bool, seen: int, memory: Scratch
) -> Floats:  # fmt: skip
    covered = np.zeros(2 * edges.lengths.size)
    for state in memory.touched[:seen]:
        for arc in range(star.offsets[state], star.offsets[state + 1]):
            travel = star.travels[arc]
            if is_inward:
                if edges.fresh[travel] == state:
                    _cover(edges, travel, limit - memory.reached[state], covered)
            else:
                turn = star.costs[arc] - edges.times[travel >> 1]
                _cover(edges, travel, limit - memory.reached[state] - turn, covered)
    for edge in range(edges.lengths.size):
        if edges.starts[edge] == edges.ends[edge]:  # a loop, which no arc leads along
            for travel in (2 * edge, 2 * edge + 1):
                known = memory.reached[edges.fresh[travel]] if is_inward else _entry(edges, travel, memory)
                _cover(edges, travel, limit - known, covered)
    return covered


@kernels.inner
def _cover(edges: Edges, travel: int, rest: int, covered: Floats) -> None:
    """Note how far along a travel one gets in the microseconds that rest."""
    edge = travel >> 1
    if rest >= 0 and edges.ways[edge] & (AGAINST if travel & 1 else ALONG):
        time = edges.times[edge]
        share = 1.0 if rest >= time else rest / time
        covered[travel] = max(covered[travel], edges.lengths[edge] * share)


@kernels.inner
def _entry(edges: Edges, travel: int, memory: Scratch) -> int:
    """Return the lowest cost at which a loop is begun, with the turn into it; FAR when it is not."""
    edge = travel >> 1
    junction = edges.ends[edge] if travel & 1 else edges.starts[edge]
    best = memory.reached[junction]
    for number in range(edges.splits[junction], edges.splits[junction + 1]):
        state = edges.splits.size - 1 + number
        cost = memory.reached[state]
        if cost < best:
            star = edges.onward
            for arc in range(star.offsets[state], star.offsets[state + 1]):
                if star.travels[arc] == travel:
                    best = min(best, cost + star.costs[arc] - edges.times[edge])
    return int(best)
