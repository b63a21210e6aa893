"""The way of an answer as a line: from the responder on foot to the road, along it, and on foot to the target."""

from __future__ import annotations

import numpy as np
from shapely import LineString

from geo_app.roads.graph import Star
from geo_app.roads.model import Floats
from geo_app.roads.nearest import Answer
from geo_app.roads.network import Network


def of(network: Network, star: Star, answer: Answer, points: tuple[Floats, Floats], found: int) -> LineString:
    """Return the line of the goal numbered `found` in the answer; `points` are the responder and the target.

    A way of no length is a line with two equal points, so it can be drawn and stored like any other.
    """
    row = int(answer.found.goals[found]) + 1
    hook, start = int(answer.found.hooks[found]), int(answer.found.starts[found])
    snaps, arcs = answer.snaps, answer.found.arcs[answer.found.first[found] : answer.found.first[found + 1]]
    parts = [points[0].reshape(1, 2), snaps.places[row : row + 1]]
    parts.append(cut(network, snaps.edges[row], snaps.offsets[row], answer.hooks.exits[hook]))
    for travel in star.travels[arcs]:
        whole = (0.0, network.lengths[travel >> 1])
        parts.append(cut(network, travel >> 1, *(reversed(whole) if travel & 1 else whole)))
    if start >= 0:
        parts.append(cut(network, snaps.edges[0], answer.starts.entries[start], snaps.offsets[0]))
    return _line(np.concatenate([*parts, snaps.places[0:1], points[1].reshape(1, 2)]))


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


def _line(vertices: Floats) -> LineString:
    moves = np.ones(len(vertices), dtype=bool)
    moves[1:] = (vertices[1:] != vertices[:-1]).any(axis=1)
    different = vertices[moves]
    return LineString(different if len(different) > 1 else np.repeat(different, 2, axis=0))
