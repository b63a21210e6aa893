"""The page for phones: what to compare, what to download, where to tap; on a phone, in both languages, by any light."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from geo_app.core import clock
from geo_app.core.settings import Settings
from geo_app.tls import service, store
from layers import words
from layers.words import Lang
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)
SIZES = {"desk": DESK, "phone": PHONE}


@pytest.fixture
def authority(site: Any) -> Iterator[str]:
    """The fingerprint of an authority in the running service's work folder; it is taken away again."""
    here = Settings(work=str(site.folder))
    folder = Path(site.folder) / store.FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    service.init(here, ("grid.test",), 30, clock.now(), replace=False)
    yield service.known(here)[store.AUTHORITY].grouped
    shutil.rmtree(folder)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize("size", SIZES)
def test_a_phone_is_shown_what_to_compare_and_where_to_tap(
    windows: Windows, site: Any, authority: str, size: str, lang: Lang, theme: str
) -> None:
    visit = windows(SIZES[size], theme=theme)
    visit.page.goto(f"{visit.url}/install?lang={lang}")
    said = words.of(lang)
    picture(visit, site, f"install-{size}-{lang}-{theme}")
    assert visit.page.title().startswith(said["install.title"])
    assert visit.page.locator(".digits").first.inner_text() == authority
    assert visit.page.locator("details[open] li").count() == 9
    assert visit.page.evaluate("document.querySelector('img.code').naturalWidth") > 100
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visit.barriers() == []
    assert visit.faults() == CLEAN
    visit.page.click("#language")
    other = Lang.EN if lang is Lang.ZH else Lang.ZH
    expect(visit.page.locator("h1")).to_have_text(words.of(other)["install.title"])


def test_the_certificate_comes_as_phones_take_it(windows: Windows, site: Any, authority: str) -> None:
    visit = windows(PHONE)
    answer = visit.page.request.get(f"{visit.url}/install/ca.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert answer.body()[:1] == b"\x30"  # DER: a sequence
    assert authority.replace(" ", "")


def test_a_service_without_an_authority_says_that_there_is_nothing_to_do(windows: Windows) -> None:
    visit = windows(PHONE)
    visit.page.goto(f"{visit.url}/install?lang=en")
    assert words.of(Lang.EN)["install.nothing"] in visit.page.locator("main").inner_text()
    assert visit.page.request.get(f"{visit.url}/install/ca.crt").status == 404
    assert visit.faults() == CLEAN
