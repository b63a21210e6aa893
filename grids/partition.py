"""Is a partition whole? `check` names every gap, overlap and broken polygon.

Coverage functions alone do not see everything: `coverage_is_valid` accepts bow-ties, empty polygons and
enclosed holes. So each polygon is checked first, edges next, and gaps are found as holes of the union.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely import Polygon

from grids.model import MILLIMETRE, Cell, Partition, Problem, Rule, on_millimetres


def check(partition: Partition) -> tuple[Problem, ...]:
    """Return every broken rule of `partition`; empty when it is whole: valid cells, no gap, no overlap.

    A hole of the union counts as a gap unless it lies wholly outside: a city with several separate
    pieces is whole when each piece is. Areas in square metres, places in the partition's own CRS.
    """
    cells = tuple(partition.cells.values())
    broken = [problem for cell in cells for problem in _of_one(cell)]
    if broken:
        return tuple(broken)
    return (*_edges(cells), *_gaps(partition))


def outline(partition: Partition) -> shapely.Geometry:
    """Return the outer border of the whole partition, the union of its cells."""
    return shapely.coverage_union_all(partition.geometries())


def _of_one(cell: Cell) -> list[Problem]:
    geometry = cell.geometry
    codes = (cell.code,)
    if not isinstance(geometry, Polygon):
        kind = "nothing" if geometry is None else geometry.geom_type
        return [Problem(Rule.NOT_A_POLYGON, codes, Polygon(), 0.0, f"a cell is one polygon, this is {kind}")]
    if geometry.is_empty:
        return [Problem(Rule.EMPTY, codes, geometry, 0.0, "the polygon is empty")]
    if not geometry.is_valid:
        return [Problem(Rule.INVALID, codes, geometry, 0.0, shapely.is_valid_reason(geometry))]
    coordinates = shapely.get_coordinates(geometry)
    if np.abs(coordinates - on_millimetres(coordinates)).max() > MILLIMETRE / 1000:
        return [Problem(Rule.OFF_GRID, codes, geometry, 0.0, "vertices are not on the 1 mm grid")]
    return []


def _edges(cells: tuple[Cell, ...]) -> list[Problem]:
    geometries = np.array([cell.geometry for cell in cells], dtype=object)
    invalid = shapely.coverage_invalid_edges(geometries)
    touched = np.flatnonzero(~shapely.is_empty(invalid))
    if not len(touched):
        return []
    problems = []
    in_pair: set[int] = set()
    tree = shapely.STRtree(geometries)
    for left, right in np.transpose(tree.query(geometries[touched], predicate="intersects")):
        first, second = int(touched[left]), int(right)
        if first == second or (second in touched and second < first):
            continue
        shared = shapely.intersection(geometries[first], geometries[second])
        if shared.area > 0:
            in_pair |= {first, second}
            codes = (cells[first].code, cells[second].code)
            message = f"{codes[0]} and {codes[1]} overlap by {shared.area:.3f} m²"
            problems.append(Problem(Rule.OVERLAP, codes, shared, float(shared.area), message))
    for index in sorted(set(touched.tolist()) - in_pair):
        message = "a border does not match the neighbour's vertex by vertex"
        problems.append(Problem(Rule.UNMATCHED_EDGE, (cells[index].code,), invalid[index], 0.0, message))
    return problems


def _gaps(partition: Partition) -> list[Problem]:
    union = shapely.union_all(partition.geometries())
    problems = []
    for part in shapely.get_parts(union):
        for ring in shapely.get_rings(part)[1:]:
            hole = Polygon(ring)
            message = f"{hole.area:.3f} m² belong to no cell"
            problems.append(Problem(Rule.GAP, (), hole, float(hole.area), message))
    return problems
