"""A plan from draft to release: submitted, approved by another person, published on a date, taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from geo_app.core import clock
from layers import words
from layers.words import Lang
from tests.e2e import deeds, plans
from tests.e2e.entering import enter
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
AHEAD = timedelta(days=400)
"""Published so far ahead that the grid of other tests stays what it is."""


def renamed(site: Any) -> int:
    """Return a plan in which a program has renamed a cell."""
    plan = plans.made(site)["id"]
    code = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={middle(site)}")["cells"][0]["code"]
    edit = {"kind": "rename", "code": code, "name": f"先锋网格{uuid.uuid4().hex[:6]}"}
    deeds.send(site, "POST", f"/api/plans/{plan}/edits", {"seen": 0, "edit": edit})
    return int(plan)


def middle(site: Any) -> str:
    """Return a small box in the middle of the city."""
    west, south, east, north = deeds.api(site, "/api/cities")["items"][0]["bounds"]
    lon, lat = (west + east) / 2, (south + north) / 2
    return f"{lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}"


def ask(visit: Visit, does: str, did: str) -> None:
    """Take a step of the plan by keyboard, with a note."""
    visit.page.locator(f"[data-does={does}]").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#plan-note")).to_be_focused()
    visit.page.keyboard.type("已核对")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".dialog")).to_have_count(0)
    expect(plans.result(visit)).to_have_text(ZH[f"did.{did}"])


def shown(visit: Visit, site: Any, plan: int, lang: str = "zh") -> None:
    """Open a plan to look at it."""
    visit.open(f"/planner?lang={lang}&view=plans&plan={plan}{plans.a_place_full_of_things(site)}")
    expect(visit.page.locator(".plan-head h3")).to_be_visible()


def test_a_plan_is_submitted_approved_on_a_phone_published_on_a_date_and_taken_back(
    windows: Windows, strangers: Windows, site: Any
) -> None:
    plan = renamed(site)
    planner = windows()
    shown(planner, site, plan)
    ask(planner, "submit", "submit")
    expect(planner.page.locator(".plan-tools")).to_be_hidden()
    approver = strangers(PHONE)
    enter(approver, site, "approver")
    shown(approver, site, plan)
    ask(approver, "approve", "approve")
    picture(approver, site, "plan-approved-phone")
    assert approver.barriers() == []
    expect(planner.page.locator(".plan-head .plan-state")).to_have_text(ZH["plan_state.approved"])
    planner.page.locator("[data-does=publish]").focus()
    planner.page.keyboard.press("Enter")
    expect(planner.page.locator(".consequences dd").first).to_be_visible()
    at = (clock.now() + AHEAD).strftime("%Y-%m-%dT09:30")
    planner.page.fill("#publish-at", at)
    planner.page.fill("#publish-note", "先锋网格改名")
    assert planner.barriers() == []
    picture(planner, site, "plan-publish-desk")
    planner.page.keyboard.press("Tab")
    planner.page.keyboard.press("Enter")
    expect(plans.result(planner)).to_have_text(ZH["did.publish"])
    expect(planner.page.locator(".plan-head .plan-state")).to_have_text(ZH["plan_state.scheduled"])
    assert plans.found(site, plan)["effective_from"].startswith(at[:10])
    go_back(planner, site, plans.found(site, plan)["base"])
    assert planner.faults() == CLEAN
    assert approver.faults() == CLEAN


def go_back(visit: Visit, site: Any, release: int) -> None:
    """Make an earlier release the plan, from the list of releases, by keyboard."""
    visit.page.locator("[name=view][value=units]").focus()
    visit.page.keyboard.press("Space")
    button = visit.page.locator(f"[data-release='{release}']")
    expect(button).to_be_visible()
    picture(visit, site, "plan-releases-desk")
    button.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".plan-head h3")).to_contain_text(ZH["plans.back_to"].format(id=release))
    plan = int(visit.page.evaluate("new URLSearchParams(location.search).get('plan')"))
    assert plans.found(site, plan)["rolls_back"] == release
    assert plans.changed(site, plan) == 1
    visit.page.get_by_text(ZH["steps.title"], exact=True).click()
    expect(visit.page.locator(".plan-list strong", has_text=ZH["step.replace"])).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_of_plans_and_a_plan_are_clean(windows: Windows, site: Any, theme: str) -> None:
    plan = renamed(site)
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
