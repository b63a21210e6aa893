"""A plan beside what stands: both sides at a handle, and the list of what differs, by keyboard."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds, plans
from tests.e2e.hands import Keys
from tests.e2e.test_pages import CLEAN, a_place_full_of_things, picture
from tests.e2e.windows import Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
CLIPS = "() => ['compare-old', 'plan-lines'].map((name) => getComputedStyle(map_main.getPane(name)).clipPath)"
KEYS = {
    "Home": 0,
    "Shift+ArrowRight": 10,
    "ArrowLeft": 9,
    "End": 100,
    "Shift+ArrowLeft": 90,
    "Shift+ArrowDown": 80,
}


def test_a_plan_is_compared_with_what_stands_by_keyboard(windows: Windows, site: Any) -> None:
    plan = plans.made(site)["id"]
    visit = windows()
    borders = plans.open_plan(visit, site, plan)
    button, handle = visit.page.locator("#compare-open"), visit.page.locator(".compare-handle[role=slider]")
    keyboard = visit.page.keyboard
    button.focus()
    keyboard.press("Enter")
    expect(handle).to_be_focused()
    expect(visit.page.locator("#compare-list .state")).to_have_text(ZH["compare.nothing"])
    keyboard.press("Escape")
    expect(button).to_be_focused()
    other = borders.neighbour()
    rename = {"kind": "rename", "code": borders.cell, "name": "对比改名"}
    first = deeds.send(site, "POST", f"/api/plans/{plan}/edits", {"seen": 0, "edit": rename})
    merge = {"kind": "merge", "codes": [borders.cell, other], "into": borders.cell}
    deeds.send(site, "POST", f"/api/plans/{plan}/edits", {"seen": first["seq"], "edit": merge})
    keyboard.press("Enter")
    renamed = visit.page.locator("[data-change=renamed] li")
    expect(renamed).to_contain_text("→ 对比改名")
    expect(visit.page.locator("[data-change=merged] li")).not_to_have_count(0)
    for key, percent in KEYS.items():
        keyboard.press(key)
        expect(handle).to_have_attribute("aria-valuenow", str(percent))
    old, new = visit.page.evaluate(CLIPS)
    assert old.startswith("polygon(")
    assert new.startswith("polygon(")
    assert old != new
    picture(visit, site, "plan-compare-desk")
    assert visit.barriers() == []
    renamed.locator("button").focus()
    keyboard.press("Enter")
    expect(visit.page.locator("#announce")).to_contain_text("对比改名")
    handle.focus()
    keyboard.press("Escape")
    expect(handle).to_have_count(0)
    expect(button).to_be_focused()
    assert visit.page.evaluate(CLIPS)[1] == "none"
    assert visit.faults() == CLEAN


def test_any_two_releases_or_plans_are_compared_by_keyboard(windows: Windows, site: Any) -> None:
    plan, other = plans.made(site)["id"], plans.made(site)
    visit = windows()
    page, keys = visit.page, Keys(visit)
    borders = plans.open_plan(visit, site, plan)
    plans.edited(site, other["id"], {"kind": "rename", "code": borders.cell, "name": "另一方案改名"})
    keys.press(page.locator("#compare-open"))
    expect(page.locator(f"#compare-with option[value='plan:{other['id']}']")).to_be_attached()
    keys.choose(page.locator("#compare-with"), f"plan:{other['id']}")
    expect(page.locator("[data-change=renamed] li")).to_contain_text("另一方案改名 →")
    expect(page.locator(".compare-side").first).to_have_text(other["name"])
    assert visit.barriers() == []
    picture(visit, site, "plan-compare-plans-desk")
    plans.published(site, other["id"])
    visit.open(f"/planner?lang=zh{a_place_full_of_things(site)}")
    keys.reach(page.locator("#timeline"))
    page.keyboard.press("End")
    keys.press(page.locator("#timeline-differences summary").first)
    expect(page.locator("#timeline-differences [data-change=renamed]")).to_contain_text("→ 另一方案改名")
    assert visit.barriers() == []
    picture(visit, site, "timeline-compare-desk")
    page.keyboard.press("Escape")
    expect(page.locator("#timeline-differences")).to_be_hidden()
    assert visit.faults() == CLEAN
