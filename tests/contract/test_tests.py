"""The tests themselves: none is left out, none is tried again, and each count stands once.

One thing may be missing: the folder of real data, outside continuous integration.
"""

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


def left_out(path: Path) -> Iterator[str]:
    """Yield each use in the file of what leaves a test out, unless it is for want of real data."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    excused = {id(call.func) for call in calls if "GEO_DATA" in ast.unparse(call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in LEAVES_OUT and id(node) not in excused:
            yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nothing_is_left_out_or_tried_again(path: Path) -> None:
    assert not list(left_out(path))


def test_every_size_is_used_and_every_used_size_exists() -> None:
    used = {name for path in FILES for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert used == set(SIZES)


def test_the_full_size_is_never_the_smaller() -> None:
    assert not [name for name, (short, soak) in SIZES.items() if not 0 < short <= soak]
