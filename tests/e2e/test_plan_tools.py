"""The planner's other tools: borders drawn anew, pieces given away, cells painted, roads, locks, a newer release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import shapely
from playwright.sync_api import expect
from shapely import LineString, Polygon
from shapely.ops import split

from geo_app.core import clock
from layers import words
from layers.words import Lang
from tests.databases import connected
from tests.e2e import deeds, plans
from tests.e2e.hands import Keys
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
NEAR = 5e-5
"""Degrees beside a road, some five metres: in reach of who snaps to roads."""
ON = 1.5e-5
"""Degrees from a road, a metre and a half: on it, as the tiles have it."""
CLEAR = 3e-4
"""Degrees from every border, so that no click means one."""

AROUND = 25
"""Pixels around the middle of a cell in which no other cell has its own."""


def test_borders_are_drawn_anew_pieces_given_away_and_cells_painted_by_mouse(
    windows: Windows, site: Any
) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    reshaped(visit, borders)
    given_away(visit, plans.Picture(visit, site, plan))
    painted(visit, plans.Picture(visit, site, plan))
    assert visit.barriers() == []
    assert visit.faults() == CLEAN


def reshaped(visit: Any, borders: plans.Picture) -> None:
    """Draw a border of the cell in the middle anew, through a place nearer to its inside."""
    mouse, cell = visit.page.mouse, borders.cell
    arcs = [one for one in borders.data["arcs"] if cell in (one["one"], one["other"]) and one["other"]]
    arc = max(arcs, key=lambda one: len(one["line"]))
    line = LineString(arc["lonlat"])
    middle = LineString([line.interpolate(0.5, normalized=True), borders.shapes[cell].centroid])
    visit.page.keyboard.press("r")
    mouse.click(*borders.place(arc["lonlat"][0]))
    mouse.click(*borders.place(middle.interpolate(0.3, normalized=True).coords[0]))
    picture(visit, borders.site, "plan-reshape-desk")
    mouse.click(*borders.place(arc["lonlat"][-1]))
    expect(plans.result(visit)).to_have_text(ZH["done.reshape_border"])


def given_away(visit: Any, borders: plans.Picture) -> None:
    """Cut the cell in the middle and give one piece to the neighbour that has the longest border with it.

    The line clicked goes through a point inside and by whole pixels, the one it is compared with straight across.
    """
    mouse = visit.page.mouse
    west, east = borders.cut()
    cutter = LineString([(west[0] - 1e-3, west[1]), (east[0] + 1e-3, east[1])])
    piece: Polygon = max(split(borders.shapes[borders.cell], cutter).geoms, key=lambda one: one.area)
    taker = borders.taker(piece)
    visit.page.keyboard.press("t")
    for at in (west, borders.inside(borders.cell), east):
        mouse.click(*borders.place(at))
    expect(visit.page.locator(".plan-tool .state")).to_have_text(ZH["line.now_piece"])
    mouse.click(*borders.place(plans.on_surface(piece)))
    expect(visit.page.locator(".plan-tool .state")).to_have_text(ZH["line.now_taker"])
    picture(visit, borders.site, "plan-transfer-desk")
    mouse.click(*borders.place(borders.inside(taker)))
    expect(plans.result(visit)).to_have_text(ZH["done.transfer"])
    now = plans.Picture(visit, borders.site, borders.plan)
    assert now.shapes[taker].area > borders.shapes[taker].area + piece.area * 0.9


def painted(visit: Any, borders: plans.Picture) -> None:
    """Give two cells to another community, with a rectangle and a lasso, and both back with the brush."""
    page, mouse = visit.page, visit.page.mouse
    cell, other = borders.cell, borders.neighbour()
    own = borders.community(cell)
    page.keyboard.press("b")
    units = page.locator("#paint-unit option").evaluate_all("(all) => all.map((one) => one.value)")
    unit = next(one for one in units if one not in ("", own, borders.community(other)))
    page.select_option("#paint-unit", unit)
    given = page.locator(".plan-list strong", has_text=ZH["made.assign_units"])
    for n, (way, code) in enumerate((("rectangle", cell), ("lasso", other)), start=1):
        page.locator(f"[name=paint-way][value={way}]").locator("xpath=..").click()
        x, y = borders.place((borders.shapes[code].centroid.x, borders.shapes[code].centroid.y))
        left, top, right, bottom = x - AROUND, y - AROUND, x + AROUND, y + AROUND
        mouse.move(left, top)
        mouse.down()
        for at in ((right, top), (right, bottom), (left, bottom)) if way == "lasso" else ((right, bottom),):
            mouse.move(*at, steps=4)
        picture(visit, borders.site, f"plan-paint-{way}-desk")
        mouse.up()
        expect(given).to_have_count(n)
        assert plans.Picture(visit, borders.site, borders.plan).community(code) == unit
    page.select_option("#paint-unit", own)
    page.locator("[name=paint-way][value=brush]").locator("xpath=..").click()
    mouse.move(*borders.place(borders.inside(cell)))
    mouse.down()
    mouse.move(*borders.place(borders.inside(other)), steps=8)
    mouse.up()
    expect(given).to_have_count(3)
    now = plans.Picture(visit, borders.site, borders.plan)
    assert (now.community(cell), now.community(other)) == (own, own)


def test_a_line_drawn_near_a_road_follows_it_when_asked_to(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    roads = near_roads(site, visit)
    code, at = beside_a_road(borders, roads)
    assert shapely.distance(shapely.Point(at), roads) > ON
    west, east = borders.cut(code, at)
    visit.page.get_by_label(ZH["plan.snap"], exact=True).check()
    visit.page.locator("[data-tool=split]").click()
    for place in (west, at, east):
        visit.page.mouse.click(*borders.place(place))
    expect(plans.result(visit)).to_have_text(ZH["done.split"])
    picture(visit, site, "plan-snap-desk")
    now = plans.Picture(visit, site, plan)
    new = next(one["code"] for one in now.data["cells"] if one["code"] not in borders.shapes)
    drawn = next(
        arc["lonlat"]
        for arc in now.data["arcs"]
        if new in (arc["one"], arc["other"]) and code in (arc["one"], arc["other"])
    )
    assert min(shapely.distance(shapely.Point(one), roads) for one in drawn[1:-1]) < ON


def near_roads(site: Any, visit: Any) -> shapely.MultiLineString:
    """Return the roads in view."""
    west, south, east, north = map(
        float, visit.page.evaluate("map_main.getBounds().toBBoxString()").split(",")
    )
    with connected(site.owner_url) as cursor:
        cursor.execute(
            "SELECT ST_AsText(ST_Transform(mercator, 4326)) FROM road"
            " WHERE mercator && ST_Transform(ST_MakeEnvelope(%s, %s, %s, %s, 4326), 3857)",
            (west, south, east, north),
        )
        return shapely.MultiLineString([shapely.from_wkt(text) for (text,) in cursor.fetchall()])


def beside_a_road(borders: plans.Picture, roads: shapely.MultiLineString) -> tuple[str, plans.LonLat]:
    """Return a cell on the free part of the map, and a place beside the longest road well inside it."""
    found = []
    for code, shape in borders.shapes.items():
        left, top, right, bottom = borders.box(code)
        if left > plans.FREE[0] and top > plans.FREE[1] and right < 1400 and bottom < 860:
            parts = shapely.get_parts(roads.intersection(shape.buffer(-CLEAR)))
            found += [(part.length, code, part) for part in parts]
    length, code, road = max(found, key=lambda one: one[0])
    on, onward = road.interpolate(length / 2), road.interpolate(length / 2 + length / 100)
    far = NEAR / on.distance(onward)
    return code, (on.x + (onward.y - on.y) * far, on.y - (onward.x - on.x) * far)


def test_locks_the_outer_border_and_a_newer_release_by_keyboard_alone(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit, (code, where) = windows(), outermost(site, plan)
    page, keys = visit.page, Keys(visit)
    visit.open(f"/planner?lang=zh&view=plans&plan={plan}#16/{where[1]:.5f}/{where[0]:.5f}")
    keys.press(page.locator(".plan-fold summary", has_text=ZH["cells.in_view"]))
    keys.write(page.locator("#plan-filter"), code)
    keys.tick(page.locator(f"#in-view-{code}"))
    outer_vertex_moved(keys, plans.Picture(visit, site, plan), code)
    assert plans.found(site, plan)["has_outer"]
    unit = page.locator(".plan-cells").locator("[id^=lock-unit-]")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/arcs" in request.url else None)
    for n, lock in enumerate((page.locator(f"#lock-cell-{code}"), unit)):
        keys.press(lock)
        expect(lock).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".plan-cells .tag", has_text=ZH["cells.is_locked"])).to_be_visible()
        expect(lock).to_be_focused()
        assert keys.visit.barriers() == []
        keys.write(page.locator("#plan-name"), "锁着改名")
        page.keyboard.press("Enter")
        expect(page.locator(".refused span").first).to_have_text(ZH["edit.unlock_first"])
        keys.press(page.get_by_role("button", name=ZH["edit.understood"]))
        expect(page.locator("#plan-name")).to_be_focused()
        keys.press(lock)
        expect(lock).to_have_attribute("aria-pressed", "false")
        expect(page.locator(".plan-cells .tag", has_text=ZH["cells.is_locked"])).to_have_count(0)
        assert len(asked) == 2 * n + 2  # what the page is told of its own lock is not asked for again
    picture(visit, site, "plan-outer-desk")
    rebased(keys, site, plan, code)
    begun_before(keys, site, plan, code, where)
    assert visit.barriers() == []
    assert visit.faults()["violations"] == CLEAN["violations"]


def outermost(site: Any, plan: int) -> tuple[str, plans.LonLat]:
    """Return a cell at the western end of the city, and a place inside it."""
    west, south, east, north = deeds.api(site, "/api/cities")["items"][0]["bounds"]
    middle, step = (south + north) / 2, (east - west) / 20
    for n in range(20):
        box = f"{west + n * step},{middle - 0.002},{west + (n + 1) * step},{middle + 0.002}"
        data = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={box}")
        outer = sorted(arc["one"] for arc in data["arcs"] if arc["other"] is None)
        cells = [cell for cell in data["cells"] if cell["code"] in outer]
        if cells:
            return cells[0]["code"], plans.inside(data, cells[0])
    raise AssertionError("no cell lies at the outer border")


def outer_vertex_moved(keys: Keys, borders: plans.Picture, code: str) -> None:
    """Move a vertex of the outer border outward: only once that was allowed."""
    page, keyboard = keys.visit.page, keys.visit.page.keyboard
    arc = next(one for one in borders.data["arcs"] if one["one"] == code and one["other"] is None)
    at = arc["line"][len(arc["line"]) // 2]
    keys.press(page.locator("[data-tool=points]"))
    keys.choose(page.locator("#point-list"), f"{at[0]},{at[1]}")
    keyboard.press("Control+ArrowLeft")
    expect(plans.result(keys.visit)).to_have_text(ZH["plan.outer_locked"])
    keys.tick(page.get_by_label(ZH["plan.outer"], exact=True))
    keys.reach(page.locator("#point-list"))
    keyboard.press("Control+ArrowLeft")
    keyboard.press("Enter")
    expect(plans.result(keys.visit)).to_have_text(ZH["done.move_outer_vertex"])
    expect(page.locator(".plan-head .estimate")).to_have_text(ZH["plan.has_outer"])


def rebased(keys: Keys, site: Any, plan: int, code: str) -> None:
    """A newer release changes the same cell: go on without the step that does not fit it."""
    page = keys.visit.page
    newer = plans.made(site)["id"]
    plans.edited(site, newer, {"kind": "rename", "code": code, "name": "先发布的名称"})
    plans.published(site, newer)
    keys.press(page.locator("[data-does=rebase]"))
    go = page.locator(".dialog button[type=submit]")
    keys.press(go)
    conflict = page.locator(".dialog .plan-list input")
    expect(conflict).to_be_focused()
    expect(page.locator(".dialog .plan-list")).to_contain_text(ZH["refusal.changed_by_release"])
    assert keys.visit.barriers() == []
    picture(keys.visit, site, "plan-rebase-desk")
    keys.tick(conflict)
    keys.press(go)
    expect(plans.result(keys.visit)).to_have_text(ZH["did.rebase"])
    keys.is_kept()
    now = plans.found(site, plan)
    assert now["base"] == now["newest"] == plans.found(site, newer)["release"]
    assert plans.changed(site, plan) == 0


def begun_before(keys: Keys, site: Any, plan: int, code: str, where: plans.LonLat) -> None:
    """Begin a plan on the release in force though another is scheduled; what is drawn on that is brought along."""
    page, now = keys.visit.page, clock.now()
    in_force = plans.in_force(site)
    keys.press(page.locator(".plan-back"))
    keys.choose(page.locator("#new-base"), str(in_force))
    keys.write(page.locator("#new-plan"), "先行方案")
    page.keyboard.press("Enter")
    expect(page.locator(".plan-head h3")).to_contain_text("先行方案")
    expect(page.locator(".plan-head .estimate")).to_contain_text(ZH["plan.is_before"].partition("{")[0])
    assert keys.visit.barriers() == []
    picture(keys.visit, site, "plan-before-desk")
    before = int(parse_qs(urlsplit(page.url).query)["plan"][0])
    assert plans.found(site, before)["base"] == in_force
    plans.edited(
        site, before, {"kind": "rename", "code": plans.beside(site, before, code, where), "name": "先行"}
    )
    plans.approved(site, before)
    soon = (now + timedelta(days=30)).isoformat()
    deeds.send(site, "POST", f"/api/plans/{before}/publish", {"effective_at": soon, "note": ""})
    keys.press(page.locator(".plan-back"))
    keys.press(page.locator(f"[data-plan='{plan}']"))
    expect(page.locator(".plan-head .estimate")).to_have_text(ZH["plan.is_stale"])
    keys.press(page.locator("[data-does=rebase]"))
    expect(page.locator("#rebase-on")).to_be_visible()
    picture(keys.visit, site, "plan-rebase-on-desk")
    keys.press(page.locator(".dialog button[type=submit]"))
    expect(plans.result(keys.visit)).to_have_text(ZH["did.rebase"])
    now_on = plans.found(site, plan)
    assert (now_on["base"], now_on["is_stale"]) == (now_on["newest"], False)
