"""The cells of the demo city: blocks between streets, water and railway, merged and cut to a size people can walk.

All lines are noded together on the millimetre grid, and blocks are the faces between them. So the cells are a
whole partition from the start: every junction is a vertex of each cell that meets there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo.frame import line, on_grid, polygon
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.streets import RANK, Way
from geo_app.cities.demo.terrain import Terrain, sides
from grids.model import MILLIMETRE

CELLS = 300
SMALLEST, LARGEST = 14_000.0, 230_000.0
"""Square metres: what is smaller is merged; what is larger is cut."""
_SLIVER = 100.0
"""Square metres: left where two lines almost meet; goes to the neighbour with the longest shared border."""
OLD_TOWN_SCALE = 3.2
"""A square metre of the old town counts as much as this many elsewhere: cells there are smaller."""


@dataclass(slots=True)
class _Face:
    """A block while blocks are being merged; `near` is the metres of border shared with each neighbour."""

    shape: Polygon
    side: int
    scale: float
    near: dict[int, float]

    @property
    def weight(self) -> float:
        return self.shape.area * self.scale

    @property
    def roundness(self) -> float:
        return float(4 * np.pi * self.shape.area / self.shape.length**2)

    @property
    def is_poor(self) -> bool:
        return bool(self.shape.area < SMALLEST or (self.roundness < 0.33 and self.weight < 90_000))


def draw(ground: Terrain, streets: list[Way], old_town: Polygon, rng: Luck) -> list[tuple[Polygon, int]]:
    """Return the cells with the number of the side of the city each lies on; on the drawing board."""
    borders = [way.line for way in streets if way.is_border]
    inner = [ground.railway, *ground.divides, ground.lake.exterior]
    linework = shapely.union_all([ground.border.exterior, *borders, *inner], grid_size=MILLIMETRE)
    limit = LARGEST
    while True:
        cut = _cut(ground, linework, old_town, limit, rng)
        faces = _faces(ground, cut, old_town)
        barriers = _barriers(ground, streets)
        _merge(faces, barriers)
        if len(faces) >= CELLS:
            break
        limit *= 0.85
    _merge_to(faces, barriers, CELLS)
    return [(face.shape, face.side) for face in faces.values()]


def _polygons(ground: Terrain, linework: BaseGeometry) -> list[Polygon]:
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    inside = [on_grid(face) for face in faces if ground.border.contains(face.representative_point())]
    return sorted(inside, key=lambda face: face.representative_point().coords[0])


def _cut(ground: Terrain, linework: BaseGeometry, old_town: Polygon, limit: float, rng: Luck) -> BaseGeometry:
    """Cut blocks that are too large along winding field paths; twice, for the very large."""
    for _ in range(3):
        paths = [
            _field_path(face, rng)
            for face in _polygons(ground, linework)
            if face.area * _scale(face, old_town) > limit
            and not face.interiors
            and not ground.lake.covers(face.buffer(-1))
        ]
        if not paths:
            break
        linework = shapely.union_all([linework, *paths], grid_size=MILLIMETRE)
    return linework


def _scale(face: Polygon, old_town: Polygon) -> float:
    return OLD_TOWN_SCALE if old_town.contains(face.representative_point()) else 1.0


def _field_path(face: Polygon, rng: Luck) -> LineString:
    corners = np.array(polygon(shapely.minimum_rotated_rectangle(face)).exterior.coords)
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    long, short = (first, second) if np.hypot(*first) > np.hypot(*second) else (second, first)
    middle = np.array(face.centroid.coords[0]) + rng.uniform(-0.06, 0.06) * long
    t = np.linspace(-0.8, 0.8, 33)
    wave = rng.uniform(8, 20) * np.sin(t * rng.uniform(6, 10) + rng.uniform(0, 6.3))
    path = LineString(middle + np.outer(t, short) + np.outer(wave, long / np.hypot(*long)))
    inside = shapely.get_parts(shapely.intersection(path, face.buffer(0.5)))
    return line(on_grid(max(inside, key=lambda part: part.length)))


def _faces(ground: Terrain, linework: BaseGeometry, old_town: Polygon) -> dict[int, _Face]:
    shapes = _polygons(ground, linework)
    quarters = sides(ground.warp)
    faces = {}
    for number, shape in enumerate(shapes):
        middle = shape.representative_point()
        side = min(range(len(quarters)), key=[quarter.distance(middle) for quarter in quarters].__getitem__)
        faces[number] = _Face(shape, side, _scale(shape, old_town), {})
    for first, second in np.transpose(shapely.STRtree(shapes).query(shapes, predicate="touches")).tolist():
        if first < second:
            shared = shapely.intersection(shapes[first], shapes[second]).length
            if shared > 0:
                faces[first].near[second] = faces[second].near[first] = shared
    return faces


def _barriers(ground: Terrain, streets: list[Way]) -> BaseGeometry:
    """What cells should not reach across: the railway and the strongest roads."""
    strong = [way.line for way in streets if way.is_road and way.road_class in RANK[:2]]
    return shapely.union_all([ground.railway, *strong]).buffer(2)


def _merge(faces: dict[int, _Face], barriers: BaseGeometry) -> None:
    """Merge blocks that are too small or too thin to be a cell."""
    while True:
        poor = [number for number, face in faces.items() if face.is_poor]
        poor.sort(key=lambda number: faces[number].shape.area)
        if not any(_absorb(faces, number, barriers) for number in poor):
            return


def _merge_to(faces: dict[int, _Face], barriers: BaseGeometry, count: int) -> None:
    """Merge the lightest blocks until `count` are left."""
    stuck: set[int] = set()
    while len(faces) > count:
        free = [number for number in faces if number not in stuck]
        lightest = min(free, key=lambda number: faces[number].weight)
        if not _absorb(faces, lightest, barriers):
            stuck.add(lightest)


def _absorb(faces: dict[int, _Face], number: int, barriers: BaseGeometry) -> bool:
    """Merge a block into the neighbour it makes the best shape with; False when there is none."""
    face = faces[number]
    choices = []
    for other, shared in face.near.items():
        host = faces[other]
        if face.shape.area < _SLIVER:
            choices.append((shared, other))
            continue
        if host.side != face.side or host.shape.interiors or face.shape.interiors:
            continue
        round_length = face.shape.length + host.shape.length - 2 * shared
        fit = 4 * np.pi * (face.shape.area + host.shape.area) / round_length**2
        border = shapely.intersection(face.shape, host.shape)
        if shapely.intersection(border, barriers).length > 0.5 * shared:
            fit *= 0.35
        fit *= min(1.0, LARGEST / (face.weight + host.weight)) ** 2
        choices.append((fit, other))
    if not choices:
        return False
    _, best = max(choices)
    _unite(faces, number, best)
    return True


def _unite(faces: dict[int, _Face], number: int, best: int) -> None:
    gone, host = faces.pop(number), faces[best]
    united = shapely.coverage_union_all([gone.shape, host.shape])
    host.shape = polygon(united)
    for other, shared in gone.near.items():
        del faces[other].near[number]
        if other != best:
            total = host.near.get(other, 0.0) + shared
            host.near[other] = faces[other].near[best] = total
