"""Timers of privacy."""

from __future__ import annotations

from datetime import timedelta

from geo_app.core import clock, db, log
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation import service as organisation
from geo_app.privacy import service
from geo_app.privacy.model import Gone
from geo_app.tracks import service as tracks


def retain(database: db.Database, here: Settings) -> None:
    """Let go of what is past its term and say how much."""
    for one in let_go(database, here, is_dry=False):
        log.write(
            "privacy.retained", what=one.term.what, days=one.term.days, gone=one.count, counted=one.counted
        )


def let_go(database: db.Database, here: Settings, *, is_dry: bool) -> list[Gone]:
    """Let go of what is past its term, or only count it; a day of tracks is a transaction, all the rest another.

    Whatever ends it, a day is there whole or gone whole and counted: begun again, it goes on with the next one.
    """
    at, term = clock.now(), service.track_term(int(here.tracks_kept))
    with database.transaction(SYSTEM, patient=True) as tx:
        cities = organisation.cities(tx)
        days = service.past_tracks(tx, term, at)
    if not is_dry:
        days = Gone(term, 0)
        for city in cities:
            while True:
                with database.transaction(SYSTEM, patient=True) as tx:
                    gone = service.let_go_of_day(tx, city, term, at)
                if gone is None:
                    break
                days = Gone(term, days.count + gone.count, days.counted + gone.counted)
        with database.transaction(SYSTEM) as tx:
            tracks.drop_days(tx, at - timedelta(days=term.days))
    with database.transaction(SYSTEM, patient=True) as tx:
        return service.retain(tx, at, is_dry=is_dry, tracks_gone=days)
