"""Roads in the database: all of a city's at once, in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np
import shapely
from pyproj import Transformer
from shapely import LineString, Point

from geo_app.core import coords, db
from geo_app.organisation.model import City
from geo_app.roads.model import (
    OPEN,
    Access,
    FoundRoad,
    Integers,
    Mode,
    NewOverride,
    Override,
    Restriction,
    Road,
    Stretch,
)

SQL = db.statements(__file__)
WEB_MERCATOR = 3857
COLUMNS = (
    "city_id", "source_id", "from_node", "to_node", "road_class", "name", "oneway", "maxspeed",
    "barred", "private", "both_ways", "geometry", "mercator",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """The version of a road network and of what is closed or slowed on it, None where nothing ever was.

    The latter is never used again, not even by a change after one that was rolled back.
    """

    version: str
    overrides: str | None

    @classmethod
    def read(cls, row: db.Row) -> State:
        """Return the state of a row."""
        return cls(row["version"], None if row["overrides"] is None else str(row["overrides"]))


@dataclass(frozen=True, slots=True)
class Overridden:
    """An override by roads: each the `numbers`-th of its source, counted from 0."""

    sources: Integers
    numbers: Integers
    share: float | None
    modes: frozenset[Mode]
    begins_at: datetime
    ends_at: datetime


def state(tx: db.Transaction, city_id: int) -> State | None:
    """Return the versions of the city's road network and of what is closed or slowed; None when it has no roads."""
    return tx.first(SQL.network_state, State.read, city_id=city_id)


def overridden(tx: db.Transaction, city_id: int) -> tuple[State | None, list[Overridden]]:
    """Return everything that is ever closed or slowed on the city's roads, and of which state that is told."""
    rows = tx.all(SQL.overridden, dict, city_id=city_id)
    found = [
        Overridden(
            np.array(row["sources"], dtype=np.int64), np.array(row["numbers"], dtype=np.int64),
            row["share"], _modes(row["modes"]), row["begins_at"], row["ends_at"],
        )
        for row in rows if row["sources"]
    ]  # fmt: skip
    return (State.read(rows[0]) if rows else None), found


def bump(tx: db.Transaction, city_id: int) -> bool:
    """Say that what is closed or slowed in the city has changed; False when it has no roads. Others wait."""
    return tx.run(SQL.bump_overrides, city_id=city_id) > 0


def add_override(tx: db.Transaction, city_id: int, new: NewOverride) -> int:
    """Keep a new override and return its id."""
    override_id: int = tx.value(
        SQL.add_override, city_id=city_id, share=new.share, modes=sorted(new.modes),
        begins_at=new.begins_at, ends_at=new.ends_at, reason=new.reason,
    )  # fmt: skip
    for one in new.stretches:
        tx.run(SQL.add_stretch, override_id=override_id, source_id=one.source_id, from_node=one.from_node,
               to_node=one.to_node)  # fmt: skip
    return override_id


def move_override(
    tx: db.Transaction, was: Override, share: float | None, ends_at: datetime, reason: str
) -> bool:
    """Change an override; False when somebody else did since it was read."""
    moved = tx.value(
        SQL.move_override, id=was.id, was=was.version, share=share, ends_at=ends_at, reason=reason
    )
    return moved is not None


def override_city(tx: db.Transaction, override_id: int) -> int | None:
    """Return the id of the city whose roads an override speaks of."""
    found: int | None = tx.value(SQL.override_city, id=override_id)
    return found


def overrides(
    tx: db.Transaction, city: City, since: datetime | None, override_id: int | None = None
) -> list[Override]:
    """Return the overrides of a city that end after a moment, or the one with an id, newest first."""

    def read(row: db.Row) -> Override:
        found = dict(row) | {"modes": _modes(row["modes"])}
        found["stretches"] = tuple(Stretch(*one) for one in row["stretches"])
        found["roads"] = tuple(
            FoundRoad(Stretch(*one[:3]), one[3], one[4], _lonlat(bytes.fromhex(one[5]), city))
            for one in row["roads"] or ()
        )
        return Override(**found)

    return tx.all(SQL.overrides, read, city_id=city.id, id=override_id, since=since)


def roads_near(tx: db.Transaction, city: City, place: Point, reach: float, most: int) -> list[FoundRoad]:
    """Return up to `most` roads within `reach` metres of a place in the city's frame, the nearest first."""
    return tx.all(
        SQL.roads_near,
        _found(city),
        city_id=city.id,
        place=shapely.set_srid(place, city.srid),
        reach=reach,
        most=most,
    )


def roads_named(tx: db.Transaction, city: City, name: str) -> list[FoundRoad]:
    """Return all roads of a city with this name."""
    return tx.all(SQL.roads_named, _found(city), city_id=city.id, name=name)


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


def _found(city: City) -> Callable[[db.Row], FoundRoad]:
    def read(row: db.Row) -> FoundRoad:
        stretch = Stretch(row["source_id"], row["from_node"], row["to_node"])
        line = _lonlat(bytes(row["geometry"]), city)
        return FoundRoad(stretch, row["road_class"], row["name"], line, row["metres"])

    return read


def _lonlat(wkb: bytes, city: City) -> LineString:
    return cast(LineString, coords.to_lonlat(shapely.from_wkb(wkb), city.srid))


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
