"""Inside the blocks: hutongs in the old town, inner roads of compounds (小区), lanes, dead ends, paths in parks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo import terrain
from geo_app.cities.demo.frame import Floats, on_grid, polygon
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.streets import OVERSHOOT, RANK, Way, lines
from geo_app.cities.demo.terrain import Plan, Terrain
from grids.model import MILLIMETRE


@dataclass(frozen=True, slots=True)
class Compound:
    """A fenced housing estate (小区): its ground and its main gate, on the drawing board."""

    area: Polygon
    gate: Point


@dataclass(frozen=True, slots=True)
class _Block:
    """The buildable ground between streets, and those streets."""

    ground: Polygon
    streets: BaseGeometry


def draw(
    ground: Terrain, streets: list[Way], old_town: Polygon, rng: Luck
) -> tuple[list[Way], list[Compound]]:
    """Draw the lanes of every block, and the compounds they lead into."""
    ways: list[Way] = []
    compounds: list[Compound] = []
    for number, block in enumerate(_blocks(ground, streets)):
        key, middle = f"l{number}", block.ground.representative_point()
        if old_town.contains(middle):
            ways += _rungs(block, key, "residential", 62.0, rng)
        elif not shapely.intersects(ground.railway, block.ground.buffer(40)) and rng.random() < _estate_share(
            middle
        ):
            inner, compound = _estate(block, key, rng)
            ways += inner
            compounds += [compound] if compound else []
        else:
            ways += _rungs(block, key, "residential", rng.uniform(95, 150), rng)
    return [*ways, *_paths(ground, streets)], compounds


def _estate_share(middle: Point) -> float:
    """Estates are the rule near the middle and thin out towards the edge."""
    return 0.72 - 0.5 * min(1.0, middle.distance(Point(2900, 2600)) / 3200)


def _blocks(ground: Terrain, streets: list[Way]) -> list[_Block]:
    roads = [way.line for way in streets if way.is_road]
    noded = shapely.union_all([*roads, ground.border.exterior], grid_size=MILLIMETRE)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    closed = shapely.union_all(
        [ground.water.buffer(16), ground.railway.buffer(20), ground.park, ground.hill, ground.shores]
    )
    rim = ground.border.exterior.buffer(2)
    found = []
    for face in sorted(faces, key=lambda face: face.representative_point().coords[0]):
        for part in shapely.get_parts(shapely.difference(face, closed)):
            if part.area > 9000 and ground.border.contains(part.representative_point()):
                kerb = shapely.difference(face.exterior, rim)
                found.append(_Block(part, shapely.intersection(kerb, part.buffer(0.5))))
    return [block for block in found if block.streets.length > 30]


def _rungs(block: _Block, key: str, road_class: str, gap: float, rng: Luck) -> list[Way]:
    """Lanes side by side across a block, some ending blind, joined by a cross lane or two."""
    frame = polygon(shapely.minimum_rotated_rectangle(block.ground))
    corners = np.array(frame.exterior.coords)
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    if abs(first[1] * second[0]) <= abs(second[1] * first[0]):
        origin, along, across = corners[0], first, second
    else:
        origin, along, across = corners[1], second, -first
    count = max(int(float(np.hypot(*across)) / gap), 1)
    found = []
    offsets = [(row + 1) / (count + 1) + rng.uniform(-0.12, 0.12) / (count + 1) for row in range(count)]
    for row, offset in enumerate(offsets):
        cut = rng.choice([(0.0, 1.0)] * 3 + [(0.0, 0.62), (0.35, 1.0)])
        found += _lane(block, f"{key}.{row}", road_class, (origin + across * offset, along), cut, rng)
    for column in range(1 if count < 3 else rng.whole(1, 2)):
        place = rng.uniform(0.25, 0.75)
        low, high = sorted(rng.sample([0.0, *offsets, 1.0], 2))
        found += _lane(
            block, f"{key}.x{column}", road_class, (origin + along * place, across), (low, high), rng
        )
    return found


def _lane(
    block: _Block,
    key: str,
    road_class: str,
    ray: tuple[Floats, Floats],
    cut: tuple[float, float],
    rng: Luck,
) -> list[Way]:
    start, run = ray
    t = np.linspace(cut[0] if cut[0] else -0.2, cut[1] if cut[1] < 1 else 1.2, 14)
    side = np.array([-run[1], run[0]]) / max(np.hypot(*run), 1e-9)
    wave = rng.uniform(1, 5) * np.sin(t * rng.uniform(3, 7) + rng.uniform(0, 6.3))
    line = LineString(start + np.outer(t, run) + np.outer(wave, side)).simplify(0.4)
    near = lines(shapely.intersection(line, block.ground.buffer(OVERSHOOT)))
    return [Way(key, road_class, on_grid(part), is_border=False) for part in near if part.length > 40]


def _estate(block: _Block, key: str, rng: Luck) -> tuple[list[Way], Compound | None]:
    """A loop inside the block with two or three gates; large ones have roads across."""
    area = block.ground.buffer(-58).buffer(24)
    parts = [part for part in shapely.get_parts(area) if isinstance(part, Polygon) and part.area > 5000]
    if not parts:
        return _rungs(block, key, "residential", 110.0, rng), None
    area = max(parts, key=lambda part: part.area)
    loop = LineString(polygon(area.simplify(1.5)).exterior.coords)
    gates: list[Way] = []
    first = rng.random()
    for turn in rng.sample((0.0, 0.24, 0.5, 0.77), 3):
        inside = loop.interpolate((first + turn) % 1, normalized=True)
        gate = _stretched(shapely.shortest_line(inside, block.streets))
        if gate.length > 10 and block.ground.buffer(2 * OVERSHOOT).covers(gate):
            gates.append(Way(f"{key}.gate", "service", on_grid(gate), is_border=False))
    if not gates:
        return _rungs(block, key, "residential", 110.0, rng), None
    ways = [Way(f"{key}.loop", "service", on_grid(loop), is_border=False), *gates]
    if area.area > 22_000:
        ways += _rungs(_Block(area, loop), f"{key}.in", "service", 85.0, rng)
    gate_at = Point(gates[0].line.coords[-1])
    return ways, Compound(area.buffer(26), gate_at)


def _stretched(line: LineString) -> LineString:
    """Return the line with both ends a little longer."""
    ends = np.array(line.coords)
    unit = (ends[-1] - ends[0]) / max(line.length, 1e-9)
    return LineString([ends[0] - unit * OVERSHOOT, ends[-1] + unit * OVERSHOOT])


def _paths(ground: Terrain, streets: list[Way]) -> list[Way]:
    """Footways: around the lake, over the island, along the south bank, up the hill."""
    roads = shapely.union_all([way.line for way in streets if way.is_road and way.road_class in RANK[:2]])
    shore = LineString(polygon(ground.lake.buffer(17).simplify(1.0)).exterior.coords)
    found = [_path("lake", shore)]
    west, south, east, north = terrain.PARK
    u, v = terrain.LAKE
    for end in ((west, v), (east, v - 60), (u - 40, south), (u + 50, north)):
        towards = ground.warp.line([(u, v), end])
        found += [
            _path("lake", _stretched(part))
            for part in lines(shapely.difference(towards, Polygon(shore).buffer(-OVERSHOOT)))
        ]
    middle = terrain.ISLAND_U
    found.append(_path("island", ground.warp.line([(middle - 90, 2379), (middle - 90, 2651)])))
    found.append(_path("island", LineString(ground.island.buffer(-13).exterior.coords)))
    found += [
        _path("bank", line)
        for line in lines(shapely.intersection(ground.warp.line(_south_bank()), ground.border))
    ]
    for u in range(980, 4900, 600):
        found.append(_path("bank", ground.warp.line([(u, 2379), (u, terrain.south_bank(u) - 13)])))
    slope = shapely.get_parts(shapely.difference(ground.hill, ground.railway.buffer(40)))
    trail = LineString(scale(max(slope, key=lambda part: part.area), 0.62, 0.55).exterior.coords)
    climb = _stretched(shapely.shortest_line(trail, roads))
    return [*found, _path("hill", trail), _path("hill", climb)]


def _south_bank() -> Plan:
    return [(u, terrain.south_bank(u) - 14) for u in np.arange(930, 4960, 40.0).tolist()]


def _path(key: str, line: LineString) -> Way:
    return Way(key, "footway", on_grid(line), is_border=False)
