"""Whatever the seed, the demo city is whole, connected and staffed."""

from __future__ import annotations

from datetime import UTC, datetime

import networkx as nx
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from geo_app.cities import demo
from geo_app.cities.model import CityData
from geo_app.roads import graph as graphs
from geo_app.roads import network as networks
from geo_app.roads.model import Mode
from grids import code as codes
from grids import partition
from grids.model import Cell, Partition
from tests.sizes import size

UNTIL = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)


@settings(max_examples=size("demo_cities"))
@given(st.integers(0, 2**32))
def test_every_seed_gives_a_whole_city(seed: int) -> None:
    city = demo.generate(UNTIL, seed)
    cells = [Cell(row.code, row.name, row.community, row.geometry) for row in city.cells]
    assert partition.check(Partition.of(cells)) == ()
    assert 280 <= len(cells) <= 320
    assert min(cell.area for cell in cells) > 8000
    assert max(len(cell.geometry.interiors) for cell in cells) >= 1
    for cell in cells:
        assert codes.parent(cell.code) == cell.community
    communities = {cell.community for cell in cells}
    assert len(communities) == 24
    for community in communities:
        area = shapely.union_all([cell.geometry for cell in cells if cell.community == community])
        assert isinstance(area, Polygon)
    _assert_roads(city)
    _assert_people(city)


def _assert_roads(city: CityData) -> None:
    graph = nx.DiGraph()
    water = shapely.union_all([row.geometry for row in city.thematic if row.theme == "water"])
    spots: dict[int, tuple[float, ...]] = {}
    for road in city.roads:
        ends = (road.geometry.coords[0], road.geometry.coords[-1])
        assert ends == tuple(
            spots.setdefault(n, end) for n, end in zip((road.from_node, road.to_node), ends, strict=True)
        )
        if road.road_class != "footway":
            graph.add_edges_from([(road.from_node, road.to_node)] if road.oneway >= 0 else [])
            graph.add_edges_from([(road.to_node, road.from_node)] if road.oneway <= 0 else [])
        if road.geometry.intersects(water):
            assert road.road_class in {"trunk", "primary", "secondary", "footway"}
    assert len(max(nx.strongly_connected_components(graph), key=len)) >= 0.97 * len(graph)
    for mode in Mode:
        found = graphs.islands(graphs.build(networks.build(city.roads), mode))
        assert len(found.sizes) == 1, f"whoever goes by {mode} cannot get everywhere: {found.sizes}"


def _assert_people(city: CityData) -> None:
    assert len(city.responders) == 120
    covered = {code for responder in city.responders for code in responder.cells}
    assert covered == {cell.code for cell in city.cells}
    assert len(city.routes) == 12
    assert all(2000 <= route.geometry.length <= 4000 for route in city.routes)
    outline = shapely.union_all([cell.geometry for cell in city.cells])
    assert np.all(shapely.contains(outline, [incident.position for incident in city.incidents]))
