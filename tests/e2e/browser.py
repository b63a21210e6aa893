"""A real browser for tests: Debian's chromium. Loaded as a plug-in, so nothing imports it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

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


@pytest.fixture
def windows(browser: Browser, site: Any) -> Iterator[Windows]:
    """Windows onto the running service."""
    opened = Windows(browser, site.url)
    yield opened
    opened.close()
