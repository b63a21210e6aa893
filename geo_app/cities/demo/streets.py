"""The streets of the demo city: ring road, axis, old town and the bent grid of avenues and streets.

A street is drawn piece by piece on the plan; a piece can be missing as a road and still be the border of a cell.
Weaker streets give way: where one would run alongside a stronger one, it ends in a junction with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo import terrain
from geo_app.cities.demo.frame import Floats, on_grid, polygon
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.terrain import Plan, Terrain

Spot = tuple[float, float]

RANK = ("trunk", "primary", "secondary", "tertiary", "residential", "service", "footway")
"""Road classes, the strongest first."""
OVERSHOOT = 1.0
"""Metres a line goes past the one it ends at, so that noding makes the junction; the stub is cut later."""
ROOM = 42.0
"""Metres that streets keep from a stronger one they do not cross."""
BANKS = (3620.0, 3920.0)
BRIDGES = (640, 1230, 1830, 3020, 3620, 4210, 4800, 5680)
"""Where north-south streets of the plan cross the river."""


@dataclass(frozen=True, slots=True)
class Way:
    """A line drawn for a street, before junctions; one `key` is one street, `is_border` makes it part cells."""

    key: str
    road_class: str
    line: LineString
    oneway: int = 0
    is_road: bool = True
    is_border: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the plan: where it runs, how strong it is, which way it may be driven."""

    at: float
    road_class: str
    oneway: int = 0


COLUMNS = (
    Rule(60, "tertiary"), Rule(340, "secondary"), Rule(640, "secondary"), Rule(930, "tertiary"),
    Rule(1230, "primary"), Rule(1500, "tertiary"), Rule(1830, "secondary"), Rule(2120, "tertiary", 1),
    Rule(2420, "tertiary", -1), Rule(2700, "tertiary"), Rule(3020, "primary"), Rule(3310, "tertiary"),
    Rule(3620, "secondary"), Rule(3920, "tertiary"), Rule(4210, "primary"), Rule(4500, "tertiary"),
    Rule(4800, "secondary"), Rule(5090, "tertiary"), Rule(5380, "tertiary"), Rule(5680, "secondary"),
    Rule(5930, "tertiary"),
)  # fmt: skip
ROWS = (
    Rule(130, "tertiary"), Rule(420, "secondary"), Rule(710, "primary"), Rule(1000, "tertiary", 1),
    Rule(1290, "secondary"), Rule(1590, "tertiary", -1), Rule(1880, "primary"), Rule(2130, "tertiary"),
    Rule(2380, "secondary"), Rule(2650, "secondary"), Rule(2900, "tertiary"), Rule(3170, "primary"),
    Rule(3450, "secondary"), Rule(3740, "tertiary"), Rule(4020, "secondary"), Rule(4320, "secondary"),
    Rule(4600, "tertiary"), Rule(4870, "tertiary"),
)  # fmt: skip


def draw(ground: Terrain, rng: Luck) -> tuple[list[Way], Polygon]:
    """Draw every street that is at least tertiary; also return the outline of the old town."""
    old_town = _old_town(rng)
    strong = [_ring(ground), *_axis(ground), Way("wall", "secondary", LineString(old_town.exterior.coords))]
    inner = _old_streets(old_town, rng)
    grid = _grid(ground, rng)
    placed = [_clipped(way, ground) for way in strong]
    drawn = [way for group in placed for way in group]
    for road_class in ("primary", "secondary", "tertiary"):
        taken = shapely.union_all([way.line for way in drawn if way.is_road])
        near = shapely.union_all([way.line.buffer(ROOM) for way in drawn if way.is_road])
        for way in grid:
            if way.road_class == road_class:
                outside = shapely.difference(way.line, old_town.buffer(-OVERSHOOT))
                for line in keep_clear(outside, taken, near):
                    drawn += _clipped(replace(way, line=line), ground)
    return [*drawn, *inner], old_town


