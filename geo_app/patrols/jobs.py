"""Jobs about patrol routes."""

from __future__ import annotations

from geo_app.core import clock, db, facts
from geo_app.organisation import service as organisation
from geo_app.patrols import service


def match_routes(tx: db.Transaction, city: str) -> None:
    """Match the routes of `city` (its code) again, because its grid changed, and tell the open pages."""
    found = organisation.city(tx, city)
    count = service.match_routes(tx, found, clock.now())
    facts.record(tx, "routes.matched", None, found.jurisdiction, city=found.code, count=count)
