"""The base map and the places: tiles stay small however dense a city is, and what matters most is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient

from geo_app.app import create_app
from geo_app.cities import service as cities
from geo_app.core import coords, db
from geo_app.core.actor import SYSTEM
from geo_app.core.settings import Settings
from geo_app.maps.model import BASE, HALF, PLACE_KINDS, PLACES_ACROSS, edges, from_zoom
from geo_app.maps.pyramid import ZOOMS
from tests import build, people
from tests.databases import Server
from tests.integration.conftest import Town

EXTENT = 4096
LARGEST = 100_000
"""Bytes of a tile before it is packed."""
CORNER = "ST_Transform(ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), %(srid)s), 3857)"
WHERE = {"x": build.TOWN_CORNER[0], "y": build.TOWN_CORNER[1], "srid": build.TOWN_SRID}


def over(z: int) -> Iterator[tuple[int, int]]:
    """Yield column and row of every tile over the town."""
    x, y = build.TOWN_CORNER
    ((west, south), (east, north)) = coords.convert(
        np.array([(x, y), (x + 600, y + 400)]), build.TOWN_SRID, coords.MERCATOR
    )
    side = 2 * HALF / 2**z
    for column in range(int((west + HALF) / side), int((east + HALF) / side) + 1):
        for row in range(int((HALF - north) / side), int((HALF - south) / side) + 1):
            yield column, row


def fetch(client: FlaskClient, layer: str, z: int, x: int, y: int) -> tuple[int, dict[str, list[Any]]]:
    """Return the size of a tile, and its features by layer."""
    answer = client.get(f"/tiles/town/{layer}/{z}/{x}/{y}.mvt")
    if answer.status_code == 204:
        return 0, {}
    assert answer.status_code == 200
    decoded = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})
    return len(answer.data), {name: one["features"] for name, one in decoded.items()}


THINGS = f"""
WITH corner AS (SELECT {CORNER} AS at)
INSERT INTO thematic (city_id, theme, code, name, geometry, outline)
SELECT c.id, CASE WHEN n < 3000 THEN 'building' ELSE 'water' END, n::text, '楼' || n, ST_Transform(o.box, c.srid), o.box
FROM city c, generate_series(0, 3600) n, corner,
  LATERAL (SELECT ST_X(at) + 8 * (n %% 60) AS x, ST_Y(at) + 6 * (n / 60) AS y) p,
  LATERAL (SELECT ST_Segmentize(ST_MakeEnvelope(
    p.x, p.y, p.x + CASE n %% 60 WHEN 0 THEN 60 ELSE 5 END, p.y + 4, 3857), 2) AS box) o"""
ROADS = f"""
WITH corner AS (SELECT {CORNER} AS at)
INSERT INTO road (city_id, source_id, from_node, to_node, road_class, name, oneway, geometry, mercator)
SELECT c.id, 1000 + n, 2 * n, 2 * n + 1, CASE n %% 9 WHEN 0 THEN 'primary' ELSE 'footway' END, '第' || n || '号路', 0,
  ST_Transform(o.line, c.srid), o.line
FROM city c, generate_series(1, 3000) n, corner,
  LATERAL (SELECT ST_SetSRID(ST_MakeLine(ST_MakePoint(ST_X(at) + n %% 600, ST_Y(at) + n / 8),
    ST_MakePoint(ST_X(at) + (n * 7) %% 600, ST_Y(at) + (n * 11) %% 400)), 3857) AS line) o"""
PLACES = f"""
WITH corner AS (SELECT {CORNER} AS at)
INSERT INTO place (city_id, kind, name, aliases, point)
SELECT c.id, k.kind, k.kind || n, '{{}}', ST_Transform(ST_SetSRID(
  ST_MakePoint(ST_X(at) + (n * 13) %% 600, ST_Y(at) + (n * 7) %% 400), 3857), 4326)
