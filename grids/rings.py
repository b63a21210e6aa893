"""Rings of cells as whole millimetres: two vertices are the same when their numbers are.

Everything edits decide about borders they decide here, on pairs of integers, never on rounded metres.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

Vertex = tuple[int, int]
"""East and north of the city's metric frame, in millimetres."""
Edge = tuple[Vertex, Vertex]
"""Two vertices of a border, the lesser first."""
Ring = tuple[Vertex, ...]
"""A closed ring: the first vertex stands once more at the end."""
Chain = tuple[Vertex, ...]
"""Part of a border from one vertex to another, or a line."""

PER_METRE = 1000
FEWEST = 4
"""Vertices of a closed ring, the first one counted twice."""


def rings(polygon: Polygon) -> tuple[Ring, ...]:
    """Return the outer ring and the holes of `polygon`."""
    return tuple(vertices(ring) for ring in (polygon.exterior, *polygon.interiors))


def vertices(line: LineString) -> Chain:
    """Return the vertices of a line on the 1 mm grid."""
    whole = np.rint(shapely.get_coordinates(line) * PER_METRE).astype(np.int64)
    return tuple(zip(whole[:, 0].tolist(), whole[:, 1].tolist(), strict=True))


def polygon(of: Sequence[Ring]) -> Polygon:
    """Return the polygon of an outer ring and its holes."""
    shell, *holes = (np.array(ring) / PER_METRE for ring in of)
    return Polygon(shell, holes)


def point(vertex: Vertex) -> Point:
    """Return `vertex` as a place."""
    return Point(vertex[0] / PER_METRE, vertex[1] / PER_METRE)


def line(chain: Sequence[Vertex]) -> LineString:
    """Return `chain` as a place; two vertices at least."""
    return LineString(np.array(chain) / PER_METRE)


def box(chain: Sequence[Vertex]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of `chain` in metres."""
    xy = np.array(chain) / PER_METRE
    west, south = xy.min(axis=0).tolist()
    east, north = xy.max(axis=0).tolist()
    return west, south, east, north


def edge(a: Vertex, b: Vertex) -> Edge:
    """Return the edge between two vertices, whichever way it is gone."""
    return (a, b) if a < b else (b, a)


def edges(chain: Sequence[Vertex]) -> list[Edge]:
    """Return the edges along `chain`."""
    return [(a, b) if a < b else (b, a) for a, b in pairwise(chain)]


def outer(polygons: Iterable[Polygon]) -> set[Edge]:
    """Return the edges that an odd number of rings go along: the outer linework of polygons that match."""
    found: set[Edge] = set()
    for one in polygons:
        for ring in rings(one):
            found.symmetric_difference_update(edges(ring))
    return found


def with_moved(ring: Ring, at: Vertex, to: Vertex) -> Ring:
    """Return `ring` with each vertex `at` moved to `to`; it begins where it began."""
    return tuple(to if one == at else one for one in ring)


def with_inserted(ring: Ring, nodes: Mapping[Edge, Chain]) -> Ring:
    """Return `ring` with `nodes`, from the lesser end of each edge to the other, put into its edges."""
    found: list[Vertex] = [ring[0]]
    for a, b in pairwise(ring):
        between = nodes.get(edge(a, b), ())
        found += between if a < b else between[::-1]
        found.append(b)
    return tuple(found)


def without(ring: Ring, at: Vertex) -> Ring:
    """Return `ring` without the vertex `at`, where it stands once."""
    left = [one for one in ring[:-1] if one != at]
    return (*left, left[0]) if left else ()


def replaced(ring: Ring, was: Chain, now: Chain) -> Ring | None:
    """Return `ring` with the part `was` made `now`, in whichever direction it lies; None when it has no such part."""
    for old, new in ((was, now), (was[::-1], now[::-1])):
        start = _start(ring, old)
        if start is not None:
            turned = ring[start:-1] + ring[:start]
            left = (*new, *turned[len(old) :])
            return (*left, left[0]) if left[0] != left[-1] else left
    return None


def _start(ring: Ring, part: Chain) -> int | None:
    """Return where in `ring` the vertices `part` begin, going round its end; None when they do not stand in it."""
    open_ring = ring[:-1]
    if part[0] not in open_ring or len(part) > len(ring):
        return None
    start = open_ring.index(part[0])
    twice = open_ring + open_ring
    return start if twice[start : start + len(part)] == part else None


def is_beside(a: Vertex, b: Vertex, nodes: Sequence[Vertex]) -> bool:
    """Return whether `nodes` lie within a millimetre of the edge from `a` to `b`, one after the other."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0
    for x, y in nodes:
        px, py = x - a[0], y - a[1]
        reached = dx * px + dy * py
        if (dx * py - dy * px) ** 2 > length or not along < reached < length:
            return False
        along = reached
    return True
