"""Is a partition whole? `check` names every gap, overlap, unmatched border and broken polygon.

Coverage functions alone do not see everything: `coverage_is_valid` accepts bow-ties, empty polygons and
enclosed holes. So each polygon is checked first, borders next, and gaps are looked for as land that the outer
borders of all cells together enclose: a gap need not be a hole of the union, its ends may touch in points only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from grids.model import MILLIMETRE, Cell, Partition, Problem, Rule, on_millimetres

Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]


def check(partition: Partition) -> tuple[Problem, ...]:
    """Return every broken rule of `partition`; empty when it is whole: valid cells, no gap, no overlap.

    Each pair of cells that overlaps or whose common border differs is one problem, and so is each gap.
    A city in several pieces is whole when each piece is: what lies between pieces and is open to the outside is
    outside. Areas in square metres, places in the partition's own CRS. Broken polygons are reported alone.
    """
    cells = tuple(partition.cells.values())
    broken = [problem for cell in cells for problem in _of_one(cell.code, cell.geometry)]
    if broken:
        return tuple(broken)
    geometries = partition.geometries()
    unmatched = _borders(cells, geometries)
    union = shapely.union_all(geometries) if unmatched else shapely.coverage_union_all(geometries)
    return (*unmatched, *_gaps(union))


def outline(partition: Partition) -> shapely.Geometry:
    """Return the outer border of the whole partition, the union of its cells."""
    return shapely.coverage_union_all(partition.geometries())


def _of_one(code: str, geometry: BaseGeometry | None) -> list[Problem]:
    """Return what is wrong with one cell; whoever built it may have broken its type."""
    codes = (code,)
    if not isinstance(geometry, Polygon):
        kind = "nothing" if geometry is None else geometry.geom_type
        return [Problem(Rule.NOT_A_POLYGON, codes, Polygon(), 0.0, f"a cell is one polygon, this is {kind}")]
    if geometry.is_empty:
        return [Problem(Rule.EMPTY, codes, geometry, 0.0, "the polygon is empty")]
    if not geometry.is_valid:
        return [Problem(Rule.INVALID, codes, geometry, 0.0, shapely.is_valid_reason(geometry))]
    coordinates = shapely.get_coordinates(geometry)
    if (coordinates != on_millimetres(coordinates)).any():
        return [Problem(Rule.OFF_GRID, codes, geometry, 0.0, "vertices are not on the 1 mm grid")]
    return []


def _borders(cells: Sequence[Cell], geometries: Shapes) -> list[Problem]:
    """Return the pairs of cells that overlap or do not meet vertex by vertex.

    Vertices on the grid are a millimetre apart or the same, so what is nearer to a border without a vertex there
    is a missing junction; GEOS would take it for a tolerable gap where rounding puts it beside the line.
    """
    touched = suspects(geometries)
    return mismatches(cells, geometries, touched) if len(touched) else []


def suspects(geometries: Shapes) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return which of valid polygons have a border that others beside, or too near, do not share."""
    return np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(geometries, gap_width=MILLIMETRE)))


def mismatches(cells: Sequence[Cell], geometries: Shapes, touched: np.ndarray) -> list[Problem]:
    """Return the pairs of one of the cells `touched` and any other that overlap or do not match."""
    found = shapely.STRtree(geometries).query(geometries[touched], predicate="dwithin", distance=MILLIMETRE)
    pairs = {
        (min(a, b), max(a, b)) for a, b in zip(touched[found[0]].tolist(), found[1].tolist(), strict=True)
    }
    problems = [_of_two(cells[first], cells[second]) for first, second in sorted(pairs) if first != second]
    return [problem for problem in problems if problem is not None]


def _of_two(first: Cell, second: Cell) -> Problem | None:
    codes = (first.code, second.code)
    shared = shapely.intersection(first.geometry, second.geometry)
    if shared.area > 0:
        message = f"{codes[0]} and {codes[1]} overlap by {shared.area:.3f} m²"
        return Problem(Rule.OVERLAP, codes, shared, float(shared.area), message)
    invalid = shapely.coverage_invalid_edges([first.geometry, second.geometry], gap_width=MILLIMETRE)
    if shapely.is_empty(invalid).all():
        return None
    message = f"the border of {codes[0]} does not match that of {codes[1]} vertex by vertex"
    return Problem(Rule.UNMATCHED_EDGE, codes, shapely.union_all(invalid), 0.0, message)


def _gaps(union: shapely.Geometry) -> list[Problem]:
    """Return the land that belongs to no cell and from which one cannot walk out of the city."""
    borders = shapely.union_all(shapely.get_parts(shapely.boundary(union)))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    shapely.prepare(union)
    gaps = faces[~shapely.intersects(union, shapely.point_on_surface(faces))]
    return [
        Problem(Rule.GAP, (), gap, float(gap.area), f"{gap.area:.3f} m² belong to no cell")
        for gap in sorted(gaps, key=lambda gap: gap.bounds)
    ]
