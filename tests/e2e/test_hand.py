"""What a responder does on the phone alone: take a task, report in two taps, share where the phone is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
MOVES = 10
MARK_WHERE = """([id, lon, lat]) => {
  let found = null;
  map_main.eachLayer((layer) => {
    if (layer.feature && layer.feature.properties.kind && layer.feature.properties.id === id) found = layer;
  });
  if (!found) return false;
  window.watched = window.watched || found;
  const at = found.getLatLng();
  const isThere = Math.abs(at.lng - lon) < 1e-6 && Math.abs(at.lat - lat) < 1e-6;
  return found === window.watched && (lon === null || isThere);
}"""


def test_the_buttons_of_a_task_are_large_enough_for_a_thumb(windows: Windows, site: Any) -> None:
    incident = deeds.filed(site)
    chosen = deeds.api(site, f"/api/incidents/{incident}/candidates")["candidates"][0]["responder"]["id"]
    deeds.send(site, "POST", f"/api/incidents/{incident}/assignments", {"responder": chosen})
    hand = windows(PHONE)
    hand.open(f"/worker?lang=zh&worker={chosen}")
    button = hand.page.locator('.task [data-step="accept"]')
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert box["y"] > PHONE[1] / 2  # within reach of the thumb
    assert box["y"] + box["height"] <= PHONE[1]
    deeds.call_off(site, incident)


def test_a_worker_reports_in_two_taps_where_the_phone_is(windows: Windows, site: Any) -> None:
    hand = windows(PHONE, permissions=["geolocation"])
    worker = deeds.api(site, "/api/responders?city=demo")["features"][0]["properties"]["id"]
    hand.open(f"/worker?lang=zh&worker={worker}")
    known = {one["id"] for one in deeds.newest(site)}
    hand.page.locator(".panel-head .primary").click()
    expect(hand.page.locator(".tell-place")).to_contain_text(ZH["tell.phone"].split("，")[0])
    tile = hand.page.locator(".tile").nth(4)
    name = tile.inner_text().strip()
    picture(hand, site, "tell-phone")
    assert hand.barriers() == []
    tile.click()
    expect(hand.page.locator(".panel > .result")).to_contain_text(name)
    (made,) = [one for one in deeds.newest(site) if one["id"] not in known]
    assert (made["channel"], made["description"]) == ("patrol", name)
    at = deeds.api(site, f"/api/incidents/{made['id']}")["geometry"]["coordinates"]
    assert at == pytest.approx([117.197, 39.522], abs=1e-6)
    assert hand.faults() == CLEAN


def test_a_phone_that_refuses_its_position_says_so_and_shares_nothing(windows: Windows, site: Any) -> None:
    hand = windows(PHONE)
    worker = deeds.api(site, "/api/responders?city=demo")["features"][0]["properties"]["id"]
    hand.open(f"/worker?lang=zh&worker={worker}")
    switch = hand.page.get_by_role("switch", name=ZH["share.title"])
    switch.click()
    expect(hand.page.locator(".share .soft")).to_have_text(ZH["position.error_1"])
    expect(switch).not_to_be_checked()


def test_a_position_is_shared_only_once_switched_on_and_others_see_it_move(
    windows: Windows, site: Any
) -> None:
    desk, hand = windows(), windows(PHONE, permissions=["geolocation"])
    people = [f["properties"] for f in deeds.api(site, "/api/responders?city=demo")["features"]]
    worker = next(one["id"] for one in people if one["on_shift"])  # only on shift is a position taken
    desk.open("/dispatcher?lang=zh")
    desk.page.wait_for_function(MARK_WHERE, arg=[worker, None, None])
    sent: list[Any] = []
    hand.page.on("request", lambda one: sent.append(one) if one.url.endswith("/api/positions") else None)
    hand.open(f"/worker?lang=zh&worker={worker}")
    switch = hand.page.get_by_role("switch", name=ZH["share.title"])
    expect(switch).not_to_be_checked()
    assert sent == []
    switch.click()
    expect(hand.page.locator(".share .soft")).to_contain_text(
        ZH["share.told"].split("{at}")[1].split("，")[0]
    )
    body = json.loads(sent[0].post_data)
    assert (body["frame"], body["positions"][0]["responder"]) == ("wgs84", worker)
    (mine,) = [
        f for f in deeds.api(site, "/api/responders?city=demo")["features"] if f["properties"]["id"] == worker
    ]
    assert mine["geometry"]["coordinates"] == pytest.approx([117.197, 39.522], abs=1e-6)
    desk.page.wait_for_function(MARK_WHERE, arg=[worker, 117.197, 39.522])  # the same mark, at its new place
    switch.click()
    expect(switch).not_to_be_checked()
    asked: list[str] = []
    desk.page.on("request", lambda one: asked.append(one.url))
    for step in range(1, MOVES):  # beside other news, or after a gap, a page may ask for everybody
        at = datetime.now(UTC).isoformat()
        spot = {"responder": worker, "lon": 117.197 + step / 2000, "lat": 39.522, "at": at}
        deeds.send(site, "POST", "/api/positions", {"city": "demo", "frame": "wgs84", "positions": [spot]})
        desk.page.wait_for_function(MARK_WHERE, arg=[worker, spot["lon"], spot["lat"]])
        if any(f"/api/responders?city=demo&id={worker}" in url for url in asked):
            break
    else:
        pytest.fail(f"a page never asked for the one who moved alone: {asked}")
    assert hand.faults() == CLEAN
    assert desk.faults() == CLEAN
