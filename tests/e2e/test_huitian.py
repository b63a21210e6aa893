"""From report to done in 回天: real communities, real roads, two windows, each seeing what the other does.

The city is loaded beside the demo city for these tests only and removed again, so every other test has one city.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from shapely import LineString, Point

from layers import words
from layers.words import Lang
from tests import people
from tests.databases import ROOT
from tests.e2e import deeds, plans
from tests.e2e.duty import always_on_duty
from tests.e2e.hands import Keys
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
METRE = 1e-5
"""Degrees, about a metre."""
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


def test_a_grid_published_at_once_moves_a_case_its_worker_hears_of_it_and_the_old_grid_brings_it_back(
    windows: Windows, site: Any, huitian: str
) -> None:
    plan = plans.made(site, huitian)["id"]
    giver, taker, rim, at = a_strip(site, plan)
    said = {"city": huitian, "category": CATEGORY, "position": {"lon": at[0], "lat": at[1], "frame": "wgs84"}}
    incident = deeds.file(site, **said, description="界线旁的遗撒")["id"]
    assert deeds.incident(site, incident)["cell"]["code"] == giver
    spot = {"lon": at[0], "lat": at[1]}
    line = [{"lon": x, "lat": y} for x, y in rim]
    plans.edited(site, plan, {"kind": "transfer", "code": giver, "line": line, "at": spot, "to": taker})
    plans.approved(site, plan)
    desk, hand = windows(), windows(PHONE)
    hand.open(f"/worker?city={huitian}&lang=zh&worker={workers(site)[giver]}")
    desk.open(f"/planner?city={huitian}&lang=zh&view=plans&plan={plan}#18/{at[1]:.6f}/{at[0]:.6f}")
    keys = Keys(desk)
    published_at_once(keys, site)
    expect(hand.page.locator("#panel")).to_contain_text(ZH["worker.moved"].format(gained=0, lost=1))
    picture(hand, site, "huitian-moved-phone")
    assert deeds.incident(site, incident)["cell"]["code"] == taker
    back = plans.go_back(keys, plans.found(site, plan)["base"])
    plans.approved(site, back)
    published_at_once(keys, site)
    expect(hand.page.locator("#panel")).to_contain_text(ZH["worker.moved"].format(gained=1, lost=0))
    assert deeds.incident(site, incident)["cell"]["code"] == giver
    assert hand.barriers() == []
    assert desk.faults() == CLEAN
    assert hand.faults() == CLEAN


def published_at_once(keys: Keys, site: Any) -> None:
    """Publish the approved plan that is open so that it stands from now on, with the keyboard alone."""
    page = keys.visit.page
    keys.press(page.locator("[data-does=publish]"))
    keys.tick(page.locator("#publish-now"))
    expect(page.locator("#publish-at")).to_be_disabled()
    moved = page.locator(".consequences dt", has_text=ZH["publish.cases_cell"])
    expect(moved.locator("xpath=following-sibling::dd[1]")).to_have_text("1")
    assert keys.visit.barriers() == []
    picture(keys.visit, site, "huitian-at-once-desk")
    keys.press(page.locator(".dialog button[type=submit]"))
    expect(page.locator(".plan-head .plan-state")).to_have_text(ZH["plan_state.in_force"])
    keys.is_kept()


def workers(site: Any) -> dict[str, int]:
    """Return a worker of each cell."""
    found = deeds.api(site, "/api/responders?city=huitian")["features"]
    return {code: one["properties"]["id"] for one in found for code in one["properties"]["cells"]}


def a_strip(site: Any, plan: int) -> tuple[str, str, list[plans.LonLat], plans.LonLat]:
    """Return a cell, its neighbour, a line from border to border round a strip beside it, and a place in the strip."""
    west, south, east, north = next(
        one["bounds"] for one in deeds.api(site, "/api/cities")["items"] if one["code"] == "huitian"
    )
    data = deeds.api(site, f"/api/plans/{plan}/arcs?bbox={west},{south},{east},{north}")
    shapes = {cell["code"]: plans.shape(data, cell) for cell in data["cells"]}
    has = workers(site)
    edges = [
        (LineString([a, b]), arc["one"], arc["other"])
        for arc in data["arcs"] if arc["one"] in has and arc["other"] in has
        for a, b in pairwise(arc["lonlat"])
        if has[arc["one"]] != has[arc["other"]]
    ]  # fmt: skip
    edge, giver, taker = max(edges, key=lambda one: one[0].length)
    (x, y), onward = edge.interpolate(0.5, normalized=True).coords[0], edge.interpolate(0.6, normalized=True)
    length = hypot(onward.x - x, onward.y - y)
    east_, north_ = (onward.x - x) / length * METRE, (onward.y - y) / length * METRE

    def off(along: float, aside: float) -> plans.LonLat:
        return x + along * east_ - aside * side * north_, y + along * north_ + aside * side * east_

    side = 1
    side = 1 if shapes[giver].contains(Point(off(0, 6))) else -1
    return giver, taker, [off(-6, -2), off(-6, 12), off(6, 12), off(6, -2)], off(0, 6)


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
