"""The road network of one city as arrays: junctions, edges between them, and the shape of each edge.

Edges keep the order of the roads they were built from; every "lowest edge" rule means this order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString

from geo_app.roads.model import (
    OPEN,
    BrokenRoad,
    Flags,
    Floats,
    Indices,
    Integers,
    Mode,
    Restriction,
    Road,
)

LOOSE_END = 1.0
"""Metres a road's end may lie beside its junction; it is moved there."""


class Shape(NamedTuple):
    """The lines of all edges, one after the other: what kernels need to find and cut them."""

    vertices: Floats
    along: Floats
    """Metres from the start of its edge to each vertex."""
    edge_of: Indices


@dataclass(frozen=True, slots=True)
class Network:
    """Edges with their junctions; edge `i` has the vertices `first[i]:first[i + 1]`, in the city's metric CRS."""

    nodes: Floats
    starts: Indices
    ends: Indices
    lengths: Floats
    oneways: Indices
    classes: Indices
    names: Indices
    sources: Integers
    limits: Floats
    """km/h, infinite where there is none."""
    barred: Flags
    private: Flags
    both_ways: Flags
    """`Access` by edge: one `bit` for each mode."""
    first: Integers
    shape: Shape
    class_names: tuple[str, ...]
    street_names: tuple[str, ...]


def build(roads: Sequence[Road]) -> Network:
    """Return the network of `roads`; BrokenRoad names the first one that cannot stand in it."""
    for road in roads:
        _check(road)
    lines = np.array([road.geometry for road in roads], dtype=object)
    ids = np.array([(road.from_node, road.to_node) for road in roads], dtype=np.int64).reshape(-1, 2)
    counts = shapely.get_num_coordinates(lines) if len(roads) else np.zeros(0, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    vertices = shapely.get_coordinates(lines).astype(np.float64)
    nodes, ends = _join(roads, ids, vertices, first)
    edge_of = np.repeat(np.arange(len(roads), dtype=np.int32), counts)
    along = _along(vertices, first)
    class_names, classes = _numbered([road.road_class for road in roads])
    street_names, names = _numbered([road.name for road in roads])
    return Network(
        nodes=nodes,
        starts=np.ascontiguousarray(ends[:, 0]),
        ends=np.ascontiguousarray(ends[:, 1]),
        lengths=along[first[1:] - 1] if len(roads) else np.zeros(0),
        oneways=np.array([road.oneway for road in roads], dtype=np.int32),
        classes=classes,
        names=names,
        sources=np.array([road.source_id for road in roads], dtype=np.int64),
        limits=np.array([road.maxspeed or np.inf for road in roads], dtype=np.float64),
        barred=_bits([road.access.barred for road in roads]),
        private=_bits([road.access.private for road in roads]),
        both_ways=_bits([road.access.both_ways for road in roads]),
        first=first,
        shape=Shape(vertices, along, edge_of),
        class_names=class_names,
        street_names=street_names,
    )


def bit(mode: Mode) -> int:
    """Return the bit that stands for `mode`."""
    return 1 << list(Mode).index(mode)


def check(network: Network, restrictions: Sequence[Restriction]) -> None:
    """Raise BrokenRoad for the first restriction that is no way through `network`."""
    most = 2 * len(network.starts)
    for one in restrictions:
        if len(one.travels) < 2 or not all(0 <= travel < most for travel in one.travels):
            raise BrokenRoad(one.source_id, "restriction", "must name two roads of the network or more")
        for came, goes in pairwise(one.travels):
            if tips(network, came)[1] != tips(network, goes)[0]:
                raise BrokenRoad(one.source_id, "restriction", "must name roads that follow each other")


def tips(network: Network, travel: int) -> tuple[int, int]:
    """Return the junctions where `travel` begins and ends."""
    edge = travel >> 1
    both = int(network.starts[edge]), int(network.ends[edge])
    return both[::-1] if travel & 1 else both


def fingerprint(srid: int, roads: Sequence[Road], restrictions: Sequence[Restriction] = ()) -> str:
    """Return the version of a network: the SHA-256 of everything it is made of, in order."""
    found = hashlib.sha256(f"{srid}".encode())
    for road in roads:
        fields = (road.source_id, road.from_node, road.to_node, road.road_class, road.name, road.oneway)
        found.update(repr(fields).encode())
        found.update(shapely.get_coordinates(road.geometry).tobytes())
        if road.maxspeed is not None or road.access != OPEN:
            found.update(repr((road.maxspeed, *map(sorted, astuple(road.access)))).encode())
    for one in restrictions:
        found.update(repr((one.source_id, one.is_only, one.travels, sorted(one.modes))).encode())
    return found.hexdigest()


def _check(road: Road) -> None:
    if road.oneway not in (-1, 0, 1):
        raise BrokenRoad(road.source_id, "oneway", f"must be 1, -1 or 0, got {road.oneway!r}")
    if road.maxspeed is not None and not 0 < road.maxspeed < np.inf:
        raise BrokenRoad(road.source_id, "maxspeed", f"must be more than 0 km/h, got {road.maxspeed!r}")
    line = road.geometry
    if not isinstance(line, LineString) or line.is_empty:
        raise BrokenRoad(road.source_id, "geometry", "must be one line with at least two points")
    if not np.isfinite(shapely.get_coordinates(line)).all():
        raise BrokenRoad(road.source_id, "geometry", "must have finite coordinates")


def _join(roads: Sequence[Road], ids: Integers, vertices: Floats, first: Integers) -> tuple[Floats, Indices]:
    """Number the junctions, and move the ends of `vertices` onto the place each was first seen at.

    Then lines connect without a gap and no way is shorter than the straight line: the search relies on it.
    """
    tips = np.stack([first[:-1], first[1:] - 1], axis=1)
    _, seen, ends = np.unique(ids, return_index=True, return_inverse=True)
    nodes = vertices[tips.ravel()[seen]]
    ends = ends.reshape(-1, 2)
    loose = np.hypot(*np.moveaxis(vertices[tips] - nodes[ends], -1, 0))
    for edge, tip in np.argwhere(loose > LOOSE_END)[:1]:
        field = ("from_node", "to_node")[tip]
        away = f"{loose[edge, tip]:.1f} m from where other roads place node {ids[edge, tip]}"
        raise BrokenRoad(roads[edge].source_id, field, f"must be at most {LOOSE_END:g} m off; it is {away}")
    vertices[tips] = nodes[ends]
    return nodes, ends.astype(np.int32)


def _along(vertices: Floats, first: Integers) -> Floats:
    """Return the metres from the start of its edge to each vertex, summed edge by edge.

    One running sum over the whole city would cost the last edges their micrometres.
    """
    steps = np.zeros(len(vertices))
    steps[1:] = np.hypot(*(vertices[1:] - vertices[:-1]).T)
    steps[first[:-1]] = 0.0
    for edge in np.flatnonzero(np.diff(first) > 2):
        part = slice(first[edge], first[edge + 1])
        steps[part] = np.cumsum(steps[part])
    return steps


def _bits(modes: Sequence[frozenset[Mode]]) -> Flags:
    return np.array([sum(map(bit, some)) for some in modes], dtype=np.uint8)


def _numbered(words: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    """Return the different words in order, and the number of each given one."""
    different = tuple(sorted(set(words)))
    number = {word: index for index, word in enumerate(different)}
    return different, np.array([number[word] for word in words], dtype=np.int32)
