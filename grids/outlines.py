"""Outlines for the screen: a partition with fewer vertices, on a coarse grid, and still without gap or overlap.

The whole partition is simplified as one coverage, then every vertex goes to the nearest whole number. A vertex
that neighbours share stays shared. Where rounding pushes a border across another one, the cells around are drawn
anew from their rounded borders: all crossings become vertices, and every face between borders goes to the cell
whose ground it was. So a cell too small for the grid vanishes without a hole, and a cell with a neck narrower than
the grid falls into parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]
Segments = Counter[tuple[float, float, float, float]]
NEAR = 2.0
"""Cells whose boxes are so many grid units apart may touch once they are rounded."""


def draw(polygons: Sequence[BaseGeometry | None] | Shapes, tolerance: float) -> Shapes:
    """Return the outlines of a whole partition, all vertices whole numbers; None for one too small to be seen.

    `polygons` are in units of the grid, each a valid polygon of one part or more; None is nothing, and stays so.
    `tolerance` is the side of the square as large as the largest triangle that a vertex less may cost.
    Outlines are valid polygons of one part or more, the outer ring against the clock; where two meet they have
    the same vertices.
    """
    given: Shapes = np.asarray(polygons, dtype=object)
    drawn: Shapes = np.full(len(given), None, dtype=object)
    there = np.flatnonzero(~shapely.is_missing(given))
    if not len(there):
        return drawn
    simple: Shapes = shapely.coverage_simplify(given[there], tolerance)
    rounded: Shapes = shapely.transform(simple, np.rint)
    bad = _broken(rounded)
    found = rounded.copy()
    found[~bad] = shapely.remove_repeated_points(rounded[~bad], 0.0)
    if bad.any():
        numbers, mended = _mend(simple, rounded, bad)
        found[numbers] = mended
    seen = shapely.area(found) > 0
    drawn[there[seen]] = shapely.orient_polygons(found[seen])
    return drawn


def union(outlines: Shapes) -> BaseGeometry | None:
    """Return the outline of several cells of one drawing, None when none of them is to be seen."""
    seen = outlines[~shapely.is_missing(outlines)]
    if not len(seen):
        return None
    whole: BaseGeometry = shapely.orient_polygons(shapely.coverage_union_all(seen))
    return whole


def _broken(rounded: Shapes) -> np.ndarray:
    """Return which outlines are no polygons any more, or do not fit their neighbours."""
    bad = ~shapely.is_valid(rounded) | (shapely.area(rounded) == 0)
    good = np.flatnonzero(~bad)
    if len(good) and not shapely.coverage_is_valid(rounded[good]):
        bad[good] = ~shapely.is_empty(shapely.coverage_invalid_edges(rounded[good]))
    return np.asarray(bad)


def _mend(simple: Shapes, rounded: Shapes, bad: np.ndarray) -> tuple[np.ndarray, Shapes]:
    """Return the numbers of the cells around broken ones, and their outlines drawn anew.

    More and more cells are taken until the borders towards all others stay as they are.
    """
    tree = shapely.STRtree(rounded)
    chosen = bad
    while True:
        chosen = _with_neighbours(tree, rounded, chosen)
        numbers = np.flatnonzero(chosen)
        mended = _redrawn(simple[numbers], rounded[numbers])
        around = _with_neighbours(tree, rounded, chosen) & ~chosen
        if not around.any() or _fit(rounded[numbers], mended, rounded[around]):
            return numbers, mended
        chosen = chosen | around


def _with_neighbours(tree: shapely.STRtree, rounded: Shapes, chosen: np.ndarray) -> np.ndarray:
    west, south, east, north = shapely.bounds(rounded[chosen]).T
    boxes = shapely.box(west - NEAR, south - NEAR, east + NEAR, north + NEAR)
    found = chosen.copy()
    found[tree.query(boxes)[1]] = True
    return found


def _redrawn(simple: Shapes, rounded: Shapes) -> Shapes:
    """Return outlines made of the faces between all rounded borders, each given to the cell whose ground it was."""
    xy, ring = _rings(rounded)
    lines = shapely.union_all(shapely.linestrings(xy, indices=ring), grid_size=1.0)
    faces: Shapes = np.array(shapely.get_parts(shapely.polygonize([lines])), dtype=object)
    places = shapely.point_on_surface(faces)
    which, owner = shapely.STRtree(simple).query(places, predicate="intersects")
    owners = np.full(len(faces), -1)
    owners[which[::-1]] = owner[::-1]
    drawn: Shapes = np.full(len(rounded), None, dtype=object)
    order = np.argsort(owners, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(owners[order])) + 1):
        if len(group) and owners[group[0]] >= 0:
            drawn[owners[group[0]]] = shapely.coverage_union_all(faces[group])
    return drawn


def _rings(shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of all rings and the number of each one's ring; a ring that is a point is left out."""
    rings = shapely.get_rings(shapely.get_parts(shapes))
    xy, ring = shapely.get_coordinates(rings[shapely.length(rings) > 0], return_index=True)
    return xy, ring


def _fit(before: Shapes, after: Shapes, around: Shapes) -> bool:
    """Return whether the border between some cells and those around them is the same as before."""
    others = _segments(around)
    was, now = (_once(_segments(shapes)) & others.keys() for shapes in (before, after))
    return was == now


def _once(segments: Segments) -> set[tuple[float, float, float, float]]:
    return {segment for segment, times in segments.items() if times % 2}


def _segments(shapes: Shapes) -> Segments:
    """Return every side of every ring, its lower end first, and how often it is there."""
    xy, ring = _rings(shapes[~shapely.is_missing(shapes)])
    inside = ring[:-1] == ring[1:]
    start, end = xy[:-1][inside], xy[1:][inside]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap]
    return Counter(map(tuple, np.column_stack([start, end]).tolist()))
