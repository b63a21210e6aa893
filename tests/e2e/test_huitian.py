"""From report to done in 回天: real communities, real roads, two windows, each seeing what the other does.

The city is loaded beside the demo city for these tests only and removed again, so every other test has one city.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests import people
from tests.databases import ROOT
from tests.e2e import deeds
from tests.e2e.duty import always_on_duty
from tests.e2e.test_dispatch import opened, reached, say
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
KIT = ROOT / "tests" / "cities" / "huitian"
LOAD_LIMIT = 900
"""Seconds to wait for the city; reached only when something is broken."""
SHOWN = 5
"""Candidates the card shows, one for each number key."""
IN_SIGHT = """(way) => {
  const stage = map_main.getContainer().getBoundingClientRect();
  const card = document.querySelector('.card').getBoundingClientRect();
  return way.every(([lon, lat]) => {
    const at = map_main.latLngToContainerPoint([lat, lon]);
    const x = at.x + stage.left, y = at.y + stage.top;
    const isCovered = x > card.left && x < card.right && y > card.top && y < card.bottom;
    return !isCovered && x > stage.left && x < stage.right && y > stage.top && y < stage.bottom;
  });
}"""
CATEGORY, CATEGORY_NAME = "sanitation", "市容环卫"


def geo(site: Any, data: Path, *arguments: str) -> None:
    """Run a command of `geo` on the running service; it must succeed."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GEO_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "geo_app.cli", *arguments],
        cwd=ROOT, env=kept | {"GEO_WORK": str(site.folder), "GEO_DATA": str(data)},
        capture_output=True, text=True, timeout=LOAD_LIMIT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.fixture(scope="module")
def huitian(site: Any, session: Any, real_data: Path) -> Iterator[str]:
    """回天 loaded into the running service, for whoever has a `session` and for the test's program; its code."""
    geo(site, real_data, "cities", "load", str(KIT))
    with site.database() as database:
        people.open_city(database, "huitian")
    always_on_duty(site)
    yield "huitian"
    geo(site, real_data, "cities", "remove", "huitian")


@pytest.mark.parametrize(
    ("desk_size", "hand_size", "address", "community"),
    [
        pytest.param(DESK, PHONE, "昌平区龙泽园街道龙泽苑社区", "龙泽苑社区", id="desk-to-phone"),
        pytest.param(PHONE, DESK, "天通苑北街道天通北苑第一社区", "天通北苑第一社区", id="phone-to-desk"),
    ],
)
def test_an_incident_of_a_real_city_goes_from_report_to_done(
    windows: Windows, site: Any, huitian: str, desk_size: tuple[int, int], hand_size: tuple[int, int],
    address: str, community: str,
) -> None:  # fmt: skip
    desk, hand = windows(desk_size), windows(hand_size)
    name = f"huitian-{desk_size[0]}"
    description = f"道路遗撒，影响通行：{community}"
    desk.open(f"/dispatcher?city={huitian}&lang=zh")
    opened(desk)
    say(desk, CATEGORY, description, address)
    expect(desk.page.locator(".where-note")).to_contain_text(community)
    desk.page.locator("#report-description").press("Tab")
    with desk.page.expect_response(lambda one: one.request.method == "POST") as answer:
        desk.page.locator(".form button[type=submit]").press("Enter")
    filed = answer.value.json()
    assert (filed["confidence"]["verdict"], filed["cell"]["name"]) == ("sure", community)
    assert not filed["is_estimate"]
    expect(desk.page.locator(".card .lead")).to_contain_text(description)
    shown = deeds.api(site, f"/api/incidents/{filed['id']}/candidates?k={SHOWN}")["candidates"]
    expect(desk.page.locator(".candidate .number")).to_have_count(len(shown))
    first = desk.page.locator(".candidate").first
    worker, way = filed["candidates"][0]["responder"], shown[0]["route"]["coordinates"]
    expect(first).to_have_attribute("data-id", str(worker["id"]))
    desk.page.wait_for_function(IN_SIGHT, arg=way)
    desk.settle()
    picture(desk, site, f"{name}-candidates")
    assert desk.barriers() == []
    hand.open(f"/worker?city={huitian}&lang=zh&worker={worker['id']}")
    expect(hand.page.locator(".tasks")).to_contain_text(ZH["tasks.empty"])
    desk.page.keyboard.press("1")
    expect(desk.page.locator(".card .result.good")).to_contain_text(worker["name"])
    reached(desk, "offered")
    task = hand.page.locator(".task")
    expect(task).to_contain_text(description)
    expect(hand.page.locator("#alarm")).to_contain_text(CATEGORY_NAME)
    picture(hand, site, f"{name}-task")
    assert hand.barriers() == []
    for step, state in (("accept", "accepted"), ("set_out", "under_way"), ("arrive", "on_site")):
        task.locator(f'[data-step="{step}"]').click()
        reached(desk, state)
    picture(desk, site, f"{name}-on-site")
    task.locator('[data-step="finish"]').click()
    reached(desk, "done")
    expect(hand.page.locator(".tasks")).to_contain_text(ZH["tasks.empty"])
    assert deeds.incident(site, filed["id"])["state"] == "handled"
    assert desk.barriers() == []
    assert desk.faults() == CLEAN
    assert hand.faults() == CLEAN
