"""Whom incidents and responders concern, out of the database."""

from __future__ import annotations

from collections.abc import Iterable

from geo_app.core import db
from geo_app.live.model import Audience

SQL = db.statements(__file__)


def incidents(tx: db.Transaction, ids: Iterable[int]) -> dict[int, Audience]:
    """Return whom these incidents concern; those that are gone are left out."""
    return dict(tx.all(SQL.incidents, _incident, ids=sorted(ids)))


def responders(tx: db.Transaction, ids: Iterable[int]) -> dict[int, tuple[Audience, list[int]]]:
    """Return whom these responders concern, each with the incidents they are sent to."""
    return dict(tx.all(SQL.responders, _responder, ids=sorted(ids)))


def duties(tx: db.Transaction, cells: Iterable[int]) -> dict[int, list[int]]:
    """Return who answers for these cells; cells nobody answers for are left out."""
    found: dict[int, list[int]] = {}
    for cell, responder in tx.all(SQL.duties, lambda row: tuple(row.values()), cells=sorted(cells)):
        found.setdefault(cell, []).append(responder)
    return found


def _incident(row: db.Row) -> tuple[int, Audience]:
    return row["id"], Audience(
        units=_ids(row["community"]), departments=frozenset(row["departments"]),
        responders=frozenset(row["responders"]), accounts=_ids(row["account"]),
    )  # fmt: skip


def _responder(row: db.Row) -> tuple[int, tuple[Audience, list[int]]]:
    home = Audience(
        units=frozenset(row["communities"]), departments=_ids(row["department"]), responders=_ids(row["id"])
    )
    return row["id"], (home, row["incidents"])


def _ids(one: int | None) -> frozenset[int]:
    return frozenset() if one is None else frozenset({one})
