"""Where borders of cells do not match: found by edges that are not gone once in each direction.

Every border between two cells is gone forward by one and backward by the other. Where all edges are, each point has
exactly one cell; so whatever overlaps, is missed or lies beyond the declared land is enclosed by edges that are not.
Only those are looked at, however large the city.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from grids import noding, partition
from grids.defects import Shapes, width
from grids.model import MILLIMETRE

OUTSIDE = -1
"""Stands for the owner of an edge of the declared land."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges without a partner: where they begin and end, and index of their cell."""

    start: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    end: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    owner: np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Which cells, by index, have land that is not theirs alone; and junctions missing, by pair of cells."""

    touched: frozenset[int]
    beside: frozenset[int]
    """Of those touched, the ones that match, but with a vertex less than a millimetre beside a border."""
    nodes: Mapping[tuple[int, int], np.ndarray]
    """(cell without the vertex, cell with it): x, y of each."""


def mismatch(shapes: Shapes, land: BaseGeometry | None) -> Mismatch:
    """Return where valid polygons, on the millimetre grid, do not make one whole."""
    loose = edges(shapes, land)
    near_miss = frozenset(partition.suspects(shapes).tolist())
    if not len(loose.owner):
        return Mismatch(near_miss, near_miss, {})
    tree = shapely.STRtree(shapes)
    nodes = _nodes(loose)
    touched = {index for pair in nodes for index in pair}
    bad = _bad_faces(loose, tree, land)
    if len(bad):
        _, near = tree.query(bad, predicate="dwithin", distance=MILLIMETRE)
        touched.update(near.tolist())
    return Mismatch(near_miss.union(touched), near_miss.difference(touched), nodes)


def edges(shapes: Shapes, land: BaseGeometry | None) -> Edges:
    """Return the edges that are not gone exactly once forward and once backward; `land` goes round backward."""
    rings = list(shapely.orient_polygons(shapes))
    owners = list(range(len(rings)))
    if land is not None:
        rings.append(shapely.orient_polygons(land, exterior_cw=True))
        owners.append(OUTSIDE)
    lines, owner_of_line = shapely.get_rings(np.array(rings, dtype=object), return_index=True)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(xy * 1000).astype(np.int64)
    low = whole.min(axis=0, initial=2**62)
    height = int(whole[:, 1].max(initial=0) - low[1]) + 1
    _, place = np.unique((whole[:, 0] - low[0]) * height + (whole[:, 1] - low[1]), return_inverse=True)
    at = np.flatnonzero((line[:-1] == line[1:]) & (place[:-1] != place[1:]))
    start, end, count = place[at], place[at + 1], int(place.max(initial=0)) + 1
    forward, backward = start * count + end, end * count + start
    keys, times = np.unique(forward, return_counts=True)
    partner = np.minimum(np.searchsorted(keys, backward), len(keys) - 1)
    is_paired = (keys[partner] == backward) & (times[partner] == 1)
    is_paired &= times[np.searchsorted(keys, forward)] == 1
    chosen = at[~is_paired]
    return Edges(xy[chosen], xy[chosen + 1], np.array(owners)[owner_of_line[line[chosen]]])


def _nodes(loose: Edges) -> dict[tuple[int, int], np.ndarray]:
    """Return the vertices of one cell that lie in an edge of another which has none there."""
    ours = loose.owner != OUTSIDE
    start, end, owner = loose.start[ours], loose.end[ours], loose.owner[ours]
    if not len(owner):
        return {}
    tree = shapely.STRtree(np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object))
    having: dict[tuple[float, float], set[int]] = defaultdict(set)
    for (x, y), cell in zip(np.concatenate([start, end]).tolist(), [*owner.tolist()] * 2, strict=True):
        having[x, y].add(cell)
    places = np.array(list(having))
    vertex, edge = tree.query(shapely.points(places), predicate="dwithin", distance=MILLIMETRE * 0.999)
    found: dict[tuple[int, int], set[tuple[float, float]]] = defaultdict(set)
    for one, other in zip(vertex.tolist(), owner[edge].tolist(), strict=True):
        x, y = places[one].tolist()
        if other not in having[x, y]:
            for cell in having[x, y]:
                found[other, cell].add((x, y))
    return {pair: np.array(sorted(places)) for pair, places in sorted(found.items())}


def _bad_faces(loose: Edges, tree: shapely.STRtree, land: BaseGeometry | None) -> Shapes:
    """Return the faces between loose edges that do not have exactly one cell, wider than a millimetre or not."""
    lines = np.asarray(shapely.linestrings(np.stack([loose.start, loose.end], axis=1)), dtype=object)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noding.noded(lines))))
    middles = shapely.point_on_surface(faces)
    claims = _claims(faces, middles, tree)
    if land is not None:
        shapely.prepare(land)
        claims = claims + ~shapely.intersects(land, middles)
    return np.asarray(faces[claims != 1], dtype=object)


def _claims(faces: Shapes, middles: Shapes, tree: shapely.STRtree) -> np.ndarray:
    """Return how many cells each face has; where its middle lies on a border of cells, a place beside it says so."""
    face, cell = tree.query(middles, predicate="intersects")
    claims = np.bincount(face, minlength=len(faces))
    several = np.flatnonzero(claims > 1)
    if len(several):
        first = cell[np.searchsorted(face, several)]
        beside = shapely.point_on_surface(shapely.intersection(faces[several], tree.geometries[first]))
        claims[several] = np.bincount(tree.query(beside, predicate="intersects")[0], minlength=len(several))
    return claims


def neighbourhood(touched: frozenset[int], shapes: Shapes) -> frozenset[int]:
    """Return the cells touched and those beside them, by index."""
    some = sorted(touched)
    _, near = shapely.STRtree(shapes).query(shapes[some], predicate="dwithin", distance=MILLIMETRE)
    return frozenset({*some, *near.tolist()})


def is_thin(shape: BaseGeometry) -> bool:
    """Return whether a shape is only what rounding leaves beside a border: nowhere wider than a millimetre.

    A long one may be a millimetre wide on the whole and two where it is widest; that is no rounding any more.
    """
    if width(shape) > MILLIMETRE:
        return False
    corner = np.array(shape.bounds[:2])
    millimetres = shapely.transform(shape, lambda xy: (xy - corner) / MILLIMETRE)
    return bool(shapely.is_empty(shapely.buffer(millimetres, -0.5, quad_segs=1)))


def necks(polygons: Sequence[Polygon], across: float) -> list[tuple[int, BaseGeometry]]:
    """Return which polygons fall apart when `across` metres are taken off their width, and where."""
    shapes = np.array(polygons, dtype=object)
    inner = shapely.buffer(shapes, -across / 2, quad_segs=1)
    found = []
    for index in np.flatnonzero(shapely.get_num_geometries(inner) > 1).tolist():
        parts = [part for part in shapely.get_parts(inner[index]) if part.area > 1.0]
        if len(parts) > 1:
            back = shapely.buffer(shapely.union_all(parts), across / 2 + MILLIMETRE, quad_segs=1)
            found.append((index, shapely.difference(shapes[index], back)))
    return found


def slivers(polygons: Sequence[Polygon], across: float) -> list[int]:
    """Return which polygons are nowhere wider than `across` metres."""
    shapes = np.array(polygons, dtype=object)
    around = np.maximum(shapely.length(shapes), MILLIMETRE)
    thin = np.flatnonzero(2 * shapely.area(shapes) / around <= across)  # the inscribed circle is no wider
    inner = shapely.buffer(shapes[thin], -across / 2, quad_segs=2)
    return [int(index) for index in thin[shapely.is_empty(inner)]]
