"""Files for the browser: old phones understand them, and nothing vendored was changed."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from layers import assets

ROOT = Path(__file__).resolve().parents[3]
SHEETS = sorted((assets.FOLDER / "css").glob("*.css"))
MODULES = sorted((assets.FOLDER / "js").rglob("*.js"))
TOO_NEW_JS = {
    "logical assignment": r"(?:\?\?|\|\||&&)=",
    "Array.at": r"\.at\(-?\d",
    "structuredClone": r"structuredClone",
    "Object.hasOwn": r"Object\.hasOwn\(",
    "look-behind": r"\(\?<[=!]",
    "top-level await": r"^await |^const .* = await ",
    "class field": r"^  (?:static )?#?\w+ = ",
    "private member": r"this\.#",
    "dialog": r"showModal\(",
}
TOO_NEW_CSS = {
    ":has, :is, :where": r":(?:has|is|where)\(",
    "inset": r"(?<![\w-])inset\s*:",
    "dynamic viewport units": r"\d[dsl]v[hw]\b",
    "container queries": r"@container|@layer",
    "nesting": r"^\s*&",
    "color-mix": r"color-mix\(",
}
UNSAFE_JS = (
    r"(inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|ContextualFragment"
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_phone_of_2020_understands_the_module(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [name for name, pattern in TOO_NEW_JS.items() if re.search(pattern, text, re.M)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_phone_of_2020_understands_the_style_sheet(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not [name for name, pattern in TOO_NEW_CSS.items() if re.search(pattern, text, re.M)]
    flexible = [
        rule for rule in re.findall(r"\{[^{}]*\}", text) if re.search(r"display:\s*(inline-)?flex", rule)
    ]
    assert flexible or path.name != "app.css", "the pattern finds what it looks for"
    assert not [rule for rule in flexible if re.search(r"(?<![-\w])gap:", rule)], (
        "Safari 14.0 ignores gap in flex boxes"
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_text_enters_the_page_as_text_only(path: Path) -> None:
    assert not re.findall(UNSAFE_JS, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_imports_are_relative_and_exist(path: Path) -> None:
    for target in re.findall(r"from '([^']+)'", path.read_text(encoding="utf-8")):
        assert target.startswith(("./", "../"))
        assert (path.parent / target).is_file()


def test_the_phone_page_is_light() -> None:
    seen: set[Path] = set()
    waiting = [assets.FOLDER / "js" / "pages" / "worker.js"]
    while waiting:
        path = waiting.pop().resolve()
        if path not in seen:
            seen.add(path)
            waiting += [
                path.parent / name for name in re.findall(r"from '([^']+)'", path.read_text(encoding="utf-8"))
            ]
    scripts = [assets.FOLDER / path for path in assets.MAP_JS.values()]
    files = [path.read_bytes() for path in [*seen, *scripts]]
    assert sum(len(gzip.compress(file)) for file in files) < 139_000
    assert sum(map(len, files)) < 428_000


def test_no_vendored_file_was_changed() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "vendor_js.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
