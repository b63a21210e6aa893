"""Who is soonest, in one go: responders join the search from the target while it spreads, nearest by the crow first.

Nobody travels faster than on the quickest road. So a responder is brought onto the roads, and hung on the states
there, only when the search has come to a cost at which they could be next; who is too far off costs no more than a
look at the distance. Costs, ties and metres are those of `search` with everybody hung on before.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads import ends, heap
from geo_app.roads.ends import Edges
from geo_app.roads.graph import Star
from geo_app.roads.model import Floats, Indices, Integers
from geo_app.roads.network import Shape
from geo_app.roads.search import (
    FAR,
    Best,
    Hooks,
    Scratch,
    Starts,
    begin,
    bits,
    clean,
    go_on,
    nobody,
    offer,
    scratch,
    trace,
)
from geo_app.roads.snap import Grid, Snaps, put

ROUNDING = 1.0
"""Metres the rounding of times to microseconds may be worth on the longest way."""
LONGEST = 1 << 38
"""Microseconds from which on everybody has joined; three days."""
SLOTS = 8192
"""Places whose position on the roads is remembered by each thread and engine, in half a megabyte."""


class Field(NamedTuple):
    """All that a search for the soonest looks at."""

    grid: Grid
    shape: Shape
    edges: Edges
    star: Star
    """The arcs backwards."""
    fastest: float
    """Metres a microsecond nobody exceeds, by road or on foot."""


class Known(threading.local):
    """Where on the roads the responders of late are, by where they are: most have not moved when somebody asks again.

    A row is x, y, edge, metres along it, metres away, and the place on it; another responder may take it over.
    """

    def __init__(self) -> None:
        self.rows = np.full((SLOTS, 8), np.nan)


class _Crowd(NamedTuple):
    """The points, where on the roads they are as far as they have joined, and by what they are reached."""

    points: Floats
    snaps: Snaps
    hooks: Hooks
    links: Indices
    """By hook: the next on the same state."""
    best: Best
    arrived: Integers
    """The queue of those the search has come to."""
    known: Floats


def _example() -> tuple[object, ...]:
    """One edge between two junctions, the target and a responder beside it."""
    edges = ends.example()[1]
    shape = Shape(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([0.0, 1.0]), np.zeros(2, dtype=np.int32))
    grid = Grid(np.array([0, 1], dtype=np.int32), np.zeros(1, dtype=np.int32), 0.0, 0.0, 1.0, 1, 1)
    points = np.array([[0.2, 0.0], [0.6, 0.0]])
    return points, 1, Field(grid, shape, edges, edges.onward, 1e-6), np.full((4, 8), np.nan), scratch(2, 32)


@kernels.kernel(example=_example, writes=("known", "memory"))
def soonest(
    points: Floats, k: int, field: Field, known: Floats, memory: Scratch
) -> tuple[Indices, Integers, Floats]:
    """Return the numbers, costs and metres of the `k` soonest at row 0 of `points` among the rows after it.

    `known` is of `Known`.
    """
    shift, near = bits(memory.reached.size), bits(points.shape[0] - 1)
    low, lowest = (1 << shift) - 1, (1 << near) - 1
    crowd, starts = _gathered(points, field, known)
    apart, left = _by_distance(points, field.fastest, near), points.shape[0] - 1
    size, seen = begin(starts, FAR, shift, memory)
    goals, found = np.empty(max(min(k, left), 0), dtype=np.int32), 0
    hung, waiting, last = 0, 0, -1
    while found < goals.size:
        by_road = memory.queue[0] >> shift if size > 0 else FAR
        next_goal = crowd.arrived[0] >> near if waiting > 0 else FAR
        if left > 0 and (apart[0] >> near) <= min(by_road, next_goal):
            row = 1 + (apart[0] & lowest)
            left = heap.pop(apart, left)
            waiting, hung = _join(row, (near, waiting, hung), (shift, last), crowd, field, memory)
        elif next_goal < by_road:
            goal = crowd.arrived[0] & lowest
            waiting = heap.pop(crowd.arrived, waiting)
            if next_goal == crowd.best.costs[goal]:
                goals[found] = goal
                found += 1
        elif size == 0:
            break
        else:
            last = memory.queue[0]
            size = heap.pop(memory.queue, size)
            if by_road <= memory.reached[last & low]:
                waiting = _meet(last & low, by_road, (near, waiting), crowd, memory)
                size, seen = go_on(last & low, by_road, field.star, (shift, FAR, size, seen), memory)
    goals = goals[:found]
    hooks = _first(crowd.hooks, hung)
    taken = crowd.best.hooks[goals]
    _, _, _, metres = trace(taken, field.star, field.edges.lengths, starts, hooks, memory.via)
    clean(memory, seen, hooks)
    return goals, crowd.best.costs[goals], metres


@kernels.part
def _gathered(points: Floats, field: Field, known: Floats) -> tuple[_Crowd, Starts]:
    """Return everybody before anybody joins, and the states from which the target is reached."""
    count = points.shape[0]
    edges, offsets, aways = np.empty(count, dtype=np.int32), np.empty(count), np.empty(count)
    snaps = Snaps(edges, offsets, aways, np.empty((count, 2)))
    put(points, 0, (field.grid, field.shape, field.edges.ways), snaps)
    begun = ends.arrive(snaps, field.edges)
    starts = Starts(begun[0], begun[1], begun[2], begun[3])
    room = 3 * (count - 1)
    states, costs, metres, exits = ends.room_for(room)
    hooks = Hooks(count - 1, states, costs, metres, exits, np.empty(room, dtype=np.int32))
    links, arrived = np.empty(room, dtype=np.int32), np.empty(room + heap.SPARE, dtype=np.int64)
    return _Crowd(points, snaps, hooks, links, nobody(count - 1), arrived, known), starts


@kernels.part
def _by_distance(points: Floats, fastest: float, near: int) -> Integers:
    """Return a queue of all responders by the cost nobody can be quicker than, the number in the low bits."""
    apart = np.empty(points.shape[0] - 1 + heap.SPARE, dtype=np.int64)
    for number in range(points.shape[0] - 1):
        x, y = points[number + 1, 0] - points[0, 0], points[number + 1, 1] - points[0, 1]
        cost = min(max((np.sqrt(x * x + y * y) - ROUNDING) / fastest, 0.0), LONGEST)
        apart[number] = (int(cost) << near) | number
    heap.order(apart, points.shape[0] - 1)
    return apart


@kernels.inner
def _join(
    row: int, at: tuple[int, int, int], come: tuple[int, int], crowd: _Crowd, field: Field, memory: Scratch
) -> tuple[int, int]:
    """Bring a responder onto the roads and hang them there; return the size of the queue and the count of hooks.

    Hooks on states the search has left behind, up to the entry it has `come` to, are offered at once, in the order
    in which it came by.
    """
    near, waiting, first = at
    shift, last = come
    hooks = crowd.hooks
    _put(crowd, row, field)
    room = (hooks.states, hooks.costs, hooks.metres, hooks.exits)
    begun = ends.straight(crowd.snaps, field.edges, (row, 0), room, first)
    hung = ends.exits_of(crowd.snaps, field.edges, row, room, begun)
    hooks.goals[first:hung] = row - 1
    if begun > first:
        waiting = offer(first, hooks.costs[first], row - 1, (near, waiting), crowd.best, crowd.arrived)
    is_turned = hung - begun == 2 and _key(hooks.states[hung - 1], shift, memory) <= _key(
        hooks.states[begun], shift, memory
    )
    for step in range(hung - begun):
        hook = hung - 1 - step if is_turned else begun + step
        state = hooks.states[hook]
        if _key(state, shift, memory) <= last:
            cost = memory.reached[state] + hooks.costs[hook]
            waiting = offer(hook, cost, row - 1, (near, waiting), crowd.best, crowd.arrived)
    for hook in range(begun, hung):
        state = hooks.states[hook]
        crowd.links[hook] = memory.hook[state]
        memory.hook[state] = hook
    return waiting, hung


@kernels.inner
def _put(crowd: _Crowd, row: int, field: Field) -> None:
    """Write where on the roads a row is, by memory when somebody was at the very same point."""
    x, y = crowd.points[row, 0], crowd.points[row, 1]
    mixed = int(x * 1000) * 73856093 ^ int(y * 1000) * 19349663
    slot = crowd.known[(mixed ^ (mixed >> 17)) & (crowd.known.shape[0] - 1)]
    snaps = crowd.snaps
    if slot[0] == x and slot[1] == y:
        snaps.edges[row], snaps.offsets[row], snaps.aways[row] = int(slot[2]), slot[3], slot[4]
        snaps.places[row, 0], snaps.places[row, 1] = slot[5], slot[6]
        return
    put(crowd.points, row, (field.grid, field.shape, field.edges.ways), snaps)
    slot[0], slot[1], slot[2] = x, y, snaps.edges[row]
    slot[3], slot[4] = snaps.offsets[row], snaps.aways[row]
    slot[5], slot[6] = snaps.places[row, 0], snaps.places[row, 1]


@kernels.inner
def _key(state: int, shift: int, memory: Scratch) -> int:
    """Return a state's entry in the queue, the highest number when it was never there."""
    cost = memory.reached[state]
    return FAR if cost == FAR else (cost << shift) | state


@kernels.inner
def _meet(state: int, cost: int, at: tuple[int, int], crowd: _Crowd, memory: Scratch) -> int:
    """Offer a state that is settled to everybody who hangs on it; return the size of the queue."""
    near, waiting = at
    hooks, hook = crowd.hooks, memory.hook[state]
    while hook >= 0:
        then = cost + hooks.costs[hook]
        waiting = offer(hook, then, hooks.goals[hook], (near, waiting), crowd.best, crowd.arrived)
        hook = crowd.links[hook]
    return waiting


@kernels.part
def _first(hooks: Hooks, count: int) -> Hooks:
    return Hooks(
        hooks.total, hooks.states[:count], hooks.costs[:count], hooks.metres[:count], hooks.exits[:count],
        hooks.goals[:count],
    )  # fmt: skip
