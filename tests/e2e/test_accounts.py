"""The screens of accounts in a browser: entering by a link, logging in with a second factor, inviting, searching."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from passlib.totp import TOTP
from playwright.sync_api import expect

from geo_app.core.actor import SYSTEM
from geo_app.identity import service
from geo_app.identity.model import NewAccount
from layers import words
from layers.words import Lang
from tests import people
from tests.e2e.entering import enter, kept
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)
SIZES = {"desk": DESK, "phone": PHONE}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", Lang)
def test_whoever_has_not_logged_in_is_led_to_the_login_and_back(
    strangers: Windows, site: Any, lang: Lang, size: str
) -> None:
    name = f"worker-{uuid.uuid4().hex[:8]}"
    with site.database() as database, database.transaction(SYSTEM) as tx:
        _, secret = service.invite(tx, NewAccount(name, "李娜", ("worker",)))
    visit = strangers(SIZES[size])
    said = words.of(lang)
    visit.page.goto(f"{visit.url}/link?lang={lang}#{secret}")
    visit.page.locator("#new-password").fill(people.PASSWORD)
    visit.page.locator("#again").fill(people.PASSWORD)
    kept(visit, site, f"link-{lang}-{size}")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_text(said["link.done"])).to_be_visible()
    visit.page.goto(f"{visit.url}/account?lang={lang}")
    expect(visit.page.locator("#username")).to_be_focused()
    kept(visit, site, f"login-{lang}-{size}")
    visit.page.keyboard.type(name)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.type(people.PASSWORD)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#who-head")).to_be_visible()
    kept(visit, site, f"account-{lang}-{size}")
    visit.page.locator("#me summary").click()
    visit.page.get_by_role("button", name=said["me.log_out"]).click()
    expect(visit.page.locator("#username")).to_be_visible()
    assert not visit.strangers


def test_a_dispatcher_sets_the_second_factor_up_and_comes_back_with_a_code(
    strangers: Windows, site: Any
) -> None:
    name = f"dispatcher-{uuid.uuid4().hex[:8]}"
    with site.database() as database, database.transaction(SYSTEM) as tx:
        _, secret = service.invite(tx, NewAccount(name, "王芳", ("dispatcher",)))
        service.enter_by_link(tx, secret, people.PASSWORD)
    visit = strangers(DESK)
    visit.page.goto(f"{visit.url}/login?lang=zh&next=%2Faccount")
    visit.page.locator("#username").fill(name)
    visit.page.locator("#password").fill(people.PASSWORD)
    visit.page.keyboard.press("Enter")
    key = visit.page.locator("p.digits").inner_text().replace(" ", "")
    kept(visit, site, "second-factor-zh-desk")
    visit.page.locator("#code").fill("000000x")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("form .result.bad")).to_have_text(ZH["login.code_refused"])
    visit.page.locator("#code").fill(TOTP(key=key).generate().token)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("ul.digits li")).to_have_count(10)
    kept(visit, site, "recovery-zh-desk")
    visit.page.get_by_role("link", name=ZH["login.go_on"]).click()
    expect(visit.page.locator("#who-head")).to_be_visible()
    expect(visit.page.locator("#ended")).to_contain_text(ZH["me.unbound"])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", Lang)
def test_administrators_invite_grant_and_search(strangers: Windows, site: Any, lang: Lang, size: str) -> None:
    said, name = words.of(lang), f"new-{uuid.uuid4().hex[:8]}"
    system = strangers(SIZES[size])
    enter(system, site, "system_admin", lang)
    system.page.goto(f"{system.url}/accounts?lang={lang}")
    system.page.locator("summary", has_text=said["accounts.invite"]).click()
    system.page.locator("#invite-username").fill(name)
    system.page.locator("#invite-name").fill("赵雷")
    system.page.keyboard.press("Enter")
    expect(system.page.locator(".once .digits")).to_contain_text("/link#")
    kept(system, site, f"accounts-{lang}-{size}")
    security = strangers(SIZES[size])
    enter(security, site, "security_admin", lang)
    security.page.goto(f"{security.url}/accounts?lang={lang}")
    security.page.locator(".account-row", has_text=name).click()
    security.page.locator(".beside .rows li").first.get_by_role("button").click()
    expect(security.page.locator(".beside .rows li").first).to_contain_text("✓")
    kept(security, site, f"roles-{lang}-{size}")
    audit = strangers(SIZES[size])
    enter(audit, site, "audit_admin", lang)
    audit.page.goto(f"{audit.url}/audit?lang={lang}")
    audit.page.locator("#kind").fill("role.granted")
    audit.page.keyboard.press("Enter")
    expect(audit.page.locator(".found-facts li").first).to_contain_text(said["fact.role.granted"])
    kept(audit, site, f"audit-{lang}-{size}")
    for visit in (system, security, audit):
        assert not visit.strangers


def test_a_session_that_ends_leaves_what_was_typed(strangers: Windows, site: Any) -> None:
    visit = strangers(DESK)
    enter(visit, site, "system_admin")
    visit.page.goto(f"{visit.url}/accounts?lang=zh")
    visit.page.locator("summary", has_text=ZH["accounts.invite"]).click()
    visit.page.locator("#invite-username").fill("half.typed")
    visit.page.context.clear_cookies()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#ended")).to_be_visible()
    assert visit.page.locator("#invite-username").input_value() == "half.typed"
