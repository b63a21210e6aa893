"""Timers of tracks."""

from __future__ import annotations

from geo_app.core import clock, db, log
from geo_app.tracks import service


def make_days(tx: db.Transaction) -> None:
    """Make next days' partitions, and those that positions from elsewhere wait for."""
    made = service.make_days(tx, clock.now())
    if made:
        log.write("tracks.days_made", days=",".join(map(str, made)))
