"""Make a whole partition out of an imported layer, and say what had to be changed.

All borders together are noded on the millimetre grid, and every face between them is given to one polygon. So the
result has no gap, no overlap and no border that only one side knows, by construction; nothing is moved by more than
a millimetre. What a face had to be given away for is a defect, with its place, its square metres and its taker.
Nothing here decides whether a defect may be mended: that is for whoever knows the limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from grids import noding
from grids.model import MILLIMETRE, on_millimetres
from grids.noding import Borders, Faces

FREE, NOBODY = -1, -2
"""Stand for the owner of a face nobody has yet, and of one nobody may have."""


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
    STRIP = "strip"
    """Land along the declared border that nobody claims."""
    BEYOND = "beyond"
    """Land that is claimed beyond the declared border."""


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
class Around:
    """What lies round the shapes: other polygons, which stay as they are, and the declared land, None without one."""

    others: tuple[Polygon, ...] = ()
    land: BaseGeometry | None = None


ALONE = Around()


@dataclass(frozen=True, slots=True)
class Mended:
    """A whole partition by key, what had to be changed for it, and how many missing junctions were put in."""

    polygons: Mapping[str, Polygon]
    defects: tuple[Defect, ...]
    junctions: int


def mend(shapes: Mapping[str, BaseGeometry], wishes: Wishes, around: Around = ALONE) -> Mended:
    """Return the whole partition nearest to `shapes`, polygons in one metric CRS by key.

    Each shape is one polygon; whoever has polygons in several parts gives each part a key of its own. A shape of
    which nothing is left is missing from the result and is a defect `lost`. The shapes may be a part of a city
    that holds every defect and the cells beside them: what lies `around` is neither filled nor changed.
    """
    keys = list(shapes)
    solid, defects = _solid(shapes)
    land = [] if around.land is None else [around.land]
    faces = noding.faces(np.array([*solid, *land], dtype=object))
    claims = _claims(faces, solid)
    owners = np.full(len(faces), FREE)
    areas = shapely.area(solid)
    for number, claim in enumerate(claims):
        if claim:
            owners[number] = _winner(claim, keys, areas, wishes)
    is_rim = _leave(faces, owners, around)
    defects += _beyond(faces, claims, owners, keys)
    defects += _overlaps(faces, claims, owners, keys)
    borders = Borders(faces)
    defects += _fill(faces, owners, keys, borders, wishes)
    defects = [
        replace(one, kind=Kind.STRIP) if one.kind is Kind.GAP and is_rim(one.place) else one
        for one in defects
    ]
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


def _leave(faces: Faces, owners: np.ndarray, around: Around) -> Callable[[BaseGeometry], bool]:
    """Mark the faces nobody may have: others' land, and what lies beyond the declared one. Return who is at its rim."""
    middles = shapely.point_on_surface(faces)
    if around.others:
        face, _ = shapely.STRtree(around.others).query(middles, predicate="intersects")
        owners[face[owners[face] == FREE]] = NOBODY
    if around.land is None:
        return lambda _place: False
    shapely.prepare(around.land)
    owners[~shapely.intersects(around.land, middles)] = NOBODY
    rim = shapely.boundary(around.land)
    shapely.prepare(rim)

    def is_rim(place: BaseGeometry) -> bool:
        xy = shapely.get_coordinates(shapely.boundary(place))
        return bool(shapely.dwithin(rim, shapely.points((xy[:-1] + xy[1:]) / 2), MILLIMETRE).any())

    return is_rim


def _beyond(
    faces: Faces, claims: Sequence[Sequence[int]], owners: np.ndarray, keys: Sequence[str]
) -> list[Defect]:
    """Return one defect for each polygon that claims land nobody may have."""
    lost: dict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(owners == NOBODY).tolist():
        for index in claims[number]:
            lost[index].append(number)
    places = {index: shapely.union_all(faces[numbers]) for index, numbers in sorted(lost.items())}
    return [
        Defect(Kind.BEYOND, (keys[index],), place, float(place.area), None) for index, place in places.items()
    ]


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
            if index != owners[number] and owners[number] != NOBODY:
                lost[index, int(owners[number])].append(number)
    defects = []
    for (loser, winner), numbers in sorted(lost.items()):
        place = shapely.union_all(faces[numbers])
        defects.append(
            Defect(Kind.OVERLAP, (keys[loser], keys[winner]), place, float(place.area), keys[winner])
        )
    return defects


def _fill(
    faces: Faces, owners: np.ndarray, keys: Sequence[str], borders: Borders, wishes: Wishes
) -> list[Defect]:
    """Give every face nobody claims to a neighbour, those with one first."""
    defects = []
    waiting = np.flatnonzero(owners == FREE).tolist()
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


def _detached(faces: Faces, owners: np.ndarray, keys: Sequence[str], borders: Borders) -> list[Defect]:
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
            owners[list(piece)] = FREE if taker is None else taker
            place = shapely.union_all(faces[list(piece)])
            to = None if taker is None else keys[taker]
            defects.append(Defect(Kind.DETACHED, (keys[index],), place, float(place.area), to))
    return defects


def _pieces(members: set[int], borders: Borders) -> list[list[int]]:
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
