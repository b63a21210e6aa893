"""The search itself: Dijkstra's algorithm from the target over arcs backwards, until `k` goals are proven.

Goals (responders) hang on states by hooks: a state, the cost from the goal to it, the metres. A goal enters a
queue of its own with the cost of its best hook and is proven when it comes out. Both queues hold one integer an
entry, cost in the high bits and state or goal in the low ones. At one cost every state is looked at before a goal
is taken, and goals come out in the order of their index.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads import graph as graphs
from geo_app.roads import heap
from geo_app.roads.graph import Star, packed
from geo_app.roads.model import Floats, Indices, Integers

FAR = np.iinfo(np.int64).max
MOST = 1 << 24
"""States and goals one search can number: 39 bits remain for microseconds, six days of travel."""
bits = kernels.part(graphs.bits)


class Starts(NamedTuple):
    """Where the search begins: states from which the target is reached at this cost, over these metres."""

    states: Indices
    costs: Integers
    metres: Floats
    entries: Floats
    """Metres along the target's edge at which it is entered."""


class Hooks(NamedTuple):
    """Where `total` goals hang; state -1 is a way straight to the target, on its own edge."""

    total: int
    states: Indices
    costs: Integers
    metres: Floats
    exits: Floats
    """Metres along its own edge at which the goal leaves it, or meets the target."""
    goals: Indices


class Best(NamedTuple):
    """By goal: the lowest cost known, and the hook it comes by."""

    costs: Integers
    hooks: Indices


class Scratch(NamedTuple):
    """Memory of one thread, by state. A search leaves it as it found it."""

    reached: Integers
    """Cost to the state, FAR when not seen."""
    via: Indices
    """The arc it was reached by, or -1 - i for start i; read only where `reached` is known."""
    hook: Indices
    """The first hook on it, -1 when there is none."""
    touched: Indices
    queue: Integers


class Found(NamedTuple):
    """The goals found, best first; the arcs of goal `i` are `arcs[first[i]:first[i + 1]]`, from goal to target."""

    goals: Indices
    costs: Integers
    metres: Floats
    hooks: Indices
    starts: Indices
    """The start its way ends at, -1 when it goes straight."""
    first: Indices
    arcs: Indices


class Memory(threading.local):
    """Scratch arrays of each thread, made when it first searches."""

    def __init__(self, star: Star) -> None:
        states = len(star.offsets) - 1
        # A state enters the queue once an arc that leads there, and once a start on it, which may be two.
        self.scratch = scratch(states, len(star.nexts) + 2 * states)


def scratch(states: int, queue: int) -> Scratch:
    """Return fresh scratch arrays, with room for so many entries of the queue."""
    return Scratch(
        reached=np.full(states, FAR, dtype=np.int64),
        via=np.full(states, -1, dtype=np.int32),
        hook=np.full(states, -1, dtype=np.int32),
        touched=np.empty(states, dtype=np.int32),
        queue=np.empty(queue + heap.SPARE, dtype=np.int64),
    )


def _example() -> tuple[object, ...]:
    """Two junctions, one arc between them, one goal at the far end."""

    def numbers(*values: int) -> Indices:
        return np.array(values, dtype=np.int32)

    one, cost = numbers(1), np.array([5])
    star = Star(numbers(0, 1, 1), one, numbers(0), cost, numbers(1), packed(one, cost, 2))
    starts = Starts(numbers(0), np.array([1]), np.ones(1), np.zeros(1))
    hooks = Hooks(1, numbers(1, -1), np.array([2, 9]), np.ones(2), np.zeros(2), numbers(0, 0))
    return star, np.ones(1), starts, hooks, 1, scratch(2, 16)


def _example_costs() -> tuple[object, ...]:
    star, _, starts, hooks, _, memory = _example()
    return star, starts, hooks, memory


@kernels.kernel(example=_example, writes=("memory",))
def search(
    star: Star, lengths: Floats, starts: Starts, hooks: Hooks, k: int, memory: Scratch
) -> tuple[Indices, Integers, Floats, Indices, Indices, Indices, Indices]:
    """Return the fields of `Found` for the `k` goals nearest to the starts; fewer when the search runs dry."""
    goals, best, seen = _find(star, starts, hooks, k, memory)
    ends, first, arcs, metres = trace(best.hooks[goals], star, lengths, starts, hooks, memory.via)
    clean(memory, seen, hooks)
    return goals, best.costs[goals], metres, best.hooks[goals], ends, first, arcs


@kernels.kernel(example=_example_costs, writes=("memory",))
def costs(star: Star, starts: Starts, hooks: Hooks, memory: Scratch) -> Integers:
    """Return the cost of every goal, FAR where no way leads; which way it is nobody asks."""
    _, best, seen = _find(star, starts, hooks, hooks.total, memory)
    clean(memory, seen, hooks)
    return best.costs


