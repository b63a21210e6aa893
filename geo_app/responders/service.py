"""What people do with responders: enlist them, see who is there, who can be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from geo_app.core import db, facts
from geo_app.core.errors import BadInput, NotFound
from geo_app.organisation.model import City
from geo_app.responders import store
from geo_app.responders.model import NewResponder, Responder, Status


def enlist(
    tx: db.Transaction, city: City, new: Sequence[NewResponder], cells: Mapping[str, int],
    departments: Mapping[str, int], at: datetime,
) -> dict[str, int]:  # fmt: skip
    """Enlist responders and return their ids by code; cells and departments are given as ids by code."""
    for responder in new:
        for code in responder.cells:
            if code not in cells:
                raise BadInput("cells", code, f"responder {responder.code} names no cell of {city.code}")
        if responder.department is not None and responder.department not in departments:
            raise BadInput(
                "department", responder.department, f"responder {responder.code} names none of them"
            )
    ids = store.add_all(tx, city, new, cells, departments, at)
    facts.record(tx, "responders.enlisted", None, city.jurisdiction, city=city.code, count=len(ids))
    return {responder.code: i for responder, i in zip(new, ids, strict=True)}


def responders(tx: db.Transaction, city: City, at: datetime) -> list[Responder]:
    """Return every responder of the city, by code."""
    return store.responders(tx, city, at)


def responder(tx: db.Transaction, city: City, responder_id: int, at: datetime) -> Responder:
    """Return one responder of the city; NotFound when it is not one of them."""
    found = store.responders(tx, city, at, responder_id=responder_id)
    if not found:
        raise NotFound(f"{city.name} has no responder {responder_id}")
    return found[0]


def of_cell(tx: db.Transaction, city: City, code: str, at: datetime) -> list[Responder]:
    """Return who is responsible for a cell, by code."""
    return store.responders(tx, city, at, cell_code=code)


def available(tx: db.Transaction, city: City, skill: str | None, at: datetime) -> list[Responder]:
    """Return who can be sent at `at`: free, on shift, with the skill."""
    return store.available(tx, city, skill, at)


def lock(tx: db.Transaction, responder_id: int) -> tuple[str, Status]:
    """Lock a responder, always after the incident, and return name and status."""
    found = store.lock(tx, responder_id)
    if found is None:
        raise NotFound(f"there is no responder {responder_id}")
    return found


def set_status(tx: db.Transaction, city: City, responder_id: int, status: Status) -> None:
    """Write a responder's status."""
    store.set_status(tx, responder_id, status)
    facts.record(tx, "responder.status", responder_id, city.jurisdiction, status=status)
