"""The graph of one mode: which way each edge may be travelled, how long it takes, and the arcs at each node.

Times are whole microseconds. Sums of integers do not depend on the order of adding, so a way has one time
forwards and backwards, equal times are equal, and ties can be broken by rule instead of by rounding.

A star lists the arcs at each state. States are junctions today; with turn restrictions they become edges,
and nothing that searches will notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo_app.roads import speeds
from geo_app.roads.model import Flags, Indices, Integers, Islands, Mode
from geo_app.roads.network import Network

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


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as one mode sees it; `ways` and `times` (µs) are by edge."""

    mode: Mode
    ways: Flags
    times: Integers
    outward: Star
    """From where one is to where one can go."""
    inward: Star
    """The same arcs searched backwards: from a place to where one can come from."""


def build(network: Network, mode: Mode) -> Graph:
    """Return the graph of `mode` on `network`."""
    kmh = np.array([speeds.of(mode, name) or 0.0 for name in network.class_names])
    speed = kmh[network.classes] / 3.6
    oneways = np.zeros_like(network.oneways) if mode in speeds.IGNORES_ONEWAY else network.oneways
    ways = ((oneways >= 0) * ALONG + (oneways <= 0) * AGAINST) * (speed > 0)
    times = np.rint(network.lengths / np.where(speed > 0, speed, 1.0) * MICROSECONDS).astype(np.int64)
    along = np.flatnonzero((ways & ALONG) & (network.starts != network.ends))
    against = np.flatnonzero((ways & AGAINST > 0) & (network.starts != network.ends))
    tails = np.concatenate([network.starts[along], network.ends[against]])
    heads = np.concatenate([network.ends[along], network.starts[against]])
    travels = np.concatenate([2 * along, 2 * against + 1])
    count = len(network.nodes)
    return Graph(
        mode=mode,
        ways=ways.astype(np.uint8),
        times=times,
        outward=_star(count, tails, heads, times, travels),
        inward=_star(count, heads, tails, times, travels),
    )


def islands(graph: Graph) -> Islands:
    """Return the sizes of the parts of `graph` within which every junction can reach every other.

    Junctions no edge of this mode touches are left out.
    """
    star = graph.outward
    count = len(star.offsets) - 1
    touched = np.zeros(count, dtype=bool)
    touched[star.origins] = True
    touched[star.nexts] = True
    arcs = csr_array((np.ones(len(star.nexts)), star.nexts, star.offsets), shape=(count, count))
    arcs.sum_duplicates()  # scipy's search for strong components never ends on unsorted or doubled arcs
    _, labels = connected_components(arcs, directed=True, connection="strong")
    sizes = np.bincount(labels[touched]) if touched.any() else np.zeros(0, dtype=np.int64)
    return Islands(graph.mode, tuple(int(size) for size in -np.sort(-sizes[sizes > 0])))


def _star(count: int, origins: Indices, nexts: Indices, times: Integers, travels: Indices) -> Star:
    order = np.lexsort((travels, origins))
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(origins, minlength=count), out=offsets[1:])
    return Star(
        offsets=offsets,
        nexts=nexts[order].astype(np.int32),
        origins=origins[order].astype(np.int32),
        costs=times[travels[order] >> 1],
        travels=travels[order].astype(np.int32),
    )
