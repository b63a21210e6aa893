"""The project as a folder: what may lie in it, what its files may speak of, and who wrote the vendored ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"geo_app", "grids", "layers", "scripts", "static", "tests"}
FILES = {"README.md", "requirements.txt", "pyproject.toml", "CHANGELOG.md"}
HIDDEN = (".ci", ".gitignore")
# Built from pieces, so that this file does not contain what it looks for.
MACHINE_PATHS = ["/" + "work" + "/", "/" + "root" + "/", "/home" + "/"]
SHARED = ".." + "/shared"


def sources() -> list[Path]:
    """Return every file of the project that people wrote, vendored and made ones left out."""
    roots = [ROOT / name for name in (*FOLDERS, *FILES, *HIDDEN)]
    files = [
        path for root in roots for path in ([root] if root.is_file() else root.rglob("*")) if path.is_file()
    ]
    return sorted(path for path in files if not {"vendor", "__pycache__"} & set(path.parts))


def text(path: Path) -> str:
    """Return the text of a file; pictures and fonts read as something without our words."""
    return path.read_bytes().decode("utf-8", errors="replace")


def test_only_what_belongs_there_lies_at_the_top() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"__pycache__"}
    assert found <= FOLDERS | FILES


@pytest.mark.parametrize("words", MACHINE_PATHS)
def test_no_file_speaks_of_a_path_of_one_machine(words: str) -> None:
    speaking = [str(path.relative_to(ROOT)) for path in sources() if words in text(path)]
    assert not speaking


def test_only_the_ci_script_knows_where_the_shared_data_lies() -> None:
    speaking = [str(path.relative_to(ROOT)) for path in sources() if SHARED in text(path)]
    assert speaking == [".ci/run"]


def test_the_vendored_files_are_those_that_were_fetched() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "vendor_js.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_program_can_be_started() -> None:
    programs = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix]
    programs.append(ROOT / ".ci" / "run")
    assert not [path.name for path in programs if not path.stat().st_mode & 0o111]
