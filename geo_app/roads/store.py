"""Roads in the database: all of a city's at once, in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from geo_app.core import db
from geo_app.roads.model import Road

SQL = db.statements(__file__)
WEB_MERCATOR = 3857
COLUMNS = (
    "city_id", "source_id", "from_node", "to_node", "road_class", "name", "oneway", "geometry", "mercator",
)  # fmt: skip


def version(tx: db.Transaction, city_id: int) -> str | None:
    """Return the version of the city's road network, None when it has none."""
    found: str | None = tx.value(SQL.network_version, city_id=city_id)
    return found


def roads(tx: db.Transaction, city_id: int) -> list[Road]:
    """Return all roads of the city, in the order they were imported."""
    rows = tx.all(SQL.roads, _row, city_id=city_id)
    lines = shapely.from_wkb([bytes(row["geometry"]) for row in rows])
    return [Road(**{**row, "geometry": line}) for row, line in zip(rows, lines, strict=True)]


def replace(tx: db.Transaction, city_id: int, srid: int, given: Sequence[Road]) -> None:
    """Put `given` in the place of all roads of the city; each is also kept in Web Mercator, for tiles."""
    tx.value(SQL.lock_network, city_id=city_id)
    tx.run(SQL.remove_roads, city_id=city_id)
    if not given:
        return
    lines = shapely.set_srid(np.array([road.geometry for road in given], dtype=object), srid)
    mercator = _to_mercator(lines, srid)
    tx.copy(
        "road",
        COLUMNS,
        (
            (
                city_id,
                road.source_id,
                road.from_node,
                road.to_node,
                road.road_class,
                road.name,
                road.oneway,
                *both,
            )
            for road, *both in zip(given, lines, mercator, strict=True)
        ),
    )


def put_version(tx: db.Transaction, city_id: int, name: str, at: datetime) -> None:
    """Record that the city's road network is now `name`."""
    tx.run(SQL.put_network, city_id=city_id, version=name, imported_at=at)


def _row(row: db.Row) -> dict[str, Any]:
    return dict(row)


def _to_mercator(lines: np.ndarray, srid: int) -> np.ndarray:
    """Return `lines` in Web Mercator, all their vertices transformed in one call."""
    transformer = Transformer.from_crs(srid, WEB_MERCATOR, always_xy=True)

    def move(vertices: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(vertices[:, 0], vertices[:, 1]))

    return shapely.set_srid(shapely.transform(lines, move), WEB_MERCATOR)
