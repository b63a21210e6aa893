"""The planner's editor: borders dragged, cells split and merged, steps taken back, by mouse and by keyboard."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect
from shapely import LineString
from shapely.ops import split

from layers import words
from layers.words import Lang
from tests.e2e import deeds, plans
from tests.e2e.hands import HANDS, Keys
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
EN = words.of(Lang.EN)


def test_a_junction_is_dragged_with_its_neighbours_and_taken_back(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    mouse = visit.page.mouse
    mouse.click(*borders.place(borders.inside(borders.cell)))
    expect(visit.page.locator(f"#in-view-{borders.cell}")).to_be_checked()
    visit.page.locator("[data-tool=points]").click()
    at, lonlat, codes = borders.junction()
    x, y = borders.place(lonlat)
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 6, y + 9, steps=3)
    picture(visit, site, "plan-drag-desk")
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url) if "/arcs" in request.url else None)
    mouse.up()
    expect(plans.result(visit)).to_have_text(ZH["done.move_vertex"])
    assert asked == []  # the answer brings what there is to draw
    assert plans.changed(site, plan) == len(codes)
    moved = plans.Picture(visit, site, plan)
    assert list(at) not in moved.data["junctions"]
    visit.page.get_by_role("button", name=ZH["plan.undo"]).click()
    expect(plans.result(visit)).to_have_text(ZH["done.undo"])
    assert plans.changed(site, plan) == 0
    visit.page.get_by_role("button", name=ZH["plan.redo"]).click()
    expect(plans.result(visit)).to_have_text(ZH["done.redo"])
    assert plans.Picture(visit, site, plan).data["arcs"] == moved.data["arcs"]
    assert asked == []
    assert visit.barriers() == []


def test_all_of_it_is_done_with_the_keyboard_alone(windows: Windows, site: Any) -> None:
    visit = windows()
    visit.open(f"/planner?lang=zh&view=plans{plans.a_place_full_of_things(site)}")
    keys, page = Keys(visit), visit.page
    keys.write(page.locator("#new-plan"), "键盘方案")
    page.keyboard.press("Enter")
    expect(page.locator(".plan-head h3")).to_contain_text("键盘方案")
    expect(page.locator(".plan-head h3")).to_be_focused()
    plan = int(parse_qs(urlsplit(page.url).query)["plan"][0])
    borders = plans.Picture(visit, site, plan)
    other = borders.neighbour()
    keys.press(page.locator(".plan-fold summary", has_text=ZH["cells.in_view"]))
    keys.write(page.locator("#plan-filter"), borders.cell)
    keys.tick(page.locator(f"#in-view-{borders.cell}"))
    expect(page.locator("#plan-name")).to_be_visible()
    codes = moved_by_keys(keys, borders)
    assert plans.changed(site, plan) == len(codes)
    split_by_keys(keys, borders)
    assert plans.found(site, plan)["counts"]["new"] == 1
    keys.write(page.locator("#plan-filter"), other)
    keys.tick(page.locator(f"#in-view-{other}"))
    keys.choose(page.locator("#plan-into"), borders.cell)
    keys.press(page.locator(".plan-cells button[type=submit]").first)
    expect(plans.result(visit)).to_have_text(ZH["done.merge"])
    keys.is_kept()
    assert plans.found(site, plan)["counts"]["gone"] == 1
    page.keyboard.press("Control+z")
    expect(plans.result(visit)).to_have_text(ZH["done.undo"])
    assert plans.found(site, plan)["counts"]["gone"] == 0
    page.keyboard.press("Control+Shift+z")
    expect(plans.result(visit)).to_have_text(ZH["done.redo"])
    assert plans.found(site, plan)["counts"]["gone"] == 1
    page.keyboard.press("?")
    expect(page.locator(".dialog .keys")).to_contain_text(ZH["tool.transfer"])
    page.keyboard.press("Escape")
    expect(page.locator(".dialog")).to_have_count(0)
    assert visit.faults() == CLEAN


def moved_by_keys(keys: Keys, borders: plans.Picture) -> set[str]:
    """Move a junction of the chosen cell 1.1 m east and 11 m north; return the cells around it."""
    page, keyboard = keys.visit.page, keys.visit.page.keyboard
    keys.press(page.locator("[data-tool=points]"))
    at, _, codes = borders.junction()
    keys.choose(page.locator("#point-list"), f"{at[0]},{at[1]}")
    for key in ("Control+ArrowRight", "Control+ArrowUp", "Control+Shift+ArrowUp", "Control+Alt+ArrowRight"):
        keyboard.press(key)
    keyboard.press("Enter")
    expect(plans.result(keys.visit)).to_have_text(ZH["done.move_vertex"])
    now = plans.Picture(keys.visit, borders.site, borders.plan)
    assert [at[0] + 1100, at[1] + 11000] in now.data["junctions"]
    return codes


def split_by_keys(keys: Keys, borders: plans.Picture) -> None:
    """Split the chosen cell along typed coordinates."""
    page = keys.visit.page
    (west, y), (east, _) = borders.cut()
    keys.press(page.locator("[data-tool=split]"))
    keys.press(page.locator(".plan-tool details summary"))
    keys.write(page.locator("#line-between"), f"{west - 1e-5:.8f}, {y:.8f}\n{east + 1e-5:.8f}, {y:.8f}")
    keys.press(page.get_by_role("button", name=ZH["line.split_now"]))
    expect(plans.result(keys.visit)).to_have_text(ZH["done.split"])
    keys.is_kept()


def test_a_piece_is_given_away_by_keyboard_and_typed_coordinates(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    page, keys, (west, east) = visit.page, Keys(visit), borders.cut()
    line = LineString([(west[0] - 1e-5, west[1]), (east[0] + 1e-5, east[1])])
    piece = max(split(borders.shapes[borders.cell], line).geoms, key=lambda one: one.centroid.y)
    taker = borders.taker(piece)
    keys.press(page.locator(".plan-fold summary", has_text=ZH["cells.in_view"]))
    keys.write(page.locator("#plan-filter"), borders.cell)
    keys.tick(page.locator(f"#in-view-{borders.cell}"))
    keys.press(page.locator("[data-tool=transfer]"))
    keys.press(page.locator(".plan-tool details summary"))
    keys.write(page.locator("#line-between"), "\n".join(f"{lon:.8f}, {lat:.8f}" for lon, lat in line.coords))
    keys.choose(page.locator("#line-side"), "1")  # seen from the west, north lies on the left
    keys.choose(page.locator("#line-taker"), taker)
    keys.press(page.get_by_role("button", name=ZH["line.transfer_now"]))
    expect(plans.result(visit)).to_have_text(ZH["done.transfer"])
    keys.is_kept()
    now = plans.Picture(visit, site, plan)
    assert now.shapes[taker].intersection(piece).area > piece.area * 0.99
    assert visit.barriers() == []
    assert visit.faults() == CLEAN


def test_a_cell_is_split_and_merged_by_clicks_and_a_refusal_stands_at_its_place(
    windows: Windows, site: Any
) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    west, east = borders.cut()
    visit.page.locator("[data-tool=split]").click()
    visit.page.mouse.click(*borders.place(west))
    visit.page.mouse.click(*borders.place(borders.inside(borders.cell)))
    visit.page.mouse.click(*borders.place(east))
    expect(plans.result(visit)).to_have_text(ZH["done.split"])
    assert plans.found(site, plan)["counts"]["new"] == 1
    merged_by_clicks(visit, site, plan)
    visit.page.locator("[data-tool=split]").click()
    x, y = borders.place(borders.inside(borders.neighbour()))
    visit.page.mouse.click(x, y)
    visit.page.mouse.click(x + 3, y + 20)
    visit.page.get_by_role("button", name=ZH["line.finish"]).click()
    expect(visit.page.locator(".plan-room .refused strong")).to_have_text(ZH["refusal.no_cut"])
    expect(visit.page.locator(".refused-tip")).to_contain_text(ZH["advice.no_cut"])
    stands_on_the_map(visit)
    picture(visit, site, "plan-refused-desk")
    assert visit.barriers() == []
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".refused-tip")).to_have_count(0)
    assert plans.found(site, plan)["counts"]["new"] == 0


def stands_on_the_map(visit: Any) -> None:
    """What is said beside a place lies on the map with all its sides, also where the place is at its edge."""
    tip, stage = (visit.page.locator(one).bounding_box() for one in (".refused-tip", "#stage"))
    assert tip
    assert stage
    assert stage["x"] <= tip["x"]
    assert tip["x"] + tip["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= tip["y"]
    assert tip["y"] + tip["height"] <= stage["y"] + stage["height"]


def merged_by_clicks(visit: Any, site: Any, plan: int) -> None:
    """Click the two halves of a cell and make them one again."""
    halves = plans.Picture(visit, site, plan)
    code = next(cell["code"] for cell in halves.data["cells"] if cell["is_changed"] and not cell["name"])
    visit.page.locator("[data-tool=choose]").click()
    visit.page.mouse.click(*halves.place(halves.inside(halves.neighbour(code))))
    expect(visit.page.locator("#plan-name")).to_be_visible()
    visit.page.keyboard.down("Shift")
    visit.page.mouse.click(*halves.place(halves.inside(code)))
    visit.page.keyboard.up("Shift")
    visit.page.get_by_role("button", name=ZH["cells.merge_n"].format(n=2)).click()
    expect(plans.result(visit)).to_have_text(ZH["done.merge"])


@pytest.mark.parametrize("way", HANDS)
def test_who_is_too_late_is_told_who_was_first_and_can_load_it(windows: Windows, site: Any, way: str) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    hand = HANDS[way](visit)
    borders = plans.open_plan(visit, site, plan)
    if way == "mouse":
        visit.page.mouse.click(*borders.place(borders.inside(borders.cell)))
    else:
        hand.press(visit.page.locator(".plan-fold summary", has_text=ZH["cells.in_view"]))
        hand.write(visit.page.locator("#plan-filter"), borders.cell)
        hand.tick(visit.page.locator(f"#in-view-{borders.cell}"))
    expect(visit.page.locator("#plan-name")).to_be_visible()
    theirs = {"seen": 0, "edit": {"kind": "rename", "code": borders.cell, "name": "他人改名"}}

    def be_late(route: Route) -> None:
        deeds.send(site, "POST", f"/api/plans/{plan}/edits", theirs)
        route.continue_()

    visit.page.route(f"**/api/plans/{plan}/edits", be_late)
    hand.write(visit.page.locator("#plan-name"), "我改名")
    hand.press(visit.page.get_by_role("button", name=ZH["cells.rename"], exact=True))
    expect(visit.page.locator(".plan-room .refused span").first).to_have_text(ZH["edit.load_theirs"])
    picture(visit, site, f"plan-conflict-{way}")
    assert visit.barriers() == []
    hand.press(visit.page.get_by_role("button", name=ZH["edit.load_now"]))
    expect(plans.result(visit)).to_have_text(ZH["edit.loaded"])
    hand.is_kept()
    expect(visit.page.locator("#plan-name")).to_have_value("他人改名")
    assert visit.faults()["violations"] == CLEAN["violations"]


def test_on_a_phone_too_what_is_refused_stands_on_the_map(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows(PHONE, "dark")
    visit.open(f"/planner?lang=en&view=plans&plan={plan}{plans.a_place_full_of_things(site)}")
    data = plans.Picture(visit, site, plan).data
    code = max(data["cells"], key=lambda one: plans.inside(data, one)[0])[
        "code"
    ]  # the easternmost: at the edge
    plans.locked(site, plan, code)
    visit.page.locator(".plan-fold summary", has_text=EN["cells.in_view"]).click()
    visit.page.locator(f"#in-view-{code}").check()
    expect(visit.page.locator(".plan-cells .tag", has_text=EN["cells.is_locked"])).to_be_visible()
    visit.page.fill("#plan-name", "Another name")
    visit.page.get_by_role("button", name=EN["cells.rename"], exact=True).click()
    expect(visit.page.locator(".refused-tip")).to_contain_text(EN["edit.unlock_first"])
    stands_on_the_map(visit)
    picture(visit, site, "plan-refused-phone")
    assert visit.barriers() == []
