"""Candidates in 回天 and in Manhattan, against networkx over the same roads and the published speeds.

Incidents and responders stand beside roads all over the city, on the same road ahead of and behind each other, on
one-ways and on islands no road leads off. Each stands on a whole millimetre, so both sides see the same point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import Point

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.dispatch import service
from geo_app.organisation import service as organisation
from geo_app.responders import store
from geo_app.roads.model import Access, Mode, Ranking, Reach, Road
from tests import crowd
from tests.integration.conftest import Raw
from tests.property.roads import cities, oracle
from tests.sizes import size

K = 10
ON_ISLANDS = 6
ROADS = Raw("""
    SELECT source_id, from_node, to_node, road_class, name, oneway, ST_AsBinary(geometry) AS line, maxspeed,
      barred, private, both_ways
    FROM road WHERE city_id = %(city)s ORDER BY id""")
INCIDENT = Raw("""
    INSERT INTO incident (city_id, jurisdiction, category_id, channel, description, state, point, occurred_at,
                          respond_by, reported_at)
    SELECT c.id, c.jurisdiction, (SELECT min(id) FROM category WHERE city_id = c.id), 'web', 'x',
           'reported', %(point)s, now(), now() + interval '1 hour', now()
    FROM city c WHERE c.id = %(city)s
    RETURNING id""")


@pytest.mark.parametrize("name", ["huitian", "manhattan"])
def test_candidates_in_a_real_city_are_those_of_networkx(real_cities: db.Database, name: str) -> None:
    rng = np.random.default_rng(20260103)
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        city = organisation.city(tx, name)
        roads = [_road(row) for row in tx.all(ROADS, dict, city=city.id)]
        incidents, responders = _scene(roads, service.MODE, rng)
        ids = crowd.enlist(tx, city, responders)
        asked = [tx.value(INCIDENT, city=city.id, point=point) for point in crowd.lonlat(incidents, city)]
    places = {f"r{number}": point for number, point in enumerate(responders)}
    targets = {f"i{number}": point for number, point in enumerate(incidents)}
    truth = oracle.Oracle(roads, service.MODE, oracle.snapped(roads, service.MODE, places | targets))
    for incident_id, target in zip(asked, targets, strict=True):
        with real_cities.transaction(SYSTEM) as tx:
            found = service.candidates(tx, incident_id, K)
        assert not found.is_estimate
        reaches = [Reach(ids[one.responder.id], one.seconds, one.metres) for one in found.candidates]
        times = truth.times_to(target)
        unreachable = len(places) - sum(place in times for place in places)
        oracle.check_ranking(Ranking(tuple(reaches), unreachable, is_estimate=False), times, list(places), K)


def test_a_city_just_loaded_does_not_look_at_every_cell_for_everyone_who_can_be_sent(
    real_cities: db.Database,
) -> None:
    """The planner knows nothing yet of what was loaded; a statement must not need it to."""
    people = 300
    with real_cities.transaction(SYSTEM, patient=True) as tx:
        city = organisation.city(tx, "huitian")
        roads = [_road(row) for row in tx.all(ROADS, dict, city=city.id)]
        crowd.enlist(tx, city, cities.beside(roads, np.random.default_rng(20260122), people))
        explained = Raw("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + store.SQL.available.sql)
        now = clock.now()
        [told] = tx.value(
            explained, city_id=city.id, local_time=now.replace(tzinfo=None), today=now, skill=None
        )
    assert told["Plan"]["Actual Rows"] == people
    assert told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"] < 20 * people


def _scene(roads: Sequence[Road], mode: Mode, rng: np.random.Generator) -> tuple[list[Point], list[Point]]:
    """Return incidents and responders: a third of the incidents between two responders on one road."""
    count, crowd = size("ranked_incidents"), size("ranked_responders")
    pairs = {(road.from_node, road.to_node) for road in roads}
    oneways = [
        road
        for road in roads
        if oracle.oneway(road, mode)
        and (road.to_node, road.from_node) not in pairs
        and oracle.usable(road, mode)
    ]
    islands = _islands(roads, mode)
    assert len(oneways) > count
    between = [oneways[number] for number in rng.choice(len(oneways), count // 3, replace=False)]
    incidents = [_along(road, 0.5) for road in between]
    responders = [_along(road, share) for road in between for share in (0.25, 0.75)]
    chosen = rng.choice(len(islands), min(ON_ISLANDS, len(islands)), replace=False)
    responders += [_along(islands[number], 0.5) for number in chosen]
    incidents += [_along(islands[number], 0.3) for number in chosen[:2]]
    incidents += cities.beside(roads, rng, count - len(incidents))
    responders += cities.beside(roads, rng, crowd - len(responders))
    return [_on_millimetre(point) for point in incidents], [_on_millimetre(point) for point in responders]


def _islands(roads: Sequence[Road], mode: Mode) -> list[Road]:
    """Return the roads of all parts of the network but the largest."""
    graph: Any = nx.Graph()
    usable = [road for road in roads if oracle.usable(road, mode) is not None]
    graph.add_edges_from((road.from_node, road.to_node) for road in usable)
    largest = max(nx.connected_components(graph), key=len)
    return [road for road in usable if road.from_node not in largest]


def _along(road: Road, share: float) -> Point:
    return road.geometry.interpolate(share, normalized=True)


def _on_millimetre(point: Point) -> Point:
    return Point(round(point.x, 3), round(point.y, 3))


def _road(row: dict[str, Any]) -> Road:
    line = shapely.from_wkb(bytes(row.pop("line")))
    told = [frozenset(map(Mode, row.pop(name))) for name in ("barred", "private", "both_ways")]
    return Road(**row, geometry=line, access=Access(*told))
