"""A city's own themes are tiles of their own: their outlines once, a name for each thing, nothing of the base map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient

from geo_app.core import clock, coords, db
from geo_app.core.actor import SYSTEM
from geo_app.maps import service as maps
from geo_app.maps.model import Address
from geo_app.maps.pyramid import ZOOMS
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning
from geo_app.planning.model import Thematic
from tests import build
from tests.integration.conftest import Raw, Town

HALF = 20_037_508.342789244
"""Half the side of the Web Mercator square, metres."""
EXTENT = 4096
FIRST, LAST = ZOOMS["thematic"]


def decode(body: bytes) -> dict[str, Any]:
    decoded: dict[str, Any] = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return decoded


def features(decoded: dict[str, Any], layer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded.get(layer, {"features": []})["features"]
    return found


def over(box: tuple[float, ...], z: int) -> Iterator[tuple[int, int]]:
    """Yield column and row of every tile over a box in Web Mercator."""
    west, south, east, north = box
    side = 2 * HALF / 2**z
    for x in range(int((west + HALF) / side), int((east + HALF) / side) + 1):
        for y in range(int((HALF - north) / side), int((HALF - south) / side) + 1):
            yield x, y


def on_ground(geometry: Any, z: int, x: int, y: int) -> Any:
    """Return a geometry of a tile in Web Mercator."""
    unit = 2 * HALF / 2**z / EXTENT
    corner = np.array([x * EXTENT * unit - HALF, HALF - y * EXTENT * unit])
    return shapely.transform(shapely.geometry.shape(geometry), lambda xy: corner + xy * [unit, -unit])


def place(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box of the town in its metric frame, metres from its corner."""
    x, y = build.TOWN_CORNER
    return shapely.box(x + west, y + south, x + east, y + north)


AREAS = (
    Thematic("precinct", "1", "一警区", place(0, 0, 300, 400)),
    Thematic("precinct", "2", "二警区", place(300, 0, 600, 400)),
    Thematic("fire_area", "F1", "消防一站", place(100, 100, 500, 300)),
    Thematic("green", "L9", "小公园", place(200, 200, 250, 250)),
)


@pytest.fixture
def themed(town: Town) -> Town:
    """The town with two precincts side by side and a fire area across them."""
    with town.database.transaction(SYSTEM) as tx:
        planning.add_thematic(tx, town.city, AREAS)
    return town


def test_a_city_names_the_themes_it_has_beside_its_base_map(themed: Town, town_client: FlaskClient) -> None:
    (city,) = town_client.get("/api/cities").get_json()["items"]
    assert city["themes"] == [{"theme": "fire_area", "things": 1}, {"theme": "precinct", "things": 2}]


def test_a_city_without_themes_names_none(still_client: FlaskClient) -> None:
    (city,) = still_client.get("/api/cities").get_json()["items"]
    assert city["themes"] == []


@pytest.mark.parametrize("z", range(FIRST, LAST + 1))
def test_a_shared_border_is_one_line_and_each_thing_has_one_name(
    themed: Town, town_client: FlaskClient, z: int
) -> None:
    outlines = coords.to_mercator(np.array([area.geometry for area in AREAS[:3]]), build.TOWN_SRID)
    expected = {
        "precinct": shapely.union_all(shapely.boundary(outlines[:2])),
        "fire_area": shapely.boundary(outlines[2]),
    }
    lines: dict[str, list[Any]] = {"precinct": [], "fire_area": []}
    labels: Counter[tuple[str, str, str]] = Counter()
    unit = 2 * HALF / 2**z / EXTENT
    for x, y in over(tuple(shapely.total_bounds(outlines)), z):
        decoded = decode(town_client.get(f"/tiles/town/thematic/{z}/{x}/{y}.mvt").data)
        tile = shapely.box(
            x * EXTENT * unit - HALF, HALF - (y + 1) * EXTENT * unit,
            (x + 1) * EXTENT * unit - HALF, HALF - y * EXTENT * unit,
        )  # fmt: skip
        for one in features(decoded, "thematic"):
            drawn = on_ground(one["geometry"], z, x, y)
            lines[one["properties"]["theme"]].append(drawn.intersection(tile))
        for one in features(decoded, "thematic_label"):
            said = one["properties"]
            labels[said["theme"], said["code"], said["name"]] += 1
    assert labels == Counter({(area.theme, area.code, area.name): 1 for area in AREAS[:3]})
    for theme, wanted in expected.items():
        drawn = shapely.union_all(lines[theme])
        assert shapely.hausdorff_distance(drawn, wanted) < 3 * unit
        assert sum(line.length for line in lines[theme]) == pytest.approx(wanted.length, abs=40 * unit)


