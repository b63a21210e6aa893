"""Jobs about cities."""

from __future__ import annotations

from geo_app.cities import service, store
from geo_app.core import clock, db
from geo_app.organisation import service as organisation


def play(tx: db.Transaction) -> None:
    """Let one made-up incident come in for every running stream."""
    for city_id, number in store.take_turns(tx, clock.now()):
        service.play(tx, organisation.city_by_id(tx, city_id), number)
