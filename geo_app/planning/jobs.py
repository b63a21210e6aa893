"""Jobs about the grid."""

from __future__ import annotations

from geo_app.core import db
from geo_app.organisation import service as organisation
from geo_app.planning import service


def take_effect(tx: db.Transaction, city: str, release: int) -> None:
    """Match what changed again, because the `release` of `city` (its code) begins."""
    service.take_effect(tx, organisation.city(tx, city), release)
