"""The ground of the demo city: river, brook, lake, railway, border, and the warp that bends streets to them.

Streets are laid out on a straight plan (u to the east, v to the north) in which the river runs along v = 2500.
The warp carries the plan onto the board and bends river and streets alike, so they never cross by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.interpolate import CubicSpline
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo.frame import HEIGHT, WIDTH, Floats, line, on_grid
from geo_app.cities.demo.luck import Luck

RIVER_V = 2500.0
BROOK_U = 3770.0
RIVERSIDE = (2380.0, 2650.0)
"""Where on the plan the riverside roads run, south and north of the river."""
AVENUE_U = 3020.0
"""The avenue that parts the southern half in two."""
ISLAND_U = 4480.0
LAKE = (1530.0, 3735.0)
"""Middle of the lake, on the plan."""
PARK = (1230.0, 3450.0, 1830.0, 4020.0)
"""The park around the lake, on the plan: west, south, east, north."""
OLD_TOWN = Point(2330, 1230)
"""The drum tower (鼓楼), on the board."""
OLD_TOWN_TURN = np.radians(-17.0)

Plan = Sequence[tuple[float, float]]


class Warp:
    """Carries the straight plan (u, v) onto the drawing board (x, y)."""

    def __init__(self, rng: Luck) -> None:
        along = np.array([-400, 600, 1500, 2500, 3500, 4400, 5300, 6400], dtype=float)
        bend = np.array([760, 560, 60, -330, -40, 240, -150, -560], dtype=float)
        shaken = bend + [rng.uniform(-35, 35) for _ in bend]
        self._bend = CubicSpline(along, shaken, bc_type="natural")
        self._slope = self._bend.derivative()
        self._phases = [rng.uniform(0, 2 * np.pi) for _ in range(4)]

    def __call__(self, plan: Floats) -> Floats:
        """Return board coordinates of an array of plan coordinates."""
        u, v = plan[:, 0], plan[:, 1]
        away = v - RIVER_V
        near = np.exp(-((away / 1350) ** 2))
        p = self._phases
        x = u - 0.62 * self._slope(u) * away * np.exp(-((away / 950) ** 2))
        x = x + 42 * np.sin(v / 520 + p[0]) + 26 * np.sin(u / 610 + v / 840 + p[1])
        y = v + self._bend(u) * near
        y = y + 40 * np.sin(u / 690 + p[2]) + 24 * np.sin(v / 560 - u / 900 + p[3])
        return np.column_stack([x, y])

    def line(self, plan: Plan) -> LineString:
        """Return a line of the plan on the board, bent, one vertex every 20 m or fewer, in millimetres."""
        straight = shapely.segmentize(LineString(plan), 20.0)
        bent = shapely.transform(straight, self)
        return line(on_grid(bent.simplify(0.4)))

    def area(self, plan: Plan) -> Polygon:
        """Return an area of the plan on the board, bent."""
        return shapely.transform(shapely.segmentize(Polygon(plan), 20.0), self)


@dataclass(frozen=True, slots=True)
class Terrain:
    """What was there before the streets; geometry on the drawing board."""

    warp: Warp
    border: Polygon
    river: Polygon
    brook: Polygon
    island: Polygon
    lake: Polygon
    park: Polygon
    hill: Polygon
    shores: BaseGeometry
    """Green strips between the river and its riverside roads."""
    railway: LineString
    divides: tuple[LineString, ...]
    """Lines of water that cells never cross: the course of the river and of the brook."""

    @property
    def water(self) -> BaseGeometry:
        """All open water."""
        return shapely.union_all([self.river, self.brook, self.lake])

    @property
    def open(self) -> BaseGeometry:
        """Ground nobody builds on: water, parks and the railway."""
        line = self.railway.buffer(9)
        return shapely.union_all([self.water, self.park, self.hill, self.shores, self.island, line])


def draw(rng: Luck) -> Terrain:
    """Draw the ground."""
    warp = Warp(rng)
    border = _border(rng)
    island = warp.area(_blob(rng, (ISLAND_U, RIVER_V + 26), (230, 44), 48))
    river = shapely.intersection(warp.area(_river_banks(rng)), border).difference(island)
    brook_line = [(_brook(v), v) for v in np.arange(RIVER_V + 20, HEIGHT + 400, 40.0)]
    brook = shapely.intersection(warp.line(brook_line).buffer(19), border).difference(river)
    south_road, north_road = RIVERSIDE
    strip = warp.area([(-300, south_road), (6300, south_road), (6300, north_road), (-300, north_road)])
    lake = warp.area(_blob(rng, LAKE, (160, 170), 60))
    west, south, east, north = PARK
    park = warp.area([(west, south), (east, south), (east, north), (west, north)])
    hill = _blob(rng, (5330, 4420), (560, 430), 60)
    return Terrain(
        warp=warp,
        border=border,
        river=_largest(river),
        brook=_largest(brook),
        island=island,
        lake=lake,
        park=park,
        hill=_largest(shapely.intersection(Polygon(hill), border)),
        shores=shapely.intersection(strip, border).difference(shapely.union_all([river, brook, island])),
        railway=_railway(border),
        divides=(
            warp.line(_course()),
            warp.line(_brook_course()),
        ),
    )


def _border(rng: Luck) -> Polygon:
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    waves = sum(
        size * np.sin(times * angles + rng.uniform(0, 6.3))
        for times, size in ((3, 0.035), (5, 0.03), (8, 0.018), (13, 0.012), (21, 0.008))
    )
    power = 3.4
    radius = (np.abs(np.cos(angles)) ** power + np.abs(np.sin(angles)) ** power) ** (-1 / power) * (1 + waves)
    x = WIDTH / 2 + (WIDTH / 2 - 60) * radius * np.cos(angles)
    y = HEIGHT / 2 + (HEIGHT / 2 - 40) * radius * np.sin(angles)
    return Polygon(np.round(np.column_stack([x, y]), 3))


def _swell(u: float | Floats) -> Floats:
    return np.exp(-(((np.asarray(u) - ISLAND_U) / 330) ** 2))


def _river_banks(rng: Luck) -> Plan:
    along = np.arange(-400, WIDTH + 401, 40.0)
    shake = rng.uniform(0, 6.3)
    north = RIVER_V + 52 + 9 * np.sin(along / 310 + shake) + 62 * _swell(along)
    south = [south_bank(u) for u in along.tolist()]
    return [*zip(along, south, strict=True), *zip(along[::-1], north[::-1], strict=True)]


def south_bank(u: float) -> float:
    """Return where the river's south bank runs on the plan."""
    return float(RIVER_V - 52 - 8 * np.sin(u / 370) - 28 * _swell(u))


