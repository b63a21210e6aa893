"""What may have been reported already (疑似重复): open incidents near a new one. It informs and never refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo_app.core import clock, db
from geo_app.core.errors import BadInput
from geo_app.incidents import nearness, service, store
from geo_app.incidents.model import Category, Incident, NewReport, Where
from geo_app.incidents.nearness import Limits, Near, Search, Trouble
from geo_app.organisation.model import City

MOST = 5
"""Incidents that are named; who looks for one among more looks at the map."""


def of_report(tx: db.Transaction, city: City, new: NewReport, limits: Limits) -> list[Near]:
    """Return what a report that is being written may repeat; BadInput when its category or place is refused.

    A report that says where it is by an address nobody knows has nothing near.
    """
    known = service.categories(tx, city, clock.now())
    if new.category not in known:
        raise BadInput("category", new.category, "one of the city's categories: " + ", ".join(known))
    if new.position is None and not (new.address or "").strip():
        raise BadInput("address", None, "an address or a position: where is it?")
    where = service.whereabouts(tx, city, new)
    return _of(tx, city, Trouble.of(known[new.category], where, new.occurred_at), known, limits)


def of_incident(tx: db.Transaction, city: City, incident: Incident, limits: Limits) -> list[Near]:
    """Return what an incident just taken in may repeat."""
    known = service.categories(tx, city, clock.now())
    where = Where(incident.location, incident.position, incident.score, incident.uncertainty)
    trouble = Trouble.of(known[incident.category], where, incident.reported_at)
    return _of(tx, city, trouble, known, limits, besides=incident.id)


def count_repeated(
    tx: db.Transaction, city: City, new: Iterable[tuple[NewReport, Where]], limits: Limits
) -> int:
    """Return how many open reports of a table, each with where it is, may repeat what is open already."""
    known = service.categories(tx, city, clock.now())
    troubles = (
        Trouble.of(known[one.category], where, one.occurred_at)
        for one, where in new
        if one.closed_at is None and one.category in known
    )
    return sum(bool(_of(tx, city, trouble, known, limits)) for trouble in troubles)


def _of(
    tx: db.Transaction, city: City, trouble: Trouble | None, known: Mapping[str, Category], limits: Limits, *,
    besides: int | None = None,
) -> list[Near]:  # fmt: skip
    """Return the open incidents the actor sees that may be the same: of its category first, then near and new."""
    box = None if trouble is None else nearness.square(trouble, limits, city.srid)
    if trouble is None or box is None:
        return []
    alike = nearness.alike(trouble.category, known.values())
    return store.near(tx, city, Search(trouble, limits, box, alike, besides, MOST))
