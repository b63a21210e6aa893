"""The import contracts hold, and each of them catches an import that breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geo_app", "layers", "grids")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


@dataclass(frozen=True, slots=True)
class Violation:
    """Imports that break one contract: pairs of (importer, imported)."""

    contract: str
    imports: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return the name of the test that shows it."""
        return f"{self.contract}: " + ", ".join(
            f"{importer} -> {imported}" for importer, imported in self.imports
        )


def one(contract: str, importer: str, imported: str) -> Violation:
    """Return the violation by a single import."""
    return Violation(contract, ((importer, imported),))


def between_capabilities() -> list[Violation]:
    """Return one violation for each neighbouring pair in the order of layers, and each independent pair."""
    (contract,) = (contract for contract in CONTRACTS if contract["id"] == "capabilities")
    layers = [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]
    upward = [(lower[0], upper[-1]) for upper, lower in pairwise(layers)]
    sideways = [(left, right) for layer in layers for left, right in pairwise(layer)]
    return [one("capabilities", f"geo_app.{low}", f"geo_app.{high}") for low, high in upward + sideways]


VIOLATIONS = [
    one("packages", "grids.model", "layers"),
    one("packages", "layers.new", "geo_app.core"),
    one("packages", "grids.new", "geo_app.core"),
    *between_capabilities(),
    one("inside", "geo_app.incidents.service", "geo_app.incidents.api"),
    one("inside", "geo_app.incidents.store", "geo_app.incidents.service"),
    one("inside", "geo_app.incidents.workflow", "geo_app.incidents.store"),
    one("inside", "geo_app.incidents.model", "geo_app.incidents.workflow"),
    one("inside", "geo_app.incidents", "geo_app.incidents.service"),
    one("neighbours", "geo_app.dispatch.service", "geo_app.incidents.store"),
    one("neighbours", "geo_app.dispatch.api.incidents", "geo_app.incidents.api"),
    one("neighbours", "geo_app.dispatch.service", "geo_app.incidents.jobs"),
    one("neighbours", "geo_app.app", "geo_app.incidents.store"),
    *(
        one("pure-rules", f"geo_app.incidents.{module}", name)
        for module, name in (
            ("workflow", "flask"),
            ("model", "psycopg2"),
            ("model", "sqlalchemy"),
            ("sla", "time"),
            ("sla", "random"),
        )
    ),
    one("pure-rules", "geo_app.incidents.workflow", "geo_app.core.db"),
    Violation("pure-rules", (("geo_app.incidents.sla", "geo_app.core.new"), ("geo_app.core.new", "time"))),
    *(
        one("pure-packages", "grids.model", name)
        for name in ("flask", "psycopg2", "sqlalchemy", "time", "random")
    ),
    one("pure-packages", "layers.new", "flask"),
    one("folium", "geo_app.maps.pages", "folium"),
    one("folium", "grids.model", "folium"),
    Violation("cycles", (("grids.new", "grids.other"), ("grids.other", "grids.new"))),
    Violation(
        "cycles", (("geo_app.core.new", "geo_app.core.other"), ("geo_app.core.other", "geo_app.core.new"))
    ),
]


def file_of(tree: Path, module: str) -> Path:
    """Return the file of `module` in `tree`, made with its packages when it is not there yet."""
    as_package = tree.joinpath(*module.split("."), "__init__.py")
    if as_package.exists():
        return as_package
    for parent in reversed(as_package.parent.relative_to(tree).parents[:-1]):
        init = tree / parent / "__init__.py"
        init.parent.mkdir(exist_ok=True)
        init.touch()
    found = as_package.parent.with_suffix(".py")
    found.touch()
    return found


def lint(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages in `tree`."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", script, "--no-logo", "--no-cache", *options]
    wide = {**os.environ, "COLUMNS": "500"}
    return subprocess.run(command, cwd=tree, env=wide, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the packages and of the contracts."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    contracts = Path("tests", "contract", "capabilities.py")
    (tmp_path / contracts.parent).mkdir(parents=True)
    shutil.copy(ROOT / contracts, tmp_path / contracts)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_holds() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("violation", VIOLATIONS, ids=str)
def test_the_contract_catches(tree: Path, violation: Violation) -> None:
    for importer, imported in violation.imports:
        if imported.split(".")[0] in PACKAGES:
            file_of(tree, imported)
        with file_of(tree, importer).open("a") as source:
            source.write(f"\nimport {imported}\n")
    answer = lint(tree, "--contract", violation.contract)
    assert answer.returncode == 1, f"nothing was caught: {answer.stdout}{answer.stderr}"
    for module in (name for pair in violation.imports for name in pair):
        assert module.rpartition(".")[2] in answer.stdout


def test_a_package_without_a_place_is_caught(tree: Path) -> None:
    file_of(tree, "geo_app.surveys.service")
    answer = lint(tree, "--contract", "capabilities")
    assert answer.returncode == 1
    assert "surveys" in answer.stdout


def test_every_contract_is_shown_to_catch_something() -> None:
    assert {violation.contract for violation in VIOLATIONS} == {contract["id"] for contract in CONTRACTS}
