"""What people do with incidents: take reports in, say where something is, look at them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import numpy as np
import shapely
from shapely import Point

from geo_app.core import clock, coords, db, facts
from geo_app.core.coords import Given
from geo_app.core.errors import BadInput, Conflict, GeoError, NotFound, OutOfScope, Stale
from geo_app.core.remembering import Remembering
from geo_app.geocoding import service as geocoding
from geo_app.geocoding.model import Candidate, How
from geo_app.incidents import intake, masked, sealing, store, verdict
from geo_app.incidents.model import (
    SETTLED,
    Category,
    Choice,
    Incident,
    Joined,
    Located,
    Named,
    NewCategory,
    NewReport,
    Past,
    Receipt,
    State,
    Telling,
    Where,
)
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.planning.model import OUTSIDE, Subject, Verdict

ADDRESSES = 20_000
"""Addresses whose whereabouts are remembered while a table is loaded."""


def add_categories(tx: db.Transaction, city: City, new: Sequence[NewCategory], since: datetime) -> None:
    """Add categories, valid from `since`."""
    for category in new:
        store.add_category(tx, city, category, since)


def categories(tx: db.Transaction, city: City, at: datetime) -> dict[str, Category]:
    """Return the categories valid at `at`, by code."""
    return {category.code: category for category in store.categories(tx, city, at)}


def receive(tx: db.Transaction, city: City, new: NewReport) -> Receipt:
    """Take in one report (受理) as a new incident: check, locate, store, match to its cell, tell everyone.

    What lies outside all cells is kept and says so; what cannot be located surely is kept without a cell and
    waits for a person. Conflict when the source's key came in before.
    """
    at = clock.now()
    known = categories(tx, city, at)
    intake.check(new, known)
    clock.past(new.occurred_at, at, "occurred_at")
    where = locate(tx, city, new)
    incident_id = store.add_all(tx, city, [(new, where, at)], known)[0]
    kept = _keep(tx, city, incident_id, new, at)
    placed = OUTSIDE
    if where.point is not None and where.verdict in SETTLED:
        placed = planning.place(tx, city, Subject("incident", incident_id, where.point, is_open=True))
    facts.record(
        tx, "incident.reported", incident_id, city.jurisdiction, category=new.category, location=where.verdict
    )
    shown = replace(where, name=masked.address(where.name, city.jurisdiction))
    return Receipt(incident(tx, incident_id), shown, placed, kept.code)


def report(tx: db.Transaction, city: City, new: NewReport) -> Incident:
    """Take in one report, as `receive`, and return its incident."""
    return receive(tx, city, new).incident


def add_report(tx: db.Transaction, incident_id: int, told: Telling) -> Joined:
    """Let one more report join an incident; Conflict when the incident is closed."""
    at = clock.now()
    intake.check_telling(told)
    clock.past(told.occurred_at, at, "occurred_at")
    city_id, state = lock(tx, incident_id)
    if state is State.CLOSED:
        raise Conflict(f"incident {incident_id} is closed")
    city = organisation.city_by_id(tx, city_id)
    joined = _keep(tx, city, incident_id, told, at)
    facts.record(tx, "report.joined", incident_id, city.jurisdiction, report=joined.id)
    return joined


def settle_location(tx: db.Transaction, incident_id: int, version: int, located: Located) -> Incident:
    """Write where a person says an incident is, and match it to its cell or to none; so it may leave their sight.

    Stale when it is no longer at `version`, Conflict when it is closed.
    """
    intake.check_address(located.address)
    planning.hold(tx, organisation.city_by_id(tx, incident(tx, incident_id).city))
    found = store.lock(tx, incident_id)
    if found is None:
        raise _missing(tx, incident_id)
    if found.version != version:
        raise Stale(f"incident {incident_id} is at version {found.version}, you looked at {version}")
    if found.state is State.CLOSED:
        raise Conflict(f"incident {incident_id} is closed")
    city = organisation.city_by_id(tx, found.city)
    _check_reach(city, located.position)
    address = masked.address(located.address, city.jurisdiction)
    with tx.beyond_scope():
        placed = planning.place(tx, city, Subject("incident", incident_id, located.position, is_open=True))
        store.settle(tx, incident_id, located.position, verdict.of(placed), address)
        settled = incident(tx, incident_id)
    given = located.given or Given(located.position.x, located.position.y, "wgs84")
    facts.record(
        tx, "incident.located", incident_id, city.jurisdiction,
        location=verdict.of(placed), x=given.x, y=given.y, frame=given.frame,
        communities=[] if found.community is None else [found.community],
    )  # fmt: skip
    return settled


def load(
    tx: db.Transaction, city: City, new: Sequence[NewReport], places: Sequence[Where] | None = None
) -> int:
    """Take in many reports of the past at once, reported when they occurred; return how many lie in a cell.

    `places` are their whereabouts, when somebody has asked for them already.
    """
    known = categories(tx, city, clock.now())
    for one in new:
        intake.check(one, known)
    wheres = [whereabouts(tx, city, one) for one in new] if places is None else places
    rows = list(zip(new, wheres, (one.occurred_at for one in new), strict=True))
    ids = store.add_all(tx, city, rows, known)
    store.add_reports(tx, city, ids, [(one, one.occurred_at) for one in new])
    subjects = [
        Subject("incident", incident_id, where.point, one.closed_at is None)
        for incident_id, one, where in zip(ids, new, wheres, strict=True)
        if where.point is not None and where.verdict in SETTLED
    ]
    matched = planning.place_all(tx, city, subjects)
    store.mark_outside(tx, ids)
    facts.record(tx, "incidents.loaded", None, city.jurisdiction, city=city.code, count=len(ids))
    return matched


def known_keys(tx: db.Transaction, city: City, source: str, keys: Sequence[str]) -> dict[str, int]:
    """Return the incidents of those keys of a source that came in already, also those the actor does not see."""
    with tx.beyond_scope():
        return store.known_keys(tx, city, source, keys)


def incidents(
    tx: db.Transaction, city: City, is_open: bool | None, most: int, *, is_settled: bool | None = None
) -> list[Incident]:
    """Return up to `most` incidents, newest first: open or closed ones, with a settled place or not; None for both."""
    return store.incidents(tx, city, Choice(is_open, is_settled), most, clock.now())


def pages(tx: db.Transaction, city: City, choice: Choice, size: int) -> Iterator[list[Incident]]:
    """Yield the incidents that a choice means, newest first, `size` at a time."""
    at, last = clock.now(), None
    while True:
        page = store.incidents(tx, city, choice, size, at, after=last)
        if page:
            yield page
        if len(page) < size:
            return
        last = page[-1]


def count(tx: db.Transaction, city: City, choice: Choice) -> int:
    """Return how many incidents a choice means."""
    return store.count(tx, city, choice)


def past(
    tx: db.Transaction, city: City, since: datetime | None, until: datetime | None, most: int
) -> list[Past]:
    """Return up to `most` real incidents, no exercises, that occurred from `since` until before `until`, in order."""
    return store.past(tx, city, since, until, most)


def incident(tx: db.Transaction, incident_id: int) -> Incident:
    """Return one incident; NotFound or OutOfScope names it."""
    found = by_ids(tx, [incident_id]).get(incident_id)
    if found is None:
        raise _missing(tx, incident_id)
    return found


def by_ids(tx: db.Transaction, incident_ids: Sequence[int]) -> dict[int, Incident]:
    """Return these incidents by id; what is not there is left out."""
    return store.by_ids(tx, incident_ids, clock.now()) if incident_ids else {}


def lock(tx: db.Transaction, incident_id: int) -> tuple[int, State]:
    """Lock an incident, always before a responder, and return its city's id and its state."""
    found = store.lock(tx, incident_id)
    if found is None:
        raise _missing(tx, incident_id)
    return found.city, found.state


