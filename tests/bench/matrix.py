"""How fast travel times from one to a thousand are, in three real cities under their restrictions, against pgRouting.

Everybody stands on a junction, so the peer needs to bring nobody onto a road; it searches the very same states, every
turn an arc, as a table of edges. Ours gets points in metres and brings them onto the roads within its time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg2.extensions
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.graph import MICROSECONDS, Graph
from geo_app.roads.model import Floats, Integers, Mode
from tests.bench import databases
from tests.bench.registry import Row, median_of, milliseconds, row, times_better
from tests.property.roads import cities

RUNS, TARGETS, MANY = 5, 1000, 10
CLOSE = 1e-3
"""Seconds two sums of rounded times may differ by."""
INSTALL = "pgRouting is not installed: apt-get install postgresql-15-pgrouting"
COSTS = """
    SELECT end_vid, agg_cost
    FROM pgr_dijkstraCost('SELECT id, source, target, cost FROM arc', %s, %s::bigint[], directed => true)"""


@row("matrix")
def matrix() -> Row:
    """Time the roads of Porto with all their restrictions."""
    return times("matrix", "porto", Mode.CAR)


@row("matrix-manhattan")
def matrix_manhattan() -> Row:
    """Time the streets of Manhattan."""
    return times("matrix-manhattan", "manhattan", Mode.EMERGENCY)


@row("matrix-beijing")
def matrix_beijing() -> Row:
    """Time the roads of Beijing that come with 回天."""
    return times("matrix-beijing", "huitian", Mode.CAR)


def times(name: str, city: str, mode: Mode) -> Row:
    """Return the row of one city: one to a thousand, and in the note ten to a thousand and scipy."""
    if "GEO_DATA" not in os.environ:
        raise SystemExit(f"{name} measures real cities: set GEO_DATA to the folder of their data")
    roads, restrictions = cities.from_kit(Path(os.environ["GEO_DATA"]), city)
    network = networks.build(roads)
    ground = kept.build(network, restrictions)[mode]
    engine, graph = NetworkEngine(ground), ground.graph
    stands = standing(network.nodes, graph)
    starts, targets = stands[:MANY], stands[MANY:]
    here, there = network.nodes[starts], network.nodes[targets]
    ours = engine.travel_times(here[:1], there)[0]
    figure = median_of(RUNS, lambda: milliseconds(lambda: engine.travel_times(here[:1], there)))
    ten = median_of(RUNS, lambda: milliseconds(lambda: engine.travel_times(here, there)))
    table = arcs(graph)
    plain = median_of(RUNS, lambda: milliseconds(lambda: by_scipy(table, graph, starts[0], targets)))
    is_same = same(ours, by_scipy(table, graph, starts[0], targets))
    size = f"{len(network.nodes)} junctions, {graph.splits[-1]} states for {len(restrictions)} restrictions"
    note = f"{size}; {MANY} x {TARGETS} {ten:.1f} ms; scipy 1 x {TARGETS} {plain:.1f} ms, without bringing on roads"
    peer, theirs = "scipy.sparse.csgraph.dijkstra", plain
    with databases.routing() as cursor:
        if cursor is None:
            note = f"{INSTALL}; {note}"
        else:
            peer = "pgRouting"
            fill(cursor, graph)
            is_same = is_same and same(ours, by_pgrouting(cursor, graph, starts[0], targets))
            theirs = median_of(
                RUNS, lambda: milliseconds(lambda: by_pgrouting(cursor, graph, starts[0], targets))
            )
    ratio = times_better(figure, theirs)
    return Row(name, figure, "ms", peer=peer, peer_figure=theirs, ratio=ratio, equal=is_same, note=note)


def same(ours: Floats, theirs: Floats) -> bool:
    """Return whether all times are the same, those that are infinite as well."""
    return bool(np.allclose(ours, theirs, rtol=0, atol=CLOSE))


def standing(nodes: Floats, graph: Graph) -> Integers:
    """Return junctions with a place of their own which the mode can leave and get to, chosen by chance."""
    return np.random.default_rng(20260126).choice(usable(nodes, graph), MANY + TARGETS, replace=False)


def usable(nodes: Floats, graph: Graph) -> Integers:
    """Return the junctions with a place of their own which the mode can leave."""
    star, count = graph.outward, len(graph.splits) - 1
    is_used = np.zeros(count, dtype=bool)
    is_used[star.origins[star.origins < count]] = True
    _, first, often = np.unique(np.round(nodes, 4), axis=0, return_index=True, return_counts=True)
    return np.sort(first[(often == 1) & is_used[first]])


def by_scipy(table: csr_array, graph: Graph, start: int, targets: Integers) -> Floats:
    """Return the seconds from a junction to others, whatever state one comes in."""
    reached = dijkstra(table, indices=start)
    return _soonest(reached.__getitem__, graph, targets)


def by_pgrouting(cursor: psycopg2.extensions.cursor, graph: Graph, start: int, targets: Integers) -> Floats:
    """Return the seconds from a junction to others by pgr_dijkstraCost over the table `fill` made."""
    wanted = sorted(
        {int(state) for target in targets for state in _states(graph, int(target))} - {int(start)}
    )
    cursor.execute(COSTS, (int(start), wanted))
    reached = dict(cursor.fetchall()) | {int(start): 0.0}
    return _soonest(lambda state: reached.get(state, np.inf), graph, targets)


def fill(cursor: psycopg2.extensions.cursor, graph: Graph) -> None:
    """Write all arcs between states into the table `arc`."""
    star = graph.outward
    cursor.execute(
        "CREATE TABLE arc (id bigint PRIMARY KEY, source bigint, target bigint, cost double precision)"
    )
    for first in range(0, len(star.nexts), 10_000):
        part = slice(first, first + 10_000)
        columns = [
            star.origins[part].tolist(),
            star.nexts[part].tolist(),
            (star.costs[part] / MICROSECONDS).tolist(),
        ]
        numbers = list(range(first, first + len(columns[0])))
        cursor.execute(
            "INSERT INTO arc SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::float8[])",
            (numbers, *columns),
        )
    cursor.execute("ANALYZE arc")


def arcs(graph: Graph) -> csr_array:
    """Return the cheapest arc between each two states; scipy would add up those that run side by side."""
    star = graph.outward
    order = np.lexsort((star.costs, star.nexts, star.origins))
    ends = np.stack([star.origins, star.nexts], axis=1)[order]
    first = np.append(True, (ends[1:] != ends[:-1]).any(axis=1))
    seconds = star.costs[order][first] / MICROSECONDS
    count = len(star.offsets) - 1
    return csr_array((seconds, (ends[first, 0], ends[first, 1])), shape=(count, count))


def _states(graph: Graph, junction: int) -> list[int]:
    """Return the states of somebody who is at a junction: on its own, and those that remember a travel."""
    junctions = len(graph.splits) - 1
    splits = range(int(graph.splits[junction]), int(graph.splits[junction + 1]))
    return [junction, *(junctions + number for number in splits)]


def _soonest(seconds: Callable[[int], float], graph: Graph, targets: Integers) -> Floats:
    return np.array([
        min(seconds(state) for state in _states(graph, int(target))) for target in targets
    ])  # fmt: skip
