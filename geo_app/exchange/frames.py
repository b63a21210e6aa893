"""From a file's frame to the city's metric one: which frame, which axis first, and whether that can be true.

Nothing is turned or shifted silently: where the axes are swapped, or the land lies as another frame would have it,
the better reading is proposed and waits for somebody's word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.exchange.model import Reading
from geo_app.exchange.reading import Table
from grids.defects import Finding, Kind, Mend, Weight
from grids.model import on_millimetres

AXES = ("xy", "yx")
ALIKE = ("wgs84", "gcj02", "bd09")
"""Frames in degrees that are taken for each other."""
FAR = 10_000.0
"""Metres from the city beyond which a layer is not of it."""
CGCS2000, ZONED = range(4534, 4555), 21
"""EPSG numbers of 3 degree zones without the zone's number before their eastings; so far below are those with it."""
SIDE = 64
"""Places a side of the box round the city at which two readings are compared."""
LEAST, TIMES = 20, 3
"""Another frame is proposed when so many places, and so many times fewer, disagree with the city's land."""
CONFIDENCE = 20
"""Of 100: how alike an EPSG frame must be to one that a file describes, to be compared with it by numbers."""


@dataclass(frozen=True, slots=True)
class Target:
    """The city's metric frame, and its land in it, None where none is known."""

    srid: int
    land: BaseGeometry | None = None


def metric(found: Table, reading: Reading, target: Target) -> tuple[np.ndarray, str, tuple[Finding, ...]]:
    """Return the shapes in the metric frame on the millimetre grid, the frame they are read in, what is wrong."""
    findings = []
    frame, says = _frame(found, reading)
    if says is not None:
        findings.append(_finding(Mend.READ, says, None, Weight.NOTED))
    if found.has_heights:
        findings.append(_finding(Mend.READ, "heights are left out: cells are flat", None, Weight.NOTED))
    xy, row = shapely.get_coordinates(found.shapes, return_index=True)
    _check_finite(xy, row)
    turned, swap = _axes(xy, frame, reading, target)
    if not swap and reading.frame is None and reading.axes is None:
        frame, turned, swap = _elsewhere(xy, frame, target)
    findings += swap
    if reading.frame is None or coords.parse(reading.frame).epsg is None:
        frame, doubts = _doubted(found.shapes, turned, frame, reading, target)
        findings += doubts
    placed = _convert(turned, row, frame, target.srid)
    shapes = shapely.set_coordinates(found.shapes.copy(), placed)
    return np.asarray(shapes, dtype=object), frame, tuple(findings)


def _frame(found: Table, reading: Reading) -> tuple[str, str | None]:
    """Return the name of the frame and a word about its unit; a statement that contradicts the file is refused."""
    crs = found.crs
    if crs is None:
        if reading.frame is None:
            rule = (
                "stated: the file does not say its frame (no .prj, or none in it): wgs84, gcj02, bd09, epsg:n"
            )
            raise BadInput("frame", None, rule)
        coords.parse(reading.frame)
        return reading.frame, None
    if reading.frame is not None and found.is_by_rule:
        coords.parse(reading.frame)  # a GeoJSON that says nothing: whoever brings it knows better
        return reading.frame, None
    own = _named(crs)
    if reading.frame is not None:
        stated, said = coords.parse(reading.frame), coords.parse(own)
        if stated.is_lonlat != said.is_lonlat or (not stated.is_lonlat and stated != said):
            raise BadInput("frame", reading.frame, f"the file's own, {own}, or the file without a frame")
        return (reading.frame if stated.is_lonlat else own), None
    unit = CRS.from_user_input(crs).axis_info[0]
    if unit.unit_name in {"metre", "degree"}:
        return own, None
    return own, f"the file is in {unit.unit_name}; it was converted to metres from {own}"


def _named(crs: str) -> str:
    """Return what a file's frame is called here; an EPSG number that means the same to a millimetre."""
    try:
        given = CRS.from_user_input(crs).to_2d()
        number = given.to_epsg(CONFIDENCE)
    except CRSError as error:
        raise BadInput("frame", crs[:60], f"a frame that is known ({error})"[:200]) from error
    if number is None:
        rule = "a frame with an EPSG number: take the .prj away and state frame as epsg:n"
        raise BadInput("frame", given.name, rule)
    known = CRS.from_epsg(number)
    if not _is_same(given, known):
        raise BadInput("frame", given.name, f"a frame with an EPSG number; the nearest, {number}, differs")
    return "wgs84" if number == coords.WGS84 else f"epsg:{number}"


