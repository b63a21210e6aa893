"""The way of an answer, piece by piece: from the responder on foot to the road, along it, on foot to the target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from shapely import LineString

from geo_app.roads.ends import WALK_COST
from geo_app.roads.graph import Star
from geo_app.roads.model import Floats
from geo_app.roads.nearest import Answer
from geo_app.roads.network import Network

ON_FOOT = -1


class Piece(NamedTuple):
    """A stretch of a way: on one edge (`travel` as in `Star`), or ON_FOOT beside the roads."""

    travel: int
    cost: int
    """Microseconds, with what turning round into it costs."""
    metres: float
    vertices: Floats
    """In the order of travel, from where it begins to where it ends."""


def pieces(
    network: Network, star: Star, answer: Answer, points: tuple[Floats, Floats], found: int
) -> Iterator[Piece]:
    """Yield the pieces of the way of the goal numbered `found`; `points` are the responder and the target.

    Their costs add up to the cost of the goal, to the microsecond.
    """
    row = int(answer.found.goals[found]) + 1
    hook, start = int(answer.found.hooks[found]), int(answer.found.starts[found])
    snaps, arcs = answer.snaps, answer.found.arcs[answer.found.first[found] : answer.found.first[found + 1]]
    walks = np.rint(snaps.aways[[row, 0]] * WALK_COST).astype(np.int64).tolist()
    here, there = snaps.places[row : row + 1], snaps.places[0:1]
    yield Piece(ON_FOOT, walks[0], float(snaps.aways[row]), np.concatenate([points[0].reshape(1, 2), here]))
    begun = (float(snaps.offsets[row]), float(answer.hooks.exits[hook]))
    cost = int(answer.hooks.costs[hook]) - walks[0]
    if start < 0:
        yield _part(network, int(snaps.edges[row]), cost - walks[1], begun, (here, there))
    else:
        yield _part(network, int(snaps.edges[row]), cost, begun, (here, here[:0]))
        for arc in arcs.tolist():
            travel = int(star.travels[arc])
            whole = (0.0, float(network.lengths[travel >> 1]))
            ends = whole[::-1] if travel & 1 else whole
            yield _part(network, travel >> 1, int(star.costs[arc]), ends, (here[:0], here[:0]))
        last = (float(answer.starts.entries[start]), float(snaps.offsets[0]))
        cost = int(answer.starts.costs[start]) - walks[1]
        yield _part(network, int(snaps.edges[0]), cost, last, (there[:0], there))
    yield Piece(ON_FOOT, walks[1], float(snaps.aways[0]), np.concatenate([there, points[1].reshape(1, 2)]))


def of(way: list[Piece]) -> LineString:
    """Return the line of a way.

    A way of no length is a line with two equal points, so it can be drawn and stored like any other.
    """
    vertices = np.concatenate([piece.vertices for piece in way])
    moves = np.ones(len(vertices), dtype=bool)
    moves[1:] = (vertices[1:] != vertices[:-1]).any(axis=1)
    different = vertices[moves]
    return LineString(different if len(different) > 1 else np.repeat(different, 2, axis=0))


def cut(network: Network, edge: int, begin: float, end: float) -> Floats:
    """Return the vertices of `edge` strictly between two offsets, and its own ends where an offset reaches them."""
    vertices = slice(network.first[edge], network.first[edge + 1])
    along, shape = network.shape.along[vertices], network.shape.vertices[vertices]
    low, high = min(begin, end), max(begin, end)
    inside = (along > low) & (along < high)
    inside[0] = low <= 0.0
    inside[-1] |= high >= along[-1]
    between: Floats = shape[inside]
    return between if begin <= end else between[::-1]


def _part(
    network: Network, edge: int, cost: int, ends: tuple[float, float], places: tuple[Floats, Floats]
) -> Piece:
    """Return the piece of an edge between two offsets; `places` are its ends where they are no vertices."""
    begin, end = ends
    vertices = np.concatenate([places[0], cut(network, edge, begin, end), places[1]])
    return Piece(2 * edge + (end < begin), cost, abs(end - begin), vertices)
