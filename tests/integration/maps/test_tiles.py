"""Tiles: every cell is in them, neighbours meet, each label stands once, and browsers ask again after a publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient

from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.maps.pyramid import LEVELS, ZOOMS
from geo_app.planning import service as planning
from geo_app.planning.bands import LABELS_FROM
from geo_app.planning.model import Draft
from grids.model import Partition
from tests import build
from tests.integration.conftest import Town

HALF = 20_037_508.342789244
"""Half the side of the Web Mercator square, metres."""
EXTENT = 4096
UNITS = [layer for layer in LEVELS if layer != "cells"]


def mercator(cells: list[Any]) -> np.ndarray:
    return coords.to_mercator(np.array([cell.geometry for cell in cells], dtype=object), build.TOWN_SRID)


OUTLINES = mercator(list(build.town().cells))
NAMES = {cell.code: cell.name for cell in build.town().cells}


def tiles(z: int) -> Iterator[tuple[int, int]]:
    """Yield column and row of every tile that holds some of the town, and of those around it."""
    west, south, east, north = shapely.total_bounds(OUTLINES)
    side = 2 * HALF / 2**z
    for x in range(int((west + HALF) / side) - 1, int((east + HALF) / side) + 2):
        for y in range(int((HALF - north) / side) - 1, int((HALF - south) / side) + 2):
            yield x, y


def in_tile(xy: np.ndarray, z: int, x: int, y: int) -> np.ndarray:
    """Return Web Mercator coordinates in the units of a tile, y downwards."""
    side = 2 * HALF / 2**z
    return np.column_stack([(xy[:, 0] + HALF) / side - x, (HALF - xy[:, 1]) / side - y]) * EXTENT


def fetch(client: FlaskClient, layer: str, z: int, x: int, y: int) -> dict[str, Any]:
    """Return the layers of a tile, y downwards."""
    answer = client.get(f"/tiles/town/{layer}/{z}/{x}/{y}.mvt")
    if answer.status_code == 204:
        assert answer.data == b""
        return {}
    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.mapbox-vector-tile")
    decoded: dict[str, Any] = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})
    assert {one["extent"] for one in decoded.values()} == {EXTENT}
    return decoded


def features(decoded: dict[str, Any], layer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.get(layer, {"features": []})["features"]
    return found


@pytest.mark.parametrize("z", range(ZOOMS["cells"][0], ZOOMS["cells"][1] + 1))
def test_every_cell_of_a_tile_is_in_it_under_its_name(still_client: FlaskClient, z: int) -> None:
    for x, y in tiles(z):
        found = features(fetch(still_client, "cells", z, x, y), "cells")
        corner = in_tile(shapely.get_coordinates(OUTLINES), z, x, y)
        assert len(corner)
        inside = set()
        for code, outline in zip(NAMES, OUTLINES, strict=True):
            drawn = shapely.Polygon(in_tile(shapely.get_coordinates(outline), z, x, y))
            if drawn.intersection(shapely.box(0, 0, EXTENT, EXTENT)).area > 4:
                inside.add(code)
        assert inside <= {one["properties"]["code"] for one in found}
        assert {tuple(one["properties"]) for one in found} <= {("code",)}, "a cell's name is in its label"


@pytest.mark.parametrize("layer", LEVELS)
def test_neighbours_meet_vertex_by_vertex_in_a_tile_and_across_tiles(
    still_client: FlaskClient, layer: str
) -> None:
    for z in range(ZOOMS[layer][0], ZOOMS[layer][1] + 1):
        drawn = {(x, y): outlines(fetch(still_client, layer, z, x, y), layer) for x, y in tiles(z)}
        known: dict[str, set[tuple[float, float]]] = {}
        for (x, y), shapes in drawn.items():
            assert shapely.is_valid(list(shapes.values())).all()
            assert shapely.coverage_is_valid(list(shapes.values()))
            for code, shape in shapes.items():
                known.setdefault(code, set()).update(vertices(shape, x, y))
        for (x, y), shapes in drawn.items():
            for code, places in known.items():
                here = {place for place in places if is_near(place, x, y)}
                assert here == (vertices(shapes[code], x, y) if code in shapes else set())


def outlines(decoded: dict[str, Any], layer: str) -> dict[str, Any]:
    """Return the outlines of a layer in a tile, by code."""
    return {
        one["properties"]["code"]: shapely.geometry.shape(one["geometry"]) for one in features(decoded, layer)
    }


def vertices(shape: Any, x: int, y: int) -> set[tuple[float, float]]:
    """Return the vertices of an outline, counted from the corner of the world, that are in a tile or near it."""
    places = shapely.get_coordinates(shape) + np.array([x * EXTENT, y * EXTENT])
    return {place for place in map(tuple, places.tolist()) if is_near(place, x, y)}


def is_near(place: tuple[float, float], x: int, y: int) -> bool:
    """Return whether a place, counted from the corner of the world, is in a tile or up to 64 units beside it."""
    return all(-64 <= one - corner * EXTENT <= EXTENT + 64 for one, corner in zip(place, (x, y), strict=True))


@pytest.mark.parametrize("layer", LEVELS)
def test_each_label_stands_once_in_each_zoom(still_client: FlaskClient, layer: str) -> None:
    expected = set(NAMES)
    if layer != "cells":
        expected = {unit.code for unit in build.TOWN_UNITS if unit.level == LEVELS[layer]}
    for z in range(LABELS_FROM.get(LEVELS[layer], ZOOMS[layer][0]), ZOOMS[layer][1] + 1):
        labels: Counter[str] = Counter()
        for x, y in tiles(z):
            found = features(fetch(still_client, layer, z, x, y), f"{layer}_label")
            labels.update(str(one["properties"]["code"]) for one in found)
        assert labels == Counter(expected), z


def test_a_label_on_the_corner_of_four_tiles_stands_once(town: Town, town_client: FlaskClient) -> None:
    """Rounding to tile units put a label near a border into both tiles."""
    z = 16
    side = 2 * HALF / 2**z
    for aside in (0.0, side / EXTENT / 4, -side / EXTENT / 4):
        x, y = list(tiles(z))[len(list(tiles(z))) // 2 + 2]
        town.run(
            "WITH gone AS (DELETE FROM outline WHERE level = 'cell' RETURNING city_id, band, code, name, valid)"
            " INSERT INTO outline (city_id, band, level, code, name, valid, shape, label, digest)"
            " SELECT city_id, band, 'cell', code, name, valid,"
            " ST_SetSRID(ST_MakeEnvelope(%(x)s - 50, %(y)s - 50, %(x)s + 50, %(y)s + 50), 3857),"
            " ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 3857), '' FROM gone",
            x=x * side - HALF + aside, y=HALF - y * side + aside,
        )  # fmt: skip
        labels: Counter[str] = Counter()
        for column, row in tiles(z):
            found = features(fetch(town_client, "cells", z, column, row), "cells_label")
            labels.update(str(one["properties"]["code"]) for one in found)
        assert labels == Counter(list(NAMES))


@pytest.mark.parametrize("layer", UNITS)
def test_units_are_drawn_under_their_names(still_client: FlaskClient, layer: str) -> None:
    expected = {(unit.code, unit.name) for unit in build.TOWN_UNITS if unit.level == LEVELS[layer]}
    z = ZOOMS[layer][1]
    found = [one for x, y in tiles(z) for one in features(fetch(still_client, layer, z, x, y), layer)]
    assert {(one["properties"]["code"], one["properties"]["name"]) for one in found} == expected


def test_the_basemap_draws_roads_and_water(still_client: FlaskClient) -> None:
    decoded = [fetch(still_client, "basemap", 16, x, y) for x, y in tiles(16)]
    roads = [one for tile in decoded for one in features(tile, "roads")]
    assert {one["properties"]["name"] for one in roads} == {"中山路"}
    water = [one for tile in decoded for one in features(tile, "ground")]
    assert {(one["properties"]["theme"], one["properties"]["name"]) for one in water} == {("water", "东湖")}


@pytest.mark.parametrize("layer", ZOOMS)
def test_a_tile_outside_the_pyramid_is_not_found(still_client: FlaskClient, layer: str) -> None:
    first, last = ZOOMS[layer]
    outside = [(first - 1, 0, 0), (last + 1, 0, 0), (first, 2**first, 0), (first, 0, 2**first), (99, 0, 0)]
    for z, x, y in outside:
        for headers in ({}, {"If-None-Match": "*"}):
            answer = still_client.get(f"/tiles/town/{layer}/{z}/{x}/{y}.mvt", headers=headers)
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert still_client.get(f"/tiles/town/nothing/{first}/0/0.mvt").status_code == 404
    assert still_client.get(f"/tiles/nowhere/{layer}/{first}/0/0.mvt").status_code == 404


@pytest.mark.parametrize("layer", ZOOMS)
def test_a_tile_where_nothing_lies_is_empty(still_client: FlaskClient, layer: str) -> None:
    answer = still_client.get(f"/tiles/town/{layer}/{ZOOMS[layer][0]}/0/0.mvt")
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_browser_keeps_its_tile_until_the_next_release(town: Town, town_client: FlaskClient) -> None:
    x, y = next(one for one in tiles(16) if fetch(town_client, "cells", 16, *one))
    path = f"/tiles/town/cells/16/{x}/{y}.mvt"
    first = town_client.get(path)
    stamp = first.headers["ETag"]
    kept = town_client.get(path, headers={"If-None-Match": stamp})
    assert (kept.status_code, kept.data, kept.headers["ETag"]) == (304, b"", stamp)
    assert first.headers["Cache-Control"] == "no-cache", "a browser asks each time"
    with town.database.transaction(SYSTEM) as tx:
        whole = planning.partition(tx, town.city, clock.now())
        base = planning.releases(tx, town.city)[0].id
        named = [replace(cell, name="新名") for cell in whole.cells.values()]
        draft = Draft(base, Partition.of(named), clock.now(), "names")
        planning.publish(tx, town.city, planning.prepare(tx, town.city, draft))
    fresh = town_client.get(path, headers={"If-None-Match": stamp})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] != stamp
    assert {
        one["properties"]["name"]
        for column, row in tiles(16)
        for one in features(fetch(town_client, "cells", 16, column, row), "cells_label")
    } == {"新名"}