def _is_same(given: CRS, known: CRS) -> bool:
    """Return whether two frames put the corners and the middle of where they are used on the same numbers."""
    if given.equals(known, ignore_axis_order=True) or given.is_geographic:
        return True
    area = known.area_of_use
    if area is None:
        return False
    parameters = (given.coordinate_operation, known.coordinate_operation)
    if parameters[0] is None or parameters[1] is None:
        return False
    return _numbers(given) == _numbers(known)


def _numbers(crs: CRS) -> tuple[object, ...]:
    """Return what a projection is made of: method, parameters, ellipsoid, unit."""
    operation = crs.coordinate_operation
    values = (
        sorted(round(float(one.value) * one.unit_conversion_factor, 9) for one in operation.params)
        if operation
        else []
    )
    unit = round(crs.axis_info[0].unit_conversion_factor, 9)
    ellipsoid = crs.ellipsoid
    size = (round(ellipsoid.semi_major_metre, 3), round(ellipsoid.inverse_flattening, 6)) if ellipsoid else ()
    return tuple(values), size, unit


def _check_finite(xy: np.ndarray, row: np.ndarray) -> None:
    bad = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(bad):
        first = int(bad[0])
        raise BadInput(
            f"row {int(row[first]) + 1}", tuple(xy[first].tolist()), "both coordinates must be finite"
        )


def _axes(xy: np.ndarray, frame: str, reading: Reading, target: Target) -> tuple[np.ndarray, list[Finding]]:
    """Return the coordinates with x first; where only turned they can be, or lie at the city, that is proposed."""
    if reading.axes is not None and reading.axes not in AXES:
        raise BadInput("axes", reading.axes, "xy or yx")
    turned = xy[:, ::-1]
    if reading.axes is not None:
        return (turned if reading.axes == "yx" else xy), []
    as_is, other = _distance(xy, frame, target), _distance(turned, frame, target)
    if as_is is not None and (as_is == 0 or other is None or other > 0):
        return xy, []
    if other is None:
        return xy, []
    first = tuple(round(float(value), 6) for value in xy[0])
    says = f"the axes are swapped: {first} can only be y, x; it is read so"
    return turned, [_finding(Mend.READ, says, "axes=yx", Weight.OPEN, len(xy))]


def _elsewhere(xy: np.ndarray, frame: str, target: Target) -> tuple[str, np.ndarray, list[Finding]]:
    """Return the frame and order in which coordinates lie at the city, where in the file's own they are far from it.

    Where they fit in none, what is far is told, and what cannot be is refused when it is converted.
    """
    away = _distance(xy, frame, target)
    if away is not None and away <= FAR:
        return frame, xy, []
    kilometres = 0.0 if away is None else away / 1000
    for name in _likely(target.srid):
        for axes, ordered in zip(AXES, (xy, xy[:, ::-1]), strict=True):
            if (
                name != frame
                and _distance(ordered, name, target) == 0
                and _is_in_reach(ordered, name, target)
            ):
                to = f"frame={name}" + (f" axes={axes}" if axes != AXES[0] else "")
                says = f"in {frame} the layer lies {kilometres:,.0f} km from the city; it fits in {name} and is read so"
                if away is None:
                    says = f"in {frame} the coordinates cannot be; they fit in {name} and are read so"
                return name, ordered, [_finding(Mend.READ, says, to, Weight.OPEN, len(xy))]
    if away is None:
        return frame, xy, []
    says = f"in {frame} the layer lies {kilometres:,.0f} km from the city"
    return frame, xy, [_finding(Mend.CORRECT, says, None, Weight.REFUSED, len(xy))]


def _is_in_reach(xy: np.ndarray, frame: str, target: Target) -> bool:
    """Return whether coordinates lie where the city's metric frame is made for."""
    try:
        coords.to_wgs84(_metric(xy, frame, target.srid), f"epsg:{target.srid}")
    except BadInput:
        return False
    return True


