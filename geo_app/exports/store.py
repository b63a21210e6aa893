"""Exports in the database: a row each, which nobody changes."""

from __future__ import annotations

import json
from dataclasses import asdict

from geo_app.core import db
from geo_app.exports.model import Export
from geo_app.organisation.model import City

SQL = db.statements(__file__)


def next_number(tx: db.Transaction) -> int:
    """Return the number of the next export; one that is not made leaves a gap."""
    found: int = tx.value(SQL.next_number)
    return found


def keep(tx: db.Transaction, city: City, export: Export) -> None:
    """Store what an export held."""
    values = {**asdict(export), "filters": json.dumps(export.filters, ensure_ascii=False)}
    tx.run(SQL.keep, city_id=city.id, jurisdiction=city.jurisdiction, **values)


def exports(
    tx: db.Transaction, city: City, most: int, *, export_id: int | None = None, sha256: str | None = None,
    actor: str | None = None,
) -> list[Export]:  # fmt: skip
    """Return up to `most` exports of a city, newest first; only those for which everything said holds."""
    return tx.all(
        SQL.exports, Export.read, city_id=city.id, export_id=export_id, sha256=sha256, actor=actor, most=most
    )
