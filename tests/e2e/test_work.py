"""What people do on the pages, by keyboard where a keyboard is: dispatch, find, choose, sort."""

from __future__ import annotations

import re
from typing import Any

import shapely
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.deeds import api
from tests.e2e.windows import PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)


def busy_worker(site: Any) -> dict[str, Any]:
    """Return the grid worker with the most open incidents in their cells."""
    cells = [
        f["properties"]["cell"]
        for f in api(site, "/api/incidents?city=demo&state=open&limit=2000")["features"]
    ]
    codes = [cell["code"] for cell in cells if cell]
    people = [f["properties"] for f in api(site, "/api/responders?city=demo")["features"]]
    workers: list[dict[str, Any]] = [one for one in people if one["kind"] == "grid_worker"]
    return max(workers, key=lambda one: sum(code in one["cells"] for code in codes))


def sendable(site: Any) -> int:
    """Return the newest waiting incident for which at least two people are free."""
    for feature in api(site, "/api/incidents?city=demo&state=open&limit=500")["features"]:
        incident: int = feature["properties"]["id"]
        found = api(site, f"/api/incidents/{incident}/candidates?k=2")["candidates"]
        if feature["properties"]["assignment"] is None and len(found) == 2:
            return incident
    raise AssertionError("nobody is free for any waiting incident of the demo city")


def code_in(title: str) -> str:
    """Return the cell code in the title of a card, where it stands in groups."""
    return "".join(re.findall(r"\d+", title))


def test_a_dispatcher_sends_somebody_without_a_mouse(windows: Windows, site: Any) -> None:
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    before = len(deeds.waiting(site))
    expect(visit.page.locator(".choice .count").first).to_have_text(str(before))
    incident = sendable(site)
    deeds.reach_row(visit, incident)
    visit.page.keyboard.press("j")
    visit.page.keyboard.press("k")
    expect(visit.page.locator(deeds.row(incident))).to_be_focused()
    visit.page.keyboard.press("Enter")
    name = deeds.candidates(visit).first.locator(".who").inner_text().strip()
    assert visit.barriers() == []
    visit.page.keyboard.press("1")
    expect(visit.page.locator(".card .result.good")).to_contain_text(name)
    expect(visit.page.locator(".choice .count").first).to_have_text(str(before - 1))
    sent = api(site, f"/api/incidents/{incident}")["properties"]["assignment"]
    assert sent["responder"]["name"] == name
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".card")).to_be_hidden()
    assert visit.faults()["messages"] == []
    deeds.call_off(site, incident)


def test_two_dispatchers_cannot_send_two_people_to_one_incident(windows: Windows, site: Any) -> None:
    first, second = windows(), windows()
    incident = sendable(site)
    second.page.route(
        "**/api/stream*", lambda route: route.abort()
    )  # this console has not heard of the first
    for visit in (first, second):
        visit.page.goto(f"{visit.url}/dispatcher?lang=zh")
        visit.page.click(deeds.row(incident))
        deeds.candidates(visit).first.wait_for()
    deeds.candidates(first).nth(0).click()
    first.page.locator(".result.good").wait_for()
    deeds.candidates(second).nth(1).click()
    holder = deeds.incident(site, incident)["assignment"]["responder"]["name"]
    expect(second.page.locator(".result.bad")).to_contain_text(holder)
    deeds.call_off(site, incident)


def test_a_card_left_open_hears_that_somebody_else_has_sent_a_responder(windows: Windows, site: Any) -> None:
    first, second = windows(), windows()
    incident = sendable(site)
    for visit in (first, second):
        visit.open("/dispatcher?lang=zh")
        visit.page.click(deeds.row(incident))
        deeds.candidates(visit).first.wait_for()
    name = deeds.candidates(first).first.locator(".who").inner_text().strip()
    deeds.candidates(first).first.click()
    expect(second.page.locator(".card .facts").first).to_contain_text(name)
    expect(second.page.locator(".candidate")).to_have_count(0)
    deeds.call_off(site, incident)


def test_letters_typed_into_a_field_are_no_shortcuts_and_can_be_switched_off(windows: Windows) -> None:
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    visit.page.focus("#find-cell")
    visit.page.keyboard.type("jk?1")
    assert visit.page.input_value("#find-cell") == "jk?1"
    assert visit.page.locator(".dialog").count() == 0
    visit.page.keyboard.press("Escape")
    visit.page.locator("#help").focus()
    visit.page.keyboard.press("?")
    expect(visit.page.get_by_role("dialog")).to_contain_text(ZH["keys.next"])
    assert visit.barriers() == []
    visit.page.get_by_label(ZH["help.single_keys"]).uncheck()
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    expect(visit.page.locator("#help")).to_be_focused()
    visit.page.keyboard.press("?")
    assert visit.page.locator(".dialog").count() == 0


def test_a_cell_is_found_by_its_code_and_by_the_crosshair(windows: Windows, site: Any) -> None:
    visit = windows()
    visit.open("/planner?lang=zh")
    worker = busy_worker(site)
    code = worker["cells"][0]
    visit.page.focus("#find-cell")
    visit.page.keyboard.type(code)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".card-body .lead")).to_have_text(
        api(site, f"/api/cells/{code}?city=demo")["name"]
    )
    expect(visit.page.locator(".card")).to_contain_text(worker["name"])
    visit.page.keyboard.press("Escape")
    visit.settle()
    visit.page.focus("#map_main")
    expect(visit.page.locator(".crosshair")).to_be_visible()
    middle = visit.page.evaluate("() => { const { lng, lat } = map_main.getCenter(); return [lng, lat] }")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".card .facts").first).to_be_visible()
    title = visit.page.locator("#card-title").inner_text()
    found = api(site, f"/api/cells/{code_in(title)}?city=demo")
    assert shapely.geometry.shape(found["outline"]).covers(shapely.Point(middle))
    visit.page.focus("#find-cell")
    visit.page.fill("#find-cell", "000000000000000")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".card .failed")).to_be_visible()


