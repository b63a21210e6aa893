"""What a city's data says for the gazetteer: its places, and the names of its roads and areas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import shapely
from shapely import Geometry, MultiLineString, Point

from geo_app.cities.model import CityData, RoadRow
from geo_app.core import coords
from geo_app.geocoding.model import Kind, NewPlace
from geo_app.organisation.model import Level

HAN = re.compile("[一-鿿]+")
SAME_ROAD = 300.0
"""Metres within which stretches of one name are one road; farther apart they are two roads."""
KIND = {Level.DISTRICT: Kind.REGION, Level.STREET: Kind.STREET, Level.COMMUNITY: Kind.COMMUNITY}


def names(data: CityData) -> list[NewPlace]:
    """Return every place, named road and area of a city in lon/lat; areas without cells have no place."""
    return [*_places(data), *_roads(data.roads, data.info.srid), *_areas(data)]


def _places(data: CityData) -> list[NewPlace]:
    positions = _lonlat([row.position for row in data.places], data.info.srid)
    return [
        NewPlace(
            row.kind,
            row.name,
            row.road,
            row.number,
            row.community,
            row.aliases,
            position,
            row.former_names,
            given=row.given,
        )
        for row, position in zip(data.places, positions, strict=True)
    ]


def _roads(rows: Iterable[RoadRow], srid: int) -> list[NewPlace]:
    """Return each named road with its middle line; the point is the one on the line nearest to its middle."""
    by_name = defaultdict(list)
    for row in rows:
        if row.name.strip():
            by_name[row.name.strip()].append(row.geometry)
    found = []
    for name in sorted(by_name):
        lines = np.asarray(by_name[name], dtype=object)
        near = shapely.get_parts(shapely.union_all(shapely.buffer(lines, SAME_ROAD / 2, quad_segs=2)))
        for area in near:
            members = lines[shapely.intersects(area, lines)]
            if not len(members):  # a crumb of the union, smaller than its rounding
                continue
            line = MultiLineString(list(members))
            middle = Point(
                shapely.shortest_line(line, line.centroid).coords[0]
            )  # projecting may find nothing
            extent = float(shapely.hausdorff_distance(middle, line))
            moved = coords.to_lonlat(line, srid)
            point = coords.to_lonlat(middle, srid)
            han = "".join(HAN.findall(name))  # maps write 嘉和路 Jiahe lu
            aliases = (han,) if len(han) > 1 and han != name else ()
            found.append(NewPlace(Kind.ROAD, name, None, None, None, aliases, point, (), extent, moved))
    return found


def _areas(data: CityData) -> list[NewPlace]:
    """Return districts, streets and communities that have cells: at a point inside, reaching to their edge.

    The cells are a checked partition: their union is what is left without the borders that two of them share.
    """
    cells: dict[str, list[Geometry]] = defaultdict(list)
    parents = {unit.code: unit.parent for unit in data.units}
    for cell in data.cells:
        code: str | None = cell.community
        while code is not None:
            cells[code].append(cell.geometry)
            code = parents.get(code)
    found = []
    for unit in data.units:
        if unit.code not in cells:
            continue
        kind = KIND[Level(unit.level)]
        area = shapely.coverage_union_all(cells[unit.code])
        middle = area.representative_point()
        community = unit.code if kind == Kind.COMMUNITY else None
        extent = float(shapely.hausdorff_distance(middle, area))
        point = _lonlat([middle], data.info.srid)[0]
        found.append(NewPlace(kind, unit.name, None, None, community, (), point, (), extent))
    return found


def _lonlat(points: list[Point], srid: int) -> list[Point]:
    moved = coords.convert(shapely.get_coordinates(points), srid, coords.WGS84)
    return list(np.asarray(shapely.points(np.round(moved, 9)), dtype=object))
