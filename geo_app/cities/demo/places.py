"""Named places of the demo city: house numbers along roads, estates with buildings, public places, bridges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo_app.cities.demo.frame import on_grid, placed
from geo_app.cities.demo.lanes import Compound
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.words import Names
from geo_app.cities.model import CellRow, PlaceRow, RoadRow, UnitRow

STEPS = {
    "primary": (170.0, 21.0),
    "secondary": (150.0, 18.0),
    "tertiary": (115.0, 14.0),
    "residential": (128.0, 9.0),
}
"""Metres between house numbers on one side, and from the middle of the road to the door."""
OPEN_ESTATES = 120
OF_A_COMMUNITY = (
    "社区居委会",
    "社区党群服务中心",
    "社区卫生服务站",
    "社区警务室",
    "幼儿园",
    "便民菜市场",
    "养老驿站",
)
OF_THE_CITY = (
    "云汀区人民政府", "云汀区人民医院", "云汀区中医医院", "云汀区第一中学", "云汀区第二中学",
    "云汀区实验小学", "云汀区第三小学", "云汀区图书馆", "云汀区体育馆", "云汀区文化馆",
    "云汀长途汽车站", "云汀区城市管理指挥中心", "云汀区消防救援站", "鼓楼派出所", "望云湖派出所",
    "柳溪派出所", "汀南派出所", "北关农贸市场", "东关农贸市场", "云汀商业广场", "铁东物流园",
    "云汀污水处理厂",
)  # fmt: skip
FORMERLY = {
    "云汀区人民政府": ("云汀县人民政府",),
    "云汀区人民医院": ("云汀县医院", "云汀卫生院"),
    "云汀区中医医院": ("云汀县中医院",),
    "云汀区第一中学": ("云汀县中学",),
    "云汀区实验小学": ("城关中心小学",),
    "云汀区图书馆": ("云汀县图书馆",),
    "云汀区文化馆": ("云汀县文化宫",),
    "云汀长途汽车站": ("云汀汽车客运站",),
    "云汀商业广场": ("云汀百货大楼",),
    "铁东物流园": ("云汀铁路货场",),
}
"""What some places were called while the district was a county (曾用名)."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the community of a point, and what may be built on."""

    tree: shapely.STRtree
    communities: tuple[str, ...]
    land: BaseGeometry

    @classmethod
    def of(cls, cells: Iterable[CellRow], closed: BaseGeometry) -> Finder:
        """Return a finder over the cells; nothing is built within 9 m of `closed` ground and of the border."""
        rows = tuple(cells)
        shapes = [row.geometry for row in rows]
        land = shapely.difference(shapely.coverage_union_all(shapes).buffer(-9), closed.buffer(9))
        shapely.prepare(land)
        return cls(shapely.STRtree(shapes), tuple(row.community for row in rows), land)

    def community(self, point: Point) -> str | None:
        """Return the community of a point; None where nothing is built."""
        if not shapely.contains(self.land, point):
            return None
        found = self.tree.query(point, predicate="intersects")
        return self.communities[int(found.min())] if len(found) else None


def draw(
    numbers: list[PlaceRow], compounds: list[Compound], finder: Finder, names: Names, rng: Luck
) -> list[PlaceRow]:
    """Return the estates (小区) and their buildings, each with the address of the nearest house number."""
    doors = _Doors(numbers)
    fenced = [row for compound in compounds for row in _estate(compound, doors, finder, names, rng)]
    return [*fenced, *_open_estates(numbers, names, rng)]


def public(
    numbers: list[PlaceRow], units: tuple[UnitRow, ...], landmarks: dict[str, Point], rng: Luck
) -> list[PlaceRow]:
    """Return the public places; `landmarks` are those with a point of their own, in the metric frame."""
    doors = _Doors(numbers)
    rows = [doors.landmark(name, point) for name, point in landmarks.items()]
    by_community: dict[str, list[PlaceRow]] = defaultdict(list)
    for row in numbers:
        if row.community is not None:
            by_community[row.community].append(row)
    names = {unit.code: unit.name.removesuffix("社区") for unit in units}
    for code in sorted(by_community):
        chosen = rng.sample(by_community[code], min(len(OF_A_COMMUNITY), len(by_community[code])))
        rows += [
            _at_door(f"{names[code]}{title}", door)
            for title, door in zip(OF_A_COMMUNITY, chosen, strict=False)
        ]
    chosen = rng.sample(numbers, len(OF_THE_CITY))
    return [*rows, *(_at_door(title, door) for title, door in zip(OF_THE_CITY, chosen, strict=True))]


