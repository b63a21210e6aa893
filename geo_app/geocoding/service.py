"""What people do with the gazetteer: fill it, read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo_app.core import db
from geo_app.core.errors import BadInput
from geo_app.geocoding import store
from geo_app.geocoding.model import NewPlace, Place
from geo_app.organisation.model import City


def add_places(tx: db.Transaction, city: City, new: Sequence[NewPlace], units: Mapping[str, int]) -> int:
    """Add places and return how many; BadInput names one whose community is unknown."""
    for place in new:
        if place.community is not None and place.community not in units:
            raise BadInput("community", place.community, f"place {place.name} names no unit of {city.code}")
    return store.add_all(tx, city, new, units)


def places(tx: db.Transaction, city: City) -> list[Place]:
    """Return every place of the city in the order it was stored."""
    return store.places(tx, city)
