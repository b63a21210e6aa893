"""The gazetteer in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo_app.core import db
from geo_app.geocoding.model import NewPlace, Place
from geo_app.organisation.model import City

SQL = db.statements(__file__)
COLUMNS = ("city_id", "kind", "name", "road", "number", "community_id", "aliases", "point")


def add_all(tx: db.Transaction, city: City, new: Sequence[NewPlace], units: Mapping[str, int]) -> int:
    """Store places and return how many; communities are given as unit ids by code."""
    rows = (
        (
            city.id,
            one.kind,
            one.name,
            one.road,
            one.number,
            None if one.community is None else units[one.community],
            one.aliases,
            one.position,
        )
        for one in new
    )
    return tx.copy("place", COLUMNS, rows)


def places(tx: db.Transaction, city: City) -> list[Place]:
    """Return every place of the city in the order it was stored."""
    return tx.all(SQL.places, Place.read, city_id=city.id)
