"""From report to done in two windows: the dispatcher files and sends, the responder goes, each sees the other."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, SIZES, picture
from tests.e2e.windows import PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)


def say(visit: Visit, category: str, description: str, address: str | None = None) -> None:
    """Fill in the open form by keyboard, as far as it is given."""
    if address:
        visit.page.fill("#report-address", address)
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator(".where-note")).not_to_be_empty()
    visit.page.select_option("#report-category", category)
    visit.page.fill("#report-description", description)


def opened(visit: Visit) -> Locator:
    """Open a new form by its key and wait until its categories are there."""
    visit.page.keyboard.press("n")
    expect(visit.page.locator("#report-address")).to_be_focused()
    expect(visit.page.locator("#report-category option").nth(3)).to_be_attached()
    return visit.page.locator(".form")


def reached(visit: Visit, state: str) -> None:
    """Wait until the open card shows that the assignment has reached a state."""
    expect(visit.page.locator('.way [aria-current="step"]')).to_have_attribute("data-state", state)


def described(site: Any, description: str) -> list[int]:
    """Return the incidents with exactly this description."""
    found = deeds.newest(site)
    return [one["id"] for one in found if one["description"] == description]


@pytest.mark.parametrize("size", SIZES)
def test_an_incident_goes_from_report_to_done_and_both_windows_see_it(
    windows: Windows, site: Any, size: str
) -> None:
    desk, hand = windows(SIZES[size]), windows(SIZES[size])
    case = deeds.case(site)
    desk.open("/dispatcher?lang=zh")
    opened(desk)
    say(desk, case.category, "路口积水，行人绕行", case.address)
    picture(desk, site, f"report-{size}")
    assert desk.barriers() == []
    desk.page.locator("#report-description").press("Tab")
    desk.page.locator(".form button[type=submit]").press("Enter")
    first = deeds.candidates(desk).first
    expect(first).to_be_visible()
    expect(desk.page.locator(".card .lead")).to_contain_text("路口积水，行人绕行")
    picture(desk, site, f"candidates-{size}")
    assert desk.barriers() == []
    name = first.locator(".who").inner_text().strip()
    hand.open(f"/worker?lang=zh&worker={first.get_attribute('data-id')}")
    expect(hand.page.locator(".tasks")).to_contain_text(ZH["tasks.empty"])
    desk.page.keyboard.press("1")
    expect(desk.page.locator(".card .result.good")).to_contain_text(name)
    reached(desk, "offered")
    expect(hand.page.locator(".new-task")).to_contain_text(case.name)
    expect(hand.page.locator("#alarm")).to_contain_text(case.name)
    task = hand.page.locator(".task")
    expect(task).to_contain_text("路口积水，行人绕行")
    picture(hand, site, f"task-{size}")
    assert hand.barriers() == []
    for step, state in (("accept", "accepted"), ("set_out", "under_way"), ("arrive", "on_site")):
        task.locator(f'[data-step="{step}"]').click()
        reached(desk, state)
    picture(desk, site, f"progress-{size}")
    assert desk.barriers() == []
    task.locator('[data-step="finish"]').click()
    reached(desk, "done")
    expect(hand.page.locator(".task")).to_have_count(0)
    expect(hand.page.locator(".tasks")).to_contain_text(ZH["tasks.empty"])
    (made,) = described(site, "路口积水，行人绕行")[:1]
    assert deeds.incident(site, made)["state"] == "handled"
    assert desk.faults() == CLEAN
    assert hand.faults() == CLEAN


def test_a_form_says_what_is_wrong_at_the_field_and_loses_nothing(windows: Windows, site: Any) -> None:
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    form = opened(visit)
    form.locator("button[type=submit]").click()
    expect(visit.page.locator("#report-address")).to_be_focused()
    for field in ("address", "category", "description"):
        expect(visit.page.locator(f"#report-{field}-wrong")).to_have_text(ZH[f"wrong.{field}"])
    assert visit.barriers() == []
    case = deeds.case(site)
    say(visit, case.category, "护栏损坏", case.address)
    visit.page.fill("#report-occurred_at", "2099-01-01T00:00")
    form.locator("button[type=submit]").click()
    expect(visit.page.locator("#report-occurred_at-wrong")).to_contain_text(ZH["wrong.occurred_at"])
    expect(visit.page.locator("#report-occurred_at")).to_be_focused()
    expect(visit.page.locator("#report-description")).to_have_value("护栏损坏")
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".card")).to_be_hidden()
    visit.page.keyboard.press("n")  # what was begun is gone on with
    expect(visit.page.locator("#report-description")).to_have_value("护栏损坏")
    assert described(site, "护栏损坏") == []


def test_a_report_whose_answer_was_lost_is_filed_once(windows: Windows, site: Any) -> None:
    visit = windows()
    description = f"路灯不亮 {uuid.uuid4()}"
    visit.open("/dispatcher?lang=zh")
    form = opened(visit)
    case = deeds.case(site)
    say(visit, case.category, description, case.address)
    keys = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()  # the server has it
        route.abort()  # but nobody hears of it

    visit.page.route("**/api/incidents", lose)
    form.locator("button[type=submit]").click()
    expect(form.locator(".result.bad")).to_have_text(ZH["state.unreachable"])
    visit.page.unroute("**/api/incidents")
    with visit.page.expect_request(lambda one: one.method == "POST") as again:
        form.locator("button[type=submit]").click()
    expect(visit.page.locator(".card .lead")).to_contain_text(description)
    assert [again.value.headers["idempotency-key"]] == keys
    assert len(described(site, description)) == 1


def test_an_incident_nobody_could_find_is_located_by_keyboard(windows: Windows, site: Any) -> None:
    incident = deeds.filed(site, address=deeds.NOWHERE)
    assert deeds.incident(site, incident)["location"] == "unknown"
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    visit.page.locator(".choice input").first.focus()
    for _ in range(2):
        visit.page.keyboard.press("ArrowRight")
    expect(visit.page.locator(".choice input").nth(2)).to_be_checked()
    expect(visit.page.locator(deeds.row(incident))).to_be_visible()
    deeds.reach_row(visit, incident)
    visit.page.keyboard.press("Enter")
    card = visit.page.locator(".card")
    expect(card).to_contain_text(ZH["location.unknown_why"])
    expect(card.locator(".candidate")).to_have_count(0)
    settle = card.locator(".locate button[type=submit]")
    expect(settle).to_be_disabled()
    card.get_by_role("button", name=ZH["where.put_pin"]).press("Enter")
    pin = visit.page.locator(".pin")
    expect(pin).to_be_focused()
    expect(card.locator(".where-note")).not_to_be_empty()
    before = visit.page.input_value("#locate-lonlat")
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Shift+ArrowUp")
    expect(visit.page.locator("#locate-lonlat")).not_to_have_value(before)
    picture(visit, site, "locate-desk")
    assert visit.barriers() == []
    settle.press("Enter")
    expect(card.locator(".result.good")).to_be_visible()
    expect(visit.page.locator(deeds.row(incident))).to_have_count(0)
    assert deeds.incident(site, incident)["location"] in {"sure", "outside"}
    assert visit.faults() == CLEAN


def test_one_of_several_places_is_chosen_and_somebody_elses_word_is_told(windows: Windows, site: Any) -> None:
    incident = deeds.filed(site, address=vague_address(site))
    visit = windows()
    visit.open("/dispatcher?lang=zh")
    visit.page.locator(".choice input").nth(2).check(force=True)
    visit.page.locator(deeds.row(incident)).click()
    choice = visit.page.locator(".place-choices input").first
    expect(choice).to_be_visible()
    choice.check()
    lon, lat = deeds.api(site, f"/api/incidents/{incident}")["geometry"]["coordinates"]
    visit.page.route("**/api/stream*", lambda route: route.abort())
    held = {"position": {"lon": lon, "lat": lat, "frame": "wgs84"}}

    def be_late(route: Route) -> None:
        seen = deeds.incident(site, incident)
        if seen["version"] == 1:  # somebody else settles it while this one is on its way
            deeds.send(site, "PATCH", f"/api/incidents/{incident}", held, 1)
        route.continue_()

    visit.page.route(f"**/api/incidents/{incident}", be_late)
    visit.page.locator(".locate button[type=submit]").click()
    expect(visit.page.locator(".card .result.bad").first).to_have_text(ZH["state.stale"])
    expect(visit.page.locator(".card .locate")).to_have_count(0)  # it is settled, and the card shows it
    assert deeds.incident(site, incident)["version"] == 2


def vague_address(site: Any) -> str:
    """Return an address of the demo city that a person has to settle."""
    for unit in deeds.api(site, "/api/units?city=demo")["items"]:
        found = deeds.api(site, f"/api/places?city=demo&q={deeds.quote(unit['name'])}")
        if found["verdict"] in {"border", "unsure"}:
            return str(unit["name"])
    raise AssertionError("every unit of the demo city is a sure place")


def test_somebody_declines_another_is_cancelled_and_a_third_could_go(windows: Windows, site: Any) -> None:
    incident = deeds.filed(site)
    desk, hand = windows(), windows(PHONE)
    desk.open("/dispatcher?lang=zh")
    desk.page.locator(deeds.row(incident)).click()
    first = deeds.candidates(desk).first
    expect(first).to_be_visible()
    declined = first.get_attribute("data-id")
    hand.open(f"/worker?lang=zh&worker={declined}")
    first.click()
    hand.page.locator('.task [data-step="decline"]').click()
    hand.page.locator(".task .danger").click()
    expect(hand.page.locator(".task .result")).to_have_text(ZH["wrong.reason_choice"])
    hand.page.get_by_label(ZH["decline.far"]).check()
    picture(hand, site, "decline-phone")
    assert hand.barriers() == []
    hand.page.locator(".task .danger").click()
    expect(hand.page.locator(".task")).to_have_count(0)
    expect(desk.page.locator(".card .result.bad").first).to_contain_text(ZH["decline.far"])
    expect(deeds.candidates(desk).first).to_be_visible()
    expect(desk.page.locator(f'.candidate-list .candidate[data-id="{declined}"]')).to_have_count(0)
    deeds.candidates(desk).first.click()
    reached(desk, "offered")
    desk.page.get_by_role("button", name=ZH["progress.cancel"]).click()
    desk.page.get_by_role("button", name=ZH["progress.cancel_now"]).click()
    expect(desk.page.locator(".progress .result")).to_have_text(ZH["wrong.reason"])
    desk.page.fill("#cancel-reason", "重复上报")
    assert desk.barriers() == []
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".card .result.bad").first).to_contain_text("重复上报")
    expect(desk.page.locator(".progress")).to_have_count(0)
    assert deeds.incident(site, incident)["assignment"] is None
    assert desk.faults() == CLEAN
    assert hand.faults() == CLEAN
