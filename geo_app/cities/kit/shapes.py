"""From a table's own frame to the city's metric one: every vertex once, what cannot be converted is named by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.cities.kit.findings import Finding, Findings, Weight
from geo_app.cities.kit.manifest import Layer
from geo_app.cities.kit.read import Table
from geo_app.cities.model import CellRow
from geo_app.core import coords
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput
from grids.model import on_millimetres


@dataclass(frozen=True, slots=True)
class Located:
    """The rows that have a place: their texts by field, number, geometry (metric, on the grid) and raw points."""

    rows: list[dict[str, str | None]]
    numbers: list[int]
    shapes: np.ndarray
    raw: np.ndarray
    """The (n, 2) first points as the file has them: for doubting the frame, and to be kept."""
    frame: str

    def given(self) -> list[Given | None]:
        """Return the raw points with their frame; None for what is no point: its raw values stay in the file."""
        return [
            Given(x, y, self.frame) if isinstance(shape, Point) else None
            for (x, y), shape in zip(self.raw.tolist(), self.shapes, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Ground:
    """The city's metric frame, and where on earth the city lies, once that is known."""

    srid: int
    near: coords.Box | None = None

    @classmethod
    def of(cls, srid: int, cells: Sequence[CellRow]) -> Ground:
        """Return the ground of a city that has cells: near is the lon/lat box around them."""
        west, south, east, north = shapely.total_bounds(
            np.array([row.geometry for row in cells], dtype=object)
        )
        corners = np.array([[west, south], [east, north], [west, north], [east, south]])
        moved = coords.convert(corners, srid, coords.WGS84)
        low, high = moved.min(axis=0), moved.max(axis=0)
        return cls(srid, (float(low[0]), float(low[1]), float(high[0]), float(high[1])))

    def lonlat(self, shape: BaseGeometry) -> tuple[float, float]:
        """Return a point of a metric shape as lon, lat."""
        x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        lon, lat = coords.convert(np.array([[x, y]]), self.srid, coords.WGS84)[0]
        return round(float(lon), 7), round(float(lat), 7)


def fields(layer: Layer, table: Table) -> list[dict[str, str | None]]:
    """Return the fields of every row."""
    return [{name: field.of(row) for name, field in layer.fields.items()} for row in table.rows]


def locate(layer: Layer, table: Table, ground: Ground, findings: Findings) -> Located:
    """Return the rows with their places; a row without one, or with one that cannot be, is a finding.

    The place is the file's geometry, or the fields `x` and `y`, or `x1`, `y1`, `x2`, `y2` for a line.
    """
    if layer.frame is None:
        raise BadInput(f"{layer.name}.frame", None, "stated: wgs84, cgcs2000, gcj02, bd09 or epsg:<number>")
    rows = fields(layer, table)
    _agree(layer, table.crs)
    given = table.geometry if table.geometry is not None else _from_columns(layer, rows)
    empty = shapely.is_missing(given) | shapely.is_empty(given)
    for index in np.flatnonzero(empty).tolist():
        name = rows[index].get("name") or rows[index].get("id")
        message = "has no place; it is left out"
        findings.add(Finding(Weight.NOTED, layer.name, "no_place", message, table.numbers[index], name))
    kept = np.flatnonzero(~empty)
    good, moved = _convert(layer, given[kept], [table.numbers[i] for i in kept.tolist()], ground, findings)
    chosen = kept[good].tolist()
    first = np.array([shapely.get_coordinates(given[index])[0] for index in chosen]).reshape(-1, 2)
    return Located([rows[i] for i in chosen], [table.numbers[i] for i in chosen], moved, first, layer.frame)


def _from_columns(layer: Layer, rows: list[dict[str, str | None]]) -> np.ndarray:
    pairs = (("x", "y"),) if "x" in layer.fields else (("x1", "y1"), ("x2", "y2"))
    names = [name for pair in pairs for name in pair]
    if not set(names) <= set(layer.fields):
        raise BadInput(f"{layer.name}.columns", sorted(layer.fields), "x and y, or x1, y1, x2 and y2")
    xy = np.array([[_number(row[name]) for name in names] for row in rows]).reshape(-1, len(pairs), 2)
    whole = ~np.array([any(row[name] is None for name in names) for row in rows], dtype=bool)
    shapes = np.full(len(rows), None, dtype=object)
    with np.errstate(invalid="ignore"):
        made = shapely.points(xy[whole, 0]) if len(pairs) == 1 else shapely.linestrings(xy[whole])
    shapes[whole] = made
    return shapes


def _number(text: str | None) -> float:
    """Return the number a text is; what is none becomes NaN, which the frame refuses by row."""
    try:
        return float(text) if text is not None else float("nan")
    except ValueError:
        return float("nan")


def _agree(layer: Layer, crs: str | None) -> None:
    """Refuse a layer whose file says another frame than the kit; a file in degrees may be any of those."""
    if crs is None:
        return
    stated = coords.parse(layer.frame or "")
    file = CRS.from_user_input(crs)
    if file.is_geographic and stated.is_lonlat:
        return
    if stated.epsg is None or not CRS.from_epsg(stated.epsg).equals(file, ignore_axis_order=True):
        raise BadInput(f"{layer.name}.frame", layer.frame, f"the file's own: {file.to_string()[:60]}")


def _convert(
    layer: Layer, given: np.ndarray, numbers: list[int], ground: Ground, findings: Findings
) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the shapes could be converted, and those converted."""
    everything = np.arange(len(given))
    if not len(given):
        return everything, given
    try:
        return everything, _metric(layer, given, ground, ground.near)
    except BadInput as error:
        if not error.field.startswith("coordinates["):
            raise
    good = []
    for index in range(len(given)):
        try:
            _metric(layer, given[index : index + 1], ground, None)
            good.append(index)
        except BadInput as error:
            message = f"{error.rule}, got {error.value}"
            findings.refuse(layer.name, "coordinates", message, row=numbers[index])
    if len(good) == len(given):  # each is possible, together they are elsewhere
        message = "the axes are swapped: all of them lie elsewhere, and turned they fit"
        findings.refuse(layer.name, "coordinates", message)
        return np.array([], dtype=int), given[:0]
    kept = np.array(good, dtype=int)
    return kept, _metric(layer, given[kept], ground, None) if good else given[:0]


def _metric(layer: Layer, given: np.ndarray, ground: Ground, near: coords.Box | None) -> np.ndarray:
    xy = shapely.get_coordinates(given)
    lonlat = coords.to_wgs84(xy, layer.frame or "", near=near)
    if coords.parse(layer.frame or "").epsg != ground.srid:
        xy = coords.convert(lonlat, coords.WGS84, ground.srid)
    if not np.isfinite(xy).all():
        bad = int(np.flatnonzero(~np.isfinite(xy).all(axis=1))[0])
        raise BadInput(f"coordinates[{bad}]", tuple(lonlat[bad].tolist()), "in reach of the city's frame")
    return np.asarray(shapely.set_coordinates(given.copy(), on_millimetres(xy)), dtype=object)
