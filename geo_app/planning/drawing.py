"""What a draft changes and how it looks: everything slow about publishing, done before any lock.

Pure: partition in, `Prepared` out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.organisation.model import City, Level, Unit
from geo_app.planning import bands, outlines, redrawing
from geo_app.planning import ranks as ranking
from geo_app.planning.model import Draft, Drawing, OutlineKey, Prepared, UnitShape
from geo_app.planning.ranks import Rank
from grids import code as grid_code
from grids import partition as rules
from grids.model import Cell, Partition
from grids.outlines import Shapes
from grids.redraw import Numbers

MOST_CHANGED = 0.3
"""Share of the cells up to which it is sooner to draw only what changed."""


class Standing(redrawing.Standing, Protocol):
    """What the map shows when a release begins."""

    @property
    def units(self) -> Sequence[Unit]:
        """The units it was drawn with."""
        ...

    def is_whole(self) -> bool:
        """Return whether every level is to be seen in every band it belongs to, drawn as we draw."""
        ...

    def digests(self) -> Mapping[OutlineKey, str]:
        """Return the digest of every outline."""
        ...


def prepare(
    city: City, units: Sequence[Unit], before: Partition | None, draft: Draft, standing: Standing
) -> Prepared:
    """Return `draft` checked, compared with `before` and drawn; BadInput names the first thing that is wrong."""
    after = draft.partition
    _check(city, units, after)
    known = {} if before is None else dict(before.cells)
    opened = tuple(cell for code, cell in after.cells.items() if not _same(known.get(code), cell))
    closed = tuple(code for code, cell in known.items() if not _same(after.cells.get(code), cell))
    return Prepared(
        draft,
        opened,
        closed,
        draw(city, units, before, after, standing),
        None if before is None else _changed(city, [*opened, *(known[code] for code in closed)]),
        _bounds(city, after),
    )


def draw(
    city: City, units: Sequence[Unit], before: Partition | None, after: Partition, standing: Standing
) -> Drawing:
    """Return what changes of how the map looks; where most of it stays, only what changed is drawn anew."""
    was = Partition.of(()) if before is None else before
    change = ranking.ranks((was, standing.units), (after, units))
    codes = change[bands.CELLS].tier.codes
    old, new = (_polygons(partition, codes) for partition in (was, after))
    cells = np.flatnonzero(~shapely.equals_exact(old, new, 0.0))
    touched = _touched(change, cells)
    shapes = _unit_shapes(city, change, new, touched)
    rows = None
    if len(cells) <= MOST_CHANGED * len(after.cells) and standing.is_whole():
        labels = {level: {n: one.label for n, one in found.items()} for level, found in shapes.items()}
        there = cells[~shapely.is_missing(new[cells])]
        points = coords.to_mercator(_label_points(new[there]), city.srid)
        labels[bands.CELLS] = dict(zip(there.tolist(), points.tolist(), strict=True))
        rows = redrawing.redraw(
            change, lambda numbers: _mercator(city, new[numbers]), cells, labels, standing
        )
    opened, outdated = rows or _whole(city, units, after, change, standing)
    units_now = tuple(one for found in shapes.values() for one in found.values())
    gone = tuple(
        change[level].tier.codes[number]
        for level, numbers in touched.items() for number in numbers.tolist() if number not in shapes[level]
    )  # fmt: skip
    return Drawing(tuple(opened), tuple(outdated), units_now, gone)


def _whole(
    city: City, units: Sequence[Unit], after: Partition, change: Mapping[str, Rank], standing: Standing
) -> redrawing.Rows:
    """Draw everything anew, and return what begins and what ends."""
    count = len(after.cells)
    polygons = _polygons(after, change[bands.CELLS].tier.codes)
    everything = {level: np.arange(len(change[level].tier.codes)) for level in ranking.LEVELS[1:]}
    shapes = _unit_shapes(city, change, polygons, everything)
    labels = {
        level: np.array([one.label for _, one in sorted((one.code, one) for one in found.values())], dtype=object)
        for level, found in shapes.items()
    }  # fmt: skip
    labels[bands.CELLS] = coords.to_mercator(_label_points(polygons[:count]), city.srid)
    drawn = outlines.draw(after, units, _mercator(city, polygons[:count]), labels)
    found, stood = {outline.key: outline for outline in drawn}, standing.digests()
    return (
        [outline for key, outline in found.items() if stood.get(key) != outline.digest],
        [key for key, digest in stood.items() if key not in found or found[key].digest != digest],
    )


def _polygons(partition: Partition, codes: Sequence[str]) -> Shapes:
    """Return the polygons of cells by code, None where there is none."""
    cells = [partition.cells.get(code) for code in codes]
    return np.array([cell and cell.geometry for cell in cells], dtype=object)


def _touched(change: Mapping[str, Rank], cells: Numbers) -> dict[str, Numbers]:
    """Return by level the units of cells that changed, and those that got or lost some."""
    found, below = {}, cells
    for level, above in pairwise(ranking.LEVELS):
        below = np.union1d(change[level].units(below), change[level].moved())
        found[above] = below
    return found


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


def _unit_shapes(
    city: City, change: Mapping[str, Rank], polygons: Shapes, touched: Mapping[str, Numbers]
) -> dict[str, dict[int, UnitShape]]:
    """Return the shapes of some units by level and number, without those that have no cells."""
    found: dict[str, dict[int, UnitShape]] = {}
    unit = np.arange(len(polygons))
    for level, above in pairwise(ranking.LEVELS):
        rank = change[level]
        unit = np.where(unit >= 0, rank.after[unit], -1)
        order = np.argsort(unit, kind="stable")
        first, last = np.searchsorted(unit[order], np.stack([touched[above], touched[above] + 1]))
        found[above] = {
            number: _unit_shape(city, change[above].tier.codes[number], above, polygons[order[begin:end]])
            for number, begin, end in zip(touched[above].tolist(), first.tolist(), last.tolist(), strict=True)
            if end > begin
        }
    return found


def _unit_shape(city: City, code: str, level: str, polygons: Shapes) -> UnitShape:
    outline = shapely.set_srid(shapely.coverage_union_all(polygons), city.srid)
    largest = max(shapely.get_parts(outline), key=lambda part: float(part.area))
    both = coords.to_mercator(np.array([outline, _label_points(np.array([largest]))[0]]), city.srid)
    return UnitShape(code, level, len(polygons), float(outline.area), both[0], both[1])


def _mercator(city: City, polygons: Shapes) -> Shapes:
    """Return polygons in Web Mercator; None stays."""
    found: Shapes = polygons.copy()
    there = ~shapely.is_missing(polygons)
    found[there] = coords.to_mercator(shapely.set_srid(polygons[there], city.srid), city.srid)
    return found


def _bounds(city: City, partition: Partition) -> Polygon:
    """Return the box around all cells; only those that may reach farthest are looked at vertex by vertex."""
    polygons = partition.geometries()
    west, south, east, north = shapely.bounds(polygons).T
    corners = np.stack([np.column_stack([x, y]) for x in (west, east) for y in (south, north)])
    lonlat = coords.convert(corners.reshape(-1, 2), city.srid, coords.WGS84).reshape(4, -1, 2)
    least, most = lonlat.min(axis=0), lonlat.max(axis=0)
    outer = (least <= most.min(axis=0)).any(axis=1) | (most >= least.max(axis=0)).any(axis=1)
    xy = coords.convert(shapely.get_coordinates(polygons[outer]), city.srid, coords.WGS84)
    box: Polygon = shapely.set_srid(shapely.box(*xy.min(axis=0), *xy.max(axis=0)), coords.WGS84)
    return box