def handled(tx: db.Transaction, incident_id: int) -> None:
    """Note that the work on a locked incident is done: it waits to be checked. A closed one stays closed."""
    jurisdiction = store.handled(tx, incident_id)
    if jurisdiction is not None:
        facts.record(tx, "incident.handled", incident_id, jurisdiction)


def locate(tx: db.Transaction, city: City, new: NewReport) -> Where:
    """Return where a report says it is: by its position, which is exact, or else by its address; never a guess."""
    if new.position is None:
        return _address(tx, city, new.address or "")
    _check_reach(city, new.position)
    found = planning.describe(tx, city, new.position, clock.now())
    return Where(
        verdict.of(found.placed), new.position, 1.0, None, new.address or found.text, None, How.COORDINATES,
        verdict.cells(found.placed), next((Named(unit.code, unit.name) for unit in found.units), None),
    )  # fmt: skip


def whereabouts(tx: db.Transaction, city: City, new: NewReport) -> Where:
    """Return where a report says it is, a position without words: its cell is found when it is matched."""
    if new.position is None:
        return _address(tx, city, new.address or "")
    _check_reach(city, new.position)
    return Where(Verdict.SURE, new.position, 1.0)


def whereabouts_all(tx: db.Transaction, city: City, new: Sequence[NewReport]) -> Iterator[Where | BadInput]:
    """Yield for each report where it says it is, as `whereabouts` returns it, or what refuses that."""
    reads, at = Remembering(tx), clock.now()
    addresses = {one.address or "" for one in new if one.position is None}
    geocode = geocoding.geocoder(reads, city, len(addresses))

    @lru_cache(ADDRESSES)
    def by_address(address: str) -> Where:
        return _by_address(reads, city, address, geocode, at)

    for one in new:
        try:
            yield whereabouts(tx, city, one) if one.position is not None else by_address(one.address or "")
        except BadInput as error:
            yield error


