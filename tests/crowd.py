"""Responders of a test's or a bench's own in a loaded city: free, with every skill, where one wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyproj import Transformer
from shapely import Point

from geo_app.core import clock, db
from geo_app.organisation.model import City

FIRST = 1_000_000
"""Id of the first of them."""


@dataclass(slots=True)
class Raw:
    """A statement only a test needs."""

    sql: str


def lonlat(points: Sequence[Point], city: City) -> list[Point]:
    """Return points of the city's own CRS as longitude and latitude."""
    transformer = Transformer.from_crs(city.srid, 4326, always_xy=True)
    return [Point(*transformer.transform(point.x, point.y)) for point in points]


def enlist(tx: db.Transaction, city: City, points: Sequence[Point]) -> dict[int, int]:
    """Sign everybody off and add free responders at these points of the city's own CRS.

    Return the number of each by its id.
    """
    tx.run(Raw("UPDATE responder SET status = 'off' WHERE city_id = %(city)s"), city=city.id)
    skilled = "SELECT array_agg(DISTINCT skill) FROM category WHERE city_id = %(city)s AND skill IS NOT NULL"
    skills = tx.value(Raw(skilled), city=city.id) or []
    ids = [FIRST + number for number in range(len(points))]
    columns = ("id", "city_id", "jurisdiction", "code", "name", "kind", "skills", "status")
    tx.copy("responder", columns, [
        (i, city.id, city.jurisdiction, f"Z{i}", f"李{i}", "partner", skills, "free") for i in ids
    ])  # fmt: skip
    tx.copy("responder_position", ("responder_id", "city_id", "jurisdiction", "point", "at"), [
        (i, city.id, city.jurisdiction, point, clock.now())
        for i, point in zip(ids, lonlat(points, city), strict=True)
    ])  # fmt: skip
    return {responder_id: number for number, responder_id in enumerate(ids)}
