"""What a kit may have generated where a city has no data of its own: responders, patrol routes, incidents.

Everything stands on the city's real roads and cells and comes from a seed. Names are made up.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shapely import Point

from geo_app.cities.demo import rounds, words
from geo_app.cities.demo.frame import on_grid
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.people import DAY, EVENING, NIGHT, Roster, Streets
from geo_app.cities.demo.trouble import CHANNELS, RHYTHMS
from geo_app.cities.model import (
    CategoryRow,
    CellRow,
    DepartmentRow,
    IncidentRow,
    ResponderRow,
    RoadRow,
    RouteRow,
)
from geo_app.core.errors import BadInput

WALKED = ("residential", "tertiary", "secondary", "primary", "unclassified", "living_street", "footway", "pedestrian",
          "path", "service", "cycleway", "road", "trunk")  # fmt: skip
PATTERNS = (DAY, DAY, EVENING, DAY, NIGHT)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where people and troubles can be: cells, and the roads people walk, sorted by cell."""

    cells: tuple[CellRow, ...]
    streets: Streets

    @classmethod
    def of(cls, cells: tuple[CellRow, ...], roads: tuple[RoadRow, ...]) -> Scene:
        """Return the scene of a city."""
        return cls(cells, Streets.of(tuple(road for road in roads if road.road_class in WALKED), cells))

    def spot(self, codes: tuple[str, ...], luck: Luck) -> Point:
        """Return a point on a road of these cells, or in the middle of one when they have no road."""
        if any(self.streets.of_cell.get(code) for code in codes):
            return self.streets.spot(codes, luck)
        cell = next(cell for cell in self.cells if cell.code == codes[0])
        return on_grid(cell.geometry.point_on_surface())


def responders(
    given: Mapping[str, Any], scene: Scene, departments: tuple[DepartmentRow, ...], skills: tuple[str, ...]
) -> list[ResponderRow]:
    """Return one grid worker for each community, responsible for its cells, and `staff` people of departments."""
    seed, staff = _whole(given, "seed"), _whole(given, "staff")
    luck = Luck(f"{seed}:responders")
    names, roster = words.Names(Luck(f"{seed}:names")), Roster()
    groups: dict[str, list[str]] = defaultdict(list)
    for cell in scene.cells:
        groups[cell.community].append(cell.code)
    rows = []
    for count, (_, codes) in enumerate(sorted(groups.items()), 1):
        able = tuple(luck.sample(skills, min(2, len(skills))))
        week = roster.week(PATTERNS[count % len(PATTERNS)])
        spot = scene.spot(tuple(codes), luck)
        rows.append(
            ResponderRow(f"G{count:03d}", names.person(), "grid_worker", able, None, tuple(codes), week, spot)
        )
    everywhere = tuple(cell.code for cell in scene.cells)
    for count in range(1, staff + 1):
        department = departments[count % len(departments)].code if departments else None
        able = (skills[count % len(skills)],) if skills else ()
        week = roster.week((DAY, NIGHT, EVENING)[count % 3])
        spot = scene.spot((luck.choice(everywhere),), luck)
        rows.append(
            ResponderRow(f"D{count:02d}", names.person(), "department", able, department, (), week, spot)
        )
    return rows


def routes(given: Mapping[str, Any], scene: Scene, people: list[ResponderRow]) -> list[RouteRow]:
    """Return up to `count` rounds along the roads of as many grid workers, who have roads enough."""
    luck, count = Luck(f"{_whole(given, 'seed')}:routes"), _whole(given, "count")
    names = {cell.code: cell.name for cell in scene.cells}
    workers = [one for one in people if any(scene.streets.of_cell.get(code) for code in one.cells)]
    rows: list[RouteRow] = []
    for worker in luck.sample(workers, len(workers)):
        line = rounds.walk(worker.cells, scene.streets, luck)
        if line is not None:
            name = re.sub(r"（\d+）$", "", names[worker.cells[0]])
            rows.append(RouteRow(f"R{len(rows) + 1:02d}", f"{name}巡查线", worker.code, line))
        if len(rows) == count:
            break
    return rows


