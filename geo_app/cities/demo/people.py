"""The 120 responders of the demo city: grid workers with their cells, inspectors, city partners, department staff.

Three patterns of duty overlap so that at any hour of the week at least 15 are on shift.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import time

import numpy as np
import shapely
from shapely import Point

from geo_app.cities.demo import units
from geo_app.cities.demo.catalogue import DEPARTMENTS, SKILL_OF_DEPARTMENT
from geo_app.cities.demo.frame import on_grid
from geo_app.cities.demo.luck import Luck
from geo_app.cities.demo.words import Names
from geo_app.cities.model import CellRow, ResponderRow, RoadRow, Shift

WORKERS, INSPECTORS, PARTNERS, STAFF = 80, 12, 12, 16
DAY, EVENING, NIGHT = (time(8), time(17)), (time(15), time(23)), (time(22), time(8))
_ALSO = ("mediation", "fire_safety", "municipal", "greening", "traffic")


@dataclass(frozen=True, slots=True)
class Streets:
    """Which stretches of road have their middle in or on the border of which cell; numbers into `roads`.

    A cell without any, on the hill perhaps, has the stretch nearest to it.
    """

    roads: tuple[RoadRow, ...]
    of_cell: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, roads: tuple[RoadRow, ...], cells: tuple[CellRow, ...]) -> Streets:
        """Sort the roads by cell; a cell without a road gets the nearest one, as long as there is any."""
        if not roads:
            return cls(roads, {cell.code: () for cell in cells})
        lines = np.array([road.geometry for road in roads], dtype=object)
        middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        shapes = shapely.STRtree([cell.geometry for cell in cells])
        found: dict[str, list[int]] = defaultdict(list)
        for road, cell in np.transpose(shapes.query(middles, predicate="dwithin", distance=0.01)).tolist():
            found[cells[cell].code].append(road)
        nearest = shapely.STRtree(lines).nearest([cell.geometry for cell in cells]).tolist()
        of_cell = {
            cell.code: tuple(sorted(found[cell.code])) or (near,)
            for cell, near in zip(cells, nearest, strict=True)
        }
        return cls(roads, of_cell)

    def spot(self, codes: tuple[str, ...], rng: Luck) -> Point:
        """Return the middle of a stretch of road of these cells."""
        numbers = [number for code in codes for number in self.of_cell[code]]
        road = self.roads[rng.choice(numbers)]
        return on_grid(road.geometry.interpolate(0.5, normalized=True))


class Roster:
    """Hands out weeks of duty; two days off in a row, moving on by a day from one person to the next."""

    def __init__(self) -> None:
        self._turns: dict[tuple[time, time], int] = defaultdict(int)

    def week(self, pattern: tuple[time, time]) -> tuple[Shift, ...]:
        """Return the next week of duty in this pattern."""
        turn = self._turns[pattern]
        self._turns[pattern] += 1
        free = {turn % 7, (turn + 1) % 7}
        return tuple(Shift(day, *pattern) for day in range(7) if day not in free)


def draw(cells: tuple[CellRow, ...], streets: Streets, names: Names, rng: Luck) -> tuple[ResponderRow, ...]:
    """Return all responders; the cells of the grid workers cover the city."""
    roster = Roster()
    rows = _workers(cells, streets, names, roster, rng)
    everywhere = tuple(cell.code for cell in cells)
    for number in range(INSPECTORS):
        week = roster.week(EVENING if number % 3 == 2 else DAY)
        spot = streets.spot(everywhere, rng)
        skills = ("street_order", "municipal")
        rows.append(
            ResponderRow(f"I{number + 1:02d}", names.person(), "inspector", skills, "urban", (), week, spot)
        )
    for number in range(PARTNERS):
        week = roster.week(EVENING if number % 2 else DAY)
        able = tuple(rng.sample(("sanitation", "street_order", "traffic", "greening"), rng.choice((1, 2))))
        spot = streets.spot(everywhere, rng)
        rows.append(ResponderRow(f"P{number + 1:02d}", names.person(), "partner", able, None, (), week, spot))
    for number in range(STAFF):
        department = DEPARTMENTS[number % len(DEPARTMENTS)].code
        week = roster.week(DAY if number < len(DEPARTMENTS) else NIGHT)
        skill = SKILL_OF_DEPARTMENT[department]
        spot = streets.spot(everywhere, rng)
        rows.append(
            ResponderRow(
                f"D{number + 1:02d}", names.person(), "department", (skill,), department, (), week, spot
            )
        )
    return tuple(rows)


def _workers(
    cells: tuple[CellRow, ...], streets: Streets, names: Names, roster: Roster, rng: Luck
) -> list[ResponderRow]:
    shapes = [cell.geometry for cell in cells]
    borders = units.shared_borders(shapes)
    middles = np.array([shape.representative_point().coords[0] for shape in shapes])
    communities: dict[str, list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        communities[cell.community].append(number)
    rows: list[ResponderRow] = []
    counts = units.shares([len(group) for group in communities.values()], WORKERS)
    for group, count in zip(communities.values(), counts, strict=True):
        for area in units.pieces(set(group), count, borders, middles):
            number = len(rows)
            codes = tuple(cells[index].code for index in sorted(area))
            week = roster.week((DAY, DAY, EVENING, DAY, NIGHT)[number % 5])
            skills = ("street_order", "sanitation", *rng.sample(_ALSO, rng.choice((1, 1, 2))))
            spot = streets.spot(codes, rng)
            code = f"G{number + 1:03d}"
            rows.append(ResponderRow(code, names.person(), "grid_worker", skills, None, codes, week, spot))
    return rows
