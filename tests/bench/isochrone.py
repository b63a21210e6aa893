"""How fast it is drawn how far one gets in 15 minutes in Porto, for each mode, against scipy with a hull round it.

The area follows the roads and leaves out blocks that are not reached; the peer's is a concave hull of the junctions it
reaches. What both find is compared road by road: how far each is covered, from each of its ends, turns and all.
"""

from __future__ import annotations

import os
import statistics
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely import Geometry, Point

from geo_app.roads import isochrone as isochrones
from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.graph import MICROSECONDS
from geo_app.roads.isochrone import Covered
from geo_app.roads.model import Floats, Integers, Mode
from geo_app.roads.nearest import Ground
from geo_app.roads.search import Memory
from tests.bench import matrix
from tests.bench.registry import Row, median_of, milliseconds, row, times_better
from tests.property.roads import cities

RUNS, PLACES = 5, 8
SECONDS, SPAN = 900.0, 3000.0
"""How long one travels, and how many metres from the middle of the city one begins at most."""
CLOSE = 1e-6
"""Metres two shares of a road may differ by."""
HULL = 0.1
"""How concave the peer's hull is: 1 is convex, 0 as concave as can be."""


@row("isochrone")
def isochrone() -> Row:
    """Time every mode in Porto under its restrictions; the figure is the slowest mode's."""
    return drawing("porto")


def drawing(city: str) -> Row:
    """Return the row of one city."""
    if "GEO_DATA" not in os.environ:
        raise SystemExit("isochrone measures a real city: set GEO_DATA to the folder of its data")
    roads, restrictions = cities.from_kit(Path(os.environ["GEO_DATA"]), city)
    grounds = kept.build(networks.build(roads), restrictions)
    figures: dict[Mode, tuple[float, float, float]] = {}
    is_same = True
    for mode, ground in grounds.items():
        junctions = standing(ground)
        arcs = matrix.arcs(ground.graph)
        is_same = is_same and all(same(ground, arcs, int(junction)) for junction in junctions)
        figures[mode] = _times(ground, arcs, junctions)
    worst = max(figures, key=lambda mode: figures[mode][0])
    ours, slowest, theirs = figures[worst]
    each = ", ".join(f"{mode} {middle:.1f}" for mode, (middle, _, _) in figures.items())
    note = f"{SECONDS / 60:.0f} min, {len(grounds[worst].network.nodes)} junctions; medians: {each}; "
    note += f"the slowest place {slowest:.1f} ms; the figure is {worst}'s"
    peer = "scipy.sparse.csgraph.dijkstra and shapely.concave_hull"
    return Row("isochrone", ours, "ms", peer, theirs, times_better(ours, theirs), is_same, note)


def standing(ground: Ground) -> Integers:
    """Return junctions near the middle which the mode can leave, chosen by chance."""
    nodes = ground.network.nodes
    near = np.abs(nodes - np.median(nodes, axis=0)).max(axis=1) <= SPAN
    found = matrix.usable(nodes, ground.graph)
    return np.random.default_rng(20260203).choice(found[near[found]], PLACES, replace=False)


def covered(ground: Ground, place: Floats) -> Covered | None:
    """Return what is covered from a place."""
    return isochrones.cover(ground, Memory(ground.graph.outward), place, SECONDS, is_inward=False)


def same(ground: Ground, arcs: csr_array, junction: int) -> bool:
    """Return whether each road is covered as far as scipy's times to its ends say; loops no arc leads along."""
    network, edges = ground.network, ground.edges
    found = covered(ground, network.nodes[junction])
    ahead, back = _shares(ground, arcs, junction)
    tails = np.where(back > 0.0, network.lengths - back, np.inf)
    plain = edges.starts != edges.ends
    return found is not None and bool(
        np.allclose(found.spans.heads[plain], ahead[plain], rtol=0, atol=CLOSE)
        and np.allclose(found.spans.tails[plain], tails[plain], rtol=0, atol=CLOSE)
    )


def _shares(ground: Ground, arcs: csr_array, junction: int) -> tuple[Floats, Floats]:
    """Return by edge how many metres one gets from its start, and from its end, by scipy."""
    star, edges = ground.graph.outward, ground.edges
    times, lengths = edges.times[star.travels >> 1], edges.lengths[star.travels >> 1]
    reached = dijkstra(arcs, indices=junction, limit=SECONDS)[star.origins]
    is_reached = np.isfinite(reached)
    spent = np.rint(np.where(is_reached, reached, 0.0) * MICROSECONDS) + star.costs - times
    rest = np.where(is_reached, SECONDS * MICROSECONDS - spent, -1.0)
    metres = np.where(rest >= times, lengths, lengths * rest / np.maximum(times, 1))
    found = np.zeros(2 * len(edges.lengths))
    np.maximum.at(found, star.travels, np.where(rest >= 0.0, metres, 0.0))
    return found[0::2], found[1::2]


def _times(ground: Ground, arcs: csr_array, junctions: Integers) -> tuple[float, float, float]:
    """Return our median and our slowest place, and the peer's median."""
    engine, nodes = NetworkEngine(ground), ground.network.nodes

    def ours(junction: int) -> Geometry:
        return engine.isochrone(Point(*nodes[junction]), SECONDS, is_inward=False).area

    def peer(junction: int) -> Geometry:
        reached = np.isfinite(dijkstra(arcs, indices=junction, limit=SECONDS)[: len(nodes)])
        return shapely.concave_hull(shapely.multipoints(nodes[reached]), ratio=HULL)

    each = [median_of(RUNS, partial(milliseconds, partial(ours, int(one)))) for one in junctions]
    theirs = [median_of(RUNS, partial(milliseconds, partial(peer, int(one)))) for one in junctions]
    return statistics.median(each), max(each), statistics.median(theirs)
