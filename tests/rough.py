"""Partitions that are hard to draw: islands, corridors a hand wide, crumbs, junctions in a side, several pieces."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import Polygon

from grids.model import on_millimetres

CRUMB = 0.3
"""Metres along the side of the smallest cells."""


def cells(seed: int, *, extent: float = 1_200.0, lines: int = 12) -> list[Polygon]:
    """Return the cells of a partition about `extent` metres wide around 0, 0, without gap or overlap.

    Random lines cut a square; a corridor crosses it, islands and a heap of crumbs lie in it, some neighbours are
    united, which leaves junctions in straight sides, and a second piece of the city lies beside it.
    """
    rng = np.random.default_rng(seed)
    half = extent / 2
    square = shapely.box(-half, -half, half * 0.6, half)
    beside = shapely.box(half * 0.8, -half * 0.2, half, half * 0.1)
    cuts = [shapely.LineString(rng.uniform(-half, half, (3, 2))) for _ in range(lines)]
    corridor = [
        shapely.LineString([(-half, at), (half, at + 40.0)]) for at in (10.0, 10.0 + rng.uniform(0.1, 3))
    ]
    islands = [
        shapely.Point(rng.uniform(-half, half * 0.5, 2)).buffer(rng.uniform(0.2, 60.0), quad_segs=4)
        for _ in range(5)
    ]
    x, y = rng.uniform(-half / 2, half / 2, 2)
    crumbs = [
        shapely.box(x + i * CRUMB, y + j * CRUMB, x + (i + 1) * CRUMB, y + (j + 1) * CRUMB)
        for i in range(4)
        for j in range(4)
    ]
    borders = [
        square.boundary,
        beside.boundary,
        *cuts,
        *corridor,
        *(one.boundary for one in [*islands, *crumbs]),
    ]
    inside = shapely.intersection(borders, shapely.union_all([square, beside]))
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(inside, grid_size=0.001)]))
    exact = [shapely.transform(face, on_millimetres) for face in faces]
    return [one for one in _united(exact, rng) if isinstance(one, Polygon)]


def _united(faces: list[Polygon], rng: np.random.Generator) -> list[shapely.Geometry]:
    """Return the faces, some of them united with a neighbour if that makes one polygon."""
    left: dict[int, shapely.Geometry] = dict(enumerate(faces))
    tree = shapely.STRtree(faces)
    for number in rng.permutation(len(faces))[: len(faces) // 4].tolist():
        for other in tree.query(faces[number], predicate="touches").tolist():
            if number in left and other in left and other != number:
                both = shapely.coverage_union_all([left[number], left[other]])
                if isinstance(both, Polygon):
                    left[number] = both
                    del left[other]
                    break
    return list(left.values())
