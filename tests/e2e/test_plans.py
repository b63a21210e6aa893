"""The planner's editor: borders dragged, cells split and merged, steps taken back, by mouse and by keyboard."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Route, expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds, plans
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)


def test_a_junction_is_dragged_with_its_neighbours_and_taken_back(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    mouse, keyboard = visit.page.mouse, visit.page.keyboard
    mouse.click(*borders.place(borders.inside(borders.cell)))
    expect(visit.page.locator(f"#in-view-{borders.cell}")).to_be_checked()
    visit.page.locator("[data-tool=points]").click()
    at, lonlat, codes = borders.junction()
    x, y = borders.place(lonlat)
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 6, y + 9, steps=3)
    picture(visit, site, "plan-drag-desk")
    mouse.up()
    expect(plans.result(visit)).to_have_text(ZH["done.move_vertex"])
    assert plans.changed(site, plan) == len(codes)
    moved = plans.Picture(visit, site, plan)
    assert list(at) not in moved.data["junctions"]
    keyboard.press("Control+z")
    expect(plans.result(visit)).to_have_text(ZH["done.undo"])
    assert plans.changed(site, plan) == 0
    keyboard.press("Control+Shift+z")
    expect(plans.result(visit)).to_have_text(ZH["done.redo"])
    assert plans.Picture(visit, site, plan).data["arcs"] == moved.data["arcs"]
    assert visit.barriers() == []


def test_everything_that_is_drawn_can_be_done_by_keyboard(windows: Windows, site: Any) -> None:
    visit = windows()
    visit.open(f"/planner?lang=zh&view=plans{plans.a_place_full_of_things(site)}")
    keyboard = visit.page.keyboard
    visit.page.locator("#new-plan").focus()
    keyboard.type("键盘方案")
    keyboard.press("Enter")
    expect(visit.page.locator(".plan-head h3")).to_contain_text("键盘方案")
    plan = int(visit.page.evaluate("new URLSearchParams(location.search).get('plan')"))
    borders = plans.Picture(visit, site, plan)
    other = borders.neighbour()
    visit.page.locator(".plan-fold summary").first.focus()
    keyboard.press("Enter")  # unfold the list of cells in view
    visit.page.locator(f"#in-view-{borders.cell}").focus()
    keyboard.press("Space")
    expect(visit.page.locator("#plan-name")).to_be_visible()
    keyboard.press("m")
    at, _, codes = borders.junction()
    visit.page.locator("#point-list").select_option(f"{at[0]},{at[1]}")
    visit.page.locator("#point-list").focus()
    keyboard.press("Control+ArrowRight")
    keyboard.press("Control+ArrowUp")
    keyboard.press("Control+Shift+ArrowUp")
    keyboard.press("Control+Alt+ArrowRight")
    keyboard.press("Enter")
    expect(plans.result(visit)).to_have_text(ZH["done.move_vertex"])
    assert [at[0] + 1100, at[1] + 11000] in plans.Picture(visit, site, plan).data["junctions"]
    assert plans.changed(site, plan) == len(codes)
    split_by_keyboard(visit, borders)
    assert plans.found(site, plan)["counts"]["new"] == 1
    visit.page.locator(f"#in-view-{other}").focus()
    keyboard.press("Space")
    visit.page.locator("#plan-into").focus()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(plans.result(visit)).to_have_text(ZH["done.merge"])
    assert plans.found(site, plan)["counts"]["gone"] == 1
    visit.page.locator("#plan-name").fill("新名称")
    keyboard.press("Enter")
    expect(plans.result(visit)).to_have_text(ZH["done.rename"])
    assert visit.barriers() == []


def split_by_keyboard(visit: Any, borders: plans.Picture) -> None:
    """Split the chosen cell along typed coordinates."""
    keyboard = visit.page.keyboard
    (west, y), (east, _) = borders.cut()
    visit.page.locator("[data-tool=split]").focus()
    keyboard.press("Enter")
    visit.page.locator(".plan-tool details summary").focus()
    keyboard.press("Enter")
    visit.page.locator("#line-between").focus()
    keyboard.type(f"{west - 1e-5:.8f}, {y:.8f}\n{east + 1e-5:.8f}, {y:.8f}")
    visit.page.get_by_role("button", name=ZH["line.split_now"]).focus()
    keyboard.press("Enter")
    expect(plans.result(visit)).to_have_text(ZH["done.split"])


def test_a_cell_is_split_by_clicks_and_a_refusal_stands_at_its_place(windows: Windows, site: Any) -> None:
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
    x, y = borders.place(borders.inside(borders.neighbour()))
    visit.page.mouse.click(x, y)
    visit.page.mouse.click(x + 3, y + 20)
    visit.page.get_by_role("button", name=ZH["line.finish"]).click()
    expect(visit.page.locator(".plan-room .refused strong")).to_have_text(ZH["refusal.no_cut"])
    expect(visit.page.locator(".refused-tip")).to_contain_text(ZH["advice.no_cut"])
    picture(visit, site, "plan-refused-desk")
    assert visit.barriers() == []
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".refused-tip")).to_have_count(0)
    assert plans.found(site, plan)["counts"]["new"] == 1


def test_who_is_too_late_is_told_who_was_first_and_can_load_it(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    visit.page.mouse.click(*borders.place(borders.inside(borders.cell)))
    expect(visit.page.locator("#plan-name")).to_be_visible()
    theirs = {"seen": 0, "edit": {"kind": "rename", "code": borders.cell, "name": "他人改名"}}

    def be_late(route: Route) -> None:
        deeds.send(site, "POST", f"/api/plans/{plan}/edits", theirs)
        route.continue_()

    visit.page.route(f"**/api/plans/{plan}/edits", be_late)
    visit.page.fill("#plan-name", "我改名")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".plan-room .refused span").first).to_have_text(ZH["edit.load_theirs"])
    visit.page.get_by_role("button", name=ZH["edit.load_now"]).click()
    expect(plans.result(visit)).to_have_text(ZH["edit.loaded"])
    expect(visit.page.locator("#plan-name")).to_have_value("他人改名")
    assert visit.faults()["violations"] == CLEAN["violations"]
