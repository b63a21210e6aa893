"""A city where longitude turns over, and one on the equator: their roads are like those of any other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pyproj import Geod
from shapely import Point

from geo_app.core import coords
from geo_app.roads import drawing, kept, osm
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode

FIJI, JAVA, EAST = 3460, 32748, 0.002
"""Frames over longitude 180 and over the equator; degrees between two junctions."""


def wrapped(lon: float) -> float:
    return lon - 360.0 if lon > 180.0 else lon


@pytest.mark.parametrize(("srid", "lon", "lat"), [(FIJI, 180.0 - EAST, -17.0), (JAVA, 105.0, -0.001)])
def test_times_ways_and_areas_across_a_border_of_the_world_are_those_of_the_ground(
    srid: int, lon: float, lat: float
) -> None:
    places = [(wrapped(lon + number * EAST), lat + number * 0.0005) for number in range(4)]
    ways = [
        osm.Way(
            number,
            (number, number + 1),
            (places[number], places[number + 1]),
            "residential",
            f"路{number}",
            0,
        )
        for number in range(3)
    ]
    roads = drawing.of(osm.Content(ways=ways), srid).roads
    engine = NetworkEngine(kept.build(networks.build(roads))[Mode.CAR])
    ends = [coords.to_metric(Point(place), srid) for place in (places[0], places[-1])]
    route = engine.route(*ends, with_steps=True)
    assert route is not None
    ground = sum(Geod(ellps="WGS84").inv(*one, *other)[2] for one, other in pairwise(places))
    assert route.metres == pytest.approx(ground, rel=1e-3)
    assert [step.name for step in route.steps] == ["路0", "路1", "路2"]
    area = engine.isochrone(ends[0], route.seconds, is_inward=False).area
    assert area.is_valid
    assert area.covers(route.line)
    assert area.area < (ground + 60) * 60, "it is a band along the road, not half the earth"