def test_a_click_on_a_cell_shows_its_facts(windows: Windows, site: Any) -> None:
    visit = windows()
    code = busy_worker(site)["cells"][0]
    outline = api(site, f"/api/cells/{code}?city=demo")["outline"]["coordinates"][0]
    lon, lat = (sum(position[i] for position in outline[:-1]) / (len(outline) - 1) for i in (0, 1))
    visit.open(f"/planner?lang=zh#18/{lat:.6f}/{lon:.6f}")
    visit.switch(ZH["layer.incidents"])
    box = visit.page.locator("#map_main").bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = visit.page.locator(".card")
    expect(card.locator(".lead")).to_be_visible()
    shown = api(site, f"/api/cells/{code_in(card.locator('h2').inner_text())}?city=demo")
    for text in (
        shown["name"],
        shown["community"]["name"],
        shown["street"]["name"],
        *[p["name"] for p in shown["people"]],
    ):
        expect(card).to_contain_text(text)


def test_a_grid_worker_sees_their_own_cells_and_is_remembered(windows: Windows, site: Any) -> None:
    visit = windows(PHONE)
    worker = busy_worker(site)
    visit.open("/worker?lang=zh")
    visit.page.select_option("#worker", str(worker["id"]))
    visit.page.locator(".queue .row").first.wait_for()
    open_now = api(site, "/api/incidents?city=demo&state=open&limit=1000")["features"]
    tasks = api(site, f"/api/assignments?city=demo&responder={worker['id']}&limit=200")["assignments"]
    at_work = {
        task["incident"]["id"] for task in tasks
    }  # what this person has handled is not a task any more
    mine = [
        f
        for f in open_now
        if (f["properties"]["cell"] or {}).get("code") in worker["cells"]
        and f["properties"]["id"] not in at_work
    ]
    expect(visit.page.locator(".queue .row")).to_have_count(len(mine))
    visit.open("/worker?lang=zh")
    expect(visit.page.locator("#worker")).to_have_value(str(worker["id"]))
    chosen = mine[0]["properties"]
    visit.page.locator(deeds.row(chosen["id"])).click()
    expect(visit.page.locator(".card .lead")).to_have_text(chosen["description"])


def test_a_position_is_asked_for_only_on_a_click_and_refusals_are_told(windows: Windows, site: Any) -> None:
    worker = busy_worker(site)["id"]
    refused = windows(PHONE)
    refused.open(f"/worker?lang=zh&worker={worker}")
    refused.page.get_by_role("button", name=ZH["position.find"]).click()
    expect(refused.page.locator(".panel > .result")).to_have_text(ZH["position.error_1"])
    allowed = windows(PHONE, permissions=["geolocation"])
    allowed.open(f"/worker?lang=zh&worker={worker}")
    allowed.page.get_by_role("button", name=ZH["position.find"]).click()
    expect(allowed.page.locator(".panel > .result")).to_contain_text(
        ZH["position.found"].split("{", maxsplit=1)[0]
    )


def test_the_table_of_units_is_sorted_by_keyboard_and_leads_the_map(windows: Windows) -> None:
    visit = windows()
    visit.open("/planner?lang=zh")
    heading = visit.page.get_by_role("columnheader", name=ZH["units.cells"])
    heading.get_by_role("button").focus()
    visit.page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    cells = [
        int(text) for text in visit.page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    ]  # at once
    assert cells == sorted(cells, reverse=True)
    visit.page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    visit.page.get_by_label(ZH["unit.community"]).check(force=True)
    before = visit.page.evaluate("map_main.getCenter().toString()")
    visit.page.locator("tbody .link").first.click()
    visit.page.wait_for_function("before => map_main.getCenter().toString() !== before", arg=before)
    expect(visit.page.locator(".release-list li", has_text=ZH["release.current"])).to_have_count(1)


def test_new_incidents_arrive_without_reloading(windows: Windows) -> None:
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    newest = visit.page.locator(".queue .row").first.get_attribute("data-id")
    button = visit.page.get_by_role("button", name=ZH["demo.stream"])
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    try:
        expect(visit.page.locator(".queue .row").first).not_to_have_attribute("data-id", newest or "")
    finally:
        button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert visit.faults()["messages"] == []


def test_rows_stay_under_a_finger_while_news_come_in(windows: Windows, site: Any) -> None:
    """Each piece of news drew the whole list anew: a click that was half done was lost."""
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    row = visit.page.locator(".queue .row").first.element_handle()
    visit.page.locator(deeds.row(deeds.filed(site))).wait_for()
    assert row.evaluate("row => row.isConnected")


def test_the_table_of_units_keeps_the_focus_while_news_come_in(windows: Windows, site: Any) -> None:
    """Each incident anywhere in the city took the focus out of the table."""
    visit = windows()
    visit.open("/planner?lang=zh")
    button = visit.page.get_by_role("columnheader", name=ZH["units.cells"]).get_by_role("button")
    button.focus()
    before = visit.page.locator("tbody").text_content()
    deeds.filed(site)
    expect(visit.page.locator("tbody")).not_to_have_text(before or "")
    expect(button).to_be_focused()
