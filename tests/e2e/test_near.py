"""A report that may repeat another: the form says so, opens the other one by a key, or lets the report join it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests.e2e import deeds
from tests.e2e.test_dispatch import opened, say
from tests.e2e.test_pages import CLEAN, SIZES, picture
from tests.e2e.windows import Windows

pytest_plugins = ("tests.e2e.browser",)


@pytest.mark.parametrize(("lang", "size"), [(Lang.ZH, "desk"), (Lang.EN, "phone")])
def test_what_may_be_the_same_is_told_opened_and_joined(
    windows: Windows, site: Any, lang: Lang, size: str
) -> None:
    chosen, said = words.of(lang), f"井盖缺失 {uuid.uuid4().hex}"
    case = deeds.case(site)
    first = deeds.file(site, category=case.category, address=case.address, description=said)["id"]
    desk = windows(SIZES[size])
    desk.open(f"/dispatcher?lang={lang}")
    opened(desk)
    say(desk, case.category, "同一处井盖又有人反映", case.address)
    row = desk.page.locator(f'.alike-row[data-id="{first}"]')
    expect(row).to_contain_text(said)
    expect(row.locator(".alike-where")).to_contain_text("0 m")
    assert desk.barriers() == []
    picture(desk, site, f"near-{size}")
    first_told = desk.page.locator(".alike-row").first.get_attribute("data-id")
    desk.page.focus("#report-description")
    desk.page.keyboard.press("F2")
    expect(desk.page.locator(".card .lead")).to_contain_text(
        deeds.incident(site, first_told or 0)["description"]
    )
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("n")  # the form waited
    expect(desk.page.locator("#report-description")).to_have_value("同一处井盖又有人反映")
    before = deeds.incident(site, first)["reports"]
    row.get_by_text(chosen["near.join"], exact=True).click()
    expect(desk.page.locator(".card .lead")).to_contain_text(said)
    assert deeds.incident(site, first)["reports"] == before + 1
    assert [one["id"] for one in deeds.newest(site) if one["description"] == "同一处井盖又有人反映"] == []
    assert desk.faults() == CLEAN