def keep_clear(
    line: BaseGeometry, strong: BaseGeometry, near_strong: BaseGeometry, room: float = ROOM
) -> list[LineString]:
    """Return the parts of a line that do not run alongside `strong`; cut ends are led to it.

    `near_strong` is `strong` with `room` metres around it.
    """
    beside = [part for part in lines(shapely.intersection(line, near_strong)) if part.length > 3.6 * room]
    if not beside:
        return lines(line)
    kept = shapely.difference(line, shapely.union_all([part.buffer(0.01) for part in beside]))
    return [_led_to(part, strong, room) for part in lines(kept) if part.length > room]


def lines(shape: BaseGeometry) -> list[LineString]:
    """Return the lines of a shape, joined where two ends meet."""
    found = [part for part in shapely.get_parts(shape) if isinstance(part, LineString) and part.length > 0]
    if len(found) < 2:
        return found
    return list(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(found))))


def _led_to(line: LineString, strong: BaseGeometry, room: float) -> LineString:
    points = shapely.get_coordinates(line).tolist()
    for end, at in ((points[0], 0), (points[-1], len(points))):
        gap = strong.distance(Point(end))
        if room - 1 < gap < room + 1:
            target = shapely.shortest_line(Point(end), strong).coords[-1]
            stretch = (gap + OVERSHOOT) / gap
            beyond = [end[i] + (target[i] - end[i]) * stretch for i in (0, 1)]
            points.insert(at if at == 0 else len(points), beyond)
    return on_grid(LineString(points))


def _clipped(way: Way, ground: Terrain) -> list[Way]:
    crosses = RANK.index(way.road_class) <= RANK.index("primary") or way.key in {"u1830", "u5680", "v2380"}
    border = way.line.intersection(ground.border.buffer(OVERSHOOT))
    found = [replace(way, line=on_grid(line), is_road=False) for line in lines(border) if way.is_border]
    if not way.is_road:
        return found
    road = border if crosses else shapely.difference(border, ground.railway.buffer(24))
    parts = (
        lines(road)
        if crosses
        else [
            part
            for line in lines(road)
            for part in lines(shapely.difference(line, _beside(line, ground.railway)))
        ]
    )
    return found + [replace(way, line=on_grid(line), is_border=False) for line in parts if line.length > 30]


def _beside(line: LineString, railway: LineString) -> BaseGeometry:
    parts = lines(shapely.intersection(line, railway.buffer(60)))
    return shapely.union_all([part.buffer(0.01) for part in parts if part.length > 150])


def _ring(ground: Terrain) -> Way:
    west, east, top, radius = 640.0, 4800.0, 4320.0, 720.0
    turn = np.linspace(0, np.pi / 2, 12)
    left = [(west + radius * (1 - np.cos(t)), top - radius * (1 - np.sin(t))) for t in turn]
    right = [(east - radius * (1 - np.sin(t)), top - radius * (1 - np.cos(t))) for t in turn]
    return Way("ring", "trunk", ground.warp.line([(west, -300), *left, *right, (east, -300)]))


def _axis(ground: Terrain) -> list[Way]:
    along = np.array([np.sin(-terrain.OLD_TOWN_TURN), np.cos(-terrain.OLD_TOWN_TURN)])
    drum = np.array(terrain.OLD_TOWN.coords[0])
    south = shapely.intersection(LineString([drum, drum - 1500 * along]), ground.railway).coords[0]
    foot = np.array(south) + 70 * along
    north = [
        drum + far * along + np.array([0.00008 * max(far - 600, 0) ** 2, 0]) for far in range(0, 2101, 100)
    ]
    line = LineString([foot, *north])
    return [Way("axis", "primary", on_grid(_until_row(line, ground)))]


def _until_row(line: LineString, ground: Terrain) -> LineString:
    row = ground.warp.area([(-300, -300), (6300, -300), (6300, 3170), (-300, 3170)])
    return lines(shapely.intersection(line, row.buffer(OVERSHOOT)))[0]


