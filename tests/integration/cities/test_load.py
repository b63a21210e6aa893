"""A city is loaded whole, once, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import shapely
from shapely import LineString

from geo_app.cities import gazetteer, service
from geo_app.cities.model import CityData
from geo_app.core import db
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import Conflict, GeoError
from geo_app.core.settings import Settings
from geo_app.roads.model import Road
from tests import build
from tests.databases import Server
from tests.integration.conftest import Raw, Town

TABLES = """SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
  AND relname NOT IN ('alembic_version', 'spatial_ref_sys', 'fact_reader')"""


def filled(database: db.Database) -> list[str]:
    """Return the tables that hold rows."""
    with database.transaction(SYSTEM) as tx:
        names = tx.all(Raw(TABLES), lambda row: str(row["relname"]))
        return [name for name in names if tx.value(Raw(f'SELECT EXISTS (SELECT 1 FROM "{name}")'))]


def shifted(data: CityData) -> CityData:
    """The last cell lies over its neighbour."""
    cell = data.cells[-1]
    geometry = shapely.transform(cell.geometry, lambda xy: xy - [30.0, 0.0])
    return replace(data, cells=(*data.cells[:-1], replace(cell, geometry=geometry)))


def first(data: CityData, rows: str, **changes: Any) -> CityData:
    """The first row of a layer is changed."""
    kept = getattr(data, rows)
    changed: dict[str, Any] = {rows: (replace(kept[0], **changes), *kept[1:])}
    return replace(data, **changed)


def again(data: CityData, rows: str) -> CityData:
    """The first row of a layer stands twice."""
    kept = getattr(data, rows)
    changed: dict[str, Any] = {rows: (*kept, kept[0])}
    return replace(data, **changed)


BROKEN: dict[str, Callable[[CityData], CityData]] = {
    "cell over its neighbour": shifted,
    "cell code twice": lambda data: again(data, "cells"),
    "cell code of another pattern": lambda data: first(data, "cells", code="A1"),
    "cell of no community": lambda data: first(data, "cells", community="990101009009"),
    "cell of a street": lambda data: first(data, "cells", community="990101001"),
    "unit code twice": lambda data: again(data, "units"),
    "community of a district": lambda data: replace(
        data, units=(*data.units[:-1], replace(data.units[-1], parent="990101"))
    ),
    "no cells": lambda data: replace(data, cells=()),
    "place of no community": lambda data: first(data, "places", community="1"),
    "responder of no cell": lambda data: first(data, "responders", cells=("990101001001999",)),
    "responder of no department": lambda data: first(data, "responders", department="D9"),
    "responder code twice": lambda data: again(data, "responders"),
    "department code twice": lambda data: again(data, "departments"),
    "category code twice": lambda data: again(data, "categories"),
    "route code twice": lambda data: again(data, "routes"),
    "route of nobody": lambda data: first(data, "routes", responder="P9"),
    "thematic code twice": lambda data: again(data, "thematic"),
    "incident of no category": lambda data: first(data, "incidents", category="x"),
    "incident without words": lambda data: first(data, "incidents", description=""),
    "incident of no channel": lambda data: first(data, "incidents", channel="pigeon"),
    "incident closed before": lambda data: first(data, "incidents", closed_at=data.incidents[2].occurred_at),
    "shift on an eighth day": lambda data: first(
        data, "responders", shifts=(replace(data.responders[3].shifts[0], weekday=7),)
    ),
    "road of one node": lambda data: replace(
        data, roads=(Road(1, 1, 2, "residential", "", 7, LineString([(0, 0), (1, 1)])),)
    ),
}


@pytest.fixture(scope="module")
def empty(cluster: Server, migrated: str) -> Iterator[db.Database]:
    """A database shared by those who must leave nothing in it."""
    with cluster.clone(migrated) as place:
        opened = db.Database(place.app_url, Settings())
        yield opened
        opened.dispose()


@pytest.mark.parametrize("broken", BROKEN)
def test_a_city_with_one_broken_row_is_refused_and_leaves_nothing(empty: db.Database, broken: str) -> None:
    with pytest.raises(GeoError) as refused, empty.transaction(SYSTEM) as tx:
        service.load(tx, BROKEN[broken](build.town()))
    assert refused.value.status in {409, 422}
    assert filled(empty) == []


def test_a_city_is_loaded_whole(town: Town) -> None:
    data = build.town()
    counts = {
        "unit": data.units, "cell_version": data.cells, "code_registry": data.cells,
        "road": data.roads, "place": gazetteer.names(data),
        "department": data.departments, "responder": data.responders,
        "patrol_route": data.routes, "category": data.categories, "incident": data.incidents,
        "placement": data.incidents, "placement_history": data.incidents, "thematic": data.thematic,
        "unit_shape": data.units,
    }  # fmt: skip
    found = {name: town.one(f"SELECT count(*) FROM {name}") for name in counts}
    assert found == {name: len(rows) for name, rows in counts.items()}


def test_a_city_is_loaded_once(town: Town) -> None:
    before = town.one("SELECT count(*) FROM fact")
    with pytest.raises(Conflict, match="already loaded"), town.database.transaction(SYSTEM) as tx:
        service.load(tx, build.town())
    assert town.one("SELECT count(*) FROM fact") == before


def test_two_who_load_the_same_city_at_once_load_it_once(database: db.Database) -> None:
    both = threading.Barrier(2)

    def load(_: int) -> str:
        with database.transaction(SYSTEM) as tx:
            both.wait(60)
            try:
                return service.load(tx, build.town()).code
            except Conflict:
                return "conflict"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(load, range(2))) == ["conflict", "town"]


def test_two_cities_in_different_frames_stand_side_by_side(town: Town) -> None:
    data = build.town()
    other = replace(data, info=replace(data.info, code="other", srid=4547))
    with town.database.transaction(SYSTEM) as tx:
        service.load(tx, other)
    assert sorted(town.all("SELECT DISTINCT ST_SRID(geometry) FROM cell_version")) == [4547, 4548]
