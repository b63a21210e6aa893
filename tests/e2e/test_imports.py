"""A planner brings a file of cells: what is wrong is shown, accepted by name, and a plan is made of it; by keyboard."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import plans
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
TOO_WIDE = 0.0002
"""Degrees by which one border is moved into the neighbour's cell: about 17 m."""


def grid(site: Any) -> dict[str, Any]:
    """Return the demo city's grid as the service writes it."""
    asked = urllib.request.Request(f"{site.url}/api/grids/export?city=demo", headers=site.head)
    with urllib.request.urlopen(asked, timeout=120) as answer:
        whole: dict[str, Any] = json.load(answer)
    return whole


def spoilt(site: Any, folder: Path) -> Path:
    """Write the grid with the easternmost vertex of one cell in the middle moved into the neighbour's."""
    whole = grid(site)
    features = sorted(whole["features"], key=lambda one: one["properties"]["code"])
    ring = features[len(features) // 2]["geometry"]["coordinates"][0]
    at = max(range(1, len(ring) - 1), key=lambda i: ring[i][0])
    ring[at][0] += TOO_WIDE
    path = folder / "spoilt.geojson"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def bring(visit: Visit, path: Path) -> None:
    """Choose a file and send it, by keyboard."""
    visit.page.locator("#import-file").set_input_files(path)
    visit.page.locator(".imports .form [type=submit]").first.focus()
    visit.page.keyboard.press("Enter")


def test_a_file_with_a_defect_is_accepted_by_name_and_becomes_a_plan(
    windows: Windows, site: Any, tmp_path: Path
) -> None:
    visit = windows()
    visit.open("/planner?lang=zh&view=plans")
    page, keyboard = visit.page, visit.page.keyboard
    page.locator(".plan-files summary").focus()
    keyboard.press("Enter")
    assert page.locator(".plan-files a").count() == 5
    assert visit.barriers() == []
    page.locator("#import-open").focus()
    keyboard.press("Enter")
    expect(page.locator(".import-title")).to_be_focused()
    page.locator(".imports .form [type=submit]").first.press("Enter")
    expect(page.locator("#import-file-wrong")).to_have_text(ZH["imports.no_file"])
    bring(visit, spoilt(site, tmp_path))
    waiting = page.locator("[data-finding][data-weight=open]")
    expect(waiting.first).to_be_visible()
    expect(page.locator("[data-kind=overlap][data-weight=open]")).not_to_have_count(0)
    expect(page.locator("#import-take")).to_have_count(0)
    look = waiting.filter(has=page.locator("button.link")).first.locator("button.link")
    look.focus()
    keyboard.press("Enter")
    expect(page.locator("#announce")).not_to_be_empty()
    picture(visit, site, "import-report-zh-desk")
    assert visit.barriers() == []
    page.locator("#import-changes summary").focus()
    keyboard.press("Enter")
    page.locator("[data-change]").first.focus()
    keyboard.press("Enter")
    expect(page.locator("#import-changes [role=status] .state")).to_be_visible()
    picture(visit, site, "import-cell-zh-desk")
    assert visit.barriers() == []
    page.locator("#import-all").focus()
    keyboard.press("Space")
    page.locator("#import-accept [type=submit]").press("Enter")
    name = page.locator("#import-plan-name")
    expect(name).to_have_value("spoilt")
    expect(waiting).to_have_count(0)
    expect(page.locator("#import-verdict")).to_have_text(ZH["imports.ready"])
    name.fill("照文件")
    name.press("Enter")
    expect(page.locator(".plan-head h3")).to_contain_text("照文件")
    plan = int(page.evaluate("new URLSearchParams(location.search).get('plan')"))
    assert plans.changed(site, plan) > 0
    expect(page.locator(".plan-files a[data-format=gpkg]")).to_have_attribute(
        "href", f"/api/grids/export?city=demo&plan={plan}&format=gpkg"
    )
    assert visit.faults() == CLEAN


def test_an_import_on_a_phone_in_english_says_what_stops_it(
    windows: Windows, site: Any, tmp_path: Path
) -> None:
    visit = windows(PHONE)
    visit.open("/planner?lang=en&view=plans&import=new")
    page = visit.page
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "Topology", "objects": {"one": {}, "two": {}}, "arcs": []}', encoding="utf-8")
    bring(visit, broken)
    expect(page.locator("#import-layer-wrong")).to_be_visible()
    expect(page.locator(".imports .form [role=group] button")).to_have_text(["one", "two"])
    picture(visit, site, "import-layers-en-phone")
    expect(page.locator("#import-layer")).to_be_focused()
    whole = grid(site)
    for one in whole["features"]:
        one["geometry"]["coordinates"] = [
            [[y, x] for x, y in ring] for ring in one["geometry"]["coordinates"]
        ]
    turned = tmp_path / "turned.geojson"
    turned.write_text(json.dumps(whole), encoding="utf-8")
    bring(visit, turned)
    expect(page.locator("[data-kind=frame][data-weight=open]")).to_contain_text("axes are swapped")
    expect(page.locator("#import-verdict")).to_have_text("1 mend waits for you to accept it.")
    picture(visit, site, "import-turned-en-phone")
    assert visit.barriers() == []
    assert visit.faults()["violations"] == []
