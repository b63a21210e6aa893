"""Who is nearest by travel time: points become starts and hooks of the search, what it finds becomes an answer.

A responder walks to the road, travels along part of its edge to a junction, from there over arcs, and along
part of the target's edge. When both stand on one edge there is also the straight way between them, in the
direction that is allowed; the search compares them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_app.core import kernels
from geo_app.roads import snap as snapping
from geo_app.roads import speeds
from geo_app.roads.ends import Edges, arrive, depart, leave, reach
from geo_app.roads.graph import MICROSECONDS, Graph
from geo_app.roads.model import Floats, Indices
from geo_app.roads.network import Network
from geo_app.roads.search import Found, Hooks, Memory, Starts, search
from geo_app.roads.snap import Grid, Snaps

FIRST_TRY = 32
"""Responders looked at first, nearest as the crow flies; more only when they may be quicker."""
ROUNDING = 1.0
"""Metres the rounding of times to microseconds may be worth on the longest way."""


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found; row 0 of `snaps` is the target, row `1 + goal` the responder `asked[goal]`."""

    asked: Indices
    snaps: Snaps
    hooks: Hooks
    starts: Starts
    found: Found


def nearest(ground: Ground, memory: Memory, target: Floats, responders: Floats, k: int) -> Answer:
    """Return the `k` responders soonest at `target`; fewer when no road leads from the others.

    Only those near as the crow flies are tried at first: nobody travels faster than the mode's highest
    speed, so whoever is further off than that allows cannot be among the `k`.
    """
    aways = np.hypot(responders[:, 0] - target[0], responders[:, 1] - target[1])
    few = max(4 * k, FIRST_TRY)
    radius = float(np.partition(aways, few)[few]) if few < len(aways) else np.inf
    fastest = max(speeds.fastest(ground.graph.mode), speeds.WALKING) / 3.6
    while True:
        asked = np.flatnonzero(aways <= radius).astype(np.int32)
        answer = _ask(ground, memory, target, responders, asked, k)
        costs = answer.found.costs
        limit = costs[-1] / MICROSECONDS * fastest + ROUNDING if 0 < k == len(costs) else np.inf
        if limit <= radius or len(asked) == len(aways):
            return answer
        radius = limit


def _ask(
    ground: Ground, memory: Memory, target: Floats, responders: Floats, asked: Indices, k: int
) -> Answer:
    points = kernels.frozen(np.concatenate([target.reshape(1, 2), responders[asked]]))
    snaps = Snaps(
        *kernels.frozen(snapping.snap(points, ground.grid, ground.network.shape, ground.graph.ways))
    )
    edges = ground.edges
    starts = Starts(*kernels.frozen(arrive(snaps, edges)))
    hooks = Hooks(len(asked), *kernels.frozen(leave(snaps, edges)))
    scratch = memory.for_hooks(len(hooks.states))
    found = Found(*search(ground.graph.inward, edges.lengths, starts, hooks, k, scratch))
    return Answer(asked, snaps, hooks, starts, found)


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
    found = np.full((len(ones), len(others)), np.inf)
    behind = np.arange(len(ones), len(points))
    for row in range(len(ones)):
        chosen = np.concatenate([[row], behind])
        some = Snaps(*kernels.frozen(tuple(column[chosen] for column in snaps)))
        begin, end = (depart, reach) if forwards else (arrive, leave)
        hooks = Hooks(len(others), *kernels.frozen(end(some, edges)))
        scratch = memory.for_hooks(len(hooks.states))
        begun = Starts(*kernels.frozen(begin(some, edges)))
        answer = Found(*search(star, edges.lengths, begun, hooks, len(others), scratch))
        found[row, answer.goals] = answer.costs / MICROSECONDS
    return found if forwards else found.T
