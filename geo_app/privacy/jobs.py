"""Timers of privacy."""

from __future__ import annotations

from geo_app.core import clock, db, log
from geo_app.privacy import service


def retain(tx: db.Transaction) -> None:
    """Let go of what is past its term and say how much."""
    for one in service.retain(tx, clock.now(), is_dry=False):
        log.write("privacy.retained", what=one.term.what, days=one.term.days, gone=one.count)
