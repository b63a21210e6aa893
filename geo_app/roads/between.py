"""The shortest way between spots over chains: a search that goes no farther than anything likely is to be found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.chains import MILLIMETRES, Chains
from geo_app.roads.heap import pop, push
from geo_app.roads.model import Indices, Integers
from geo_app.roads.spots import Steps

FAR = np.iinfo(np.int64).max
SHIFT = 24
"""Bits that number a node in an entry of the queue; the others are millimetres."""


class Reached(NamedTuple):
    """Memory of one thread, by node: millimetres to it (FAR: not seen) and the chain by which it was reached."""

    millimetres: Integers
    via: Indices
    touched: Indices
    queue: Integers


class Likely(NamedTuple):
    """What is likely between two fixes that are `gap` metres apart; see `Beliefs`."""

    gap: float
    beta: float
    longest: float
    u_turn: float


def reached(chains: Chains) -> Reached:
    """Return fresh memory."""
    nodes = len(chains.leaving) - 1
    return Reached(
        np.full(nodes, FAR, dtype=np.int64),
        np.full(nodes, -1, dtype=np.int32),
        np.empty(nodes, dtype=np.int32),
        np.empty(len(chains.tails) + 8, dtype=np.int64),
    )


@kernels.inner
def reach(row: int, i: int, likely: Likely, chains: Chains, made: Steps, memory: Reached) -> None:
    """Offer the shortest ways from spot `i` of the row before to those of `row` that leave its chain at its end."""
    chain = made.spots.chains[row - 1, i]
    rest = chains.lengths[chain] - made.spots.at[row - 1, i]
    bound = _bound(row, i, rest, likely, made)
    if bound < 0.0:
        return
    size, seen = _open(chains.heads[chain], 0, -1, (0, 0), memory)
    while size > 0:
        key = memory.queue[0]
        size = pop(memory.queue, size)
        far, node = key >> SHIFT, key & ((1 << SHIFT) - 1)
        if far > memory.millimetres[node]:
            continue
        if far > bound * MILLIMETRES:
            break
        if _offer(row, i, (node, far, rest), likely, chains, made):
            bound = _bound(row, i, rest, likely, made)
        size, seen = _beyond(node, far, bound, chains, (size, seen), memory)
    _clean(seen, memory)


@kernels.inner
def _offer(row: int, i: int, at: tuple[int, int, float], likely: Likely, chains: Chains, made: Steps) -> bool:
    """Offer the way to the spots on chains that begin at a node; tell whether it is the best to any."""
    (node, far, rest), is_best, spots, scores = at, False, made.spots, made.scores
    back = chains.opposite[spots.chains[row - 1, i]]
    for j in range(spots.counts[row]):
        if chains.tails[spots.chains[row, j]] == node:
            way = rest + far / MILLIMETRES + spots.at[row, j]
            score = scores[row - 1, i] + abs(way - likely.gap) / likely.beta + spots.costs[row, j]
            if far == 0 and spots.chains[row, j] == back:
                score += likely.u_turn
            if way <= likely.longest and score < scores[row, j]:
                scores[row, j], made.came[row, j], is_best = score, i, True
    return is_best


@kernels.inner
def _bound(row: int, i: int, rest: float, likely: Likely, made: Steps) -> float:
    """Return how many metres beyond the end of the chain a way can still be the best to any spot."""
    bound, spots, scores = -1.0, made.spots, made.scores
    for j in range(spots.counts[row]):
        excess = (scores[row, j] - scores[row - 1, i] - spots.costs[row, j]) * likely.beta
        if excess > 0.0:
            bound = max(bound, min(likely.gap + excess, likely.longest) - rest - spots.at[row, j])
    return bound


@kernels.inner
def _open(node: int, far: int, via: int, sizes: tuple[int, int], memory: Reached) -> tuple[int, int]:
    """Note a way to `node` when it is shorter than the one known; return sizes of the queue and of `touched`."""
    (size, seen), known = sizes, memory.millimetres[node]
    if far >= known:
        return size, seen
    if known == FAR:
        memory.touched[seen] = node
        seen += 1
    memory.millimetres[node], memory.via[node] = far, via
    return push(memory.queue, size, (far << SHIFT) | node), seen


@kernels.inner
def _beyond(
    node: int, far: int, bound: float, chains: Chains, sizes: tuple[int, int], memory: Reached
) -> tuple[int, int]:
    """Go on from a node, no farther than the bound; return sizes of the queue and of `touched`."""
    for place in range(chains.leaving[node], chains.leaving[node + 1]):
        ahead = chains.leaves[place]
        total = far + chains.millimetres[ahead]
        if total <= bound * MILLIMETRES:
            sizes = _open(chains.heads[ahead], total, ahead, sizes, memory)
    return sizes


@kernels.inner
def _clean(seen: int, memory: Reached) -> None:
    """Leave the memory as it was found."""
    for place in range(seen):
        memory.millimetres[memory.touched[place]] = FAR


@kernels.inner
def way(begin: int, end: int, longest: float, chains: Chains, memory: Reached, found: Indices) -> int:
    """Write the chains of the shortest way between two nodes into `found`, last first; -1 when none is that short."""
    size, seen = _open(begin, 0, -1, (0, 0), memory)
    count = -1
    while size > 0:
        key = memory.queue[0]
        size = pop(memory.queue, size)
        far, node = key >> SHIFT, key & ((1 << SHIFT) - 1)
        if far > memory.millimetres[node]:
            continue
        if node == end:
            count = 0
            while memory.via[node] >= 0:
                found[count] = memory.via[node]
                node = chains.tails[found[count]]
                count += 1
            break
        size, seen = _beyond(node, far, longest, chains, (size, seen), memory)
    _clean(seen, memory)
    return count
