"""The organisation, bindings, tokens, a lock, a due password and a bound phone, in a browser and by keyboard."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from geo_app.core.actor import SYSTEM
from geo_app.identity import service
from layers import words
from layers.words import Lang
from tests import people
from tests.e2e.entering import enter, kept, log_in, owner
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

PLACES = [(Lang.ZH, DESK, "zh-desk"), (Lang.EN, PHONE, "en-phone")]
OTHER = "Quite-new-4-me"


@pytest.mark.parametrize(("lang", "size", "name"), PLACES, ids=[place[2] for place in PLACES])
def test_a_department_comes_and_changes_and_ends_by_keyboard(
    strangers: Windows, site: Any, lang: Lang, size: tuple[int, int], name: str
) -> None:
    said, code = words.of(lang), f"D-{uuid.uuid4().hex[:6]}"
    visit = strangers(size)
    page = visit.page
    enter(visit, site, "system_admin", lang)
    page.goto(f"{visit.url}/organisation?lang={lang}")
    street = page.locator(".tree > li > ul > li").first
    street.locator(":scope > .tree-name").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".beside h2")).to_be_focused()
    kept(visit, site, f"organisation-{name}")
    if size == PHONE:
        page.locator(".back button").press("Enter")
        expect(street.locator(":scope > .tree-name")).to_be_focused()
    turn = street.locator(":scope > .turn")
    assert turn.get_attribute("aria-expanded") == "true"
    turn.press("Enter")
    expect(turn).to_have_attribute("aria-expanded", "false")
    expect(street.locator("ul")).to_be_hidden()
    page.locator("summary", has_text=said["organisation.add"]).press("Enter")
    page.locator("#department-code").fill(code)
    page.locator("#new-name").fill(f"防汛办{code}")
    page.keyboard.press("Enter")
    expect(page.locator(".beside h2")).to_have_text(f"防汛办{code}")
    page.locator(".beside summary", has_text=said["organisation.rename"]).press("Enter")
    page.locator("#rename-name").fill(f"应急办{code}")
    page.locator("#rename-name-en").fill(f"应急办{code}")
    page.keyboard.press("Enter")
    expect(page.locator(".beside h2")).to_have_text(f"应急办{code}")
    page.locator(".beside summary", has_text=said["organisation.end"]).press("Enter")
    page.locator("#department-until").fill("2001-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("#department-until-wrong")).to_have_text(
        "应晚于它的第一天" if lang is Lang.ZH else "later than its first day"
    )
    kept(visit, site, f"department-{name}")
    page.locator("#department-until").fill("2099-12-31")
    page.keyboard.press("Enter")
    expect(page.locator(".beside dd").last).to_contain_text("2099")
    assert not visit.strangers


@pytest.mark.parametrize(("lang", "size", "name"), PLACES, ids=[place[2] for place in PLACES])
def test_an_account_is_bound_and_gets_a_token_that_is_shown_once(
    strangers: Windows, site: Any, lang: Lang, size: tuple[int, int], name: str
) -> None:
    said, account = words.of(lang), owner(site, "worker")
    visit = strangers(size)
    page = visit.page
    enter(visit, site, "security_admin", lang)
    page.goto(f"{visit.url}/accounts?lang={lang}")
    page.locator("#find").fill(account.username)
    expect(page.locator(".account-row")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator(".account-row")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".beside h2")).to_be_focused()
    page.locator(".beside summary", has_text=said["accounts.bind"]).press("Enter")
    expect(page.locator("#bind-place option")).not_to_have_count(0)
    page.locator("#bind-find").fill("鼓楼街道")
    page.locator("#bind-place").select_option(index=1)
    page.locator("#bind-until").fill("2099-12-31")
    page.keyboard.press("Enter")
    expect(page.locator(".beside .row-name", has_text="鼓楼街道")).to_be_visible()
    page.locator(".beside summary", has_text=said["tokens.new"]).press("Enter")
    page.locator("#token-name").fill("水位计")
    page.get_by_label(said["permission.incident.report"]).press("Space")
    kept(visit, site, f"token-{name}")
    page.locator("#token-name").press("Enter")
    expect(page.locator(".once .digits")).to_be_visible()
    secret = page.locator(".once .digits").inner_text()
    with site.database() as database, database.transaction(SYSTEM) as tx:
        acting = service.actor_by_token(tx, secret, None)
    assert acting is not None
    assert acting.permissions == {"incident.report"}
    page.get_by_role("button", name=f"{said['accounts.revoke']}: 水位计").press("Enter")
    expect(page.get_by_text(said["tokens.none"])).to_be_visible()
    expect(page.locator(".once")).to_have_count(0)
    assert not visit.strangers


def test_a_lock_is_shown_with_its_end_and_taken_off(strangers: Windows, site: Any) -> None:
    said, account = words.of(Lang.ZH), owner(site, "worker")
    with site.database() as database, database.transaction(SYSTEM) as tx:
        for _ in range(5):
            service.failed(tx, account.username, "10.9.8.7")
    visit = strangers(DESK)
    enter(visit, site, "system_admin")
    visit.page.goto(f"{visit.url}/accounts?lang=zh&account={account.id}")
    expect(visit.page.locator(".beside .tag.urgent")).to_contain_text(
        said["accounts.locked_until"].split("{")[0]
    )
    kept(visit, site, "locked-zh-desk")
    visit.page.get_by_role("button", name=said["accounts.unlock"]).press("Enter")
    expect(visit.page.locator(".beside .tag.urgent")).to_have_count(0)
    expect(visit.page.locator(".beside h2")).to_be_focused()


@pytest.mark.parametrize("lang", Lang)
def test_a_worker_changes_a_due_password_and_binds_the_phone(
    strangers: Windows, site: Any, lang: Lang
) -> None:
    said, account = words.of(lang), owner(site, "worker")
    with site.database() as database, database.transaction(SYSTEM) as tx:
        service.demand_password(tx, account)
    visit = strangers(PHONE)
    page = visit.page
    log_in(visit, account.username, "/worker", lang)
    expect(page.get_by_text(said["state.password_due"])).to_be_visible()
    page.locator("#current").fill(people.PASSWORD)
    page.locator("#new").fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#new-wrong")).to_be_visible()
    kept(visit, site, f"due-{lang}-phone")
    page.locator("#new").fill(OTHER)
    page.keyboard.press("Enter")
    expect(page.locator("#username")).to_be_visible()
    log_in(visit, account.username, "/account", lang, OTHER)
    page.locator("#phone-name").press("Enter")
    expect(page.locator("#tokens-head ~ .rows .tag.good")).to_have_text(said["account.this_phone"])
    kept(visit, site, f"phone-{lang}-phone")
    page.locator("#tokens-head ~ .rows button").press("Enter")
    expect(page.locator("#phone-name")).to_be_visible()
    assert not visit.strangers
