"""Where the demo city lies, and the drawing board it is drawn on.

Everything is drawn on a board of metres (x east, y north, corner at 0,0) and moved to EPSG:4548 at the end.
The move is by whole metres, so what lies on the board's millimetre grid lies on the frame's grid too.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.model import CityInfo

EAST, NORTH = 514_000.0, 4_374_000.0
"""The board's corner in EPSG:4548: about 117.16° E, 39.49° N."""
_CORNER = np.array([EAST, NORTH])
WIDTH, HEIGHT = 6000.0, 5000.0

INFO = CityInfo(
    code="demo",
    name="云汀区（演示）",
    name_en="Yunting (demo)",
    jurisdiction="990101",
    srid=4548,
    time_zone="Asia/Shanghai",
    attribution="演示数据 · 由程序生成，并非真实城市 / Generated demo data, not a real place",
    is_generated=True,
    code_scheme="gb30428",
)

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
G = TypeVar("G", bound=BaseGeometry)


def on_grid(geometry: G) -> G:
    """Return the geometry with its vertices rounded to the millimetre."""
    return shapely.transform(geometry, lambda xy: np.round(xy, 3))


def placed(geometry: G) -> G:
    """Return a geometry of the drawing board in the city's metric frame, on the millimetre grid."""
    return shapely.transform(geometry, lambda xy: np.round(xy + _CORNER, 3))


def polygon(shape: BaseGeometry) -> Polygon:
    """Return `shape`, known to be one polygon; TypeError when the drawing went wrong."""
    if not isinstance(shape, Polygon):
        raise TypeError(f"the drawing needs a polygon here, not {shape.geom_type}; change the seed")
    return shape


def line(shape: BaseGeometry) -> LineString:
    """Return `shape`, known to be one line; TypeError when the drawing went wrong."""
    if not isinstance(shape, LineString):
        raise TypeError(f"the drawing needs a line here, not {shape.geom_type}; change the seed")
    return shape
