"""Incidents, reports and categories in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shapely import Point

from geo_app.core import coords, db
from geo_app.incidents import masked, sealing
from geo_app.incidents.model import (
    Category,
    Choice,
    Incident,
    Locked,
    NewCategory,
    NewReport,
    Past,
    Person,
    State,
    Telling,
    Where,
)
from geo_app.incidents.nearness import MOST_DOUBT, Near, Search
from geo_app.organisation.model import City
from geo_app.planning.model import Verdict

SQL = db.statements(__file__)
COLUMNS = (
    "id", "city_id", "jurisdiction", "category_id", "channel", "description", "state", "location", "point",
    "address", "score", "uncertainty", "occurred_at", "reported_at", "respond_by", "closed_at", "is_exercise",
)  # fmt: skip
REPORT_COLUMNS = (
    "city_id", "jurisdiction", "incident_id", "channel", "description", "address", "given_x", "given_y",
    "given_frame", "name_sealed", "phone_sealed", "description_sealed", "address_sealed", "name_index", "phone_index",
    "key_id", "code_hash", "occurred_at", "received_at", "source", "source_key",
)  # fmt: skip


def add_category(tx: db.Transaction, city: City, new: NewCategory, since: datetime) -> None:
    """Store a category."""
    tx.value(SQL.add_category, city_id=city.id, since=since, **asdict(new))


def categories(tx: db.Transaction, city: City, at: datetime) -> list[Category]:
    """Return the categories valid at `at`, by code."""
    return tx.all(SQL.categories, Category.read, city_id=city.id, at=at)


def add_all(
    tx: db.Transaction, city: City, new: Sequence[tuple[NewReport, Where, datetime]],
    categories: Mapping[str, Category],
) -> list[int]:  # fmt: skip
    """Store incidents, each with where it is and when it was reported, and return their ids in order."""
    ids = [row["id"] for row in tx.all(SQL.new_ids, dict, count=len(new))]
    rows = (
        (
            incident_id, city.id, city.jurisdiction, categories[one.category].id, one.channel,
            masked.description(one, city.jurisdiction),
            State.CLOSED if one.closed_at else State.REPORTED, where.verdict, where.point,
            masked.address(one.address, city.jurisdiction),
            where.score, where.uncertainty, one.occurred_at, reported_at,
            categories[one.category].respond_by(reported_at), one.closed_at, one.is_exercise,
        )
        for incident_id, (one, where, reported_at) in zip(ids, new, strict=True)
    )  # fmt: skip
    tx.copy("incident", COLUMNS, rows)
    return ids


def add_reports(
    tx: db.Transaction, city: City, ids: Sequence[int], new: Sequence[tuple[NewReport, datetime]]
) -> None:
    """Store the first reports of incidents, each with when it was received; their sources' keys must be new."""
    rows = (
        tuple(_kept(tx, city, incident_id, one, received_at, None)[name] for name in REPORT_COLUMNS)
        for incident_id, (one, received_at) in zip(ids, new, strict=True)
    )
    tx.copy("report", REPORT_COLUMNS, rows)


def add_report(
    tx: db.Transaction, city: City, incident_id: int, told: Telling, received_at: datetime, code: str
) -> int | None:
    """Store one report with the code for who told it and return its id; None when its source's key is known already."""
    values = _kept(tx, city, incident_id, told, received_at, code)
    found: int | None = tx.value(SQL.add_report, **values)
    return found


def _kept(
    tx: db.Transaction, city: City, incident_id: int, told: Telling, received_at: datetime, code: str | None
) -> dict[str, Any]:
    """Return the columns of a report: what was told masked and, where that hides something, sealed word for word."""
    x, y, frame = coords.kept(told.given)
    description = masked.description(told, city.jurisdiction)
    address = masked.address(told.address, city.jurisdiction)
    said = Person(
        told.reporter_name, told.reporter_phone, told.description if told.description != description else "",
        told.address if told.address != address else None,
    )  # fmt: skip
    return {
        "city_id": city.id, "jurisdiction": city.jurisdiction, "incident_id": incident_id, "channel": told.channel,
        "description": description, "address": address, "given_x": x, "given_y": y, "given_frame": frame,
        **sealing.columns(tx.safe, said), "code_hash": None if code is None else sealing.code_hash(code),
        "occurred_at": told.occurred_at, "received_at": received_at, "source": told.source,
        "source_key": told.source_key,
    }  # fmt: skip


