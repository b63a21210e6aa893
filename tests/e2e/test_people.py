"""Who told a report stands masked on the dispatcher's card; a written reason shows it for a minute, by keyboard too."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN
from tests.e2e.windows import Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
NAME, PHONE = "欧阳赵某", "13987654321"


def test_a_reason_shows_who_told_it_for_a_minute_and_then_it_is_masked_again(
    windows: Windows, site: Any
) -> None:
    incident = deeds.filed(site)
    deeds.send(
        site, "POST", f"/api/incidents/{incident}/reports",
        {"channel": "hotline", "description": "又来电", "reporter": {"name": NAME, "phone": PHONE}},
    )  # fmt: skip
    desk = windows()
    desk.page.clock.install()
    desk.open("/dispatcher?lang=zh")
    desk.page.locator(f'.queue .row[data-id="{incident}"]').click()
    last = desk.page.locator(".people li").last
    expect(last).to_contain_text("139****4321")
    expect(last).to_contain_text("欧阳**")
    last.get_by_role("button", name=ZH["people.show"]).focus()
    desk.page.keyboard.press("Enter")
    reason = last.get_by_label(ZH["people.reason"])
    expect(reason).to_be_focused()
    desk.page.keyboard.type("回访")
    desk.page.keyboard.press("Enter")
    expect(last).to_contain_text(ZH["people.too_short"])
    assert desk.barriers() == []
    desk.page.keyboard.type("报告人")
    desk.page.keyboard.press("Enter")
    expect(last).to_contain_text(PHONE)
    expect(last.get_by_role("button", name=ZH["people.hide"])).to_be_focused()
    desk.page.clock.fast_forward(61_000)
    expect(last).not_to_contain_text(PHONE)
    expect(last).to_contain_text("139****4321")
    assert desk.faults() == CLEAN
