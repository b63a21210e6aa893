"""What people do with photos: add one to a report, look at them; they go with what is kept of who told it."""

from __future__ import annotations

from datetime import datetime

from geo_app.core import clock, db, facts
from geo_app.core.errors import WITHHELD, BadInput, Conflict, NotFound
from geo_app.incidents import service as incidents
from geo_app.incidents.model import State
from geo_app.organisation import service as organisation
from geo_app.photos import store
from geo_app.photos.model import MOST, Photo, Picture


def add(tx: db.Transaction, incident_id: int, code: str | None, picture: Picture) -> Photo:
    """Add a photo to the report with this code, without a code to the incident's first.

    Conflict when the incident is closed, the report has all the photos it may have, or was erased.
    """
    city_id, state = incidents.lock(tx, incident_id)
    if state is State.CLOSED:
        raise Conflict(f"incident {incident_id} is closed")
    held = store.held(tx, incident_id, code)
    if held is None:
        raise BadInput("code", WITHHELD, "the code of a report of this incident, or none")
    if held.is_erased:
        raise Conflict(f"the personal values of report {held.id} were erased")
    if held.photos >= MOST:
        raise Conflict(f"report {held.id} has {held.photos} photos; at most {MOST}")
    city = organisation.city_by_id(tx, city_id)
    added = store.add(tx, city, incident_id, held.id, picture, clock.now())
    facts.record(tx, "photo.added", incident_id, city.jurisdiction, photo=added.id, report=held.id)
    return added


def incident_of(tx: db.Transaction, code: str) -> int:
    """Return the incident of the report with this code; NotFound without."""
    found = store.incident_of(tx, code)
    if found is None:
        raise NotFound("there is no report with this code")
    return found


def photos(tx: db.Transaction, incident_id: int) -> list[Photo]:
    """Return what is known of the photos of an incident, in the order they came."""
    incidents.incident(tx, incident_id)
    return store.photos(tx, incident_id)


def content(tx: db.Transaction, incident_id: int, photo_id: int, *, is_small: bool) -> bytes:
    """Return the JPEG of a photo, whole or small; NotFound when this incident has none with this id."""
    incidents.incident(tx, incident_id)
    found = store.content(tx, incident_id, photo_id, is_small=is_small)
    if found is None:
        raise NotFound(f"incident {incident_id} has no photo {photo_id}")
    return found


def erase(tx: db.Transaction, report_id: int) -> int:
    """Delete the photos of a report and return how many there were; who asks records it."""
    return store.erase(tx, report_id)


def let_go(tx: db.Transaction, before: datetime, *, is_dry: bool) -> int:
    """Delete the photos of incidents closed before then, or only count them; return how many."""
    return store.count_expired(tx, before) if is_dry else store.erase_expired(tx, before)