def incidents(
    given: Mapping[str, Any], scene: Scene, categories: tuple[CategoryRow, ...], until: datetime, zone: str
) -> list[IncidentRow]:
    """Return `count` incidents of the `days` before `until`, in the mix of a file of counts by type.

    `open` of them are of the last hours and not closed. More happens where there is more road.
    """
    luck = Luck(f"{_whole(given, 'seed')}:incidents:{until.timestamp()}")
    mix = _mix(given, {category.code for category in categories})
    known = {category.code: category for category in categories}
    cells = [cell.code for cell in scene.cells]
    weights = [1.0 + len(scene.streets.of_cell.get(code, ())) for code in cells]
    days, count, still_open = (_whole(given, name) for name in ("days", "count", "open"))
    rows = []
    for number in range(count):
        kind, category = luck.weighted(list(mix), list(mix.values()))
        code = luck.weighted(cells, weights)
        is_open = number < still_open
        occurred = _when(until, days, zone, luck, is_open=is_open)
        hours = luck.log_normal(0.1 if known[category].is_urgent else 1.1, 0.7)
        closed = None if is_open else min(occurred + timedelta(hours=hours), until).replace(microsecond=0)
        channel = luck.weighted(tuple(CHANNELS), tuple(CHANNELS.values()))
        name = next(cell.name for cell in scene.cells if cell.code == code)
        rows.append(
            IncidentRow(category, channel, f"{name}：{kind}", _beside(scene, code, luck), occurred, closed)
        )
    return sorted(rows, key=lambda one: (one.occurred_at, one.category, one.position.wkt))


def _when(until: datetime, days: int, zone: str, luck: Luck, *, is_open: bool) -> datetime:
    if is_open:
        return (until - timedelta(seconds=60 + int(10 * 3600 * luck.random() ** 1.6))).replace(microsecond=0)
    midnight = until.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    hour = luck.weighted(range(24), RHYTHMS["day"])
    day = midnight - timedelta(days=luck.whole(1, days))
    return (day + timedelta(hours=hour, seconds=luck.whole(0, 3599))).astimezone(until.tzinfo)


def _beside(scene: Scene, code: str, luck: Luck) -> Point:
    """Return a point up to 15 m beside a road of the cell, still inside it."""
    cell = next(cell for cell in scene.cells if cell.code == code)
    for _ in range(8):
        numbers = scene.streets.of_cell.get(code, ())
        if numbers:
            road = scene.streets.roads[luck.choice(numbers)].geometry
            start = road.interpolate(luck.random(), normalized=True)
        else:
            start = cell.geometry.point_on_surface()
        spot = on_grid(Point(start.x + luck.uniform(-15, 15), start.y + luck.uniform(-15, 15)))
        if cell.geometry.contains(spot):
            return spot
    return on_grid(cell.geometry.point_on_surface())


def _mix(given: Mapping[str, Any], known: set[str]) -> dict[tuple[str, str], float]:
    """Return the counts by (type, category); a type that the kit's map leaves out does not occur."""
    path, key, mapped = Path(str(given.get("mix"))), str(given.get("key")), given.get("map", {})
    try:
        counts = json.loads(path.read_text(encoding="utf-8"))[key]
        found = {
            (kind, str(mapped[kind])): float(number) for kind, number in counts.items() if kind in mapped
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise BadInput(
            "generate.incidents.mix", str(path), f"JSON with counts by type under {key!r}"
        ) from error
    strange = sorted({category for _, category in found} - known)
    if strange or not found:
        raise BadInput(
            "generate.incidents.map", strange or mapped, "types of the file to categories of the kit"
        )
    return found


def _whole(given: Mapping[str, Any], name: str) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadInput(f"generate.{name}", value, "a whole number from 0")
    return value
