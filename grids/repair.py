"""Make a whole partition out of an imported layer, and say what had to be changed.

All borders together are noded on the millimetre grid, and every face between them is given to one polygon. So the
result has no gap, no overlap and no border that only one side knows, by construction; nothing is moved by more than
a millimetre. What a face had to be given away for is a defect, with its place, its square metres and its taker.
Nothing here decides whether a defect may be mended: that is for whoever knows the limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from grids.model import MILLIMETRE, on_millimetres

MOST_ROUNDS = 8
"""Times borders are bent to vertices beside them; one bend may bring a border near the next vertex."""
Faces = np.ndarray[tuple[int], np.dtype[np.object_]]


class Kind(StrEnum):
    """What can be wrong with the polygons of a layer."""

    INVALID = "invalid"
    """A ring crosses itself."""
    OVERLAP = "overlap"
    """Land that two or more claim."""
    GAP = "gap"
    """Land between them that nobody claims."""
    DETACHED = "detached"
    """A piece that comes off when the rest is mended."""
    LOST = "lost"
    """Nothing is left of it."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: the polygons it concerns, where it is, its square metres and who takes the land."""

    kind: Kind
    keys: tuple[str, ...]
    place: BaseGeometry
    area: float
    taker: str | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How defects are to be settled: (who yields, to whom) for overlaps, and who takes which gap beside it.

    What no wish speaks of goes: an overlap to the smallest polygon, so that the larger lose little; a gap or a
    detached piece to the neighbour with the longest common border.
    """

    yields: frozenset[tuple[str, str]] = frozenset()
    fills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mended:
    """A whole partition by key, what had to be changed for it, and how many missing junctions were put in."""

    polygons: Mapping[str, Polygon]
    defects: tuple[Defect, ...]
    junctions: int


def mend(shapes: Mapping[str, BaseGeometry], wishes: Wishes) -> Mended:
    """Return the whole partition nearest to `shapes`, polygons in one metric CRS by key.

    Each shape is one polygon; whoever has polygons in several parts gives each part a key of its own. A shape of
    which nothing is left is missing from the result and is a defect `lost`.
    """
    keys = list(shapes)
    solid, defects = _solid(shapes)
    faces = _faces(solid)
    claims = _claims(faces, solid)
    owners = np.full(len(faces), -1)
    areas = shapely.area(solid)
    for number, claim in enumerate(claims):
        if claim:
            owners[number] = _winner(claim, keys, areas, wishes)
    defects += _overlaps(faces, claims, owners, keys)
    borders = _Borders(faces)
    defects += _fill(faces, owners, keys, borders, wishes)
    defects += _detached(faces, owners, keys, borders)
    polygons: dict[str, Polygon] = {}
    junctions = 0
    for index, key in enumerate(keys):
        members = faces[owners == index]
        if not len(members):
            defects.append(Defect(Kind.LOST, (key,), solid[index], float(areas[index]), None))
            continue
        whole = shapely.transform(shapely.coverage_union_all(members), on_millimetres)
        polygons[key] = cast("Polygon", whole)  # one piece: the others were detached
        added = shapely.get_num_coordinates(whole) - shapely.get_num_coordinates(solid[index])
        junctions += max(0, int(added))
    return Mended(polygons, tuple(defects), junctions)


def _solid(shapes: Mapping[str, BaseGeometry]) -> tuple[Faces, list[Defect]]:
    """Return valid areas on the millimetre grid, and those that were not valid."""
    raw = np.array(list(shapes.values()), dtype=object)
    rounded: Faces = np.array(shapely.transform(raw, on_millimetres), dtype=object)
    defects = []
    for index in np.flatnonzero(~shapely.is_valid(rounded)):
        rounded[index] = shapely.make_valid(rounded[index], method="structure", keep_collapsed=False)
        if not shapely.is_valid(raw[index]):
            key = list(shapes)[index]
            changed = abs(float(shapely.area(rounded[index])) - float(shapely.area(raw[index])))
            defects.append(Defect(Kind.INVALID, (key,), rounded[index], changed, key))
    return rounded, defects


def _faces(solid: Faces) -> Faces:
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(_noded(solid))))
    return np.array(sorted(faces, key=lambda face: face.bounds), dtype=object)


def _noded(solid: Faces) -> BaseGeometry:
    """Return all borders noded on the millimetre grid, none less than a millimetre beside another's vertex.

    Noding alone leaves a border that passes a vertex by half a millimetre where it is: a notch nobody owns.
    """
    lines = shapely.transform(
        shapely.union_all(shapely.boundary(solid), grid_size=MILLIMETRE), on_millimetres
    )
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


def _claims(faces: Faces, solid: Faces) -> list[list[int]]:
    """Return for each face the polygons that claim it."""
    found: list[list[int]] = [[] for _ in faces]
    face, polygon = shapely.STRtree(solid).query(shapely.point_on_surface(faces), predicate="intersects")
    for number, index in zip(face.tolist(), polygon.tolist(), strict=True):
        found[number].append(index)
    return found


def _winner(claim: Sequence[int], keys: Sequence[str], areas: np.ndarray, wishes: Wishes) -> int:
    left = [one for one in claim if not any((keys[one], keys[other]) in wishes.yields for other in claim)]
    return min(left or claim, key=lambda index: (areas[index], keys[index]))


def _overlaps(
    faces: Faces, claims: Sequence[Sequence[int]], owners: np.ndarray, keys: Sequence[str]
) -> list[Defect]:
    """Return one defect for each loser and winner of land."""
    lost: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        for index in claim:
            if index != owners[number]:
                lost[index, int(owners[number])].append(number)
    defects = []
    for (loser, winner), numbers in sorted(lost.items()):
        place = shapely.union_all(faces[numbers])
        defects.append(
            Defect(Kind.OVERLAP, (keys[loser], keys[winner]), place, float(place.area), keys[winner])
        )
    return defects


class _Borders:
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


def _fill(
    faces: Faces, owners: np.ndarray, keys: Sequence[str], borders: _Borders, wishes: Wishes
) -> list[Defect]:
    """Give every face nobody claims to a neighbour, those with one first."""
    defects = []
    waiting = np.flatnonzero(owners < 0).tolist()
    while waiting:
        ready = [(face, around) for face in waiting if (around := borders.with_owners(face, owners))]
        for face, around in ready:
            taker = max(around, key=lambda index: (keys[index] in wishes.fills, around[index], keys[index]))
            owners[face] = taker
            names = tuple(sorted(keys[index] for index in around))
            defects.append(Defect(Kind.GAP, names, faces[face], float(faces[face].area), keys[taker]))
        done = {face for face, _ in ready}
        waiting = [face for face in waiting if face not in done] if done else []
    return defects


def _detached(faces: Faces, owners: np.ndarray, keys: Sequence[str], borders: _Borders) -> list[Defect]:
    """Keep the largest piece of each polygon and give the others to a neighbour, or to nobody where none is."""
    defects = []
    for index in range(len(keys)):
        pieces = _pieces(set(np.flatnonzero(owners == index).tolist()), borders)
        pieces.sort(key=lambda piece: -sum(faces[face].area for face in piece))
        for piece in pieces[1:]:
            around: dict[int, float] = defaultdict(float)
            for face in piece:
                for owner, length in borders.with_owners(face, owners).items():
                    if owner != index:
                        around[owner] += length
            taker = max(around, key=lambda owner: (around[owner], keys[owner])) if around else None
            owners[list(piece)] = -1 if taker is None else taker
            place = shapely.union_all(faces[list(piece)])
            to = None if taker is None else keys[taker]
            defects.append(Defect(Kind.DETACHED, (keys[index],), place, float(place.area), to))
    return defects


def _pieces(members: set[int], borders: _Borders) -> list[list[int]]:
    pieces = []
    while members:
        stack, piece = [members.pop()], []
        while stack:
            face = stack.pop()
            piece.append(face)
            near = [other for other in borders.beside(face) if other in members]
            members.difference_update(near)
            stack += near
        pieces.append(sorted(piece))
    return pieces
