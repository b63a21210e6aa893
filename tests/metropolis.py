"""A made-up city of 100,000 cells, 63 km wide, loaded as every city is; kept as a template, so that many may use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString

from geo_app.cities import service as cities
from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.cities.model import CellRow, CityData
from geo_app.core import db, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.organisation.model import City, Level, NewCity, NewDepartment, NewUnit
from geo_app.roads.model import Road
from grids import code
from grids.model import on_millimetres
from tests import tilings
from tests.databases import Place, Server, digest, work

CODE, SRID = "metropolis", 4548
COLUMNS, ROWS, SIDE = 400, 250, 158.0
"""Cells from west to east and from south to north, and metres along one, each of 48 vertices."""
SEED = 20261122
COMMUNITY, STREET, DISTRICT = (5, 5), (20, 25), (100, 125)
"""Cells a unit is wide and high: 25 cells in a community, 20 communities in a street, 25 streets in a district."""
MADE_OF = (
    "geo_app/migrations/**/*", "geo_app/planning/**/*", "geo_app/cities/service.py", "grids/**/*",
    "tests/metropolis.py", "tests/tilings.py",
)  # fmt: skip
"""Files that decide what stands in the database of such a city."""


def data() -> CityData:
    """Return the city: cells in three levels of units, and roads along the communities' borders."""
    whole = tilings.cells(COLUMNS, ROWS, extent=COLUMNS * SIDE, seed=SEED)
    cells = tuple(_cell(number, cell.geometry) for number, cell in enumerate(whole))
    return CityData(
        info=NewCity(
            CODE, "都会", "Metropolis", "990100", SRID, "Asia/Shanghai", "made for benches", True, "gb30428"
        ),
        units=_units(), cells=cells, thematic=(), roads=_roads(), places=(),
        departments=(NewDepartment("D1", "城管", "City order"),),
        responders=(), routes=(), categories=CATEGORIES, incidents=(),
    )  # fmt: skip


@contextmanager
def loaded() -> Iterator[db.Database]:
    """Give a database of one's own that holds this city; the first call on a machine loads it, which takes minutes."""
    with place() as found:
        database = opened(found)
        yield database
        database.dispose()


@contextmanager
def place() -> Iterator[Place]:
    """Give the addresses of such a database."""
    server = Server(work() / "database")
    try:
        with server.clone(server.template(CODE, digest(*MADE_OF), _fill)) as found:
            yield found
    finally:
        server.leave()


def opened(found: Place) -> db.Database:
    """Return a database seen by the application role; its settings are those of a server on it."""
    return db.Database(found.app_url, settings(found))


def settings(found: Place, folder: Path | None = None) -> Settings:
    """Return the settings of a server on a database; caches lie in `folder`, of the tests for None."""
    return Settings(work=str(folder or work()), database_url=found.owner_url, app_database_url=found.app_url)


def load(database: db.Database) -> City:
    """Load the city into a migrated database, as a kit is loaded."""
    with database.transaction(SYSTEM, patient=True) as tx:
        return cities.load(tx, data())


def _fill(found: Place) -> None:
    migrate.upgrade(found.owner_url, found.app_url)
    database = opened(found)
    load(database)
    database.dispose()


def _cell(number: int, geometry: shapely.Polygon) -> CellRow:
    row, column = divmod(number, COLUMNS)
    community = _code(column, row, COMMUNITY)
    place_in = row % COMMUNITY[1] * COMMUNITY[0] + column % COMMUNITY[0]
    return CellRow(code.build(community, place_in + 1), f"第{number + 1}网格", community, geometry)


def _code(column: int, row: int, size: tuple[int, int]) -> str:
    """Return the code of the unit of a size that holds a cell."""
    text = f"9901{_within(column, row, (COLUMNS, ROWS), DISTRICT):02d}"
    if size in (STREET, COMMUNITY):
        text += f"{_within(column, row, DISTRICT, STREET):03d}"
    return text + f"{_within(column, row, STREET, COMMUNITY):03d}" if size == COMMUNITY else text


def _within(column: int, row: int, outer: tuple[int, int], inner: tuple[int, int]) -> int:
    """Return which of the inner units, counted from 1 by rows, holds a cell in the outer one."""
    across = outer[0] // inner[0]
    return row % outer[1] // inner[1] * across + column % outer[0] // inner[0] + 1


def _units() -> tuple[NewUnit, ...]:
    levels = (
        (Level.DISTRICT, DISTRICT, "区"),
        (Level.STREET, STREET, "街道"),
        (Level.COMMUNITY, COMMUNITY, "社区"),
    )
    made, number = [], 0
    parent_size: tuple[int, int] | None = None
    for level, size, word in levels:
        for row in range(0, ROWS, size[1]):
            for column in range(0, COLUMNS, size[0]):
                number += 1
                parent = None if parent_size is None else _code(column, row, parent_size)
                made.append(NewUnit(level, _code(column, row, size), f"第{number}{word}", parent))
        parent_size = size
    return tuple(made)


def _roads() -> tuple[Road, ...]:
    """Return straight roads along the communities' borders, wider ones along the streets'."""
    columns, rows = COLUMNS // COMMUNITY[0], ROWS // COMMUNITY[1]
    ends = [((c, r), (c + 1, r)) for r in range(rows + 1) for c in range(columns)]
    ends += [((c, r), (c, r + 1)) for r in range(rows) for c in range(columns + 1)]
    step = np.array(COMMUNITY) * SIDE
    made = []
    for number, (a, b) in enumerate(ends, 1):
        is_main = a[1] % 5 == 0 if a[1] == b[1] else a[0] % 4 == 0
        name = f"纬{a[1]}路" if a[1] == b[1] else f"经{a[0]}路"
        line = LineString(on_millimetres(tilings.CORNER + np.array([a, b]) * step))
        kind = "primary" if is_main else "residential"
        made.append(Road(number, a[1] * 1000 + a[0], b[1] * 1000 + b[0], kind, name, 0, line))
    return tuple(made)
