"""Build the things tests and benches need: small, seeded, the same every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.cities.model import (
    CellRow,
    CityData,
    IncidentRow,
    PlaceRow,
    ResponderRow,
    RouteRow,
    Shift,
)
from geo_app.incidents.model import Channel, NewReport
from geo_app.organisation.model import Level, NewCity, NewDepartment, NewUnit
from geo_app.planning.model import Thematic
from geo_app.roads.model import Road
from grids import code
from grids.model import Cell, Partition, on_millimetres

CELLS_A_COMMUNITY = 500
TOWN_SRID = 4548
TOWN_CORNER = (500_000.0, 4_400_000.0)
"""South-west corner of the town in its metric frame."""
TOWN_AT = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)
COMMUNITIES = ("990101001001", "990101001002", "990101002001")
TOWN_UNITS = (
    NewUnit(Level.DISTRICT, "990101", "试验区", None),
    NewUnit(Level.STREET, "990101001", "东街道", "990101"),
    NewUnit(Level.STREET, "990101002", "西街道", "990101"),
    NewUnit(Level.COMMUNITY, COMMUNITIES[0], "一社区", "990101001"),
    NewUnit(Level.COMMUNITY, COMMUNITIES[1], "二社区", "990101001"),
    NewUnit(Level.COMMUNITY, COMMUNITIES[2], "三社区", "990101002"),
)
Shape = TypeVar("Shape", bound=BaseGeometry)


def partition(columns: int, rows: int, *, seed: int = 1, side: float = 100.0) -> Partition:
    """Return a whole partition of `columns` x `rows` four-cornered cells of about `side` metres.

    Corners are shifted by up to a quarter of a side, neighbours share them: no gap, no overlap.
    """
    shift = np.random.default_rng(seed).uniform(-side / 4, side / 4, (rows + 1, columns + 1, 2))
    x, y = np.meshgrid(np.arange(columns + 1) * side, np.arange(rows + 1) * side)
    corners = on_millimetres(np.stack([x, y], axis=-1) + shift)
    rings = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
    return Partition.of([cell(number, Polygon(ring)) for number, ring in enumerate(rings.reshape(-1, 4, 2))])


def cell(number: int, polygon: Polygon) -> Cell:
    """Return the `number`-th cell (from 0) of a made-up city, with a code of the GB/T 30428.1 pattern."""
    community = f"990101001{number // CELLS_A_COMMUNITY + 1:03d}"
    name = f"第{number + 1}网格"
    return Cell(code.build(community, number % CELLS_A_COMMUNITY + 1), name, community, polygon)


def moved(whole: Partition, which: str, dx: float, dy: float) -> Partition:
    """Return `whole` with the cell `which` shifted by `dx`, `dy` metres: it overlaps and leaves a gap."""
    found = whole.cells[which]
    shifted = shapely.transform(found.geometry, lambda xy: on_millimetres(xy + np.array([dx, dy])))
    return Partition.of([*without(whole, which).cells.values(), replace(found, geometry=shifted)])


def without(whole: Partition, which: str) -> Partition:
    """Return `whole` without the cell `which`."""
    return Partition.of([cell for cell in whole.cells.values() if cell.code != which])


def town(columns: int = 6, rows: int = 4, *, at: datetime = TOWN_AT, seed: int = 3) -> CityData:
    """Return a small city: cells in three communities of two streets, a lattice of roads, four responders.

    Responder 0 is always on shift and answers for the first two cells; 1 and 2 have every skill and no shift
    either; 3 is on shift on Monday mornings only. One patrol route runs through the middle. At `at` two incidents
    are open and one is closed.
    """
    whole = partition(columns, rows, seed=seed)
    cells = tuple(
        _town_cell(number, cell.geometry, columns) for number, cell in enumerate(whole.cells.values())
    )
    skills = tuple(sorted({category.skill for category in CATEGORIES if category.skill}))
    middle = (columns * 50.0, rows * 50.0)
    first = cells[0].geometry.centroid
    door = Point(round(first.x, 3), round(first.y, 3))
    return CityData(
        info=NewCity("town", "小城", "Town", "990101", TOWN_SRID, "Asia/Shanghai", "made for tests", True, "gb30428"),
        units=TOWN_UNITS,
        cells=cells,
        thematic=(Thematic("water", "w1", "东湖", _shift(shapely.box(10, 10, 90, 60))),),
        roads=_lattice(columns, rows),
        places=(PlaceRow("number", "中山路1号", "中山路", "1", COMMUNITIES[0], door),),
        departments=(NewDepartment("D1", "城管", "City order"),),
        responders=(
            _responder(0, (), (cells[0].code, cells[1].code), (5.0, 5.0)),
            _responder(1, skills, (), middle),
            _responder(2, skills, (), (columns * 100.0 - 5, rows * 100.0 - 5)),
            _responder(3, skills, (), middle, (Shift(0, time(8), time(12)),)),
        ),
        routes=(RouteRow("R1", "一号线", "P0", _shift(LineString([(50, 50), (columns * 100 - 50, rows * 100 - 50)]))),),
        categories=CATEGORIES,
        incidents=(
            _incident(0, "井盖丢了", (60.0, 60.0), at - timedelta(hours=2), None),
            _incident(1, "路灯不亮", middle, at - timedelta(hours=1), None),
            _incident(2, "垃圾", (90.0, 90.0), at - timedelta(days=3), at - timedelta(days=2)),
        ),
    )  # fmt: skip


def report(category: str, position: Point, at: datetime, words: str = "x") -> NewReport:
    """Return what somebody tells by the web about a trouble at a lon/lat position, right when it occurs."""
    return NewReport(
        category=category, channel=Channel.WEB, description=words, position=position, occurred_at=at
    )


def _town_cell(number: int, geometry: Polygon, columns: int) -> CellRow:
    """The left third of the columns is the first community, the middle one the second, the rest the third."""
    column, place = number % columns, number // columns
    third = min(column * 3 // columns, 2)
    width = [sum(1 for c in range(columns) if min(c * 3 // columns, 2) == t) for t in range(3)]
    inside = place * width[third] + column - sum(width[:third])
    return CellRow(
        code.build(COMMUNITIES[third], inside + 1),
        f"第{number + 1}网格",
        COMMUNITIES[third],
        _shift(geometry),
    )


def _responder(
    number: int, skills: tuple[str, ...], cells: tuple[str, ...], place: tuple[float, float],
    shifts: tuple[Shift, ...] = (),
) -> ResponderRow:  # fmt: skip
    kind, department = ("grid_worker", None) if cells else ("department", "D1")
    return ResponderRow(f"P{number}", f"王{number}", kind, skills, department, cells, shifts, _spot(*place))


def _incident(
    category: int, words: str, place: tuple[float, float], at: datetime, closed_at: datetime | None
) -> IncidentRow:
    return IncidentRow(CATEGORIES[category].code, "web", words, _spot(*place), at, closed_at)


def _lattice(columns: int, rows: int) -> tuple[Road, ...]:
    ends = [((c, r), (c + 1, r)) for r in range(rows + 1) for c in range(columns)]
    ends += [((c, r), (c, r + 1)) for r in range(rows) for c in range(columns + 1)]
    return tuple(
        Road(number, a[1] * 1000 + a[0], b[1] * 1000 + b[0], "residential", "中山路", 0,
             _shift(LineString([(a[0] * 100.0, a[1] * 100.0), (b[0] * 100.0, b[1] * 100.0)])))
        for number, (a, b) in enumerate(ends, 1)
    )  # fmt: skip


def _spot(x: float, y: float) -> Point:
    return _shift(Point(x, y))


def _shift(shape: Shape) -> Shape:
    """Return a shape around the origin moved to where the town lies, on the millimetre grid."""
    return shapely.transform(shape, lambda xy: on_millimetres(xy + np.array(TOWN_CORNER)))