class _Doors:
    """Finds the nearest house number."""

    def __init__(self, numbers: list[PlaceRow]) -> None:
        self._numbers = numbers
        self._tree = shapely.STRtree([row.position for row in numbers])

    def nearest(self, point: Point) -> PlaceRow:
        return self._numbers[int(self._tree.nearest(point))]

    def landmark(self, name: str, point: Point) -> PlaceRow:
        door = self.nearest(point)
        return PlaceRow("poi", name, door.road, None, door.community, point)


def house_numbers(roads: tuple[RoadRow, ...], finder: Finder, rng: Luck) -> list[PlaceRow]:
    """Return the house numbers (门牌) along named roads: odd on the left, even on the right, rising.

    Nothing has its address on an expressway, not even where that is an avenue for a while.
    """
    expressways = {road.name for road in roads if road.road_class == "trunk"}
    by_name: dict[str, list[RoadRow]] = defaultdict(list)
    for road in roads:
        if road.road_class in STEPS and road.name and road.name not in expressways:
            by_name[road.name].append(road)
    found = []
    for name in sorted(by_name):
        stretches = by_name[name]
        step, offset = STEPS[stretches[0].road_class]
        odd, even = -1, 0
        for line in _in_order([road.geometry for road in stretches]):
            for far in np.arange(step * rng.uniform(0.2, 0.5), line.length - 8, step):
                odd, even = odd + rng.choice((2, 2, 4)), even + rng.choice((2, 2, 4))
                for number, side, shift in ((odd, offset, 0.0), (even, -offset, 0.4 * step)):
                    point = _beside(line, min(float(far) + shift, line.length - 5), side)
                    community = finder.community(point)
                    if community is not None:
                        found.append(
                            PlaceRow("number", f"{name}{number}号", name, f"{number}号", community, point)
                        )
    return found


def _in_order(lines: list[LineString]) -> list[LineString]:
    """Return the parts of a road as numbers run: from west to east, or from north to south."""
    merged = shapely.line_merge(shapely.MultiLineString(lines)) if len(lines) > 1 else lines[0]
    west, south, east, north = merged.bounds
    run = np.array([1.0, 0.0]) if east - west > north - south else np.array([0.0, -1.0])
    parts = []
    for part in shapely.get_parts(merged):
        ends = np.array([part.coords[0], part.coords[-1]]) @ run
        parts.append(part if ends[0] <= ends[1] else shapely.reverse(part))
    return sorted(parts, key=lambda part: (float(np.array(part.coords[0]) @ run), part.wkt))


def _beside(line: LineString, far: float, side: float) -> Point:
    """Return the point `side` metres left of the line at `far` metres along it."""
    here, ahead = line.interpolate(far), line.interpolate(min(far + 2, line.length))
    run = np.array([ahead.x - here.x, ahead.y - here.y])
    unit = run / max(float(np.hypot(*run)), 1e-9)
    return on_grid(Point(here.x - side * unit[1], here.y + side * unit[0]))


def _estate(compound: Compound, doors: _Doors, finder: Finder, names: Names, rng: Luck) -> list[PlaceRow]:
    """Return a fenced estate, standing at its gate, and its buildings."""
    name, gate = names.estate(), placed(compound.gate)
    door = doors.nearest(gate)
    aliases = [name.removesuffix("小区") if name.endswith("小区") else f"{name}小区"]
    aliases += [f"{name}一期"] if rng.random() < 0.3 else []
    found = [PlaceRow("compound", name, door.road, door.number, door.community, gate, tuple(aliases))]
    inner = placed(compound.area.buffer(-32))
    west, south, east, north = placed(compound.area).bounds
    building = 0
    for _ in range(max(6, min(14, int(compound.area.area / 4500)))):
        spot = on_grid(Point(rng.uniform(west, east), rng.uniform(south, north)))
        community = finder.community(spot) if inner.contains(spot) else None
        if community is not None:
            building += 1
            title, alias = f"{name}{building}号楼", f"{name}{building}栋"
            found.append(PlaceRow("building", title, door.road, door.number, community, spot, (alias,)))
    return found


def _open_estates(numbers: list[PlaceRow], names: Names, rng: Luck) -> list[PlaceRow]:
    """Return estates without a fence: some doors of lanes bear the name of one."""
    rows = []
    for door in rng.sample(numbers, OPEN_ESTATES):
        name = names.estate()
        spot = on_grid(Point(door.position.x + 5, door.position.y + 5))
        rows.append(
            PlaceRow("compound", name, door.road, door.number, door.community, spot, (f"{name}宿舍",))
        )
    return rows


def _at_door(name: str, door: PlaceRow) -> PlaceRow:
    spot = on_grid(Point(door.position.x + 4, door.position.y - 4))
    return PlaceRow(
        "poi", name, door.road, door.number, door.community, spot, former_names=FORMERLY.get(name, ())
    )