def wave(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the points of a winding line between two places of the town, metres from its corner."""
    along = np.linspace(0, 1, 400)
    (x0, y0), (x1, y1) = start, end
    aside = 12 * np.sin(40 * along) * np.sin(np.pi * along)
    return [(x0 + t * (x1 - x0) + d, y0 + t * (y1 - y0) + d) for t, d in zip(along, aside, strict=True)]


@pytest.mark.parametrize("z", range(FIRST, LAST + 1))
def test_neighbours_never_part_however_simple_their_border_becomes(
    town: Town, town_client: FlaskClient, z: int
) -> None:
    """Three areas meet in one point; their borders wind, so that each zoom draws other vertices."""
    middle, ends = (310.0, 190.0), [(20.0, 30.0), (580.0, 60.0), (300.0, 380.0)]
    arms = [wave(middle, end) for end in ends]
    sides = [wave(ends[n], ends[(n + 1) % 3]) for n in range(3)]
    x, y = build.TOWN_CORNER
    areas = [
        Thematic("precinct", str(n), f"{n}区", shapely.affinity.translate(
            shapely.Polygon([*arms[n], *sides[n][1:], *arms[(n + 1) % 3][-2::-1]]), x, y))
        for n in range(3)
    ]  # fmt: skip
    assert shapely.coverage_is_valid([area.geometry for area in areas])
    with town.database.transaction(SYSTEM) as tx:
        planning.add_thematic(tx, town.city, areas)
    lines = town.all("SELECT line FROM thematic_line WHERE zoom = %(z)s", z=z)
    faces = shapely.get_parts(shapely.polygonize(lines))
    assert len(lines) == 6, "a border is kept once"
    assert len(faces) == 3, "no gap between them, and none of them is lost"
    assert sum(shapely.get_num_coordinates(lines)) < 6 * 400 / 4
    unit = 2 * HALF / 2**z / EXTENT
    wanted = coords.to_mercator(np.array([area.geometry for area in areas]), build.TOWN_SRID)
    borders = shapely.union_all(shapely.boundary(wanted))
    assert shapely.hausdorff_distance(shapely.union_all(lines), borders) < 3 * unit
    for column, row in over(tuple(shapely.total_bounds(wanted)), z):
        drawn = features(
            decode(town_client.get(f"/tiles/town/thematic/{z}/{column}/{row}.mvt").data), "thematic"
        )
        for one in drawn:
            shape = on_ground(one["geometry"], z, column, row)
            assert shapely.within(shape, shapely.buffer(borders, 4 * unit))


CITIES = {"huitian": {"street": 7, "town": 331}, "manhattan": {"community_district": 12, "fire_company": 343}}


@pytest.mark.parametrize("name", CITIES)
def test_every_thing_of_a_real_city_has_its_name_once(real_cities: db.Database, name: str) -> None:
    z = 12
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, name)
        assert {one.theme: one.things for one in maps.themes(tx, city)} == CITIES[name]
        box = tx.first(Raw(BOX), lambda row: tuple(row.values()), city_id=city.id)
        rows = tx.all(Raw(NAMES), lambda row: tuple(row.values()), city_id=city.id)
        labels: Counter[tuple[str, str, str]] = Counter()
        for x, y in over(box, z):
            decoded = decode(maps.tile(tx, city, Address("thematic", z, x, y), clock.now()))
            assert {one["properties"]["theme"] for one in features(decoded, "thematic")} <= set(CITIES[name])
            for one in features(decoded, "thematic_label"):
                said = one["properties"]
                labels[said["theme"], said["code"], said["name"]] += 1
    assert labels == Counter(rows)


@pytest.mark.parametrize("name", CITIES)
def test_the_outlines_of_a_real_city_lie_where_its_shapes_do(real_cities: db.Database, name: str) -> None:
    """Asked for in the middle of the city, where its cells are."""
    z = 13
    unit = 2 * HALF / 2**z / EXTENT
    with real_cities.transaction(SYSTEM) as tx:
        city = organisation.city(tx, name)
        bounds = planning.bounds(tx, city, clock.now())
        assert bounds is not None
        middle = coords.convert(np.array([bounds.centroid.coords[0]]), coords.WGS84, coords.MERCATOR)[0]
        ((x, y),) = over((*middle, *middle), z)
        decoded = decode(maps.tile(tx, city, Address("thematic", z, x, y), clock.now()))
        for theme in CITIES[name]:
            drawn = [one for one in features(decoded, "thematic") if one["properties"]["theme"] == theme]
            shapes = tx.all(Raw(OUTLINES), lambda row: row["outline"], city_id=city.id, theme=theme)
            box = shapely.buffer(
                shapely.Point((x + 0.5) * EXTENT, (y + 0.5) * EXTENT), 2047, cap_style="square"
            )
            tile = shapely.transform(
                box, lambda xy: np.column_stack([xy[:, 0] * unit - HALF, HALF - xy[:, 1] * unit])
            )
            wanted = shapely.union_all(shapely.boundary(np.array(shapes, dtype=object))).intersection(tile)
            if wanted.is_empty:
                continue
            (one,) = drawn
            lines = on_ground(one["geometry"], z, x, y)
            assert shapely.within(wanted, shapely.buffer(lines, 3 * unit))
            assert shapely.within(lines.intersection(tile), shapely.buffer(wanted, 3 * unit))


BOX = """
SELECT ST_XMin(b) AS w, ST_YMin(b) AS s, ST_XMax(b) AS e, ST_YMax(b) AS n
FROM (SELECT ST_Extent(outline) AS b FROM thematic WHERE city_id = %(city_id)s) x
"""
NAMES = "SELECT theme, code, name FROM thematic WHERE city_id = %(city_id)s"
OUTLINES = "SELECT outline FROM thematic WHERE city_id = %(city_id)s AND theme = %(theme)s"
