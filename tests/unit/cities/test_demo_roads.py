"""From everywhere in the demo city somebody who is sent can get everywhere, however they travel."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import shapely
from shapely import LineString

from geo_app.cities.demo import network
from geo_app.cities.demo.network import Stretch
from geo_app.cities.demo.streets import Way
from geo_app.cities.model import CityData
from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode
from geo_app.roads.nearest import Ground


@pytest.fixture(scope="module")
def grounds(city: CityData) -> Mapping[Mode, Ground]:
    """The roads of the city, made ready for every mode."""
    return kept.build(networks.build(city.roads))


@pytest.mark.parametrize("mode", Mode)
def test_every_responder_can_get_to_every_address(
    city: CityData, grounds: Mapping[Mode, Ground], mode: Mode
) -> None:
    engine = NetworkEngine(grounds[mode])
    people = shapely.get_coordinates([one.position for one in city.responders])
    stranded = {
        place.name: found.unreachable
        for place in city.places
        if (found := engine.nearest(place.position, people, len(people))).unreachable
    }
    assert stranded == {}


def test_nothing_has_its_address_on_the_expressway(city: CityData) -> None:
    expressways = {road.name for road in city.roads if road.road_class == "trunk"}
    assert expressways
    assert not [place.name for place in city.places if place.kind == "number" and place.road in expressways]


def drawn(key: str, road_class: str, *spots: tuple[float, float], oneway: int = 0) -> Way:
    return Way(key, road_class, LineString(spots), oneway)


def classes(stretches: list[Stretch]) -> dict[str, list[str]]:
    """Return the classes of each street, in order of place."""
    found: dict[str, list[str]] = {}
    for one in sorted(stretches, key=lambda stretch: min(stretch.ends)):
        found.setdefault(one.key, []).append(one.road_class)
    return found


EXPRESSWAY = drawn("ring", "trunk", (0, 0), (1000, 0))
STREETS = (drawn("w", "tertiary", (100, -200), (100, 200)), drawn("e", "tertiary", (900, -200), (900, 200)),
           drawn("n", "tertiary", (100, 200), (900, 200)))  # fmt: skip


def test_a_lane_that_hangs_on_the_expressway_alone_is_reached_along_an_avenue() -> None:
    lane = drawn("lane", "residential", (300, 0), (300, -100))
    built = network.build([EXPRESSWAY, *STREETS, lane])
    assert classes(built)["ring"] == ["trunk", "primary", "primary", "trunk"]
    assert network.cut_off(one for one in built if one.is_for_bicycles) == set()


def test_where_no_lane_opens_onto_it_an_expressway_stays_one() -> None:
    built = network.build([EXPRESSWAY, *STREETS])
    assert set(classes(built)["ring"]) == {"trunk"}


def test_a_one_way_that_only_the_expressway_completes_can_be_ridden_both_ways_round() -> None:
    there = drawn("there", "tertiary", (500, 200), (500, 0), oneway=1)
    lane = drawn("lane", "residential", (500, 0), (500, -100))
    built = network.build([EXPRESSWAY, *STREETS, there, lane])
    assert network.cut_off(one for one in built if one.is_for_bicycles) == set()
    assert network.cut_off(one for one in built if one.is_for_cars) == set()
    assert {one.oneway for one in built if one.key == "there"} <= {-1, 1}
