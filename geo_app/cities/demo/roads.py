"""Names and numbers for the road network: stretches on the board become the city's road rows."""

from __future__ import annotations

from collections import defaultdict

import shapely
from shapely import Polygon

from geo_app.cities.demo.frame import placed
from geo_app.cities.demo.network import Spot, Stretch
from geo_app.cities.demo.words import Names
from geo_app.cities.model import RoadRow

KNOWN = {
    "ring": "外环路", "axis": "望云大街", "wall": "环城路", "v2380": "滨河南路", "v2650": "滨河北路",
    "u1230": "望湖大街", "u3020": "中兴大街", "u4210": "光华大街", "v3170": "迎宾大街", "v710": "站前大街",
    "v1880": "北关大街", "u1830": "湖东路", "u3620": "柳溪西路", "u3920": "柳溪东路", "v3450": "湖滨南路",
    "v4020": "湖滨北路", "b2": "鼓楼横街", "v1290": "安定路", "u5680": "铁东路", "v420": "铁道南路",
    "u340": "西郊路", "v4320": "北环里路",
}  # fmt: skip
"""Streets that are called after what they run along."""
PATHS = {"lake": "环湖步道", "island": "汀洲步道", "bank": "滨河步道", "hill": "槐山步道"}


def rows(stretches: list[Stretch], old_town: Polygon, names: Names) -> tuple[RoadRow, ...]:
    """Return the road rows: ids in order of place, one name for each street along its whole length."""
    called = _called(stretches, old_town, names)
    spots = sorted({spot for stretch in stretches for spot in stretch.ends})
    nodes = {spot: number for number, spot in enumerate(spots, 1)}
    return tuple(
        RoadRow(
            source_id=number,
            from_node=nodes[stretch.ends[0]],
            to_node=nodes[stretch.ends[1]],
            road_class=stretch.road_class,
            name=called[index],
            oneway=stretch.oneway,
            geometry=placed(stretch.line),
        )
        for number, (index, stretch) in enumerate(
            sorted(enumerate(stretches), key=lambda pair: pair[1].ends), 1
        )
    )


def _called(stretches: list[Stretch], old_town: Polygon, names: Names) -> dict[int, str]:
    """Give each unbroken street its name; what is cut off from the longest part has a name of its own."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, stretch in enumerate(stretches):
        by_key[stretch.key].append(index)
    for name in KNOWN.values():
        names.take(name)
    called: dict[int, str] = {}
    for key in sorted(by_key):
        parts = _unbroken(by_key[key], stretches)
        parts.sort(key=lambda part: (-sum(stretches[index].line.length for index in part), part))
        for rank, part in enumerate(parts):
            first = stretches[part[0]]
            if first.road_class == "service":
                name = ""
            elif key in PATHS:
                name = PATHS[key]
            elif rank == 0 and key in KNOWN:
                name = KNOWN[key]
            else:
                name = names.road(_kind(first, old_town))
            called |= dict.fromkeys(part, name)
    return called


def _kind(stretch: Stretch, old_town: Polygon) -> str:
    if stretch.road_class in {"trunk", "primary", "secondary"}:
        return "secondary"
    if stretch.road_class == "residential" and old_town.contains(shapely.get_point(stretch.line, 0)):
        return "old"
    return stretch.road_class


def _unbroken(indices: list[int], stretches: list[Stretch]) -> list[list[int]]:
    """Return the stretches of one key in parts that hang together."""
    at: dict[Spot, list[int]] = defaultdict(list)
    for index in indices:
        for spot in stretches[index].ends:
            at[spot].append(index)
    parts, seen = [], set[int]()
    for index in indices:
        if index in seen:
            continue
        part, edge = [], [index]
        while edge:
            now = edge.pop()
            if now not in seen:
                seen.add(now)
                part.append(now)
                edge += [other for spot in stretches[now].ends for other in at[spot] if other not in seen]
        parts.append(sorted(part))
    return parts
