"""How people of a browser test come in, and how a page is kept: its picture, and what axe says of it."""

from __future__ import annotations

import uuid
from typing import Any

from playwright.sync_api import expect

from geo_app.core.actor import SYSTEM
from geo_app.identity import service
from geo_app.identity.model import Account, NewAccount
from tests import people
from tests.e2e.windows import Visit


def enter(visit: Visit, site: Any, role: str, lang: str = "zh") -> None:
    """Enter a new demo account of a role by clicking its one-time link."""
    with site.database() as database:
        secret = people.demo_link(database, f"{role.replace('_', '-')}-{uuid.uuid4().hex[:8]}", role)
    visit.page.goto(f"{visit.url}/link?lang={lang}#{secret}")
    visit.page.locator("form button").click()
    expect(visit.page.locator("#me summary")).to_be_visible()


def owner(site: Any, role: str) -> Account:
    """Return a new account of a role that has chosen its password."""
    with site.database() as database, database.transaction(SYSTEM) as tx:
        _, secret = service.invite(tx, NewAccount(f"own-{uuid.uuid4().hex[:8]}", "李娜", (role,)))
        return service.enter_by_link(tx, secret, people.PASSWORD)


def log_in(visit: Visit, username: str, page: str, lang: str, password: str = people.PASSWORD) -> None:
    """Log in by keyboard, on the way to a page."""
    visit.page.goto(f"{visit.url}{page}?lang={lang}")
    expect(visit.page.locator("#username")).to_be_focused()
    for text in (username, password):
        visit.page.keyboard.type(text)
        visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")


def kept(visit: Visit, site: Any, name: str) -> None:
    """Keep a picture, and let axe look at the page."""
    folder = site.folder / "pictures"
    folder.mkdir(exist_ok=True)
    visit.page.screenshot(path=folder / f"{name}.png", full_page=True)
    found = visit.barriers()
    assert not found, found
