"""Roads closed or slowed for a time, laid over a graph without building it again.

What one search sees is one graph, made whole before anybody asks it and never changed: a search that began before
a road was closed ends as it began. Everything but directions, times and the columns of arcs that hold them is
shared with the graph below.

A closed arc leads to where it comes from, which never pays, so the search needs no word of it. States that
remember turns stay right, because roads only get slower: where turning round cost something before, it still does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_app.core import kernels
from geo_app.roads import graph as graphs
from geo_app.roads.graph import Graph, Star
from geo_app.roads.model import Floats, Integers

CLOSED = 0.0
"""The share of its speed that is left on a closed road."""


def apply(graph: Graph, shares: Floats) -> Graph:
    """Return `graph` with `shares` of the usual speed left, by edge: 1 is as usual, CLOSED is not travelled."""
    closed = shares == CLOSED
    slower = np.rint(graph.times / np.where(closed, 1.0, shares)).astype(np.int64)
    ways = np.where(closed, 0, graph.ways).astype(np.uint8)
    return replace(
        graph,
        ways=kernels.frozen(ways),
        times=kernels.frozen(slower),
        outward=_laid_over(graph.outward, slower - graph.times, closed),
        inward=_laid_over(graph.inward, slower - graph.times, closed),
    )


def _laid_over(star: Star, more: Integers, closed: NDArray[np.bool_]) -> Star:
    edges = star.travels >> 1
    nexts = np.where(closed[edges], star.origins, star.nexts).astype(np.int32)
    costs = star.costs + more[edges]
    packed = graphs.packed(nexts, costs, len(star.offsets) - 1)
    return star._replace(
        nexts=kernels.frozen(nexts), costs=kernels.frozen(costs), packed=kernels.frozen(packed)
    )
