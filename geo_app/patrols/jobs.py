"""Jobs about patrol routes."""

from __future__ import annotations

from geo_app.core import clock, db
from geo_app.organisation import service as organisation
from geo_app.patrols import service


def match_routes(tx: db.Transaction, city: str) -> None:
    """Match the routes of `city` (its code) again, because its grid changed."""
    service.match_routes(tx, organisation.city(tx, city), clock.now())
