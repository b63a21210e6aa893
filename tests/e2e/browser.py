"""A real browser for tests: Debian's chromium. Loaded as a plug-in, so nothing imports it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import people
from tests.e2e.windows import LIMIT, Windows

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, one for all tests of a file: while it runs, no other test could run an event loop."""
    assert Path(CHROMIUM).exists(), (
        f"{CHROMIUM} is missing; scripts/test installs it (apt-get install chromium)"
    )
    expect.set_options(timeout=LIMIT)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def session(browser: Browser, site: Any) -> Any:
    """The cookies of somebody who entered by a one-time link and may open every page of the street."""
    with site.database() as database:
        secret = people.demo_link(database, f"street-{uuid.uuid4().hex[:8]}", *people.STREET)
    context = browser.new_context()
    answer = context.request.post(f"{site.url}/api/link/use", data={"secret": secret})
    assert answer.ok, answer.text()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def strangers(browser: Browser, site: Any) -> Iterator[Windows]:
    """Windows of people who have not logged in."""
    opened = Windows(browser, site.url)
    yield opened
    opened.close()


@pytest.fixture
def windows(browser: Browser, site: Any, session: Any) -> Iterator[Windows]:
    """Windows onto the running service, of somebody who has logged in."""
    opened = Windows(browser, site.url, session)
    yield opened
    opened.close()
