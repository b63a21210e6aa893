"""A plan from draft to release: submitted, approved by another person, published on a date, rolled back, by each hand.

It is published so far ahead that the grid of other tests stays what it is.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds, plans
from tests.e2e.entering import enter
from tests.e2e.hands import HANDS, Hand
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)


def renamed(site: Any) -> tuple[int, tuple[float, float], str, str]:
    """Return a plan in which a program has renamed a cell, a place in the cell, its name before and now."""
    plan = plans.made(site)["id"]
    data = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={middle(site)}")
    cell = data["cells"][0]
    name = f"先锋网格{uuid.uuid4().hex[:6]}"
    plans.edited(site, plan, {"kind": "rename", "code": cell["code"], "name": name})
    return plan, plans.inside(data, cell), cell["name"], name


def middle(site: Any) -> str:
    """Return a small box in the middle of the city."""
    west, south, east, north = deeds.api(site, "/api/cities")["items"][0]["bounds"]
    lon, lat = (west + east) / 2, (south + north) / 2
    return f"{lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}"


def step(hand: Hand, does: str) -> None:
    """Take a step of the plan, with a note."""
    hand.press(hand.visit.page.locator(f"[data-does={does}]"))
    expect(hand.visit.page.locator("#plan-note")).to_be_focused()
    hand.write(hand.visit.page.locator("#plan-note"), "已核对")
    hand.press(hand.visit.page.locator(".dialog button[type=submit]"))
    expect(hand.visit.page.locator(".dialog")).to_have_count(0)
    expect(plans.result(hand.visit)).to_have_text(ZH[f"did.{does}"])
    hand.is_kept()


def shown(visit: Visit, site: Any, plan: int, lang: str = "zh") -> None:
    """Open a plan to look at it."""
    visit.open(f"/planner?lang={lang}&view=plans&plan={plan}{plans.a_place_full_of_things(site)}")
    expect(visit.page.locator(".plan-head h3")).to_be_visible()


def publish(hand: Hand, site: Any, note: str) -> str:
    """Publish the plan that is open on a day after all releases; return the day."""
    page = hand.visit.page
    hand.press(page.locator("[data-does=publish]"))
    expect(page.locator(".consequences dd").first).to_be_visible()
    at = hand.forward(page.locator("#publish-at"), plans.fours_ahead(site))
    hand.tick(page.locator("#publish-now"))
    expect(page.locator("#publish-at")).to_be_disabled()
    hand.tick(page.locator("#publish-now"))
    hand.write(page.locator("#publish-note"), note)
    assert hand.visit.barriers() == []
    picture(hand.visit, site, f"plan-publish-{hand.name}")
    hand.press(page.locator(".dialog button[type=submit]"))
    expect(plans.result(hand.visit)).to_have_text(ZH["did.publish"])
    expect(page.locator(".plan-head .plan-state")).to_have_text(ZH["plan_state.scheduled"])
    hand.is_kept()
    return at


def name_after(site: Any, place: tuple[float, float], at: str) -> str:
    """Return what the cell at a place is called a day after `at`, a time of the city's clock."""
    moment = (datetime.fromisoformat(f"{at}:00+00:00") + timedelta(days=1)).isoformat().replace("+", "%2B")
    said = f"city=demo&lon={place[0]}&lat={place[1]}&at={moment}"
    name: str = deeds.api(site, f"/api/cells/at?{said}")["cell"]["name"]
    return name


@pytest.mark.parametrize("way", HANDS)
def test_a_plan_is_submitted_approved_published_on_a_date_and_rolled_back(
    windows: Windows, strangers: Windows, site: Any, way: str
) -> None:
    plan, place, was, name = renamed(site)
    planner, approver = windows(), strangers(PHONE if way == "mouse" else DESK)
    hand, other = HANDS[way](planner), HANDS[way](approver)
    shown(planner, site, plan)
    step(hand, "submit")
    expect(planner.page.locator(".plan-tools")).to_be_hidden()
    enter(approver, site, "approver")
    shown(approver, site, plan)
    step(other, "approve")
    picture(approver, site, f"plan-approved-{way}")
    assert approver.barriers() == []
    expect(planner.page.locator(".plan-head .plan-state")).to_have_text(ZH["plan_state.approved"])
    first = publish(hand, site, "先锋网格改名")
    base = plans.found(site, plan)["base"]
    assert name_after(site, place, first) == name
    back = plans.go_back(hand, base)
    assert plans.found(site, back)["rolls_back"] == base
    assert plans.changed(site, back) == 1
    plans.approved(site, back)
    second = publish(hand, site, "恢复原网格")
    assert name_after(site, place, first) == name
    assert name_after(site, place, second) == was
    assert planner.faults() == CLEAN
    assert approver.faults() == CLEAN


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_of_plans_and_a_plan_are_clean(windows: Windows, site: Any, theme: str) -> None:
    plan = renamed(site)[0]
    visit = windows(DESK, theme)
    visit.open(f"/planner?lang=en&view=plans{plans.a_place_full_of_things(site)}")
    expect(visit.page.locator(f"[data-plan='{plan}']")).to_be_visible()
    assert visit.barriers() == []
    visit.page.locator(f"[data-plan='{plan}']").click()
    expect(visit.page.locator(".plan-numbers tbody tr").first).to_be_visible()
    visit.page.locator("#comment-text").evaluate("(area) => { area.closest('details').open = true }")
    visit.page.fill("#comment-text", "Looks right")
    visit.page.get_by_role("button", name=words.of(Lang.EN)["comments.add"]).click()
    expect(visit.page.locator(".plan-said")).to_have_text("Looks right")
    assert visit.barriers() == []
    picture(visit, site, f"plan-{theme}")
    assert visit.faults() == CLEAN