def known_keys(tx: db.Transaction, city: City, source: str, keys: Sequence[str]) -> dict[str, int]:
    """Return the incidents of those keys of a source that came in already."""
    found = tx.all(SQL.known_keys, dict, city_id=city.id, source=source, keys=list(keys))
    return {row["source_key"]: row["incident_id"] for row in found}


def incidents(
    tx: db.Transaction, city: City, choice: Choice, most: int, at: datetime, *, after: Incident | None = None
) -> list[Incident]:
    """Return up to `most` incidents of a city, newest first; of the list those that come after `after`."""
    return tx.all(
        SQL.incidents, Incident.read, city_id=city.id, incident_ids=None, is_own=_sees_own(tx), **asdict(choice),
        before_at=None if after is None else after.occurred_at, before_id=None if after is None else after.id,
        most=most, at=at,
    )  # fmt: skip


def count(tx: db.Transaction, city: City, choice: Choice) -> int:
    """Return how many incidents of a city a choice means."""
    found: int = tx.value(SQL.count, city_id=city.id, is_own=_sees_own(tx), **asdict(choice))
    return found


def _sees_own(tx: db.Transaction) -> bool:
    """Return whether the actor sees no place as a whole: only what they took in or were sent to."""
    scope = tx.actor.scope
    return not (scope.everything or scope.cities or scope.units)


def by_ids(tx: db.Transaction, incident_ids: Sequence[int], at: datetime) -> dict[int, Incident]:
    """Return these incidents by id; what is not there is left out."""
    ids = sorted(set(incident_ids))
    found = tx.all(
        SQL.incidents, Incident.read, city_id=None, incident_ids=ids, is_own=False, **asdict(Choice()), before_at=None,
        before_id=None, most=len(ids), at=at,
    )  # fmt: skip
    return {one.id: one for one in found}


def near(tx: db.Transaction, city: City, search: Search) -> list[Near]:
    """Return open incidents that may be the same trouble, the likeliest first."""
    trouble, limits = search.trouble, search.limits
    return tx.all(
        SQL.near, _near, city_id=city.id, srid=city.srid, point=trouble.where, box=search.box,
        category_id=trouble.category.id, alike=search.alike, metres=limits.metres + trouble.doubt,
        most_doubt=MOST_DOUBT, at=trouble.at, since=trouble.at - limits.window, until=trouble.at + limits.window,
        besides=search.besides, most=search.most,
    )  # fmt: skip


def _near(row: db.Row) -> Near:
    return Near(**{**row, "state": State(row["state"]), "location": Verdict(row["location"])})


def past(
    tx: db.Transaction, city: City, since: datetime | None, until: datetime | None, most: int
) -> list[Past]:
    """Return up to `most` real incidents that occurred from `since` until before `until`, in order."""
    return tx.all(SQL.past, Past.read, city_id=city.id, since=since, until=until, most=most)


def is_there(tx: db.Transaction, incident_id: int) -> bool:
    """Return whether there is such an incident."""
    return bool(tx.value(SQL.is_there, incident_id=incident_id))


def lock(tx: db.Transaction, incident_id: int) -> Locked | None:
    """Lock an incident for this transaction and return how it stands; None when there is none."""
    return tx.first(SQL.lock, Locked.read, incident_id=incident_id)


def settle(tx: db.Transaction, incident_id: int, point: Point, verdict: Verdict, address: str | None) -> None:
    """Write where a locked incident is; without an address the one it has stays."""
    tx.run(SQL.settle, incident_id=incident_id, point=point, location=verdict, address=address)


def mark_outside(tx: db.Transaction, ids: Sequence[int]) -> None:
    """Write which of these incidents lie in no cell, as they are matched."""
    tx.run(SQL.mark_outside, ids=list(ids))


def handled(tx: db.Transaction, incident_id: int) -> str | None:
    """Write that the work on an incident is done and return its jurisdiction; None when it was no longer reported."""
    found: str | None = tx.value(SQL.handled, incident_id=incident_id)
    return found
