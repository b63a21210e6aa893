"""Roads in the database: all of a city's at once, in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from geo_app.core import db
from geo_app.roads.model import OPEN, Access, Mode, Restriction, Road

SQL = db.statements(__file__)
WEB_MERCATOR = 3857
COLUMNS = (
    "city_id", "source_id", "from_node", "to_node", "road_class", "name", "oneway", "maxspeed",
    "barred", "private", "both_ways", "geometry", "mercator",
)  # fmt: skip


def version(tx: db.Transaction, city_id: int) -> str | None:
    """Return the version of the city's road network, None when it has none."""
    found: str | None = tx.value(SQL.network_version, city_id=city_id)
    return found


def roads(tx: db.Transaction, city_id: int) -> list[Road]:
    """Return all roads of the city, in the order they were imported."""
    rows = tx.all(SQL.roads, _row, city_id=city_id)
    lines = shapely.from_wkb([bytes(row.pop("geometry")) for row in rows])
    return [Road(geometry=line, **row) for row, line in zip(rows, lines, strict=True)]


def restrictions(tx: db.Transaction, city_id: int) -> list[Restriction]:
    """Return all restrictions of the city, in the order they were imported."""
    return tx.all(SQL.restrictions, _restriction, city_id=city_id)


def replace(
    tx: db.Transaction, city_id: int, srid: int, given: Sequence[Road], limits: Sequence[Restriction]
) -> None:
    """Put `given` in the place of all roads of the city, `limits` in that of its restrictions.

    Each road is also kept in Web Mercator, for tiles.
    """
    tx.value(SQL.lock_network, city_id=city_id)
    tx.run(SQL.remove_roads, city_id=city_id)
    tx.run(SQL.remove_restrictions, city_id=city_id)
    columns = ("city_id", "source_id", "is_only", "travels", "modes")
    rows = ((city_id, one.source_id, one.is_only, one.travels, sorted(one.modes)) for one in limits)
    tx.copy("road_restriction", columns, rows)
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
                road.maxspeed,
                sorted(road.access.barred),
                sorted(road.access.private),
                sorted(road.access.both_ways),
                *both,
            )
            for road, *both in zip(given, lines, mercator, strict=True)
        ),
    )


def put_version(tx: db.Transaction, city_id: int, name: str, at: datetime) -> None:
    """Record that the city's road network is now `name`."""
    tx.run(SQL.put_network, city_id=city_id, version=name, imported_at=at)


def _row(row: db.Row) -> dict[str, Any]:
    found = dict(row)
    modes = [found.pop(name) for name in ("barred", "private", "both_ways")]
    return found | {"access": Access(*map(_modes, modes)) if any(modes) else OPEN}


def _restriction(row: db.Row) -> Restriction:
    return Restriction(row["source_id"], row["is_only"], tuple(row["travels"]), _modes(row["modes"]))


def _modes(words: Sequence[str]) -> frozenset[Mode]:
    return frozenset(map(Mode, words))


def _to_mercator(lines: np.ndarray, srid: int) -> np.ndarray:
    """Return `lines` in Web Mercator, all their vertices transformed in one call."""
    transformer = Transformer.from_crs(srid, WEB_MERCATOR, always_xy=True)

    def move(vertices: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(vertices[:, 0], vertices[:, 1]))

    return shapely.set_srid(shapely.transform(lines, move), WEB_MERCATOR)
