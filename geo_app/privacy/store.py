"""Personal values of reports in the database; the columns of `report` that hold them are written here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geo_app.core import db
from geo_app.incidents import sealing
from geo_app.incidents.model import Person

SQL = db.statements(__file__)
Row = dict[str, Any]


def reports(tx: db.Transaction, incident_id: int, report_id: int | None = None) -> list[Row]:
    """Return the reports of an incident, or one of them, sealed."""
    return tx.all(SQL.reports, dict, incident_id=incident_id, report_id=report_id)


def by_code(tx: db.Transaction, code: str) -> Row | None:
    """Return the report with this code, sealed and locked."""
    return tx.first(SQL.by_code, dict, code_hash=sealing.code_hash(code))


def found_by(tx: db.Transaction, city_id: int, name: str | None, phone: str | None, most: int) -> list[Row]:
    """Return id and incident of the reports somebody of this name, or with this phone, told; newest first."""
    names = [] if name is None else tx.safe.indexes(sealing.NAME, name)
    phones = [] if phone is None else tx.safe.indexes(sealing.PHONE, phone)
    return tx.all(SQL.found_by, dict, city_id=city_id, name_indexes=names, phone_indexes=phones, most=most)


def write(tx: db.Transaction, row: Mapping[str, Any], said: Person) -> None:
    """Write a report's masked words and its personal values, sealed under the newest key."""
    tx.run(
        SQL.write_person, report_id=row["id"], description=row["description"], address=row["address"],
        **sealing.columns(tx.safe, said),
    )  # fmt: skip


def erase(tx: db.Transaction, report_id: int, at: datetime) -> int:
    """Erase the personal values of a report; return 0 when they were erased before."""
    return tx.run(SQL.erase, report_id=report_id, at=at)


def to_mask(tx: db.Transaction, most: int) -> list[Row]:
    """Return up to `most` reports from before there were masks, locked."""
    return tx.all(SQL.to_mask, dict, most=most)


def incidents_to_mask(tx: db.Transaction, most: int) -> list[Row]:
    """Return up to `most` incidents from before there were masks, locked."""
    return tx.all(SQL.incidents_to_mask, dict, most=most)


def mask_incident(tx: db.Transaction, incident_id: int, description: str, address: str | None) -> None:
    """Write an incident's masked words."""
    tx.run(SQL.mask_incident, incident_id=incident_id, description=description, address=address)


def under_old_keys(tx: db.Transaction, most: int) -> list[Row]:
    """Return up to `most` reports that another key than the newest sealed, locked."""
    return tx.all(SQL.under_old_keys, dict, key_id=tx.safe.newest, most=most)


def count_under_old_keys(tx: db.Transaction) -> int:
    """Return how many reports another key than the newest sealed."""
    count: int = tx.value(SQL.count_under_old_keys, key_id=tx.safe.newest)
    return count


def count_expired(tx: db.Transaction, before: datetime) -> int:
    """Return how many reports of incidents closed before then still hold personal values."""
    count: int = tx.value(SQL.count_expired, before=before)
    return count


def erase_expired(tx: db.Transaction, before: datetime, at: datetime) -> int:
    """Erase the personal values of reports whose incidents were closed before then."""
    return tx.run(SQL.erase_expired, before=before, at=at)
