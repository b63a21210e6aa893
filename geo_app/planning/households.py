"""How many households live where, in the database: counts at addresses and buildings, none of them named.

A city's counts come together and take the place of those before; where the boundaries are does not matter to them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geo_app.core import coords, db
from geo_app.organisation.model import City
from geo_app.planning.changes import HouseholdCount

SQL = db.statements(__file__)


def replace(tx: db.Transaction, city: City, counts: Sequence[HouseholdCount]) -> None:
    """Put these counts in the place of all a city had; one at a time does it."""
    tx.value(SQL.lock_households, city_id=city.id)
    tx.run(SQL.drop_households, city_id=city.id)
    columns = ("city_id", "jurisdiction", "point", "households", "given_x", "given_y", "given_frame")
    points = shapely.set_srid([one.position for one in counts], city.srid)
    rows = (
        (city.id, city.jurisdiction, point, one.households, *coords.kept(one.given))
        for one, point in zip(counts, points, strict=True)
    )
    tx.copy("household_count", columns, rows)


def near(tx: db.Transaction, city: City, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the metric places in the boxes around metric shapes, and how many households live at each."""
    boxes = shapely.set_srid(shapely.envelope(shapes), city.srid)
    rows = tx.all(SQL.households_in, dict, city_id=city.id, boxes=boxes.tolist())
    found = {row["id"]: (row["x"], row["y"], row["households"]) for row in rows}
    places = np.array([found[one] for one in sorted(found)], dtype=np.float64).reshape(-1, 3)
    return places[:, :2], places[:, 2].astype(np.int64)
