"""What a draft changes and how it looks: everything slow about publishing, done before any lock.

Pure: partition in, `Prepared` out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.organisation.model import City, Level, Unit
from geo_app.planning import bands, outlines
from geo_app.planning.model import Draft, OutlineKey, Prepared, UnitShape
from grids import code as grid_code
from grids import partition as rules
from grids.model import Cell, Partition


def prepare(
    city: City,
    units: Sequence[Unit],
    before: Partition | None,
    draft: Draft,
    drawn: Mapping[OutlineKey, str],
) -> Prepared:
    """Return `draft` checked, compared with `before` and drawn; BadInput names the first thing that is wrong.

    `drawn` are the digests of the outlines that stand.
    """
    after = draft.partition
    _check(city, units, after)
    standing = {} if before is None else dict(before.cells)
    opened = tuple(cell for code, cell in after.cells.items() if not _same(standing.get(code), cell))
    closed = tuple(code for code, cell in standing.items() if not _same(after.cells.get(code), cell))
    geometries = shapely.set_srid(after.geometries(), city.srid)
    mercator = coords.to_mercator(geometries, city.srid)
    shapes = _unit_shapes(city, units, after)
    labels = {str(level): _labels(shapes, level) for level in Level}
    labels[bands.CELLS] = coords.to_mercator(_label_points(geometries), city.srid)
    found = {outline.key: outline for outline in outlines.draw(after, units, mercator, labels)}
    return Prepared(
        draft,
        opened,
        closed,
        tuple(outline for key, outline in found.items() if drawn.get(key) != outline.digest),
        tuple(key for key, digest in drawn.items() if key not in found or found[key].digest != digest),
        tuple(shapes),
        None if before is None else _changed(city, [*opened, *(standing[code] for code in closed)]),
        _bounds(mercator),
    )


def _check(city: City, units: Sequence[Unit], partition: Partition) -> None:
    if not partition.cells:
        raise BadInput("cells", 0, "a release has at least one cell")
    known = {unit.code for unit in units if unit.level is Level.COMMUNITY}
    pattern = grid_code.SCHEMES[city.code_scheme]
    for cell in partition.cells.values():
        if cell.community not in known:
            raise BadInput("community", cell.community, f"cell {cell.code} names no community of {city.code}")
        if pattern is None:
            continue
        try:
            grid_code.check(cell.code, pattern)
        except grid_code.BadCode as error:
            raise BadInput("code", cell.code, f"{sum(pattern.digits)} digits of {pattern.name}") from error
    problems = rules.check(partition)
    if problems:
        worst = max(problems, key=lambda problem: problem.area)
        raise BadInput("cells", worst.codes, f"{len(problems)} problems, the largest: {worst.message}")


def _same(left: Cell | None, right: Cell) -> bool:
    """Whether nothing about a cell changed, its border vertex by vertex."""
    return (
        left is not None
        and (left.name, left.community) == (right.name, right.community)
        and bool(shapely.equals_exact(left.geometry, right.geometry, 0.0))
    )


def _changed(city: City, cells: Sequence[Cell]) -> BaseGeometry:
    union: BaseGeometry = shapely.union_all([cell.geometry for cell in cells])
    return shapely.set_srid(union, city.srid)


def _label_points(geometries: np.ndarray) -> np.ndarray:
    centres = shapely.centroid(geometries)
    inside = shapely.contains(geometries, centres)
    return np.where(inside, centres, shapely.point_on_surface(geometries))


def _unit_shapes(city: City, units: Sequence[Unit], partition: Partition) -> list[UnitShape]:
    by_id = {unit.id: unit for unit in units}
    by_code = {unit.code: unit for unit in units}
    members: dict[str, list[Polygon]] = {}
    for cell in partition.cells.values():
        unit: Unit | None = by_code[cell.community]
        while unit is not None:
            members.setdefault(unit.code, []).append(cell.geometry)
            unit = None if unit.parent is None else by_id[unit.parent]
    shapes = []
    for code, polygons in members.items():
        outline = shapely.set_srid(shapely.coverage_union_all(polygons), city.srid)
        largest = max(shapely.get_parts(outline), key=lambda part: float(part.area))
        both = coords.to_mercator(np.array([outline, _label_points(np.array([largest]))[0]]), city.srid)
        area = float(outline.area)
        shapes.append(UnitShape(code, by_code[code].level, len(polygons), area, both[0], both[1]))
    return shapes


def _labels(shapes: Sequence[UnitShape], level: Level) -> np.ndarray:
    """Return the labels of a level's units in order of code."""
    ordered = sorted((shape.code, number) for number, shape in enumerate(shapes) if shape.level == level)
    return np.array([shapes[number].label for _, number in ordered], dtype=object)


def _bounds(mercator: np.ndarray) -> Polygon:
    west, south, east, north = shapely.total_bounds(mercator)
    corners = coords.convert(np.array([[west, south], [east, north]]), coords.MERCATOR, coords.WGS84)
    (west, south), (east, north) = corners.tolist()
    box: Polygon = shapely.set_srid(shapely.box(west, south, east, north), coords.WGS84)
    return box
