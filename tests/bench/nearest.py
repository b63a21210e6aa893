"""How fast the ten soonest of 1,000 responders are found by road in a city of 63,000 junctions, against scipy."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely import LineString, Point

from geo_app.core import kernels
from geo_app.roads import kept
from geo_app.roads import nearest as rules
from geo_app.roads import network as networks
from geo_app.roads import snap as snapping
from geo_app.roads.ends import arrive, leave
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.graph import MICROSECONDS, Graph
from geo_app.roads.model import Floats, Mode, Road
from geo_app.roads.nearest import Ground
from geo_app.roads.search import Hooks, Memory, Starts, search
from geo_app.roads.snap import Snaps
from geo_app.roads.soonest import Known
from tests.bench.registry import Row, median_of, milliseconds, row, times_better

RUNS = 5
SIDE, SPACING = 250, 120.0
RESPONDERS, INCIDENTS, K = 1000, 100, 10
Call = Callable[[], object]
LIMIT = 900.0
"""Seconds within which the peer looks; ten are always found in them."""


@row("nearest")
def nearest() -> Row:
    """Time the whole answer, snapping included; everybody stands on a junction, so both see the same question."""
    return soonest(SIDE, RESPONDERS, INCIDENTS)


def soonest(side: int, crowd: int, asked: int) -> Row:
    """Return the row of so many responders and incidents in a city of `side` x `side` junctions."""
    network = networks.build(city(side))
    ground = kept.build(network)[Mode.EMERGENCY]
    engine = NetworkEngine(ground)
    rng = np.random.default_rng(20260102)
    stands = rng.choice(len(network.nodes), crowd, replace=False)
    incidents = rng.choice(len(network.nodes), asked, replace=False)
    places = network.nodes[stands]
    targets = [Point(*network.nodes[node]) for node in incidents]
    backwards = _matrix(ground.graph)

    def ours(target: Point) -> list[float]:
        return seconds(engine, target, places)

    def peer(node: int) -> list[float]:
        times = dijkstra(backwards, indices=node, limit=LIMIT)[stands]
        return [float(time) for time in np.sort(np.partition(times, K)[:K])]

    equal = all(
        np.allclose(ours(target), peer(int(node)), atol=1e-3, rtol=0)
        for target, node in zip(targets, incidents, strict=True)
    )
    asked_of = [partial(ours, target) for target in targets]
    figure = median_of(RUNS, lambda: _median(asked_of))
    slowest = median_of(RUNS, lambda: _slowest(asked_of))
    theirs = median_of(RUNS, lambda: _median([partial(peer, int(node)) for node in incidents]))
    crowds = [np.vstack([[point.x, point.y], places]) for point in targets]
    searches, kernel = _alone(ground, crowds), _whole(ground, crowds)
    alone = median_of(RUNS, lambda: _median(searches))
    whole = median_of(RUNS, lambda: _median(kernel))
    return Row(
        name="nearest",
        ours=figure,
        unit="ms",
        peer="scipy.sparse.csgraph.dijkstra, limit 900 s",
        peer_figure=theirs,
        ratio=times_better(figure, theirs),
        equal=equal,
        note=f"{len(network.nodes)} junctions, {K} of {crowd}, the whole answer, 99 of 100 within {slowest:.3f} ms; "
        f"in the kernel {alone:.4f} ms from ends on the roads, {whole:.4f} ms from points",
    )


def seconds(engine: NetworkEngine, target: Point, places: np.ndarray) -> list[float]:
    """Return what it takes the soonest."""
    return [reach.seconds for reach in engine.nearest(target, places, K).reaches]


def city(side: int) -> list[Road]:
    """Return the roads of a made-up city: an irregular raster, main roads every fifth, a sixth of all one-way."""
    rng = np.random.default_rng(20260101)
    x, y = np.meshgrid(np.arange(side) * SPACING, np.arange(side) * SPACING)
    nodes = np.stack([x, y], axis=-1) + rng.uniform(-SPACING / 3, SPACING / 3, (side, side, 2))
    number = np.arange(side * side).reshape(side, side)
    pairs = [(number[i, j], number[i, j + 1], i) for i in range(side) for j in range(side - 1)]
    pairs += [(number[i, j], number[i + 1, j], j) for i in range(side - 1) for j in range(side)]
    flat = nodes.reshape(-1, 2)
    oneways = rng.choice([0, 0, 0, 0, 0, 1], len(pairs))
    return [
        Road(
            source_id=index,
            from_node=int(start),
            to_node=int(end),
            road_class="primary" if line % 5 == 0 else "residential",
            name="",
            oneway=int(oneways[index]),
            geometry=LineString([flat[start], flat[end]]),
        )
        for index, (start, end, line) in enumerate(pairs)
    ]


def _matrix(graph: Graph) -> csr_array:
    star = graph.inward
    count = len(star.offsets) - 1
    return csr_array((star.costs / MICROSECONDS, star.nexts, star.offsets), shape=(count, count))


def _median(calls: list[Call]) -> float:
    return statistics.median(milliseconds(call) for call in calls)


def _slowest(calls: list[Call]) -> float:
    """Return what 99 of 100 calls stay within."""
    return float(np.percentile([milliseconds(call) for call in calls], 99))


def _alone(ground: Ground, crowds: list[Floats]) -> list[Call]:
    """Return calls of the search alone: everybody is on the roads already, and hung where their edges end."""
    memory, edges = Memory(ground.graph.inward), ground.edges
    calls: list[Call] = []
    for crowd in crowds:
        found = snapping.snap(kernels.frozen(crowd), ground.grid, ground.network.shape, ground.graph.ways)
        snaps = Snaps(*kernels.frozen(found))
        starts = Starts(*kernels.frozen(arrive(snaps, edges)))
        hooks = Hooks(len(crowd) - 1, *kernels.frozen(leave(snaps, edges)))
        calls.append(partial(search, ground.graph.inward, edges.lengths, starts, hooks, K, memory.scratch))
    return calls


def _whole(ground: Ground, crowds: list[Floats]) -> list[Call]:
    """Return calls of the kernel as it is used: from points to numbers, costs and metres, nothing made around it."""
    memory, known, field = Memory(ground.graph.inward), Known(), rules.field(ground)
    return [partial(rules.nearest, field, known, memory, crowd, K) for crowd in crowds]
