"""The demo city keeps its promises: whole cells, real roads, enough people, honest troubles."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import timedelta

import networkx as nx
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_app.cities import demo
from geo_app.cities.demo import units
from geo_app.cities.model import CityData, RoadRow
from geo_app.organisation.model import Level
from grids import code as codes
from grids import partition
from grids.model import Cell, Partition
from tests.unit.cities.moment import UNTIL


def water(city: CityData) -> BaseGeometry:
    return shapely.union_all([row.geometry for row in city.thematic if row.theme == "water"])


def is_for_cars(road: RoadRow) -> bool:
    return road.road_class != "footway"


def digest(city: CityData) -> str:
    text = hashlib.sha256()
    for rows in (getattr(city, name) for name in city.__slots__):
        for row in rows if isinstance(rows, tuple) else (rows,):
            fields = [getattr(row, name) for name in row.__slots__]
            text.update(repr([f.wkb if isinstance(f, BaseGeometry) else f for f in fields]).encode())
    return text.hexdigest()


def test_the_same_seed_gives_the_same_city_to_the_byte_also_in_another_process(city: CityData) -> None:
    program = (
        "from datetime import datetime, UTC; from tests.unit.cities.test_demo import digest, UNTIL;"
        "from geo_app.cities import demo; print(digest(demo.generate(UNTIL)))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == digest(city)


def test_only_the_incidents_depend_on_the_moment(city: CityData) -> None:
    later = demo.generate(UNTIL + timedelta(days=3))
    same = [name for name in city.__slots__ if getattr(city, name) == getattr(later, name)]
    assert set(city.__slots__) - set(same) == {"incidents"}


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        demo.generate(UNTIL.replace(tzinfo=None))


def test_the_cells_are_a_whole_partition(city: CityData) -> None:
    cells = [Cell(row.code, row.name, row.community, row.geometry) for row in city.cells]
    assert partition.check(Partition.of(cells)) == ()


def test_the_city_has_the_promised_numbers_of_things(city: CityData) -> None:
    assert Counter(unit.level for unit in city.units) == {
        Level.DISTRICT: 1,
        Level.STREET: 4,
        Level.COMMUNITY: 24,
    }
    assert 280 <= len(city.cells) <= 320
    assert 3000 <= len(city.places) <= 6000
    kinds = Counter(responder.kind for responder in city.responders)
    assert kinds == {"grid_worker": 80, "inspector": 12, "partner": 12, "department": 16}
    assert len(city.routes) == 12
    assert 900 <= len(city.incidents) <= 1200
    assert 6 <= len(city.departments) <= 8


def test_the_city_lies_where_its_frame_is_true(city: CityData, outline: BaseGeometry) -> None:
    west, south, east, north = outline.bounds
    to_lonlat = Transformer.from_crs(city.info.srid, 4326, always_xy=True)
    for x, y in ((west, south), (east, north)):
        lon, lat = to_lonlat.transform(x, y)
        assert 116.6 < lon < 117.4
        assert 39 < lat < 40


def test_no_cell_is_a_sliver(city: CityData) -> None:
    for cell in city.cells:
        shape = cell.geometry
        assert shape.area > 8000, cell.code
        assert 4 * np.pi * shape.area / shape.length**2 > 0.15, cell.code


def test_one_cell_lies_inside_another(city: CityData) -> None:
    holes = [Polygon(ring) for cell in city.cells for ring in cell.geometry.interiors]
    assert any(cell.geometry.equals(hole) for hole in holes for cell in city.cells)


def test_codes_say_where_a_cell_belongs_and_are_numbered_without_a_gap(city: CityData) -> None:
    communities = {unit.code: unit for unit in city.units if unit.level is Level.COMMUNITY}
    numbers = defaultdict(list)
    for cell in city.cells:
        assert codes.parent(cell.code) == cell.community
        assert communities[cell.community].parent == cell.community[:9]
        assert cell.name.startswith(communities[cell.community].name)
        numbers[cell.community].append(codes.sequence(cell.code))
    for found in numbers.values():
        assert found == list(range(1, len(found) + 1))
    assert all(unit.code.startswith(city.info.jurisdiction) for unit in city.units)


def test_cells_are_numbered_from_north_to_south_by_rows_and_west_to_east_in_a_row(city: CityData) -> None:
    for community in {cell.community for cell in city.cells}:
        cells = [cell for cell in city.cells if cell.community == community]
        middles = {cell.code: cell.geometry.representative_point() for cell in cells}
        left, expected = set(middles), []
        while left:
            top = max(middles[code].y for code in left)
            row = {code for code in left if middles[code].y > top - units.CELL_ROW}
            expected += sorted(row, key=lambda code: middles[code].x)
            left -= row
        assert [cell.code for cell in cells] == expected


def test_communities_and_streets_are_each_one_piece(city: CityData) -> None:
    for length in (12, 9):
        parts = defaultdict(list)
        for cell in city.cells:
            parts[cell.community[:length]].append(cell.geometry)
        for unit, shapes in parts.items():
            assert isinstance(shapely.union_all(shapes), Polygon), unit


def test_names_of_units_roads_people_and_estates_are_given_once(city: CityData) -> None:
    for names in (
        [unit.name for unit in city.units],
        [cell.name for cell in city.cells],
        [responder.name for responder in city.responders],
        [place.name for place in city.places],
    ):
        twice = [name for name, count in Counter(names).items() if count > 1]
        assert twice == []


def test_a_junction_has_one_place_and_a_place_one_junction(city: CityData) -> None:
    spots: dict[int, set[tuple[float, ...]]] = defaultdict(set)
    for road in city.roads:
        spots[road.from_node].add(road.geometry.coords[0])
        spots[road.to_node].add(road.geometry.coords[-1])
    assert all(len(found) == 1 for found in spots.values())
    assert len({next(iter(found)) for found in spots.values()}) == len(spots)
    assert len({road.source_id for road in city.roads}) == len(city.roads)


def test_everything_lies_on_the_millimetre_grid(city: CityData) -> None:
    rows = (*city.cells, *city.roads)
    points = [*city.places, *city.responders, *city.incidents]
    shapes = [row.geometry for row in rows] + [row.position for row in points]
    shapes += [row.geometry for row in city.thematic]
    coordinates = shapely.get_coordinates(shapes)
    assert np.abs(coordinates - np.round(coordinates, 3)).max() < 1e-6


def test_cars_can_drive_from_every_junction_to_every_other(city: CityData) -> None:
    graph = nx.DiGraph()
    for road in filter(is_for_cars, city.roads):
        if road.oneway >= 0:
            graph.add_edge(road.from_node, road.to_node)
        if road.oneway <= 0:
            graph.add_edge(road.to_node, road.from_node)
    main = max(nx.strongly_connected_components(graph), key=len)
    assert len(main) >= 0.97 * len(graph)
    assert any(road.oneway for road in city.roads)


def test_a_street_keeps_its_name_and_no_two_streets_share_one(city: CityData) -> None:
    graphs: dict[str, nx.Graph] = defaultdict(nx.Graph)
    for road in city.roads:
        if is_for_cars(road) and road.name:
            graphs[road.name].add_edge(road.from_node, road.to_node)
    broken = [name for name, graph in graphs.items() if not nx.is_connected(graph)]
    assert broken == []
    assert {road.road_class for road in city.roads if not road.name} == {"service"}


def test_cars_cross_water_only_on_bridges(city: CityData) -> None:
    bridges = shapely.union_all([place.position for place in city.places if place.name.endswith("桥")])
    wet = water(city)
    crossing = [road for road in city.roads if road.geometry.intersects(wet)]
    assert 8 <= len(crossing) <= 24
    for road in filter(is_for_cars, crossing):
        assert road.road_class in {"trunk", "primary", "secondary"}, road.name
        assert bridges.distance(shapely.intersection(road.geometry, wet)) < 20, road.name


def test_few_roads_cross_the_railway(city: CityData) -> None:
    railway = shapely.union_all([row.geometry for row in city.thematic if row.theme == "railway"])
    crossing = [road for road in city.roads if road.geometry.intersects(railway)]
    assert 4 <= len(crossing) <= 16
    assert {road.road_class for road in crossing} <= {"trunk", "primary", "secondary"}


def test_a_former_name_leads_to_one_place_and_nothing_bears_it_today(city: CityData) -> None:
    former = [name for place in city.places for name in place.former_names]
    assert len(former) >= 10
    assert len(set(former)) == len(former)
    assert not {name for place in city.places for name in (place.name, *place.aliases)} & set(former)


def test_places_lie_in_their_community_and_on_dry_land(city: CityData) -> None:
    areas = {
        unit.code: shapely.union_all([cell.geometry for cell in city.cells if cell.community == unit.code])
        for unit in city.units
        if unit.level is Level.COMMUNITY
    }
    wet = water(city)
    for place in city.places:
        if place.kind in {"number", "building"}:
            assert areas[str(place.community)].intersects(place.position), place
            assert not wet.intersects(place.position), place
    assert all(
        shapely.dwithin(areas[str(place.community)], place.position, 60)
        for place in city.places
        if place.kind == "compound"
    )


def test_house_numbers_rise_along_the_road_odd_on_one_side(city: CityData) -> None:
    lines = defaultdict(list)
    for road in city.roads:
        lines[road.name].append(road.geometry)
    straight = 0
    for name, line in (
        (name, shapely.line_merge(shapely.MultiLineString(parts))) for name, parts in lines.items()
    ):
        if line.geom_type != "LineString" or line.is_closed or not name:
            continue
        doors = [place for place in city.places if place.kind == "number" and place.road == name]
        for parity in (0, 1):
            side = [door for door in doors if int(str(door.number)[:-1]) % 2 == parity]
            side.sort(key=lambda door: int(str(door.number)[:-1]))
            far = [line.project(door.position) for door in side]
            assert far in (sorted(far), sorted(far, reverse=True)), name
            straight += len(far)
    assert straight > 1000
