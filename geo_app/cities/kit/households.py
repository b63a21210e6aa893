"""How many households live where: counts at addresses or in buildings.

A count of a larger area is refused, because nobody knows on which side of a border inside it people live.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.cities.kit import read, shapes
from geo_app.cities.kit.columns import Field
from geo_app.cities.kit.findings import Findings
from geo_app.cities.kit.manifest import Layer
from geo_app.cities.kit.shapes import Ground, Located
from geo_app.cities.model import CellRow, HouseholdRow
from geo_app.core.errors import BadInput
from grids.model import on_millimetres

FIELD = "households"
MOST = 100_000
"""Households at one place; more is a slip of the file."""
LARGEST = 100_000.0
"""Square metres of a building; what is larger is an area."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that brings the households of a city that is there, and how to read it."""

    file: Path
    frame: str
    count: str
    """The column with the number of households."""
    xy: tuple[str, str] | None
    """The columns with the coordinates, where the file has no geometry of its own."""
    encoding: str | None = None
    table: str | None = None


def of_file(source: Source, srid: int, cells: list[CellRow]) -> tuple[list[HouseholdRow], Findings]:
    """Return what a file says of the households of a city with these cells, and what is to say about it.

    BadInput when it cannot be read at all.
    """
    columns = {FIELD: source.count, **dict(zip(("x", "y"), source.xy or (), strict=False))}
    fields = {name: Field.read(FIELD, name, column) for name, column in columns.items()}
    layer = Layer(
        FIELD, FIELD, source.file, source.frame, source.encoding, source.table, (), fields, {}, (), None, {}
    )
    findings = Findings()
    rows, _ = households(layer, Ground.of(srid, cells), cells, findings)
    return rows, findings


def households(
    layer: Layer, ground: Ground, cells: list[CellRow], findings: Findings
) -> tuple[list[HouseholdRow], Located]:
    """Return how many households live where, and where that is; a place with none is left out."""
    if FIELD not in layer.fields:
        raise BadInput(f"{layer.name}.columns", sorted(layer.fields), f"{FIELD}: how many live at a place")
    found = shapes.locate(layer, read.table(layer), ground, findings)
    rows = []
    for row, number, shape, given in zip(found.rows, found.numbers, found.shapes, found.given(), strict=True):
        many = _whole(row.get(FIELD))
        if many is None:
            message = f"a whole number from 0 to {MOST:,}, got {row.get(FIELD)!r}"
            findings.refuse(layer.name, FIELD, message, row=number)
        elif float(shape.area) > LARGEST:
            message = f"{shape.area:,.0f} m² are no building; bring counts of addresses or of buildings"
            findings.refuse(layer.name, "geometry_type", message, row=number)
        elif many:
            rows.append(HouseholdRow(_point(shape), many, given))
    _outside(layer, rows, cells, findings)
    return rows, found


def _whole(text: str | None) -> int | None:
    """Return the number that a text is, None when it is none of ours; 12.0 is what tables make of 12."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return int(value) if 0 <= value <= MOST and value == int(value) else None


def _point(shape: BaseGeometry) -> Point:
    """Return the place of a count: of a building, a point inside."""
    if isinstance(shape, Point):
        return shape
    return Point(on_millimetres(shapely.get_coordinates(shapely.point_on_surface(shape)))[0])


def _outside(layer: Layer, rows: list[HouseholdRow], cells: list[CellRow], findings: Findings) -> None:
    """Say how many households live outside all cells."""
    if not rows or not cells:
        return
    tree = shapely.STRtree([cell.geometry for cell in cells])
    inside = np.unique(tree.query([row.position for row in rows], predicate="intersects")[0])
    away = sum(row.households for row in rows) - sum(rows[at].households for at in inside.tolist())
    if away:
        findings.note(
            layer.name, "outside", f"{away:,} households live outside all cells; no cell counts them"
        )
