"""Incidents and categories in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from geo_app.core import db
from geo_app.incidents.model import Category, Incident, NewCategory, NewIncident, State
from geo_app.organisation.model import City

SQL = db.statements(__file__)


def add_category(tx: db.Transaction, city: City, new: NewCategory, since: datetime) -> None:
    """Store a category."""
    tx.value(SQL.add_category, city_id=city.id, since=since, **asdict(new))


def categories(tx: db.Transaction, city: City, at: datetime) -> list[Category]:
    """Return the categories valid at `at`, by code."""
    return tx.all(SQL.categories, Category.read, city_id=city.id, at=at)


def add_all(
    tx: db.Transaction, city: City, new: Sequence[NewIncident], categories: Mapping[str, Category]
) -> list[int]:
    """Store incidents and return their ids in order."""
    ids = [row["id"] for row in tx.all(SQL.new_ids, dict, count=len(new))]
    columns = (
        "id",
        "city_id",
        "jurisdiction",
        "category_id",
        "channel",
        "description",
        "state",
        "point",
        "occurred_at",
        "reported_at",
        "respond_by",
        "closed_at",
    )
    rows = (
        (
            incident_id,
            city.id,
            city.jurisdiction,
            categories[one.category].id,
            one.channel,
            one.description,
            State.CLOSED if one.closed_at else State.REPORTED,
            one.position,
            one.occurred_at,
            one.occurred_at,
            categories[one.category].respond_by(one.occurred_at),
            one.closed_at,
        )
        for incident_id, one in zip(ids, new, strict=True)
    )
    tx.copy("incident", columns, rows)
    return ids


def incidents(
    tx: db.Transaction, city: City, is_open: bool | None, most: int, at: datetime
) -> list[Incident]:
    """Return up to `most` incidents of a city, newest first."""
    return tx.all(
        SQL.incidents, Incident.read, city_id=city.id, incident_id=None, is_open=is_open, most=most, at=at
    )


def incident(tx: db.Transaction, incident_id: int, at: datetime) -> Incident | None:
    """Return one incident."""
    return tx.first(
        SQL.incidents, Incident.read, city_id=None, incident_id=incident_id, is_open=None, most=1, at=at
    )


def lock(tx: db.Transaction, incident_id: int) -> tuple[int, State] | None:
    """Lock an incident for this transaction and return its city and state; None when there is none."""
    return tx.first(SQL.lock, lambda row: (row["city_id"], State(row["state"])), incident_id=incident_id)


def handled(tx: db.Transaction, incident_id: int) -> str | None:
    """Write that the work on an incident is done and return its jurisdiction; None when it was no longer reported."""
    found: str | None = tx.value(SQL.handled, incident_id=incident_id)
    return found
