"""Positions of people of the town: told by their phones, or kept from long ago."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from shapely import Point

from geo_app.core import coords, db
from geo_app.core.actor import SYSTEM
from tests import build
from tests.integration.conftest import Town

COLUMNS = ("responder_id", "at", "city_id", "jurisdiction", "point")
WHERE = "SELECT at FROM track_position WHERE responder_id = %(id)s ORDER BY at"


def spot(town: Town, metres: tuple[float, float]) -> Point:
    """Return a place of the town, metres from its corner, as lon, lat."""
    x, y = build.TOWN_CORNER
    return coords.to_lonlat(Point(x + metres[0], y + metres[1]), town.city.srid)


def tell(
    town: Town, client: FlaskClient, responder: int, moments: Iterable[datetime],
    metres: tuple[float, float] = (60.0, 60.0),
) -> Any:  # fmt: skip
    """Send positions of a responder in one batch, in the order of the moments, and return what was answered."""
    point = spot(town, metres)
    batch = [{"responder": responder, "lon": point.x, "lat": point.y, "at": at.isoformat()} for at in moments]
    answer = client.post(
        "/api/positions",
        json={"frame": "wgs84", "positions": batch},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def keep(tx: db.Transaction, town: Town, walked: Iterable[tuple[int, datetime, Point]]) -> None:
    """Write positions as they were kept when they were young."""
    rows = [(who, at, town.city.id, town.city.jurisdiction, point) for who, at, point in walked]
    tx.copy("track_position", COLUMNS, rows)


def kept(town: Town, walked: Iterable[tuple[int, datetime, Point]]) -> None:
    """Write positions in a transaction of their own."""
    with town.database.transaction(SYSTEM) as tx:
        keep(tx, town, walked)
