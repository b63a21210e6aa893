"""A city whose every name and description is markup: it shows as text, and nothing of it runs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from layers.page import Role
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, a_place_full_of_things
from tests.e2e.test_work import busy_worker, sendable
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

INJECTED = "() => document.querySelectorAll('svg[onload], svg[onload] *, script:not([nonce])').length"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("role", Role)
def test_markup_in_names_is_only_text(
    windows: Windows, site: Any, hostile_city: str, role: Role, size: tuple[int, int]
) -> None:
    visit = windows(size)
    worker = busy_worker(site)
    visit.open(f"/{role}?lang=zh&worker={worker['id']}{a_place_full_of_things(site)}")
    shown = {Role.PLANNER: "tbody .link", Role.DISPATCHER: ".row-text", Role.WORKER: ".row-text"}[role]
    expect(visit.page.locator(shown).first).to_have_text(hostile_city)
    visit.page.fill("#find-cell", worker["cells"][0])
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".card .lead")).to_have_text(hostile_city)
    expect(visit.page.locator(".card .people .who").first).to_have_text(hostile_city)
    if role is not Role.PLANNER:
        visit.page.keyboard.press("Escape")
        visit.page.locator(".queue .row").first.click()
        expect(visit.page.locator(".card .lead")).to_contain_text(hostile_city)
    if role is Role.DISPATCHER:
        visit.page.keyboard.press("Escape")
        visit.page.click(deeds.row(sendable(site)))
        expect(visit.page.locator(".candidate .who").first).to_have_text(hostile_city)
    assert visit.page.evaluate(INJECTED) == 0
    assert visit.barriers() == []
    assert visit.faults() == CLEAN