def _course() -> Plan:
    along = np.arange(-400, WIDTH + 401, 40.0)
    return [*zip(along, RIVER_V - 48 * _swell(along), strict=True)]


def _brook(v: float) -> float:
    return float(BROOK_U + 38 * np.sin(v / 240))


def _brook_course() -> Plan:
    return [
        (_brook(v), v)
        for v in (RIVER_V - 30.0, RIVER_V + 10.0, *np.arange(RIVER_V + 40, HEIGHT + 400, 40.0).tolist())
    ]


def sides(warp: Warp) -> list[Polygon]:
    """Return the four quarters that the river, the brook and the avenue at u = 3020 make; in order of code."""
    top, bottom, west, east = HEIGHT + 360, -400.0, -400.0, WIDTH + 400
    foot, brook = _brook(RIVER_V), _brook_course()
    to_brook = [spot for spot in _course() if spot[0] < foot]
    from_brook = [spot for spot in _course() if spot[0] > foot]
    to_avenue = [spot for spot in _course() if spot[0] < AVENUE_U]
    from_avenue = [spot for spot in _course() if spot[0] > AVENUE_U]
    plans = (
        [*to_brook, *brook, (west, top)],
        [*from_brook, (east, top), *brook[::-1]],
        [*to_avenue, (AVENUE_U, RIVER_V), (AVENUE_U, bottom), (west, bottom)],
        [(AVENUE_U, RIVER_V), *from_avenue, (east, bottom), (AVENUE_U, bottom)],
    )
    return [warp.area(plan) for plan in plans]


def _blob(rng: Luck, middle: tuple[float, float], size: tuple[float, float], corners: int) -> Plan:
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = (
        1 + 0.13 * np.sin(2 * angles + rng.uniform(0, 6.3)) + 0.07 * np.sin(3 * angles + rng.uniform(0, 6.3))
    )
    x = middle[0] + size[0] * radius * np.cos(angles)
    y = middle[1] + size[1] * radius * np.sin(angles)
    return [*zip(x.tolist(), y.tolist(), strict=True)]


def _railway(border: Polygon) -> LineString:
    west = [(-300, 250), (900, 400), (2200, 480), (3500, 590), (4550, 1060)]
    knots = np.array([*west, (5130, 1960), (5330, 2900), (5480, 3900), (5800, 5300)], dtype=float)
    t = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(knots, axis=0).T))])
    curve = LineString(CubicSpline(t, knots)(np.arange(0, t[-1], 30.0))).simplify(0.5)
    inside = shapely.get_parts(shapely.intersection(curve, border.buffer(1.0)))
    return line(on_grid(max(inside, key=lambda part: part.length)))


def _largest(shape: BaseGeometry) -> Polygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area)