def _old_town(rng: Luck) -> Polygon:
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = (np.abs(np.cos(angles)) ** 3.2 + np.abs(np.sin(angles)) ** 3.2) ** (-1 / 3.2)
    wave = (
        1 + 0.025 * np.sin(3 * angles + rng.uniform(0, 6.3)) + 0.02 * np.sin(5 * angles + rng.uniform(0, 6.3))
    )
    board = _turned(
        np.column_stack([540 * radius * wave * np.cos(angles), 570 * radius * wave * np.sin(angles)])
    )
    return on_grid(polygon(Polygon(board).simplify(0.5)))


def _turned(plan: Floats) -> Floats:
    cos, sin = np.cos(terrain.OLD_TOWN_TURN), np.sin(terrain.OLD_TOWN_TURN)
    turned: Floats = plan @ np.array([[cos, sin], [-sin, cos]]) + np.array(terrain.OLD_TOWN.coords[0])
    return turned


def _old_streets(old_town: Polygon, rng: Luck) -> list[Way]:
    found = []
    for name, flip in (("a", False), ("b", True)):
        for number, at in enumerate((-395, -205, 0, 190, 385)):
            if at == 0 and not flip:
                continue  # the axis itself
            along = np.arange(-900, 901, 30.0)
            wave = (
                rng.uniform(5, 16) * np.sin(along / rng.uniform(150, 260) + rng.uniform(0, 6.3))
                if at
                else 0 * along
            )
            plan = np.column_stack([along, at + wave] if flip else [at + wave, along])
            line = LineString(_turned(plan)).simplify(0.4)
            oneway = {1: 1, 3: -1}.get(number, 0) if flip else 0
            road_class = "secondary" if at == 0 else "tertiary"
            parts = lines(shapely.intersection(line, old_town.buffer(OVERSHOOT)))
            found += [Way(f"{name}{number}", road_class, on_grid(part), oneway) for part in parts]
    return found


def _grid(ground: Terrain, rng: Luck) -> list[Way]:
    rows, columns = [rule.at for rule in ROWS], [rule.at for rule in COLUMNS]
    found = []
    for rule in COLUMNS:
        found += _street(
            ground, rng, rule, f"u{rule.at:.0f}", [(rule.at, v) for v in (-300.0, *rows, 5300.0)]
        )
    for rule in ROWS:
        found += _street(
            ground, rng, rule, f"v{rule.at:.0f}", [(u, rule.at) for u in (-300.0, *columns, 6300.0)]
        )
    return found


def _street(ground: Terrain, rng: Luck, rule: Rule, key: str, stops: Plan) -> list[Way]:
    """Draw one line of the plan; pieces of a kind that follow each other become one line."""
    pieces = [_piece(ground, rng, rule, key, start, end) for start, end in pairwise(stops)]
    found = []
    for number, is_road in ((0, True), (1, False)):
        for wanted, run in groupby(range(len(pieces)), key=[piece[number] for piece in pieces].__getitem__):
            if wanted:
                indices = list(run)
                line = ground.warp.line(stops[indices[0] : indices[-1] + 2])
                found.append(Way(key, rule.road_class, line, rule.oneway, is_road, not is_road))
    return found


def _piece(ground: Terrain, rng: Luck, rule: Rule, key: str, start: Spot, end: Spot) -> tuple[bool, bool]:
    """Tell whether a piece of street is there as a road, and as a border of cells."""
    u, v = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    chance, luck = rng.random(), rng.random()
    west, south, east, north = terrain.PARK
    if west < u < east and south < v < north:
        return False, False
    if (start[1], end[1]) == terrain.RIVERSIDE:
        return rule.at in BRIDGES, True
    if (start[0], end[0]) == BANKS and v > terrain.RIVER_V:
        return rule.road_class != "tertiary", True
    if rule.road_class == "primary":
        return True, True
    if ground.hill.contains(Point(ground.warp(np.array([(u, v)]))[0])):
        return False, luck < 0.5
    outside = not (640 < u < 4800 and 420 < v < 4320)
    missing = {"secondary": (0.0, 0.06), "tertiary": (0.12, 0.42)}[rule.road_class][outside]
    is_border = key not in {"v2380", "v2650"} and not (key == "u3620" and v > terrain.RIVER_V)
    return chance >= missing, is_border and (chance >= missing or luck < 0.6)
