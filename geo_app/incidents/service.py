"""What people do with incidents: take them in, look at them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, NotFound
from geo_app.incidents import store
from geo_app.incidents.model import LONGEST_DESCRIPTION, Category, Incident, NewCategory, NewIncident, State
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import Subject

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters nobody can read and the database cannot keep."""


def add_categories(tx: db.Transaction, city: City, new: Sequence[NewCategory], since: datetime) -> None:
    """Add categories, valid from `since`."""
    for category in new:
        store.add_category(tx, city, category, since)


def categories(tx: db.Transaction, city: City, at: datetime) -> dict[str, Category]:
    """Return the categories valid at `at`, by code."""
    return {category.code: category for category in store.categories(tx, city, at)}


def take_in(tx: db.Transaction, city: City, new: NewIncident) -> Incident:
    """Take in one incident (受理): store it, match it to its cell, tell everyone."""
    at = clock.now()
    known = categories(tx, city, at)
    _check(new, known)
    incident_id = store.add_all(tx, city, [new], known)[0]
    planning.place(tx, city, Subject("incident", incident_id, new.position, new.closed_at is None))
    facts.record(tx, "incident.reported", incident_id, city.jurisdiction, category=new.category)
    return incident(tx, incident_id)


def load(tx: db.Transaction, city: City, new: Sequence[NewIncident]) -> int:
    """Take in many incidents of the past at once; return how many lie in a cell."""
    at = clock.now()
    known = categories(tx, city, at)
    for one in new:
        _check(one, known)
    ids = store.add_all(tx, city, new, known)
    subjects = [
        Subject("incident", incident_id, one.position, one.closed_at is None)
        for incident_id, one in zip(ids, new, strict=True)
    ]
    matched = planning.place_all(tx, city, subjects)
    facts.record(tx, "incidents.loaded", None, city.jurisdiction, city=city.code, count=len(ids))
    return matched


def incidents(tx: db.Transaction, city: City, is_open: bool | None, most: int) -> list[Incident]:
    """Return up to `most` incidents, newest first: open ones, closed ones, or both for None."""
    return store.incidents(tx, city, is_open, most, clock.now())


def incident(tx: db.Transaction, incident_id: int) -> Incident:
    """Return one incident; NotFound names it."""
    found = store.incident(tx, incident_id, clock.now())
    if found is None:
        raise NotFound(f"there is no incident {incident_id}")
    return found


def lock(tx: db.Transaction, incident_id: int) -> tuple[int, State]:
    """Lock an incident, always before a responder, and return its city's id and its state."""
    found = store.lock(tx, incident_id)
    if found is None:
        raise NotFound(f"there is no incident {incident_id}")
    return found


def handled(tx: db.Transaction, incident_id: int) -> None:
    """Note that the work on a locked incident is done: it waits to be checked. A closed one stays closed."""
    jurisdiction = store.handled(tx, incident_id)
    if jurisdiction is not None:
        facts.record(tx, "incident.handled", incident_id, jurisdiction)


def _check(new: NewIncident, known: dict[str, Category]) -> None:
    if new.category not in known:
        raise BadInput("category", new.category, "one of the city's categories: " + ", ".join(known))
    if not 1 <= len(new.description) <= LONGEST_DESCRIPTION:
        raise BadInput("description", new.description, f"1 to {LONGEST_DESCRIPTION} characters")
    if CONTROL.search(new.description):
        raise BadInput("description", new.description, "characters that can be shown; no control characters")
    if new.closed_at is not None and new.closed_at < new.occurred_at:
        raise BadInput("closed_at", new.closed_at, "not before occurred_at")
