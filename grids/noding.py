"""Node all borders together on the millimetre grid, and the faces between them with what borders they share."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from grids.model import MILLIMETRE, on_millimetres

MOST_ROUNDS = 8
"""Times borders are bent to vertices beside them; one bend may bring a border near the next vertex."""
Faces = np.ndarray[tuple[int], np.dtype[np.object_]]


def faces(areas: Faces) -> Faces:
    """Return every face between the borders of `areas`, in order of their boxes."""
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded(shapely.boundary(areas)))))
    return np.array(sorted(found, key=lambda face: face.bounds), dtype=object)


def noded(borders: Faces) -> BaseGeometry:
    """Return lines noded on the millimetre grid, none less than a millimetre beside another's vertex.

    Noding alone leaves a border that passes a vertex by half a millimetre where it is: a notch nobody owns.
    """
    lines = shapely.transform(shapely.union_all(borders, grid_size=MILLIMETRE), on_millimetres)
    for _ in range(MOST_ROUNDS):
        drawn = _through_near_vertices(lines)
        if drawn is None:
            break
        lines = shapely.transform(shapely.union_all(drawn, grid_size=MILLIMETRE), on_millimetres)
    return lines


def _through_near_vertices(lines: BaseGeometry) -> Faces | None:
    """Return the segments of `lines`, bent to the vertices less than a millimetre beside them; None without such."""
    xy, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = line[:-1] == line[1:]
    starts, ends = xy[:-1][same], xy[1:][same]
    segments: Faces = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)), dtype=object)
    vertices = np.unique(xy, axis=0)
    vertex, segment = shapely.STRtree(segments).query(
        shapely.points(vertices), predicate="dwithin", distance=MILLIMETRE * 0.999
    )
    is_end = (vertices[vertex] == starts[segment]).all(axis=1) | (vertices[vertex] == ends[segment]).all(
        axis=1
    )
    beside: dict[int, list[int]] = defaultdict(list)
    for one, number in zip(vertex[~is_end].tolist(), segment[~is_end].tolist(), strict=True):
        beside[number].append(one)
    if not beside:
        return None
    for number, near in beside.items():
        way = sorted(near, key=lambda one: float(np.hypot(*(vertices[one] - starts[number]))))
        segments[number] = shapely.LineString([starts[number], *vertices[way], ends[number]])
    return segments


class Borders:
    """Metres of border that faces have in common; faces are noded, so common segments are equal segments."""

    def __init__(self, faces: Faces) -> None:
        self._lengths: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        rings, face_of_ring = shapely.get_rings(faces, return_index=True)
        xy, ring_of = shapely.get_coordinates(rings, return_index=True)
        same = ring_of[:-1] == ring_of[1:]
        starts, ends = xy[:-1][same], xy[1:][same]
        millimetres = np.rint(np.hstack([starts, ends]) * 1000).astype(np.int64)
        turn = (millimetres[:, 0] > millimetres[:, 2]) | (
            (millimetres[:, 0] == millimetres[:, 2]) & (millimetres[:, 1] > millimetres[:, 3])
        )
        millimetres[turn] = millimetres[turn][:, [2, 3, 0, 1]]
        order = np.lexsort(millimetres.T)
        owners = face_of_ring[ring_of[:-1][same]][order]
        lengths = np.hypot(*(ends - starts).T)[order]
        equal = np.flatnonzero((np.diff(millimetres[order], axis=0) == 0).all(axis=1))
        for at in equal.tolist():
            one, other = int(owners[at]), int(owners[at + 1])
            self._lengths[one][other] += float(lengths[at])
            self._lengths[other][one] += float(lengths[at])

    def with_owners(self, face: int, owners: np.ndarray) -> dict[int, float]:
        """Return the metres that `face` has in common with each owner around it."""
        found: dict[int, float] = defaultdict(float)
        for other, length in self._lengths[face].items():
            if owners[other] >= 0:
                found[int(owners[other])] += length
        return found

    def beside(self, face: int) -> list[int]:
        """Return the faces that have a border in common with `face`."""
        return list(self._lengths[face])
