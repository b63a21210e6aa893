"""Forbidden turns on networks small enough to know the answer by heart: roads of 100 m, driven."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely import LineString, Point

from geo_app.roads import kept, speeds
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import BrokenRoad, Mode, Restriction, Road, Route

MODES = frozenset({Mode.CAR})
NODES = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (200, 100), 7: (0, 900), 8: (9, 900)}
HUNDRED = 100 / (speeds.of(Mode.CAR, "residential") or 0) * 3.6


def road(number: int, start: int, end: int) -> Road:
    return Road(number, start, end, "residential", "", 0, LineString([NODES[start], NODES[end]]))


WEST, EAST, NORTH = road(0, 1, 2), road(1, 2, 3), road(2, 2, 4)
CROSSING = (WEST, EAST, NORTH)


def way(
    *restrictions: Restriction, roads: tuple[Road, ...] = CROSSING, mode: Mode = Mode.CAR
) -> Route | None:
    """Return the route from the middle of the western road to the middle of the northern one."""
    network = networks.build(roads)
    networks.check(network, restrictions)
    engine = NetworkEngine(kept.build(network, restrictions)[mode])
    return engine.route(Point(50, 0), Point(100, 50))


def no(*travels: int) -> Restriction:
    return Restriction(9, is_only=False, travels=travels, modes=MODES)


def only(*travels: int) -> Restriction:
    return Restriction(9, is_only=True, travels=travels, modes=MODES)


def seconds(found: Route | None) -> float:
    assert found is not None
    return found.seconds


def test_a_forbidden_turn_is_made_by_turning_round_further_on() -> None:
    assert seconds(way()) == pytest.approx(HUNDRED, abs=1e-5)
    assert seconds(way(no(0, 4))) == pytest.approx(3 * HUNDRED + speeds.U_TURNS[Mode.CAR], abs=1e-5)


def test_whoever_may_only_go_straight_on_turns_round_there() -> None:
    assert seconds(way(only(0, 2))) == pytest.approx(3 * HUNDRED + speeds.U_TURNS[Mode.CAR], abs=1e-5)


def test_two_turns_that_are_the_only_ones_are_both_allowed() -> None:
    assert seconds(way(only(0, 2), only(0, 4))) == pytest.approx(HUNDRED, abs=1e-5)


def test_where_turning_round_is_forbidden_too_nobody_arrives() -> None:
    assert way(no(0, 4), no(2, 3), only(0, 2)) is None


def test_turning_round_costs_the_same_wherever_it_is_done() -> None:
    short = LineString([(100, 0), (110, 0)])
    beyond = Road(2, 3, 6, "residential", "", 0, LineString([(110, 0), (110, 10)]))
    roads = (WEST, replace(EAST, geometry=short), NORTH, beyond, road(4, 7, 8))
    assert seconds(way(no(0, 4), roads=roads)) == pytest.approx(
        1.2 * HUNDRED + speeds.U_TURNS[Mode.CAR], abs=1e-5
    )


def test_going_round_the_block_is_better_than_turning_when_it_is_quicker() -> None:
    block = (*CROSSING, road(3, 3, 5), road(4, 5, 4))
    assert seconds(way(no(0, 4), roads=block)) == pytest.approx(
        min(3 * HUNDRED + speeds.U_TURNS[Mode.CAR], 4 * HUNDRED), abs=1e-5
    )


def test_a_restriction_over_a_road_between_holds_only_for_who_came_that_way() -> None:
    nodes = (WEST, EAST, road(2, 3, 5), NORTH)
    network = networks.build(nodes)
    engine = NetworkEngine(kept.build(network, [no(0, 2, 4)])[Mode.CAR])
    corner = Point(200, 50)
    assert seconds(engine.route(Point(100, 50), corner)) == pytest.approx(2 * HUNDRED, abs=1e-5)
    assert seconds(engine.route(Point(50, 0), corner)) > 2 * HUNDRED + speeds.U_TURNS[Mode.CAR]


def test_people_on_foot_turn_as_they_like() -> None:
    free = way(mode=Mode.WALK)
    held = Restriction(9, is_only=False, travels=(0, 4), modes=MODES)
    assert seconds(way(held, mode=Mode.WALK)) == seconds(free)


def test_without_restrictions_a_graph_has_no_state_but_its_junctions() -> None:
    grounds = kept.build(networks.build(CROSSING))
    assert {int(ground.graph.splits[-1]) for ground in grounds.values()} == {0}


@pytest.mark.parametrize("travels", [(0,), (0, 6), (0, 3), (-1, 0)])
def test_a_restriction_that_is_no_way_through_the_network_names_itself(travels: tuple[int, ...]) -> None:
    with pytest.raises(BrokenRoad, match="road 9: restriction must name"):
        way(no(*travels))