def _likely(srid: int) -> list[str]:
    """Return the frames that files about a city are in: degrees, its own, that with the zone's number, Web Mercator."""
    zoned = [srid - ZONED] if srid in CGCS2000 else []
    return ["wgs84", *(f"epsg:{number}" for number in (srid, *zoned, coords.MERCATOR))]


def _distance(xy: np.ndarray, frame: str, target: Target) -> float | None:
    """Return how far, in metres, coordinates lie from the city; 0 when at it, None when they cannot be at all."""
    try:
        placed = _metric(xy, frame, target.srid)
    except BadInput:
        return None
    if not np.isfinite(placed).all():
        return None
    if target.land is None:
        return 0.0
    box = shapely.box(*np.min(placed, axis=0), *np.max(placed, axis=0))
    return float(shapely.distance(box, target.land))


def _doubted(
    shapes: np.ndarray, xy: np.ndarray, frame: str, reading: Reading, target: Target
) -> tuple[str, list[Finding]]:
    """Return the frame in which degrees fit the city's land clearly best, with a finding where that is another."""
    known = coords.parse(frame)
    if target.land is None or not known.is_lonlat or frame.startswith("epsg"):
        return frame, []
    own = "wgs84" if known.name == "cgcs2000" else known.name
    places = _places(target.land)
    inside = shapely.intersects(target.land, shapely.points(places))
    lonlat = coords.convert(places, target.srid, coords.WGS84)
    tree = shapely.STRtree(shapely.set_coordinates(shapes.copy(), xy))
    apart = {}
    for name in ALIKE:
        hit = np.zeros(len(places), dtype=bool)
        hit[tree.query(shapely.points(coords.from_wgs84(lonlat, name)), predicate="intersects")[0]] = True
        apart[name] = int((hit != inside).sum())
    best = min(apart, key=lambda name: (apart[name], name != own))
    if best == own or apart[own] < LEAST or apart[own] < TIMES * apart[best]:
        return frame, []
    there, many, few = len(places), apart[own], apart[best]
    if reading.frame is not None:
        says = f"of {there} places {many} disagree with the city's land in {own}, {few} in {best}; {own} was stated"
        return frame, [_finding(Mend.READ, says, None, Weight.NOTED)]
    says = f"of {there} places {many} disagree with the city's land in {own}, {few} in {best}; it is read so"
    return best, [_finding(Mend.READ, says, f"frame={best}", Weight.OPEN, len(shapes))]


def _places(land: BaseGeometry) -> np.ndarray:
    """Return places in and round the land, in a lattice."""
    shapely.prepare(land)
    west, south, east, north = land.bounds
    x, y = np.meshgrid(np.linspace(west, east, SIDE), np.linspace(south, north, SIDE))
    margin = np.array([(east - west), (north - south)]) * 0.02
    places = np.column_stack([x.ravel(), y.ravel()])
    return np.asarray(places + margin * np.sign(places - places.mean(axis=0)) * 0.5)


def _convert(xy: np.ndarray, row: np.ndarray, frame: str, srid: int) -> np.ndarray:
    """Return coordinates in the metric frame; BadInput names the row of the first that cannot be."""
    try:
        placed = _metric(xy, frame, srid)
    except BadInput as error:
        text = error.field
        if not text.startswith("coordinates["):
            raise
        number = int(row[int(text[len("coordinates[") : -1])]) + 1
        raise error.at(f"row {number}") from error
    bad = np.flatnonzero(~np.isfinite(placed).all(axis=1))
    if len(bad):
        first = int(bad[0])
        rule = "a place within reach of the city's frame"
        raise BadInput(f"row {int(row[first]) + 1}", tuple(xy[first].tolist()), rule)
    return np.asarray(on_millimetres(placed))


def _metric(xy: np.ndarray, frame: str, srid: int) -> np.ndarray:
    lonlat = coords.to_wgs84(xy, frame)
    if coords.parse(frame).epsg == srid:
        return xy
    return coords.convert(lonlat, coords.WGS84, srid)


def _finding(mend: Mend, says: str, to: str | None, weight: Weight, count: int = 1) -> Finding:
    one = Finding(Kind.FRAME, (), shapely.GeometryCollection(), 0.0, mend, says, (), to)
    return replace(one, weight=weight, count=count)
