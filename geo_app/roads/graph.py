"""The graph of one mode: which way each edge may be travelled, how long it takes, and the arcs at each node.

Times are whole microseconds. Sums of integers do not depend on the order of adding, so a way has one time
forwards and backwards, equal times are equal, and ties can be broken by rule instead of by rounding.

A star lists the arcs at each state. A state is a junction, or a junction and what one has just travelled, where
that decides how one may go on (`turns`). Nothing that searches notices the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo_app.roads import speeds, turns
from geo_app.roads.model import Flags, Floats, Indices, Integers, Islands, Mode, Restriction
from geo_app.roads.network import Network, bit

ALONG, AGAINST = 1, 2
"""Bits of `ways`: the edge may be travelled from its start to its end, from its end to its start."""
MICROSECONDS = 1e6


class Star(NamedTuple):
    """Arcs by state (CSR): those of state `s` are `offsets[s]:offsets[s + 1]`."""

    offsets: Indices
    nexts: Indices
    """The state an arc leads to."""
    origins: Indices
    """The state it comes from."""
    costs: Integers
    travels: Indices
    """Twice the edge travelled, plus 1 when it is travelled from its end to its start."""
    packed: Integers
    """By arc: its cost, and behind it the state it leads to in as many bits as number the states (`packed`)."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as one mode sees it; `ways` and `times` (µs) are by edge."""

    mode: Mode
    ways: Flags
    times: Integers
    fresh: Indices
    """By travel: the state of somebody who began with it."""
    splits: Indices
    """By junction: where its states begin among those behind the junctions themselves (CSR)."""
    outward: Star
    """From where one is to where one can go."""
    inward: Star
    """The same arcs searched backwards: from a place to where one can come from."""


def build(network: Network, mode: Mode, restrictions: Sequence[Restriction] = ()) -> Graph:
    """Return the graph of `mode` on `network` under `restrictions`."""
    speed = _speed(network, mode) / 3.6
    free = mode in speeds.IGNORES_ONEWAY or network.both_ways & bit(mode) > 0
    oneways = np.where(free, 0, network.oneways)
    ways = ((oneways >= 0) * ALONG + (oneways <= 0) * AGAINST) * (speed > 0)
    times = np.rint(network.lengths / np.where(speed > 0, speed, 1.0) * MICROSECONDS).astype(np.int64)
    along = np.flatnonzero((ways & ALONG) & (network.starts != network.ends))
    against = np.flatnonzero((ways & AGAINST > 0) & (network.starts != network.ends))
    travels = np.concatenate([2 * along, 2 * against + 1])
    tails = np.stack([network.starts, network.ends], axis=-1).ravel()
    allowed = np.stack([ways & ALONG, ways & AGAINST], axis=-1).ravel() > 0
    u_turn = round(speeds.U_TURNS[mode] * MICROSECONDS)
    split = turns.of(turns.Ground(tails, allowed, times, u_turn, len(network.nodes)), mode, restrictions)
    count = len(network.nodes) + int(split.splits[-1])
    arcs = _Arcs(
        np.concatenate([tails[travels], split.origins]),
        np.concatenate([split.fresh[travels], split.nexts]),
        np.concatenate([times[travels >> 1], times[split.travels >> 1] + split.penalties]),
        np.concatenate([travels, split.travels]),
    )
    return Graph(
        mode=mode,
        ways=ways.astype(np.uint8),
        times=times,
        fresh=split.fresh,
        splits=split.splits,
        outward=_star(count, arcs),
        inward=_star(count, arcs._replace(origins=arcs.nexts, nexts=arcs.origins)),
    )


def _speed(network: Network, mode: Mode) -> Floats:
    """Return km/h by edge, 0 where the mode may not go."""
    kmh = np.array([speeds.of(mode, name) or 0.0 for name in network.class_names])[network.classes]
    if mode in speeds.HEEDS_LIMITS:
        kmh = np.minimum(kmh, network.limits)
    kmh = np.where(network.private & bit(mode) > 0, kmh * speeds.PRIVATE[mode], kmh)
    return np.where(network.barred & bit(mode) > 0, 0.0, kmh)


def islands(graph: Graph) -> Islands:
    """Return the sizes of the parts of `graph` within which every junction can reach every other.

    Junctions no edge of this mode touches are left out; restrictions of turns are not looked at.
    """
    star = graph.outward
    count = len(graph.splits) - 1
    junctions = np.concatenate([np.arange(count), np.repeat(np.arange(count), np.diff(graph.splits))])
    origins, nexts = junctions[star.origins], junctions[star.nexts]
    touched = np.zeros(count, dtype=bool)
    touched[origins] = True
    touched[nexts] = True
    arcs = csr_array((np.ones(len(nexts)), (origins, nexts)), shape=(count, count))
    arcs.sum_duplicates()  # scipy's search for strong components never ends on unsorted or doubled arcs
    _, labels = connected_components(arcs, directed=True, connection="strong")
    sizes = np.bincount(labels[touched]) if touched.any() else np.zeros(0, dtype=np.int64)
    return Islands(graph.mode, tuple(int(size) for size in -np.sort(-sizes[sizes > 0])))


class _Arcs(NamedTuple):
    """Arcs in no order: the fields of a star."""

    origins: Indices
    nexts: Indices
    costs: Integers
    travels: Indices


def _star(count: int, arcs: _Arcs) -> Star:
    order = np.lexsort((arcs.nexts, arcs.travels, arcs.origins))
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(arcs.origins, minlength=count), out=offsets[1:])
    nexts, costs = arcs.nexts[order].astype(np.int32), arcs.costs[order].astype(np.int64)
    return Star(
        offsets=offsets,
        nexts=nexts,
        origins=arcs.origins[order].astype(np.int32),
        costs=costs,
        travels=arcs.travels[order].astype(np.int32),
        packed=packed(nexts, costs, count),
    )


def packed(nexts: Indices, costs: Integers, states: int) -> Integers:
    """Return `Star.packed` of arcs among so many states: all a search reads of an arc, in one number."""
    return costs << bits(states) | nexts


def bits(count: int) -> int:
    """Return how many bits number `count` things, at least one."""
    found = 1
    while (1 << found) < count:
        found += 1
    return found
