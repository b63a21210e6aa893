"""What the browser tests of plans share: plans made by the API, the borders in view, and places on the screen."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import shapely
from playwright.sync_api import Locator, expect
from shapely import LineString, Polygon

from geo_app.core import clock
from layers import words
from layers.words import Lang
from tests import people
from tests.e2e import deeds
from tests.e2e.hands import YEARS, Hand
from tests.e2e.test_pages import a_place_full_of_things
from tests.e2e.windows import Visit

ZH = words.of(Lang.ZH)
PLACE = """([lon, lat]) => {
  const at = map_main.latLngToContainerPoint([lat, lon]);
  const box = map_main.getContainer().getBoundingClientRect();
  return [at.x + box.left, at.y + box.top];
}"""
LonLat = tuple[float, float]
FREE = (480, 130)
"""Left of it, or above, something lies on the map of a desk."""


def made(site: Any, city: str = "demo", **said: object) -> dict[str, Any]:
    """Return a new plan of a city, begun by a program."""
    name = f"方案 {uuid.uuid4().hex[:6]}"
    plan: dict[str, Any] = deeds.send(site, "POST", f"/api/plans?city={city}", {"name": name, **said})
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


def another(site: Any, *roles: str) -> Any:
    """Return the site as a program of another account with these roles sees it."""
    with site.database() as database:
        return replace(site, head={"Authorization": f"Bearer {people.token(database, *roles)}"})


def edited(site: Any, plan: int, *edits: dict[str, Any]) -> None:
    """Make edits in a plan, as a program that has seen all there is."""
    for edit in edits:
        seen = found(site, plan)["seq"]
        deeds.send(site, "POST", f"/api/plans/{plan}/edits", {"seen": seen, "edit": edit})


def locked(site: Any, plan: int, code: str) -> None:
    """Lock a cell of a plan."""
    deeds.send(site, "PUT", f"/api/plans/{plan}/locks/cell/{code}", {})


def approved(site: Any, plan: int) -> None:
    """Let a plan be submitted by one account and approved by another."""
    approver = another(site, "approver")
    deeds.send(site, "POST", f"/api/plans/{plan}/state", {"to": "review", "note": ""})
    deeds.send(approver, "POST", f"/api/plans/{plan}/state", {"to": "approved", "note": ""})


def published(site: Any, plan: int) -> None:
    """Let a plan be submitted, approved by another account, and published after all releases there are."""
    approved(site, plan)
    at = newest_begins(site)
    later = max(at, clock.now()).replace(year=max(at, clock.now()).year + YEARS).isoformat()
    deeds.send(site, "POST", f"/api/plans/{plan}/publish", {"effective_at": later, "note": ""})


def newest_begins(site: Any, city: str = "demo") -> datetime:
    """Return when the newest release begins: what is published next begins later."""
    items = deeds.api(site, f"/api/releases?city={city}")["items"]
    return max(datetime.fromisoformat(one["effective_from"]) for one in items)


def in_force(site: Any, city: str = "demo") -> int:
    """Return the release in force."""
    items = deeds.api(site, f"/api/releases?city={city}")["items"]
    begun = [one for one in items if datetime.fromisoformat(one["effective_from"]) <= clock.now()]
    newest: int = max(begun, key=lambda one: datetime.fromisoformat(one["effective_from"]))["id"]
    return newest


def beside(site: Any, plan: int, code: str, where: LonLat) -> str:
    """Return another cell near a place."""
    (lon, lat), far = where, 0.003
    data = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={lon - far},{lat - far},{lon + far},{lat + far}")
    return next(cell["code"] for cell in data["cells"] if cell["code"] != code)


def fours_ahead(site: Any) -> int:
    """Return how many times four years from now lie after the newest release."""
    return max(0, newest_begins(site).year - clock.now().year) // YEARS + 1


def go_back(hand: Hand, release: int) -> int:
    """Make an earlier release the plan, from the list of releases; return the plan."""
    page = hand.visit.page
    hand.change(page.locator("[name=view][value=plans]"), page.locator("[name=view][value=units]"))
    hand.press(page.locator(f"[data-release='{release}']"))
    expect(page.locator(".plan-head h3")).to_contain_text(ZH["plans.back_to"].format(id=release))
    hand.is_kept()
    return int(parse_qs(urlsplit(page.url).query)["plan"][0])


def result(visit: Visit) -> Locator:
    """Return where the page says what was done."""
    return visit.page.locator(".plan-room > .result")


def shape(data: dict[str, Any], cell: dict[str, Any]) -> Polygon:
    """Return the shape of a cell of borders asked of the API."""
    rings = [_ring(data, ring) for ring in cell["rings"]]
    return Polygon(rings[0], rings[1:])


def inside(data: dict[str, Any], cell: dict[str, Any]) -> LonLat:
    """Return a place well inside a cell of borders asked of the API."""
    return on_surface(shape(data, cell))


def on_surface(shape: Polygon) -> LonLat:
    """Return a place well inside a shape."""
    at = shape.point_on_surface()
    return at.x, at.y


def _ring(data: dict[str, Any], signed: list[int]) -> list[LonLat]:
    lines = [data["arcs"][n]["lonlat"] if n >= 0 else data["arcs"][~n]["lonlat"][::-1] for n in signed]
    return [tuple(at) for line in lines for at in line[:-1]]


class Picture:
    """The borders in view, asked of the API: a cell in the middle of the screen, and what is around it."""

    def __init__(self, visit: Visit, site: Any, plan: int) -> None:
        self.visit, self.site, self.plan = visit, site, plan
        box = visit.page.evaluate("map_main.getBounds().toBBoxString()")
        self.data = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={box}")
        self.shapes = {cell["code"]: shape(self.data, cell) for cell in self.data["cells"]}
        self.cell = self._in_the_middle()

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
        return on_surface(self.shapes[code])

    def place(self, lonlat: LonLat) -> tuple[float, float]:
        """Return where a place is on the screen."""
        x, y = self.visit.page.evaluate(PLACE, list(lonlat))
        return x, y

    def neighbour(self, code: str | None = None) -> str:
        """Return the cell that has the longest border with a cell, or with the one in the middle."""
        borders = [
            (shapely.length(LineString(arc["lonlat"])), one)
            for arc in self.data["arcs"]
            for one, other in ((arc["one"], arc["other"]), (arc["other"], arc["one"]))
            if other == (code or self.cell) and one in self.shapes
        ]
        return max(borders)[1]

    def taker(self, piece: Polygon) -> str:
        """Return the cell that has the longest border with a piece of the cell in the middle."""
        beside = {code: shapely.length(shape.intersection(piece)) for code, shape in self.shapes.items()}
        return max((code for code in beside if code != self.cell), key=beside.__getitem__)

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

    def cut(self, code: str | None = None, at: LonLat | None = None) -> tuple[LonLat, LonLat]:
        """Return two places on opposite borders of a cell (the one in the middle), level with a place inside it."""
        shape = self.shapes[code or self.cell]
        x, y = at or on_surface(shape)
        west, _, east, _ = shape.bounds
        level = LineString([(west - 0.01, y), (east + 0.01, y)]).intersection(shape)
        parts = [part for part in shapely.get_parts(level) if part.bounds[0] <= x <= part.bounds[2]]
        left, _, right, _ = parts[0].bounds
        return (left, y), (right, y)

    def box(self, code: str) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of a cell on the screen, as far as the map is free there."""
        west, south, east, north = self.shapes[code].bounds
        (left, top), (right, bottom) = self.place((west, north)), self.place((east, south))
        return max(left, FREE[0]), max(top, FREE[1]), right, bottom

    def community(self, code: str) -> str:
        """Return the community a cell belongs to."""
        return next(str(cell["community"]) for cell in self.data["cells"] if cell["code"] == code)
