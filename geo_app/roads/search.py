"""The search itself: Dijkstra's algorithm from the target over arcs backwards, until `k` goals are proven.

Goals (responders) hang on states by hooks: a state, the cost from the goal to it, the metres. A goal enters
the queue with the cost of its best hook and is proven when it comes out. The queue holds one integer an
entry, cost in the high bits and state or goal in the low ones, with goals behind all states: at one cost every
state is looked at before a goal is taken, and goals come out in the order of their index.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.graph import Star
from geo_app.roads.model import Floats, Indices, Integers

FAR = np.iinfo(np.int64).max
MOST = 1 << 24
"""States and goals one search can number: 39 bits remain for microseconds, six days of travel."""


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
        self._arcs = len(star.nexts)
        self._scratch = scratch(len(star.offsets) - 1, self._arcs + 64)

    def for_hooks(self, count: int) -> Scratch:
        """Return scratch arrays with room for `count` hooks in the queue."""
        needed = self._arcs + count + 8
        if len(self._scratch.queue) < needed:
            self._scratch = self._scratch._replace(queue=np.empty(2 * needed, dtype=np.int64))
        return self._scratch


def scratch(states: int, queue: int) -> Scratch:
    """Return fresh scratch arrays."""
    return Scratch(
        reached=np.full(states, FAR, dtype=np.int64),
        via=np.full(states, -1, dtype=np.int32),
        hook=np.full(states, -1, dtype=np.int32),
        touched=np.empty(states, dtype=np.int32),
        queue=np.empty(queue, dtype=np.int64),
    )


def _example() -> tuple[object, ...]:
    """Two junctions, one arc between them, one goal at the far end."""

    def numbers(*values: int) -> Indices:
        return np.array(values, dtype=np.int32)

    star = Star(numbers(0, 1, 1), numbers(1), numbers(0), np.array([5]), numbers(1))
    starts = Starts(numbers(0), np.array([1]), np.ones(1), np.zeros(1))
    hooks = Hooks(1, numbers(1, -1), np.array([2, 9]), np.ones(2), np.zeros(2), numbers(0, 0))
    return star, np.ones(1), starts, hooks, 1, scratch(2, 16)


@kernels.kernel(example=_example, writes=("memory",))
def search(
    star: Star, lengths: Floats, starts: Starts, hooks: Hooks, k: int, memory: Scratch
) -> tuple[Indices, Integers, Floats, Indices, Indices, Indices, Indices]:
    """Return the fields of `Found` for the `k` goals nearest to the starts; fewer when the search runs dry."""
    states = memory.reached.size
    shift = bits(states + hooks.total)
    next_hook = _hang(hooks, memory.hook)
    best = Best(np.full(hooks.total, FAR), np.full(hooks.total, -1, dtype=np.int32))
    size, seen = 0, 0
    for i in range(starts.states.size):
        size, seen = arrive_at(starts.states[i], starts.costs[i], -1 - i, (shift, size, seen), memory)
    for hook in range(hooks.states.size):
        if hooks.states[hook] < 0:
            at = (shift, size, states)
            size = offer(hook, hooks.costs[hook], hooks.goals[hook], at, best, memory.queue)
    goals = np.empty(max(min(k, hooks.total), 0), dtype=np.int32)
    found = 0
    while size > 0 and found < goals.size:
        key = memory.queue[0]
        size = pop(memory.queue, size)
        cost, state = key >> shift, key & ((1 << shift) - 1)
        if state >= states:
            if cost == best.costs[state - states]:
                goals[found] = state - states
                found += 1
            continue
        if cost > memory.reached[state]:
            continue
        hook = memory.hook[state]
        while hook >= 0:
            at = (shift, size, states)
            size = offer(hook, cost + hooks.costs[hook], hooks.goals[hook], at, best, memory.queue)
            hook = next_hook[hook]
        for arc in range(star.offsets[state], star.offsets[state + 1]):
            size, seen = arrive_at(star.nexts[arc], cost + star.costs[arc], arc, (shift, size, seen), memory)
    goals = goals[:found]
    ends, first, arcs, metres = trace(best.hooks[goals], star, lengths, starts, hooks, memory.via)
    clean(memory, seen, hooks)
    return goals, best.costs[goals], metres, best.hooks[goals], ends, first, arcs


@kernels.part
def bits(count: int) -> int:
    """Return how many bits number `count` things."""
    found = 1
    while (1 << found) < count:
        found += 1
    return found


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


@kernels.part
def arrive_at(state: int, cost: int, via: int, at: tuple[int, int, int], memory: Scratch) -> tuple[int, int]:
    """Note a way to `state` when it is better than the one known; return sizes of the queue and of `touched`."""
    shift, size, seen = at
    known = memory.reached[state]
    if cost >= known:
        return size, seen
    if known == FAR:
        memory.touched[seen] = state
        seen += 1
    memory.reached[state] = cost
    memory.via[state] = via
    return push(memory.queue, size, (cost << shift) | state), seen


@kernels.part
def offer(hook: int, cost: int, goal: int, at: tuple[int, int, int], best: Best, queue: Integers) -> int:
    """Note a way to `goal` when it is better than the one known; return the size of the queue."""
    shift, size, states = at
    if cost >= best.costs[goal]:
        return size
    best.costs[goal] = cost
    best.hooks[goal] = hook
    return push(queue, size, (cost << shift) | (states + goal))


@kernels.part
def push(queue: Integers, size: int, key: int) -> int:
    """Put `key` into the binary heap; return its new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if queue[above] <= key:
            break
        queue[place] = queue[above]
        place = above
    queue[place] = key
    return size + 1


@kernels.part
def pop(queue: Integers, size: int) -> int:
    """Take the lowest key off the heap, which the caller has read; return the new size."""
    size -= 1
    key = queue[size]
    place = 0
    below = 1
    while below < size:
        if below + 1 < size and queue[below + 1] < queue[below]:
            below += 1
        if queue[below] >= key:
            break
        queue[place] = queue[below]
        place = below
        below = 2 * place + 1
    queue[place] = key
    return size


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


@kernels.part
def clean(memory: Scratch, seen: int, hooks: Hooks) -> None:
    """Leave the memory as it was found."""
    for state in memory.touched[:seen]:
        memory.reached[state] = FAR
    for state in hooks.states:
        if state >= 0:
            memory.hook[state] = -1
