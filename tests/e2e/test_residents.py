"""A resident reports in two taps without an account, by position or by address, and follows it by its code."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH, EN = words.of(Lang.ZH), words.of(Lang.EN)
CODE = re.compile("([0-9A-Z]{4}-){3}[0-9A-Z]{4}")
LARGE = 24
"""Pixels: 18 points, as pages for old people must offer."""


def test_two_taps_on_a_phone_report_what_is_there(strangers: Windows, site: Any) -> None:
    hand = strangers(PHONE, permissions=["geolocation"])
    page = hand.page
    page.goto(f"{site.url}/report?city=demo&lang=zh")
    tile = page.locator(".resident-tiles .tile").nth(3)
    expect(page.get_by_role("heading", name=ZH["resident.what"])).to_be_focused()
    assert hand.barriers() == []
    picture(hand, site, "report-phone-zh")
    tile.click()
    expect(page.locator(".resident-place")).to_contain_text(ZH["resident.here"].split("{")[0])
    assert hand.barriers() == []
    picture(hand, site, "report-place-phone-zh")
    page.get_by_role("button", name=ZH["resident.send"], exact=True).click()
    code = page.locator(".once .digits")
    expect(code).to_have_text(CODE)
    assert hand.barriers() == []
    picture(hand, site, "report-code-phone-zh")
    told = code.inner_text()
    page.get_by_role("link", name=ZH["resident.look"]).click()
    expect(page.get_by_role("heading", name=ZH["stands.reported"])).to_be_focused()
    page.get_by_role("button", name=ZH["resident.large"]).click()
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.content dd')).fontSize)")
    assert size >= LARGE
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(hand, site, "report-follow-large-phone-zh")
    page.get_by_role("link", name=ZH["page.other_language"]).click()
    expect(page.get_by_role("heading", name=EN["stands.reported"])).to_be_focused()
    own = deeds.api(site, f"/api/reports/{told}")
    assert (own["channel"], deeds.incident(site, own["incident"])["location"]) == ("web", "sure")
    assert hand.faults() == CLEAN


def test_by_keyboard_at_an_address_with_a_phone_that_is_corrected_and_erased(
    strangers: Windows, site: Any
) -> None:
    case = deeds.case(site)
    desk = strangers(DESK)
    page, press = desk.page, desk.page.keyboard.press
    page.goto(f"{site.url}/report?city=demo&lang=en")
    page.locator(".resident-tiles .tile").nth(2).focus()
    press("Enter")
    expect(page.locator(".resident-place")).to_have_text(EN["resident.by_address"])
    send = page.get_by_role("button", name=EN["resident.send"], exact=True)
    send.focus()
    press("Enter")
    address = page.get_by_label(EN["resident.address"], exact=True)
    expect(address).to_be_focused()
    expect(page.locator("#address-wrong")).to_have_text(EN["resident.where"])
    page.keyboard.type(case.address)
    page.locator("summary").focus()
    press("Enter")
    page.get_by_label(EN["resident.phone"], exact=True).focus()
    page.keyboard.type("13987654321")
    press("Enter")
    consent = page.get_by_label(EN["resident.consent"], exact=True)
    expect(consent).to_be_focused()
    expect(page.locator("#consent-wrong")).to_have_text(EN["resident.agree"])
    assert desk.barriers() == []
    picture(desk, site, "report-desk-en")
    press("Space")
    send.focus()
    press("Enter")
    code = page.locator(".once .digits")
    expect(code).to_have_text(CODE)
    told = code.inner_text()
    page.goto(f"{site.url}/report?city=demo&lang=en#code")
    page.get_by_label(EN["resident.code"], exact=True).fill(told.lower())
    press("Enter")
    facts = page.locator(".facts")
    expect(facts).to_contain_text("139****4321")
    page.locator("summary", has_text=EN["resident.correct"]).focus()
    press("Enter")
    page.get_by_label(EN["resident.name"], exact=True).fill("Anna Li")
    page.get_by_label(EN["resident.consent"], exact=True).check()
    page.get_by_role("button", name=EN["resident.correct"]).click()
    result = page.locator(".resident-step > .result")
    expect(result).to_have_text(EN["resident.corrected"])
    assert desk.barriers() == []
    picture(desk, site, "report-follow-desk-en")
    page.locator("summary", has_text=EN["resident.erase"]).focus()
    press("Enter")
    page.get_by_role("button", name=EN["resident.erase_now"]).click()
    expect(result).to_have_text(EN["resident.erased_now"])
    expect(facts).not_to_contain_text("139")
    assert desk.faults() == CLEAN
