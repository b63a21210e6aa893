"""A city that is hard to draw, on the corner of four tiles of every zoom: no gap, no overlap, the same in all tiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_app.cities import service as cities
from geo_app.cities.model import CellRow
from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.maps import service
from geo_app.maps.model import HALF, Address
from geo_app.maps.pyramid import LEVELS, ZOOMS
from geo_app.planning import bands
from grids import code
from grids.model import on_millimetres
from tests import build, rough
from tests.databases import Server
from tests.integration.conftest import Town

CORNER = np.array([[83.0, 31.0]]) * HALF / 128
"""A place in Web Mercator where four tiles meet in every zoom from 8 on."""
EXTENT, NEAR = 4096, 64
"""Units along a tile, and those beside it that neighbouring tiles must show alike."""
Tile = tuple[int, int]
Vertex = tuple[float, float]


@pytest.fixture(scope="module")
def rough_town(cluster: Server, migrated: str) -> Iterator[Town]:
    """The town with the cells of a rough city, and nothing else in it."""
    (middle,) = coords.convert(CORNER, coords.MERCATOR, build.TOWN_SRID)
    cells = tuple(_row(number, cell, middle) for number, cell in enumerate(rough.cells(7)))
    data = replace(
        build.town(), cells=cells, thematic=(), roads=(), places=(), responders=(), routes=(), incidents=()
    )
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM) as tx:
            city = cities.load(tx, data)
        yield Town(city, database, settings)
        database.dispose()


def _row(number: int, cell: shapely.Polygon, middle: np.ndarray) -> CellRow:
    """Return a cell of one of the three communities, which lie scattered."""
    community = build.COMMUNITIES[number % 3]
    there = shapely.transform(cell, lambda xy: on_millimetres(xy + np.round(middle)))
    return CellRow(code.build(community, number // 3 + 1), f"第{number + 1}网格", community, there)


def drawn(town: Town, layer: str, z: int) -> dict[Tile, dict[str, BaseGeometry]]:
    """Return the outlines in every tile around the city, by code, in units of the zoom from the corner of the world."""
    side = 2 * HALF / (1 << z)
    reach = int(1_100 / side) + 1
    middle_x, middle_y = round((CORNER[0, 0] + HALF) / side), round((HALF - CORNER[0, 1]) / side)
    found = {}
    with town.database.transaction(SYSTEM) as tx:
        for x in range(middle_x - reach, middle_x + reach):
            for y in range(middle_y - reach, middle_y + reach):
                body = service.tile(tx, town.city, Address(layer, z, x, y), clock.now())
                shown = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}).get(layer)
                found[x, y] = {
                    one["properties"]["code"]: _moved(shapely.geometry.shape(one["geometry"]), x, y)
                    for one in (shown["features"] if shown else ())
                }
    return found


def _moved(shape: BaseGeometry, x: int, y: int) -> BaseGeometry:
    found: BaseGeometry = shapely.transform(shape, lambda xy: xy + np.array([x, y]) * EXTENT)
    return found


def near(shape: BaseGeometry | None, tile: Tile) -> set[Vertex]:
    """Return the vertices of a shape in a tile or close beside it."""
    xy = shapely.get_coordinates(shape)
    inside = xy - np.array(tile) * EXTENT
    return set(map(tuple, xy[((inside >= -NEAR) & (inside <= EXTENT + NEAR)).all(axis=1)].tolist()))


@pytest.mark.parametrize("layer", LEVELS)
def test_what_is_hard_to_draw_is_whole_in_every_zoom(rough_town: Town, layer: str) -> None:
    """Neighbours have the same vertices, tiles show the same ones, and together they leave no hole."""
    for z in range(ZOOMS[layer][0], ZOOMS[layer][1] + 1):
        shown = drawn(rough_town, layer, z)
        known: dict[str, set[Vertex]] = {}
        pieces: list[BaseGeometry] = []
        for tile, shapes in shown.items():
            here = list(shapes.values())
            assert shapely.is_valid(here).all()
            assert shapely.coverage_is_valid(here)
            for name, shape in shapes.items():
                known.setdefault(name, set()).update(near(shape, tile))
            x, y = tile[0] * EXTENT, tile[1] * EXTENT
            pieces += shapely.intersection(here, shapely.box(x, y, x + EXTENT, y + EXTENT)).tolist()
        for tile, shapes in shown.items():
            box = np.array(tile) * EXTENT
            for name, vertices in known.items():
                expected = near(shapely.multipoints(list(vertices)), tile) if vertices else set()
                assert near(shapes.get(name), tile) == expected, (z, name, box)
        assert len(known) >= (2 if layer == "cells" else 1)
        union = shapely.union_all(pieces, grid_size=1e-6)
        assert sum(len(part.interiors) for part in shapely.get_parts(union)) == 0
        assert union.area == pytest.approx(shapely.area(pieces).sum(), rel=1e-9)


def test_a_crumb_is_seen_only_from_near_and_leaves_no_hole(rough_town: Town) -> None:
    """The smallest cells are a third of a metre wide: less than a tenth of a pixel in the first band of cells."""
    seen = {
        band.first: set(
            rough_town.all(
                "SELECT code FROM outline WHERE level = 'cell' AND band = %(band)s", band=band.first
            )
        )
        for band in bands.BANDS
        if band.base == bands.CELLS
    }
    assert seen[13] < seen[14] <= seen[15]
    assert len(seen[15]) < rough_town.one("SELECT count(*) FROM cell_version")
