"""A transaction that asks the same thing once: for reading in bulk what does not change meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from geo_app.core import db


class Remembering(db.Transaction):
    """Answers a question asked before from memory; whoever writes what is read here must write elsewhere."""

    def __init__(self, tx: db.Transaction) -> None:
        super().__init__(tx._connection, tx.actor, tx.safe)
        self._known: dict[Hashable, Any] = {}

    def all(
        self, statement: db.Statement, read: Callable[[db.Row], db.Thing], **values: Any
    ) -> list[db.Thing]:
        """Return every row, each passed through `read`."""
        question = "all", statement.sql, read, _frozen(values)
        if question not in self._known:
            self._known[question] = super().all(statement, read, **values)
        return list(self._known[question])

    def first(
        self, statement: db.Statement, read: Callable[[db.Row], db.Thing], **values: Any
    ) -> db.Thing | None:
        """Return the first row passed through `read`, None when there is none."""
        question = "first", statement.sql, read, _frozen(values)
        if question not in self._known:
            self._known[question] = super().first(statement, read, **values)
        found: db.Thing | None = self._known[question]
        return found


def _frozen(values: dict[str, Any]) -> Hashable:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in values.items())
