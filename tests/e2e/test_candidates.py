"""What the dispatcher is told about who could go, from answers of the service that are changed on their way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, SIZES, picture
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH, EN = words.of(Lang.ZH), words.of(Lang.EN)
STALE_AFTER = 900
"""Seconds after which a position is marked as old."""


def shown(visit: Visit, incident: int, change: Callable[[Any], None], lang: Lang = Lang.ZH) -> Locator:
    """Open an incident whose candidates are answered as `change` makes them; return its card."""

    def alter(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        change(body)
        route.fulfill(response=answer, body=json.dumps(body))

    visit.page.route(f"**/api/incidents/{incident}/candidates?*", alter)
    visit.open(f"/dispatcher?lang={lang}")
    visit.page.locator(deeds.row(incident)).click()
    expect(visit.page.locator(".candidates:not([aria-busy])")).to_be_visible()
    return visit.page.locator(".card")


def test_a_position_older_than_a_quarter_of_an_hour_is_marked(windows: Windows, site: Any) -> None:
    def age(body: Any) -> None:
        for one, seconds in zip(body["candidates"], (STALE_AFTER, STALE_AFTER + 1), strict=False):
            one["position_age"] = seconds

    visit = windows()
    card = shown(visit, deeds.filed(site), age)
    fresh, old = card.locator(".candidate").nth(0), card.locator(".candidate").nth(1)
    seen = ZH["candidates.seen"].format(duration=ZH["time.minutes"].format(n=15))
    expect(old.locator(".stale")).to_have_text(ZH["candidates.stale"].format(seen=seen))
    expect(fresh.locator(".stale")).to_have_count(0)
    expect(fresh).to_contain_text(seen)
    picture(visit, site, "candidates-old")
    assert visit.barriers() == []
    assert visit.faults() == CLEAN


@pytest.mark.parametrize("size", SIZES)
def test_when_nobody_has_the_skill_the_others_are_named_and_can_be_sent(
    windows: Windows, site: Any, size: str
) -> None:
    def lack(body: Any) -> None:
        for one in body["candidates"]:
            one["reasons"] = ["free", "on_shift", "no_skill"]
        body["candidates"], body["others"], body["passing"] = [], body["candidates"], []

    visit, incident = windows(SIZES[size]), deeds.filed(site)
    card = shown(visit, incident, lack)
    expect(card.locator(".candidates .state")).to_have_text(ZH["candidates.none"])
    expect(card.locator(".candidates h3")).to_have_text(ZH["candidates.others"])
    first = card.locator(".candidate.plain").first
    expect(first.locator(".lacks")).to_have_text(ZH["reason.no_skill"])
    expect(card.locator(".candidate .number")).to_have_count(0)  # no key sends somebody without the skill
    picture(visit, site, f"candidates-others-{size}")
    assert visit.barriers() == []
    name = first.locator(".who").inner_text().strip()
    visit.page.keyboard.press("1")
    assert deeds.incident(site, incident)["assignment"] is None
    first.click()
    expect(card.locator(".result.good")).to_contain_text(name)
    deeds.call_off(site, incident)
    assert visit.faults() == CLEAN


@pytest.mark.parametrize("lang", Lang)
def test_when_no_road_leads_there_that_is_the_reason_given(windows: Windows, site: Any, lang: Lang) -> None:
    def cut(body: Any) -> None:
        body["unreachable"] = len(body["candidates"])
        body["candidates"], body["others"], body["passing"] = [], [], []

    visit = windows()
    card = shown(visit, deeds.filed(site), cut, lang)
    expect(card.locator(".candidates .state")).to_contain_text(
        words.of(lang)["candidates.cut_off"].split("{n}")[0]
    )
    picture(visit, site, f"candidates-cut-off-{lang}")
    assert visit.barriers() == []
    assert visit.faults() == CLEAN


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_who_passes_soon_is_told_once_beside_their_name(
    windows: Windows, site: Any, size: tuple[int, int]
) -> None:
    stranger = {"id": 900_000, "name": "路过者"}

    def pass_by(body: Any) -> None:
        known = body["candidates"][0]["responder"]
        route = {"id": 1, "code": "R01", "name": "滨河巡查线"}
        body["passing"] = [
            {"responder": {"id": known["id"], "name": known["name"]}, "route": route,
             "seconds": 240.0, "metres": 310.0, "position_age": 5},
            {"responder": stranger, "route": route, "seconds": 600.0, "metres": 820.0, "position_age": 5},
        ]  # fmt: skip

    visit = windows(size)
    card = shown(visit, deeds.filed(site), pass_by)
    first = card.locator(".candidate").first
    expect(first.locator(".soon")).to_have_text(passes(4))
    expect(card.locator(".candidate .soon")).to_have_count(1)
    line = card.locator(".passing")
    expect(line).to_have_count(1)  # who is a candidate is not told of twice
    for text in (stranger["name"], passes(10), "滨河巡查线 · 820 m"):
        expect(line).to_contain_text(str(text))
    picture(visit, site, f"candidates-passing-{'phone' if size == PHONE else 'desk'}")
    assert visit.barriers() == []
    assert visit.faults() == CLEAN


def passes(minutes: int) -> str:
    """Return the words for somebody who passes in so many minutes."""
    return ZH["candidates.passes"].format(duration=ZH["time.minutes"].format(n=minutes))


@pytest.mark.parametrize("lang", Lang)
def test_a_step_on_what_somebody_else_changed_is_refused_in_plain_words(
    windows: Windows, site: Any, lang: Lang
) -> None:
    incident = deeds.filed(site)
    found = deeds.api(site, f"/api/incidents/{incident}/candidates")["candidates"][0]["responder"]["id"]
    made = deeds.send(site, "POST", f"/api/incidents/{incident}/assignments", {"responder": found})
    hand = windows(PHONE)
    hand.page.route("**/api/stream*", lambda route: route.abort())
    hand.page.goto(f"{hand.url}/worker?lang={lang}&worker={found}")
    task = hand.page.locator(".task")
    expect(task.locator('[data-step="accept"]')).to_be_visible()
    steps = f"/api/assignments/{made['id']}/steps"
    deeds.send(site, "POST", steps, {"step": "accept"}, made["version"])  # in another window
    task.locator('[data-step="accept"]').click()
    expect(task.locator(".result")).to_have_text(words.of(lang)["state.stale"])
    expect(task.locator('[data-step="set_out"]')).to_be_visible()  # and it stands there as it is now
    picture(hand, site, f"stale-{lang}")
    assert hand.barriers() == []
    deeds.call_off(site, incident)


def test_a_task_that_is_taken_away_leaves_a_word(windows: Windows, site: Any) -> None:
    incident = deeds.filed(site)
    found = deeds.api(site, f"/api/incidents/{incident}/candidates")["candidates"][0]["responder"]["id"]
    made = deeds.send(site, "POST", f"/api/incidents/{incident}/assignments", {"responder": found})
    hand = windows(PHONE)
    hand.open(f"/worker?lang=zh&worker={found}")
    expect(hand.page.locator(".task")).to_be_visible()
    steps = f"/api/assignments/{made['id']}/steps"
    deeds.send(site, "POST", steps, {"step": "cancel", "reason": "重复上报"}, made["version"])
    expect(hand.page.locator(".task")).to_have_count(0)
    expect(hand.page.locator(".tasks > .result")).to_have_text(ZH["tasks.gone"].format(n=1))
    picture(hand, site, "task-gone")
    assert hand.barriers() == []
    assert hand.faults() == CLEAN
