"""A dispatcher takes a table away: with a reason, by keyboard, and the file is what was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from geo_app.exports import table
from layers import words
from layers.words import Lang
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Windows

pytest_plugins = ("tests.e2e.browser",)


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_incidents_are_exported_with_a_reason(
    windows: Windows, site: Any, lang: Lang, size: tuple[int, int], tmp_path: Path
) -> None:
    say = words.of(lang)
    desk = windows(size)
    desk.open(f"/dispatcher?lang={lang}")
    opener = desk.page.get_by_role("button", name=say["export.open"], exact=True)
    opener.focus()
    desk.page.keyboard.press("Enter")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    desk.page.get_by_label(say["export.reason"]).press("Enter")
    expect(dialog.locator(".wrong:visible")).to_have_text(say["people.too_short"])
    picture(desk, site, f"export-{'phone' if size == PHONE else 'desk'}-{lang}")
    assert desk.barriers() == []
    desk.page.get_by_label(say["export.reason"]).fill("月度案件分析")
    with desk.page.expect_download() as download:
        desk.page.keyboard.press("Enter")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    expect(dialog.locator(".result")).to_have_text(say["export.done"].format(name=file.name))
    book = openpyxl.load_workbook(file)
    assert [cell.value for cell in book.worksheets[0][1]] == table.head(lang)
    assert book.worksheets[0].max_row > 10
    desk.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert desk.faults() == CLEAN
