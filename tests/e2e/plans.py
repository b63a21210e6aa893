"""What the browser tests of plans share: plans made by the API, the borders in view, and places on the screen."""

from __future__ import annotations

import uuid
from typing import Any

import shapely
from playwright.sync_api import Locator, expect
from shapely import LineString, Polygon

from tests.e2e import deeds
from tests.e2e.test_pages import a_place_full_of_things
from tests.e2e.windows import Visit

PLACE = """([lon, lat]) => {
  const at = map_main.latLngToContainerPoint([lat, lon]);
  const box = map_main.getContainer().getBoundingClientRect();
  return [at.x + box.left, at.y + box.top];
}"""
LonLat = tuple[float, float]


def made(site: Any, **said: object) -> dict[str, Any]:
    """Return a new plan of the demo city, begun by a program."""
    name = f"方案 {uuid.uuid4().hex[:6]}"
    plan: dict[str, Any] = deeds.send(site, "POST", "/api/plans?city=demo", {"name": name, **said})
    return plan


def found(site: Any, plan: int) -> dict[str, Any]:
    """Return a plan as it is now."""
    sheet: dict[str, Any] = deeds.api(site, f"/api/plans/{plan}")
    return sheet


def changed(site: Any, plan: int) -> int:
    """Return how many cells a plan changes."""
    return sum(found(site, plan)["counts"].values())


def open_plan(visit: Visit, site: Any, plan: int, lang: str = "zh") -> Picture:
    """Open a plan in the middle of the city; return its borders once the page shows them."""
    visit.open(f"/planner?lang={lang}&view=plans&plan={plan}{a_place_full_of_things(site)}")
    picture = Picture(visit, site, plan)
    expect(visit.page.locator(f"#in-view-{picture.cell}")).to_be_attached()
    return picture


def result(visit: Visit) -> Locator:
    """Return where the page says what was done."""
    return visit.page.locator(".plan-room > .result")


class Picture:
    """The borders in view, asked of the API: a cell in the middle of the screen, and what is around it."""

    def __init__(self, visit: Visit, site: Any, plan: int) -> None:
        self.visit = visit
        box = visit.page.evaluate("map_main.getBounds().toBBoxString()")
        self.data = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={box}")
        self.shapes = {cell["code"]: self._shape(cell) for cell in self.data["cells"]}
        self.cell = self._in_the_middle()

    def _shape(self, cell: dict[str, Any]) -> Polygon:
        rings = [self._ring(ring) for ring in cell["rings"]]
        return Polygon(rings[0], rings[1:])

    def _ring(self, signed: list[int]) -> list[LonLat]:
        lines = [
            self.data["arcs"][n]["lonlat"] if n >= 0 else self.data["arcs"][~n]["lonlat"][::-1]
            for n in signed
        ]
        return [tuple(at) for line in lines for at in line[:-1]]

    def _in_the_middle(self) -> str:
        """Return the cell, not at the outer border, with a junction farthest from its other vertices, in mid-screen."""
        width, height = self.visit.page.viewport_size["width"], self.visit.page.viewport_size["height"]  # type: ignore[index]
        centre = ((width + 460) / 2, height / 2)

        def away(code: str) -> float:
            x, y = self.place(self.inside(code))
            return (x - centre[0]) ** 2 + (y - centre[1]) ** 2

        return min(self.shapes, key=away)

    def inside(self, code: str) -> LonLat:
        """Return a place well inside a cell."""
        at = self.shapes[code].point_on_surface()
        return at.x, at.y

    def place(self, lonlat: LonLat) -> tuple[float, float]:
        """Return where a place is on the screen."""
        x, y = self.visit.page.evaluate(PLACE, list(lonlat))
        return x, y

    def neighbour(self) -> str:
        """Return the cell that has the longest border with the one in the middle."""
        borders = [
            (shapely.length(LineString(arc["lonlat"])), one)
            for arc in self.data["arcs"]
            for one, other in ((arc["one"], arc["other"]), (arc["other"], arc["one"]))
            if other == self.cell and one in self.shapes
        ]
        return max(borders)[1]

    def junction(self) -> tuple[tuple[int, int], LonLat, set[str]]:
        """Return a junction of the cell in the middle: its millimetres, its place, and the cells around it.

        It is the one that is farthest on the screen from every other vertex there, so that no click means another.
        """
        ends: dict[tuple[int, int], tuple[LonLat, set[str]]] = {}
        for arc in self.data["arcs"]:
            for i in (0, -1):
                _, codes = ends.setdefault(tuple(arc["line"][i]), (tuple(arc["lonlat"][i]), set()))
                codes |= {arc["one"], arc["other"]}
        known = {tuple(one) for one in self.data["junctions"]}
        own = {
            at: one for at, one in ends.items() if at in known and self.cell in one[1] and None not in one[1]
        }
        every = [tuple(at) for arc in self.data["arcs"] for at in arc["lonlat"]]

        def room(item: tuple[tuple[int, int], tuple[LonLat, set[str]]]) -> float:
            lonlat = item[1][0]
            return min(abs(x - lonlat[0]) + abs(y - lonlat[1]) for x, y in every if (x, y) != lonlat)

        at, (lonlat, codes) = max(own.items(), key=room)
        return at, lonlat, codes

    def cut(self) -> tuple[LonLat, LonLat]:
        """Return two places on opposite borders of the cell in the middle, level with its inside."""
        x, y = self.inside(self.cell)
        west, _, east, _ = self.shapes[self.cell].bounds
        level = LineString([(west - 0.01, y), (east + 0.01, y)]).intersection(self.shapes[self.cell])
        parts = [part for part in shapely.get_parts(level) if part.bounds[0] <= x <= part.bounds[2]]
        left, _, right, _ = parts[0].bounds
        return (left, y), (right, y)
