"""Every module, public class, function and method of the product says what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("geo_app", "grids", "layers", "scripts")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def is_python(path: Path) -> bool:
    """Return whether `path` is a Python module, or a program that starts Python."""
    if path.suffix:
        return path.suffix == ".py"
    return path.is_file() and "python" in path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]


FILES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*"))
    if "__pycache__" not in path.parts and is_python(path)
]


def public(node: ast.AST, name: str) -> Iterator[tuple[str, Documented]]:
    """Yield `node` and every public class, function and method inside it, with their names."""
    if isinstance(node, Documented):
        yield name, node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return  # what stands inside a function is not public
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if not child.name.startswith("_"):
                yield from public(child, f"{name}.{child.name}")
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from public(child, name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [name for name, node in public(tree, path.stem) if not (ast.get_docstring(node) or "").strip()]
    assert not silent, f"no docstring: {', '.join(silent)}"


def test_a_missing_docstring_is_found() -> None:
    source = (
        '"""Module."""\nclass Thing:\n    """A thing."""\n    def do(self): ...\n    def _own(self): ...\n'
    )
    names = {name: bool(ast.get_docstring(node)) for name, node in public(ast.parse(source), "module")}
    assert names == {"module": True, "module.Thing": True, "module.Thing.do": False}
