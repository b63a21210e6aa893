"""Facts (事实记录): what happened in the system, append-only; source of audit, live updates and reactions.

Ids commit out of order, so readers deliver only facts below the oldest running transaction, in the order
(xid, id): a slow transaction's fact is neither lost nor skipped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo_app.core import db, masking

SQL = db.statements(__file__)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader has read."""

    xid: str
    id: int

    @classmethod
    def read(cls, row: db.Row) -> Position:
        """Return the position of a row."""
        return cls(row["xid"], row["id"])


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened; `subject` is the id of what it happened to."""

    position: Position
    kind: str
    subject: int | None
    jurisdiction: str | None
    at: datetime
    data: dict[str, Any]

    @classmethod
    def read(cls, row: db.Row) -> Fact:
        """Return the fact of a row."""
        return cls(
            Position.read(row), row["kind"], row["subject"], row["jurisdiction"], row["at"], row["data"]
        )


def record(
    tx: db.Transaction,
    kind: str,
    subject: int | None,
    jurisdiction: str | None,
    *,
    reason: str | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **data: Any,
) -> int:
    """Record a fact in this transaction and return its id, with the actor, its account and its address.

    `data` and `changes` (old and new by name) hold ids and codes, never a person's data; `reason` is what the
    actor wrote, a person's numbers in it masked.
    """
    fact_id: int = tx.value(
        SQL.record_fact,
        kind=kind,
        subject=subject,
        jurisdiction=jurisdiction,
        actor=tx.actor.name,
        account=tx.actor.account,
        address=tx.actor.address,
        reason=None if reason is None else masking.numbers(reason),
        data=_json(data),
        changes=None if changes is None else _json(changes),
    )
    return fact_id


def record_all(
    tx: db.Transaction, kind: str, jurisdiction: str | None, subjects: Mapping[int, Mapping[str, Any]]
) -> None:
    """Record a fact of one kind about each of these subjects, given with its data, in their order."""
    if subjects:
        tx.value(
            SQL.record_facts,
            kind=kind,
            subjects=list(subjects),
            jurisdiction=jurisdiction,
            actor=tx.actor.name,
            account=tx.actor.account,
            address=tx.actor.address,
            data=[_json(data) for data in subjects.values()],
        )


def has(tx: db.Transaction, kind: str, subject: int, since: datetime, **data: Any) -> bool:
    """Return whether something of a kind happened to a subject after `since`, with these data among others."""
    found = tx.value(SQL.has_fact, kind=kind, subject=subject, since=since, data=_json(data))
    return bool(found)


def after(tx: db.Transaction, position: Position, most: int = 500) -> list[Fact]:
    """Return up to `most` settled facts after `position`, oldest first."""
    return tx.all(SQL.facts_after, Fact.read, xid=position.xid, id=position.id, most=most)


def end(tx: db.Transaction) -> Position:
    """Return the position behind every settled fact."""
    return tx.one(SQL.facts_end, Position.read)


def take(tx: db.Transaction, reader: str) -> Position | None:
    """Return a named reader's position, locked for this transaction; None while another process holds it."""
    return tx.first(SQL.take_position, Position.read, reader=reader)


def move(tx: db.Transaction, reader: str, position: Position) -> None:
    """Remember how far a named reader has read."""
    tx.run(SQL.move_position, reader=reader, xid=position.xid, id=position.id)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