@kernels.part
def _find(
    star: Star, starts: Starts, hooks: Hooks, k: int, memory: Scratch
) -> tuple[Indices, Best, int]:  # fmt: skip
    """Return the `k` goals nearest to the starts, what is known of all, and how many states were touched."""
    shift, near = bits(memory.reached.size), bits(hooks.total)
    next_hook = _hang(hooks, memory.hook)
    best = nobody(hooks.total)
    arrived = np.empty(hooks.states.size + heap.SPARE, dtype=np.int64)
    size, seen = begin(starts, FAR, shift, memory)
    waiting = 0
    for hook in range(hooks.states.size):
        if hooks.states[hook] < 0:
            waiting = offer(hook, hooks.costs[hook], hooks.goals[hook], (near, waiting), best, arrived)
    goals, found = np.empty(max(min(k, hooks.total), 0), dtype=np.int32), 0
    while found < goals.size:
        if waiting > 0 and (size == 0 or (arrived[0] >> near) < (memory.queue[0] >> shift)):
            cost, goal = arrived[0] >> near, arrived[0] & ((1 << near) - 1)
            waiting = heap.pop(arrived, waiting)
            if cost == best.costs[goal]:
                goals[found] = goal
                found += 1
            continue
        if size == 0:
            break
        cost, state = memory.queue[0] >> shift, memory.queue[0] & ((1 << shift) - 1)
        size = heap.pop(memory.queue, size)
        if cost > memory.reached[state]:
            continue
        hook = memory.hook[state]
        while hook >= 0:
            waiting = offer(hook, cost + hooks.costs[hook], hooks.goals[hook], (near, waiting), best, arrived)
            hook = next_hook[hook]
        size, seen = go_on(state, cost, star, (shift, FAR, size, seen), memory)
    return goals[:found], best, seen


@kernels.part
def nobody(total: int) -> Best:
    """Return what is known of so many goals before the search."""
    return Best(np.full(total, FAR), np.full(total, -1, dtype=np.int32))


@kernels.part
def _hang(hooks: Hooks, first: Indices) -> Indices:
    """Chain the hooks of each state, `first` leading to the newest; return the links."""
    links = np.empty(hooks.states.size, dtype=np.int32)
    for hook in range(hooks.states.size):
        state = hooks.states[hook]
        links[hook] = -1
        if state >= 0:
            links[hook] = first[state]
            first[state] = hook
    return links


@kernels.inner
def begin(starts: Starts, limit: int, shift: int, memory: Scratch) -> tuple[int, int]:
    """Arrive at the starts that cost no more than `limit`; return the sizes of the queue and of `touched`."""
    size, seen = 0, 0
    for i in range(starts.states.size):
        state, cost = starts.states[i], starts.costs[i]
        known = memory.reached[state]
        if cost <= limit and cost < known:
            if known == FAR:
                memory.touched[seen] = state
                seen += 1
            memory.reached[state], memory.via[state] = cost, -1 - i
            size = heap.push(memory.queue, size, (cost << shift) | state)
    return size, seen


@kernels.inner
def go_on(
    state: int, cost: int, star: Star, at: tuple[int, int, int, int], memory: Scratch
) -> tuple[int, int]:
    """Arrive where arcs lead from a settled state within a limit; return the sizes of the queue and of `touched`.

    Of an arc one number is read, which added to the cost of the state gives the entry in the queue.
    """
    shift, limit, size, seen = at
    base, low = cost << shift, (1 << shift) - 1
    for arc in range(star.offsets[state], star.offsets[state + 1]):
        key = base + star.packed[arc]
        after, other = key >> shift, key & low
        known = memory.reached[other]
        if after < known and after <= limit:
            if known == FAR:
                memory.touched[seen] = other
                seen += 1
            memory.reached[other] = after
            memory.via[other] = arc
            size = heap.push(memory.queue, size, key)
    return size, seen


@kernels.inner
def offer(hook: int, cost: int, goal: int, at: tuple[int, int], best: Best, arrived: Integers) -> int:
    """Note a way to `goal` when it is better than the one known; return the size of the queue of goals."""
    near, waiting = at
    if cost >= best.costs[goal]:
        return waiting
    best.costs[goal] = cost
    best.hooks[goal] = hook
    return heap.push(arrived, waiting, (cost << near) | goal)


@kernels.part
def trace(
    taken: Indices, star: Star, lengths: Floats, starts: Starts, hooks: Hooks, via: Indices
) -> tuple[Indices, Indices, Indices, Floats]:
    """Follow the way from each taken hook to the target: counted first, then written."""
    count = taken.size
    first = np.zeros(count + 1, dtype=np.int32)
    ends = np.full(count, -1, dtype=np.int32)
    metres = hooks.metres[taken]
    for i in range(count):
        first[i + 1] = first[i]
        state = hooks.states[taken[i]]
        if state >= 0:
            while via[state] >= 0:
                first[i + 1] += 1
                state = star.origins[via[state]]
            ends[i] = -1 - via[state]
            metres[i] += starts.metres[ends[i]]
    arcs = np.empty(first[count], dtype=np.int32)
    for i in range(count):
        state = hooks.states[taken[i]]
        for step in range(first[i], first[i + 1]):
            arcs[step] = via[state]
            metres[i] += lengths[star.travels[arcs[step]] >> 1]
            state = star.origins[arcs[step]]
    return ends, first, arcs, metres


@kernels.inner
def clean(memory: Scratch, seen: int, hooks: Hooks) -> None:
    """Leave the memory as it was found."""
    for state in memory.touched[:seen]:
        memory.reached[state] = FAR
    for state in hooks.states:
        if state >= 0:
            memory.hook[state] = -1
