"""The releases of a city in time: the slider shows the grid of another one, and the map says so until one is back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, a_place_full_of_things, picture
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
EARLIER = 900_001
"""A release that only the browser believes in: its tiles are those of the first one."""

CELL = re.compile(r"^单元网格 \d{15}(?! undefined)")


def give_a_past(visit: Visit, site: Any) -> list[str]:
    """Let the page find an earlier release; return the addresses of its tiles, as they are asked for."""
    items = deeds.api(site, "/api/releases?city=demo")["items"]
    first = {
        **items[-1], "id": EARLIER, "effective_from": "2001-02-03T00:00:00+00:00",
        "effective_to": items[-1]["effective_from"],
    }  # fmt: skip
    asked: list[str] = []

    def lend(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_(url=route.request.url.replace(str(EARLIER), str(items[-1]["id"])))

    body = json.dumps({"items": [*items, first]})
    visit.page.route(
        "**/api/releases?*", lambda route: route.fulfill(body=body, content_type="application/json")
    )
    visit.page.route(f"**/*.mvt?release={EARLIER}", lend)
    return asked


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_an_earlier_release_is_shown_and_named_until_one_is_back(
    windows: Windows, site: Any, size: tuple[int, int]
) -> None:
    visit = windows(size)
    asked = give_a_past(visit, site)
    visit.open(f"/planner?lang=zh{a_place_full_of_things(site)}")
    slider, banner = visit.page.locator("#timeline"), visit.page.locator(".elsewhen")
    expect(banner).to_be_hidden()
    slider.focus()
    visit.page.keyboard.press("Home")
    expect(banner).to_contain_text(ZH["release.number"].format(id=EARLIER))
    assert f"{EARLIER}" in (slider.get_attribute("aria-valuetext") or "")
    visit.settle()
    assert {url.split("/")[5] for url in asked} >= {"cells", "communities"}
    assert visit.page.evaluate("map_main.getZoom()") == 16
    visit.page.evaluate("map_main.fire('click', {latlng: map_main.getCenter()})")
    expect(banner.locator("span").nth(1)).to_have_text(CELL)
    expect(visit.page.locator(".card")).to_be_hidden()
    picture(visit, site, f"timeline-{size[0]}")
    assert visit.barriers() == []
    visit.page.keyboard.press("Escape")
    expect(banner).to_be_hidden()
    visit.settle()
    visit.page.keyboard.press("Home")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name=ZH["timeline.back"]).click()
    expect(banner).to_be_hidden()
    expect(slider).to_be_focused()
    assert visit.faults() == CLEAN
