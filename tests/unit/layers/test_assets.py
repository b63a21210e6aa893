"""Editions of our files: another address after every change, the same on every machine with the same files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from layers.assets import Shelf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "here" / "js" / "pages"
    pages.mkdir(parents=True)
    (pages / "home.js").write_text("import { a } from '../a.js'\nimport '../b.js'\n", encoding="utf-8")
    (pages.parent / "a.js").write_text("export { b } from './b.js'\n", encoding="utf-8")
    (pages.parent / "b.js").write_text("export const b = 1\n", encoding="utf-8")
    return tmp_path / "here"


def test_an_edition_stays_until_a_file_changes(folder: Path) -> None:
    shelf = Shelf(folder)
    first = shelf.now()
    assert shelf.now() is first
    (folder / "js" / "b.js").write_text("export const b = 12\n", encoding="utf-8")
    second = shelf.now()
    assert second.version != first.version
    assert second.files["js/b.js"] == b"export const b = 12\n"
    assert shelf.latest() is second
    (folder / "js" / "c.js").write_text("", encoding="utf-8")
    assert shelf.now().version not in {first.version, second.version}


def test_the_same_files_are_the_same_edition_elsewhere(folder: Path) -> None:
    there = folder.parent / "there"
    shutil.copytree(folder, there, copy_function=shutil.copyfile)
    assert Shelf(there).now().version == Shelf(folder).now().version
    (there / "js" / "a.js").rename(there / "js" / "z.js")
    assert Shelf(there).now().version != Shelf(folder).now().version


def test_a_page_needs_its_module_and_all_that_is_imported_once(folder: Path) -> None:
    edition = Shelf(folder).now()
    named = [edition.address(f"js/{name}.js") for name in ("pages/home", "a", "b")]
    assert edition.modules("home") == tuple(named)
    assert named[0] == f"/static/{edition.version}/js/pages/home.js" == edition.module("home")