def _address(tx: db.Transaction, city: City, address: str) -> Where:
    return _by_address(tx, city, address, geocoding.geocoder(tx, city, 1), clock.now())


def _by_address(
    tx: db.Transaction, city: City, address: str, geocode: Callable[[str], Sequence[Candidate]], at: datetime
) -> Where:
    """Return where an address is; one too long to be one is unknown, one that breaks a rule is BadInput."""
    if len(address.strip()) > geocoding.LONGEST:
        return Where(Verdict.UNKNOWN)
    try:
        candidates = geocode(address)
    except BadInput as error:
        raise error.at("address") from error
    return verdict.first(planning.locate(tx, city, candidates, at))


def _missing(tx: db.Transaction, incident_id: int) -> GeoError:
    """Return why there is no incident to see. That a number is taken tells nothing: they are given in order."""
    with tx.beyond_scope():
        is_there = store.is_there(tx, incident_id)
    return (
        OutOfScope(f"incident {incident_id}") if is_there else NotFound(f"there is no incident {incident_id}")
    )


def _check_reach(city: City, position: Point) -> None:
    """Refuse a position that the city's own frame cannot express."""
    if not np.isfinite(shapely.get_coordinates(coords.to_metric(position, city.srid))).all():
        raise BadInput("position", (position.x, position.y), f"in reach of the frame of {city.name}")


def _keep(tx: db.Transaction, city: City, incident_id: int, told: Telling, at: datetime) -> Joined:
    code = sealing.grouped("".join(secrets.choice(sealing.ALPHABET) for _ in range(sealing.CODE_LENGTH)))
    report_id = store.add_report(tx, city, incident_id, told, at, code)
    if report_id is None:
        earlier = known_keys(tx, city, told.source or "", [told.source_key or ""])
        raise Conflict(
            f"{told.source} {told.source_key} came in before, as incident {earlier[told.source_key or '']}"
        )
    return Joined(report_id, code)
