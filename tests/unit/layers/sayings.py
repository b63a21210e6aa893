"""What the program can say: the texts an argument of a call may have, read from the source, values as {…}."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One module of the program, read and not run."""

    def __init__(self, path: Path) -> None:
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        self._nodes = list(ast.walk(self._tree))
        self._above = {below: node for node in self._nodes for below in ast.iter_child_nodes(node)}

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Yield the calls of functions or classes with these names, as written: `NotFound`, `facts.record`."""
        yield from (
            one for one in self._nodes if isinstance(one, ast.Call) and ast.unparse(one.func) in names
        )

    def texts(self, node: ast.expr) -> set[str]:
        """Return what an expression may say; nothing when that cannot be read here."""
        if isinstance(node, ast.Constant):
            return {node.value} if isinstance(node.value, str) else set()
        if isinstance(node, ast.JoinedStr):
            return {"".join(_piece(part) for part in node.values)}
        if isinstance(node, ast.IfExp | ast.BinOp):
            return self._of_two(node)
        if isinstance(node, ast.Name):
            return self._given(node) or self._assigned(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._returned(node.func.id)
        return set()

    def _of_two(self, node: ast.IfExp | ast.BinOp) -> set[str]:
        """Return either text of a choice, or the first of a sum with what comes after it as {more}."""
        if isinstance(node, ast.IfExp):
            return self.texts(node.body) | self.texts(node.orelse)
        return {text + "{more}" for text in self.texts(node.left)} if isinstance(node.op, ast.Add) else set()

    def _given(self, name: ast.Name) -> set[str]:
        """Return what the callers in this module give for a parameter."""
        inside = self._function(name)
        if inside is None or name.id not in (known := [one.arg for one in inside.args.args]):
            return set()
        place = known.index(name.id)
        given = [call.args[place] for call in self.calls(inside.name) if len(call.args) > place]
        return {text for one in given for text in self.texts(one)}

    def _assigned(self, name: str) -> set[str]:
        found = [one for one in self._nodes if isinstance(one, ast.Assign)]
        return {
            text
            for one in found
            if any(isinstance(target, ast.Name) and target.id == name for target in one.targets)
            and not isinstance(one.value, ast.Name)
            for text in self.texts(one.value)
        }

    def returns(self, name: str) -> set[str]:
        """Return what a function of this module may return, as `texts` reads it; nothing where there is none."""
        return self._returned(name)

    def _returned(self, name: str) -> set[str]:
        functions = [one for one in self._nodes if isinstance(one, Function) and one.name == name]
        inside = [one for function in functions for one in ast.walk(function) if isinstance(one, ast.Return)]
        return {text for one in inside if one.value is not None for text in self.texts(one.value)}

    def _function(self, node: ast.AST) -> Function | None:
        above = self._above.get(node)
        while above is not None and not isinstance(above, Function):
            above = self._above.get(above)
        return above


def _piece(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{value}"
