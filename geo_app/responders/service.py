"""What people do with responders: enlist them, see who is there, who can be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict, NotFound
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.responders import store
from geo_app.responders.model import Locked, NewResponder, Responder, Status


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


def lock(tx: db.Transaction, responder_id: int) -> Locked:
    """Lock a responder, always after the incident."""
    found = store.lock(tx, responder_id)
    if found is None:
        raise NotFound(f"there is no responder {responder_id}")
    return found


def set_status(tx: db.Transaction, city: City, responder_id: int, status: Status) -> None:
    """Write a responder's status."""
    store.set_status(tx, responder_id, status)
    facts.record(tx, "responder.status", responder_id, city.jurisdiction, status=status)


def switch(tx: db.Transaction, responder_id: int, status: Status) -> Responder:
    """Sign a responder on (`free`) or `off`; Conflict names the incidents of one who is on the way to some."""
    if status not in {Status.FREE, Status.OFF}:
        raise BadInput("status", status, "free or off; the other statuses follow the assignments")
    locked = lock(tx, responder_id)
    city = organisation.city_by_id(tx, locked.city)
    sent_to = store.held(tx, responder_id)
    if sent_to:
        named = ", ".join(str(incident) for incident in sent_to)
        raise Conflict(f"{locked.name} is {locked.status}: sent to incident {named}")
    if locked.status is not status:
        set_status(tx, city, responder_id, status)
    return responder(tx, city, responder_id, clock.now())
