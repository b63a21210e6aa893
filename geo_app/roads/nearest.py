"""Who is nearest by travel time: points become starts and hooks of the search, what it finds becomes an answer.

A responder walks to the road, travels along part of its edge to a junction, from there over arcs, and along
part of the target's edge. When both stand on one edge there is also the straight way between them, in the
direction that is allowed; the search compares them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads import snap as snapping
from geo_app.roads.ends import WALK_COST, Edges, arrive, depart, leave, reach
from geo_app.roads.graph import MICROSECONDS, Graph
from geo_app.roads.model import Floats, Indices, Integers
from geo_app.roads.network import Network
from geo_app.roads.search import FAR, Found, Hooks, Memory, Starts, costs, search
from geo_app.roads.snap import Grid, Snaps
from geo_app.roads.soonest import Field, Known, soonest


@dataclass(frozen=True, slots=True)
class Ground:
    """All arrays one mode needs to answer in one city."""

    network: Network
    grid: Grid
    graph: Graph

    @property
    def edges(self) -> Edges:
        """The network and the graph, edge by edge."""
        network, graph = self.network, self.graph
        return Edges(
            network.starts, network.ends, network.lengths, graph.times, graph.ways,
            graph.fresh, graph.splits, graph.outward,
        )  # fmt: skip


class Soonest(NamedTuple):
    """The soonest, best first: their numbers, and what it takes them."""

    goals: Indices
    costs: Integers
    metres: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found; row 0 of `snaps` is the target, row 1 the start."""

    snaps: Snaps
    hooks: Hooks
    starts: Starts
    found: Found


def field(ground: Ground) -> Field:
    """Return what a search for the soonest looks at."""
    lengths, times = ground.network.lengths, ground.graph.times
    taken = (ground.graph.ways > 0) & (times > 0)
    by_road = float((lengths[taken] / times[taken]).max(initial=0.0))
    fastest = max(by_road, 1 / WALK_COST)
    made = Field(ground.grid, ground.network.shape, ground.edges, ground.graph.inward, fastest)
    return Field(*kernels.frozen(made))


def nearest(ground: Field, known: Known, memory: Memory, points: Floats, k: int) -> Soonest:
    """Return the `k` soonest at row 0 of `points` among the rows after it; fewer when no road leads from the others."""
    return Soonest(*soonest(kernels.frozen(points), k, ground, known.rows, memory.scratch))


def way(ground: Ground, memory: Memory, target: Floats, start: Floats) -> Answer:
    """Return the quickest way from `start` to `target`, found or not."""
    points = kernels.frozen(np.stack([target, start]))
    snaps = Snaps(
        *kernels.frozen(snapping.snap(points, ground.grid, ground.network.shape, ground.graph.ways))
    )
    edges = ground.edges
    starts = Starts(*kernels.frozen(arrive(snaps, edges)))
    hooks = Hooks(1, *kernels.frozen(leave(snaps, edges)))
    found = search(ground.graph.inward, edges.lengths, starts, hooks, 1, memory.scratch)
    return Answer(snaps, hooks, starts, Found(*found))


def times(ground: Ground, memory: Memory, starts: Floats, targets: Floats) -> Floats:
    """Return the seconds from each start (row) to each target (column), infinite where no road leads.

    The fewer of both are searched from: forwards from starts, backwards from targets.
    """
    forwards = len(starts) <= len(targets)
    ones, others = (starts, targets) if forwards else (targets, starts)
    shape, edges = ground.network.shape, ground.edges
    star = ground.graph.outward if forwards else ground.graph.inward
    points = kernels.frozen(np.concatenate([ones, others]))
    snaps = Snaps(*snapping.snap(points, ground.grid, shape, ground.graph.ways))
    found = np.empty((len(ones), len(others)))
    behind = np.arange(len(ones), len(points))
    for row in range(len(ones)):
        chosen = np.concatenate([[row], behind])
        some = Snaps(*kernels.frozen(tuple(column[chosen] for column in snaps)))
        begin, end = (depart, reach) if forwards else (arrive, leave)
        hooks = Hooks(len(others), *kernels.frozen(end(some, edges)))
        begun = Starts(*kernels.frozen(begin(some, edges)))
        spent = costs(star, begun, hooks, memory.scratch)
        found[row] = np.where(spent == FAR, np.inf, spent / MICROSECONDS)
    return found if forwards else found.T
