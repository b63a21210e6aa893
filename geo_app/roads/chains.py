"""Chains: edges that follow each other without a choice, as one; matching goes from one to the next.

A node where one can only go on (or turn back) is inside a chain, so maps drawn in pieces of a few metres cost no
more than those drawn from junction to junction. Restrictions of turns are not looked at: people sometimes turn
where they may not, and a track shows what was done.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_app.core import kernels
from geo_app.roads.graph import AGAINST, ALONG, Graph
from geo_app.roads.model import Floats, Indices, Integers
from geo_app.roads.network import Network

Bools = NDArray[np.bool_]
NONE = -1
MILLIMETRES = 1e3
SAME = 1.0
"""Metres by which two edges between the same nodes may differ in length and still be the two ways of one road."""


class Chains(NamedTuple):
    """Chains by number; `travels` of chain `c` are `first[c]:first[c + 1]`, in order.

    Those that leave node `n` are `leaves[leaving[n]:leaving[n + 1]]`.
    """

    tails: Indices
    heads: Indices
    lengths: Floats
    millimetres: Integers
    opposite: Indices
    """The way back, NONE where there is none."""
    first: Indices
    travels: Indices
    chain_of: Indices
    """By travel; NONE where it is not allowed."""
    offset_of: Floats
    """By travel: metres from the start of its chain to its own."""
    leaving: Indices
    leaves: Indices


class _Ways(NamedTuple):
    """By travel: from which node to which, how long; the allowed ones leaving each node (CSR); the one back."""

    tails: Indices
    heads: Indices
    lengths: Floats
    leaving: Indices
    leaves: Indices


def of(network: Network, graph: Graph) -> Chains:
    """Return the chains of what `graph` allows on `network`."""
    tails = np.stack([network.starts, network.ends], axis=-1).ravel()
    heads = np.stack([network.ends, network.starts], axis=-1).ravel()
    allowed = np.stack([graph.ways & ALONG, graph.ways & AGAINST], axis=-1).ravel() > 0
    lengths = np.repeat(network.lengths, 2)
    count = len(network.nodes)
    ways = _Ways(tails, heads, lengths, *_leaving(tails, np.flatnonzero(allowed).astype(np.int32), count))
    order, first = _walk(
        *kernels.frozen((ways, np.bincount(heads[allowed], minlength=count).astype(np.int32)))
    )
    chain_of = np.full(len(tails), NONE, dtype=np.int32)
    chain_of[order] = np.repeat(np.arange(len(first) - 1, dtype=np.int32), np.diff(first))
    offset_of = np.zeros(len(tails))
    before = np.concatenate([[0.0], np.cumsum(lengths[order])])
    offset_of[order] = before[:-1] - np.repeat(before[first[:-1]], np.diff(first))
    begins, ends = order[first[:-1]], order[first[1:] - 1]
    total = offset_of[ends] + lengths[ends]
    back = _back(*kernels.frozen((ways,)))
    there = np.where(back[ends] >= 0, chain_of[back[ends]], NONE)
    mutual = (there >= 0) & (back[begins] >= 0)
    mutual &= (begins[there] == back[ends]) & (ends[there] == back[begins]) & (there != np.arange(len(there)))
    starts = tails[begins].astype(np.int32)
    return Chains(
        starts, heads[ends].astype(np.int32), total, np.rint(total * MILLIMETRES).astype(np.int64),
        np.where(mutual, there, NONE).astype(np.int32), first, order, chain_of, offset_of,
        *_leaving(starts, np.arange(len(starts), dtype=np.int32), count),
    )  # fmt: skip


def _leaving(tails: Indices, which: Indices, count: int) -> tuple[Indices, Indices]:
    """Return `which` of the ways leave each of `count` nodes (CSR)."""
    order = which[np.argsort(tails[which], kind="stable")].astype(np.int32)
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(tails[which], minlength=count), out=offsets[1:])
    return offsets, order


def _example_back() -> tuple[object, ...]:
    """Three nodes in a row, both ways."""

    def numbers(*values: int) -> Indices:
        return np.array(values, dtype=np.int32)

    return (
        _Ways(numbers(0, 1, 1, 2), numbers(1, 0, 2, 1), np.ones(4), numbers(0, 1, 3, 4), numbers(0, 1, 2, 3)),
    )


def _example_walk() -> tuple[object, ...]:
    return (*_example_back(), np.array([1, 2, 1], dtype=np.int32))


@kernels.kernel(example=_example_back)
def _back(ways: _Ways) -> Indices:
    """Return the travel that goes back over the same road, NONE where none is allowed, for each travel."""
    found = np.full(ways.tails.size, NONE, dtype=np.int32)
    for travel in range(found.size):
        found[travel] = _back_of(travel, ways)
    return found


@kernels.part
def _back_of(travel: int, ways: _Ways) -> int:
    node, best = ways.heads[travel], NONE
    for place in range(ways.leaving[node], ways.leaving[node + 1]):
        other = ways.leaves[place]
        if other == travel ^ 1:
            return travel ^ 1
        near = abs(ways.lengths[other] - ways.lengths[travel]) <= SAME
        if best < 0 and ways.heads[other] == ways.tails[travel] and near:
            best = other
    return best


@kernels.kernel(example=_example_walk)
def _walk(ways: _Ways, arriving: Indices) -> tuple[Indices, Indices]:
    """Return the travels chain by chain, and where each chain begins; `arriving` counts them by node."""
    count, nodes = ways.leaves.size, arriving.size
    is_end = np.ones(nodes, dtype=np.bool_)
    for node in range(nodes):
        is_end[node] = not _is_inside(node, ways, arriving[node])
    order = np.empty(count, dtype=np.int32)
    first = np.zeros(count + 1, dtype=np.int32)
    done = np.zeros(ways.tails.size, dtype=np.bool_)
    found, size = 0, 0
    for rings in range(
        2
    ):  # what is left after the first round goes round without an end: its lowest node becomes one
        for node in range(nodes):
            begin, end = ways.leaving[node], ways.leaving[node + 1]
            if rings == 1 and end > begin and not done[ways.leaves[begin]]:
                is_end[node] = True
            if is_end[node]:
                for place in range(begin, end):
                    if not done[ways.leaves[place]]:
                        size = _follow(ways.leaves[place], ways, is_end, done, order, size)
                        found += 1
                        first[found] = size
    return order[:size].copy(), first[: found + 1].copy()


@kernels.part
def _follow(travel: int, ways: _Ways, is_end: Bools, done: Bools, order: Indices, size: int) -> int:
    """Write the chain that begins with `travel`; return how many travels are written."""
    while True:
        order[size], done[travel] = travel, True
        size += 1
        node = ways.heads[travel]
        if is_end[node]:
            return size
        ahead = ways.leaves[ways.leaving[node]]
        if ways.leaving[node + 1] - ways.leaving[node] == 2 and ahead == _back_of(travel, ways):
            ahead = ways.leaves[ways.leaving[node] + 1]
        travel = ahead


@kernels.part
def _is_inside(node: int, ways: _Ways, arriving: int) -> bool:
    """Tell whether whoever comes to `node` can only go on or turn back."""
    begin, count = ways.leaving[node], ways.leaving[node + 1] - ways.leaving[node]
    if count != arriving or count < 1 or count > 2:
        return False
    for place in range(begin, begin + count):
        one = ways.leaves[place]
        if ways.heads[one] == node:
            return False
        back = _back_of(one, ways)
        if count == 1:
            return back < 0 or ways.heads[back] != node
        if back < 0 or _back_of(back, ways) != one:
            return False
    return _back_of(ways.leaves[begin], ways) != _back_of(ways.leaves[begin + 1], ways)
