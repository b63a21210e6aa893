"""Notice when a layer's stated frame is wrong: its points miss their polygons, all in one direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geo_app.core import coords

CONFUSED = ("wgs84", "gcj02", "bd09")
SIGNS = 3.0
"""Standard deviations by which healed points must outnumber broken ones before a frame is doubted."""


@dataclass(frozen=True, slots=True)
class FrameWarning:
    """Points miss their polygons together: the layer is probably in `likely`, not in `stated`."""

    stated: str
    likely: str
    rates: dict[str, float]
    """Share of the points within or on their polygon, by frame they are read in."""
    shift: float
    """Metres between the two readings, the median."""

    def __str__(self) -> str:
        """Return it as one sentence."""
        shares = ", ".join(f"{name} {rate:.1%}" for name, rate in self.rates.items())
        return (
            f"points miss their polygons by about {self.shift:.0f} m in one direction: the layer says "
            f"{self.stated}, {self.likely} fits better (inside: {shares})"
        )


def doubt(
    xy: np.ndarray,
    frame: str,
    polygons: Sequence[Polygon | MultiPolygon],
    polygon_of: np.ndarray | None = None,
) -> FrameWarning | None:
    """Return a warning when another frame fits the points of a layer clearly better, None when all is well.

    `xy` are the raw (n, 2) points of the layer, `frame` what the layer says they are, `polygons` shapes in
    WGS 84 lon/lat. `polygon_of[i]` is the index of the polygon that point i must fall in; points that name no
    polygon are left out by -1. Without `polygon_of` a point is inside when any polygon holds it. On the border
    is inside. Only wgs84, cgcs2000, gcj02 and bd09 are mistaken for each other; for an `epsg:n` layer the
    answer is None. The rule: read in the other frame, the points that come home must outnumber those that
    leave it by three standard deviations of chance, so at least nine of them. A kit calls this once for each
    layer of points that says where they belong (places by town, incidents by precinct) and reports `str(…)`.
    """
    stated = coords.parse(frame)
    if stated.epsg is not None:
        return None
    points = np.asarray(xy, dtype=float).reshape(-1, 2)
    inside = {}
    read = {}
    for name in CONFUSED:
        read[name] = coords.to_wgs84(points, name)
        inside[name] = _inside(read[name], polygons, polygon_of)
    own = "wgs84" if stated.name == "cgcs2000" else stated.name
    likely = max(inside, key=lambda name: int(inside[name].sum()))
    healed = int((inside[likely] & ~inside[own]).sum())
    broken = int((inside[own] & ~inside[likely]).sum())
    if healed - broken < SIGNS * np.sqrt(healed + broken) or healed == 0:
        return None
    counted = len(points) if polygon_of is None else int((np.asarray(polygon_of) >= 0).sum())
    rates = {name: float(found.sum()) / counted for name, found in inside.items()}
    a, b = read[own], read[likely]
    _, _, metres = Geod(ellps="WGS84").inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    return FrameWarning(stated.name, likely, rates, float(np.median(metres)))


def _inside(
    lonlat: np.ndarray, polygons: Sequence[Polygon | MultiPolygon], polygon_of: np.ndarray | None
) -> np.ndarray:
    points = np.asarray(shapely.points(lonlat), dtype=object)
    shapes = np.asarray(polygons, dtype=object)
    found: np.ndarray = np.zeros(len(points), dtype=np.bool_)
    if polygon_of is None:
        found[shapely.STRtree(shapes).query(points, predicate="intersects")[0]] = True
        return found
    owner = np.asarray(polygon_of)
    named = owner >= 0
    found[named] = shapely.intersects(shapes[owner[named]], points[named])
    return found