FROM city c, generate_series(1, 3000) n, corner,
  LATERAL (SELECT (ARRAY['number', 'poi', 'building', 'community', 'region', 'road'])[1 + n %% 6] AS kind) k"""


@pytest.fixture(scope="module")
def dense(cluster: Server, migrated: str) -> Iterator[Town]:
    """The town with thousands of buildings, ponds, roads and places on its few streets."""
    with cluster.clone(migrated) as place:
        settings = Settings(database_url=place.owner_url, app_database_url=place.app_url)
        database = db.Database(place.app_url, settings)
        with database.transaction(SYSTEM) as tx:
            city = cities.load(tx, build.town())
        town = Town(city, database, settings)
        for statement in (THINGS, ROADS, PLACES):
            town.run(statement, **WHERE)
        yield town
        database.dispose()


@pytest.fixture(scope="module")
def client(dense: Town) -> FlaskClient:
    """A client of the web service on the dense town."""
    app = create_app(dense.settings, dense.database)
    app.extensions["feed"].stop()
    return people.everybody(app)


def test_a_dense_city_has_small_tiles_that_keep_what_matters(client: FlaskClient) -> None:
    first, last = ZOOMS["basemap"]
    left_out = False
    for z in range(first, last + 1):
        for x, y in over(z):
            size, layers = fetch(client, "basemap", z, x, y)
            assert size <= LARGEST, (z, x, y)
            classes = Counter(one["properties"]["road_class"] for one in layers.get("roads", []))
            themes = Counter(one["properties"]["theme"] for one in layers.get("ground", []))
            if z < 14:
                assert set(classes) <= {"primary", "secondary", "tertiary"}
                assert "building" not in themes
            elif sum(classes.values()) < 3000 and themes["building"] > 100:
                assert classes["primary"] > 100
                left_out = True
    assert left_out


def test_the_largest_buildings_are_drawn_first(client: FlaskClient) -> None:
    z = 14
    drawn = Counter[bool]()
    for x, y in over(z):
        for one in fetch(client, "basemap", z, x, y)[1].get("ground", []):
            if one["properties"]["theme"] == "building":
                west, _, east, _ = shapely.geometry.shape(one["geometry"]).bounds
                drawn[east - west > 50] += 1
    assert drawn[True] >= 50
    assert drawn[False] == 0, "a few pixels are nothing to see"


def test_a_building_is_no_theme_of_its_own(client: FlaskClient) -> None:
    (city,) = client.get("/api/cities").get_json()["items"]
    assert not {one["theme"] for one in city["themes"]} & set(BASE)
    for x, y in over(14):
        assert client.get(f"/tiles/town/thematic/14/{x}/{y}.mvt").status_code == 204


@pytest.mark.parametrize("z", range(ZOOMS["places"][0], ZOOMS["places"][1] + 1))
def test_each_square_shows_the_widest_of_its_places(dense: Town, client: FlaskClient, z: int) -> None:
    kinds, across = from_zoom(PLACE_KINDS, z), from_zoom(PLACES_ACROSS, z)
    rows = dense.all(
        "SELECT kind, name, ST_X(at), ST_Y(at) FROM (SELECT kind, name, ST_Transform(point, 3857) at FROM place) p"
    )
    for x, y in over(z):
        west, south, east, north = edges(z, x, y)
        best: dict[tuple[int, int], int] = {}
        for kind, _, px, py in rows:
            if kind in kinds and west <= px < east and south <= py < north:
                square = (
                    int((px - west) / (east - west) * across),
                    int((py - south) / (north - south) * across),
                )
                best[square] = min(best.get(square, len(kinds)), kinds.index(kind))
        size, layers = fetch(client, "places", z, x, y)
        assert size <= LARGEST
        said = [one["properties"] for one in layers.get("places", [])]
        assert all(set(one) == {"kind", "name"} for one in said)
        assert {one["name"] for one in said} <= {row[1] for row in rows}
        assert Counter(one["kind"] for one in said) == Counter(kinds[rank] for rank in best.values())
