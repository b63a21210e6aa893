"""Coordinates: frames of inputs to WGS 84 and back, lon/lat to a city's metric frame; one answer per vertex.

Every input states its frame: `wgs84`, `cgcs2000`, `gcj02`, `bd09` or `epsg:n`. Points are x, y or lon, lat,
always in this order, whatever the definition of an EPSG frame says. CGCS2000 is WGS 84 here: they differ by
less than a metre. Conversion is done here and nowhere else, so the same vertex always gets the same
coordinates, and neighbours stay neighbours. Lengths and areas are measured in the metric frame only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_app.core import datum
from geo_app.core.errors import BadInput

WGS84 = 4326
MERCATOR = 3857
NAMES = ("wgs84", "cgcs2000", "gcj02", "bd09")
Box = tuple[float, float, float, float]
"""West, south, east, north."""
Shape = TypeVar("Shape", bound=BaseGeometry)


@dataclass(frozen=True, slots=True)
class Frame:
    """A coordinate frame: one of `NAMES`, or EPSG `epsg`."""

    name: str
    epsg: int | None = None

    @property
    def is_lonlat(self) -> bool:
        """Return whether its points are degrees."""
        return self.epsg is None or bool(_crs(self.epsg).is_geographic)


@dataclass(frozen=True, slots=True)
class Given:
    """Raw coordinates exactly as somebody gave them, x (or lon) first, and the name of their frame."""

    x: float
    y: float
    frame: str


def parse(text: str) -> Frame:
    """Return the frame called `text`, in any case; BadInput names those there are."""
    name = text.strip().lower().replace("-", "")
    if name in NAMES:
        return Frame(name)
    head, _, number = name.partition(":")
    if head == "epsg" and number.isascii() and number.isdigit() and len(number) <= 6:
        epsg = int(number)
        crs = _crs(epsg)
        if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2:
            raise BadInput("frame", text, "a frame of two axes, geographic or projected")
        return Frame(f"epsg:{epsg}", epsg)
    raise BadInput("frame", text, f"one of {', '.join(NAMES)} or epsg:<number>")


def to_wgs84(xy: np.ndarray, frame: str, *, near: Box | None = None) -> np.ndarray:
    """Return an (n, 2) array of x, y in `frame` as WGS 84 lon/lat.

    BadInput names the first point that is not a number, out of range, or has its axes swapped. With `near`
    (west, south, east, north of where the points belong, WGS 84) a whole layer with swapped axes is noticed
    even where the swapped values are possible coordinates.
    """
    known = parse(frame)
    points = np.asarray(xy, dtype=float).reshape(-1, 2)
    _check(points, known)
    found = _to_wgs84(points, known)
    if near is not None:
        _check_near(points, found, known, near)
    return found


def kept(given: Given | None) -> tuple[float | None, float | None, str | None]:
    """Return given coordinates as the columns given_x, given_y and given_frame keep them."""
    return (None, None, None) if given is None else (given.x, given.y, given.frame)


def point(given: Given, field: str) -> Point:
    """Return where given coordinates are, WGS 84 lon/lat with 9 decimals; BadInput names `field` or `field`.frame."""
    try:
        ((x, y),) = np.round(to_wgs84(np.array([[given.x, given.y]]), given.frame), 9)
    except BadInput as error:
        raise error.at(f"{field}.frame" if error.field == "frame" else field) from error
    return Point(x, y)


def from_wgs84(xy: np.ndarray, frame: str) -> np.ndarray:
    """Return an (n, 2) array of WGS 84 lon/lat as x, y in `frame`; BadInput as in `to_wgs84`."""
    known = parse(frame)
    points = np.asarray(xy, dtype=float).reshape(-1, 2)
    _check(points, Frame("wgs84"))
    if known.epsg is not None:
        return convert(points, WGS84, known.epsg)
    if known.name in {"gcj02", "bd09"}:
        shifted = datum.wgs84_to_gcj02(points)
        return datum.gcj02_to_bd09(shifted) if known.name == "bd09" else shifted
    return points.copy()


def convert(xy: np.ndarray, source: int, target: int) -> np.ndarray:
    """Return an (n, 2) array of x, y (or lon, lat) in EPSG `target`, given in EPSG `source`."""
    if source == target:
        return np.array(xy, dtype=float)
    x, y = _transformer(source, target).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([x, y])


def to_metric(shape: Shape, srid: int) -> Shape:
    """Return lon/lat `shape` in the city's frame EPSG `srid`, on the 1 mm grid, marked with it."""
    moved = shapely.transform(shape, lambda xy: np.round(convert(xy, WGS84, srid), 3))
    return shapely.set_srid(moved, srid)


