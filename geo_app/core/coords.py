"""Coordinates between lon/lat (WGS 84) and a city's metric frame; vectorised, one answer per vertex.

Lengths and areas are measured in the metric frame only. Conversion is done here and nowhere else, so the
same vertex always gets the same coordinates, and neighbours stay neighbours.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

WGS84 = 4326
MERCATOR = 3857
Shape = TypeVar("Shape", bound=BaseGeometry)


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


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
