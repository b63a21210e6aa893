"""The tests themselves: none is left out, none is tried again, and each count stands once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sizes import SIZES

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(TESTS.rglob("*.py"))
LEAVES_OUT = {"skip", "skipif", "importorskip", "xfail", "flaky"}
NAMED = re.compile(r"\bsize\(\s*[\"'](\w+)[\"']\s*\)")


def attributes(path: Path) -> Iterator[ast.Attribute]:
    """Yield every `a.b` in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nothing_is_left_out_or_tried_again(path: Path) -> None:
    assert not LEAVES_OUT & {node.attr for node in attributes(path)}


def test_every_size_is_used_and_every_used_size_exists() -> None:
    used = {name for path in FILES for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert used == set(SIZES)


def test_the_full_size_is_never_the_smaller() -> None:
    assert not [name for name, (short, soak) in SIZES.items() if not 0 < short <= soak]