def to_lonlat(shape: Shape, srid: int) -> Shape:
    """Return `shape` given in EPSG `srid` as lon/lat with 9 decimals (about 0.1 mm), marked 4326."""
    moved = shapely.transform(shape, lambda xy: np.round(convert(xy, srid, WGS84), 9))
    return shapely.set_srid(moved, WGS84)


def to_mercator(shapes: np.ndarray, srid: int) -> np.ndarray:
    """Return an array of shapes given in EPSG `srid` in Web Mercator, for drawing only, marked 3857."""
    moved = shapely.transform(shapes, lambda xy: convert(xy, srid, MERCATOR))
    return np.asarray(shapely.set_srid(moved, MERCATOR))


def _to_wgs84(points: np.ndarray, frame: Frame) -> np.ndarray:
    if frame.epsg is not None:
        return convert(points, frame.epsg, WGS84)
    if frame.name in {"gcj02", "bd09"}:
        shifted = datum.bd09_to_gcj02(points) if frame.name == "bd09" else points
        return datum.gcj02_to_wgs84(shifted)
    return points.copy()


def _check(points: np.ndarray, frame: Frame) -> None:
    """Refuse what cannot be coordinates of the frame, naming the first such point."""
    _refuse(points, ~np.isfinite(points).all(axis=1), "both coordinates must be finite numbers")
    west, south, east, north = _range(frame)
    x, y = points[:, 0], points[:, 1]
    out = (x < west) | (x > east) | (y < south) | (y > north)
    swapped = out & (y >= west) & (y <= east) & (x >= south) & (x <= north)
    if frame.name in {"cgcs2000", "gcj02", "bd09"}:  # a Chinese frame: the swapped Arctic is Xinjiang
        swapped |= datum.in_china(points[:, ::-1]) & ~datum.in_china(points)
    order = "longitude, then latitude" if frame.is_lonlat else "x (east), then y (north)"
    _refuse(points, swapped, f"the axes are swapped: {frame.name} points are given as {order}")
    limits = f"x {west:.10g} to {east:.10g}, y {south:.10g} to {north:.10g}"
    _refuse(points, out, f"a point in the range of {frame.name}: {limits}")


def _check_near(points: np.ndarray, found: np.ndarray, frame: Frame, near: Box) -> None:
    west, south, east, north = near
    box = shapely.box(west, south, east, north)
    if not len(points) or shapely.intersects_xy(box, found[:, 0], found[:, 1]).any():
        return
    turned = points[:, ::-1]
    low_x, low_y, high_x, high_y = _range(frame)
    fits = (turned >= (low_x, low_y)).all() and (turned <= (high_x, high_y)).all()
    if fits and shapely.intersects_xy(box, *_to_wgs84(turned, frame).T).any():
        _refuse(points, np.ones(len(points), dtype=bool), "the axes are swapped: turned, the points fit")


def _refuse(points: np.ndarray, bad: np.ndarray, rule: str) -> None:
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise BadInput(f"coordinates[{first}]", tuple(points[first].tolist()), rule)


@lru_cache(maxsize=64)
def _crs(epsg: int) -> CRS:
    try:
        return CRS.from_epsg(epsg)
    except CRSError as error:
        raise BadInput("frame", f"epsg:{epsg}", "an EPSG number that exists") from error


@lru_cache(maxsize=64)
def _range(frame: Frame) -> Box:
    """Return the least and greatest x and y of a frame: the area it is made for, and a third of it around."""
    if frame.is_lonlat:
        return -180.0, -90.0, 180.0, 90.0
    area = _crs(frame.epsg or 0).area_of_use
    if area is None:
        return -1e8, -1e8, 1e8, 1e8
    west, east = area.west, area.east if area.east > area.west else area.east + 360
    x, y = np.meshgrid(np.linspace(west, east, 9), np.linspace(area.south, area.north, 9))
    edge = convert(np.column_stack([x.ravel(), y.ravel()]), WGS84, frame.epsg or 0)
    edge = edge[np.isfinite(edge).all(axis=1)]
    low, high = edge.min(axis=0), edge.max(axis=0)
    margin = (high - low) / 3
    return (*(low - margin), *(high + margin))


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
