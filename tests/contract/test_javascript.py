"""The browser's modules: each parses, and each `node --test` file passes.

Node comes with playwright, which the browser tests need anyway: no machine has to install it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

ROOT = Path(__file__).resolve().parents[2]
MODULES = [*sorted((ROOT / "static" / "js").rglob("*.js")), *sorted((ROOT / "static").glob("*.js"))]
TESTS = sorted(path for path in (ROOT / "tests" / "unit" / "js").rglob("*") if path.suffix in {".js", ".mjs"})


def name(path: Path) -> str:
    """Return the path inside the project."""
    return str(path.relative_to(ROOT))


def node(*arguments: str, source: str = "") -> subprocess.CompletedProcess[str]:
    """Run node with `arguments` and `source` as its input."""
    program, _ = compute_driver_executable()
    return subprocess.run(
        [program, *arguments], input=source, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_there_are_modules_and_tests() -> None:
    assert MODULES
    assert TESTS


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_the_module_parses(path: Path) -> None:
    answer = node("--check", "--input-type=module", "-", source=path.read_text(encoding="utf-8"))
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_the_tests_of_node_pass(path: Path) -> None:
    answer = node("--test", str(path))
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_a_module_that_does_not_parse_is_found() -> None:
    assert node("--check", "--input-type=module", "-", source="export const a =").returncode != 0
