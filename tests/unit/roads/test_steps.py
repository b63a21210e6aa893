"""Steps of a way: streets by name, turns by angle, turning round by the road itself."""

from __future__ import annotations

import pytest
from shapely import LineString, Point

from geo_app.roads import kept, speeds
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Restriction, Road, Route, Turn
from geo_app.roads.straight import StraightLine


def road(number: int, name: str, *points: tuple[float, float]) -> Road:
    nodes = [int(x) * 100_000 + int(y) for x, y in (points[0], points[-1])]
    return Road(number, nodes[0], nodes[1], "residential", name, 0, LineString(points))


def route(roads: list[Road], start: Point, target: Point, *limits: Restriction) -> Route:
    network = networks.build(roads)
    networks.check(network, limits)
    found = NetworkEngine(kept.build(network, limits)[Mode.CAR]).route(start, target, with_steps=True)
    assert found is not None
    return found


CROSS = [
    road(1, "长安街", (0, 0), (100, 0)), road(2, "长安街", (100, 0), (200, 0)),
    road(3, "北街", (100, 0), (100, 100)), road(4, "南街", (100, 0), (100, -100)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "target", "turns"),
    [
        (Point(10, 0), Point(90, 0), [(Turn.SET_OFF, "长安街")]),
        (Point(10, 0), Point(190, 0), [(Turn.SET_OFF, "长安街")]),
        (Point(10, 0), Point(100, 90), [(Turn.SET_OFF, "长安街"), (Turn.LEFT, "北街")]),
        (Point(10, 0), Point(100, -90), [(Turn.SET_OFF, "长安街"), (Turn.RIGHT, "南街")]),
        (Point(100, 90), Point(100, -90), [(Turn.SET_OFF, "北街"), (Turn.STRAIGHT, "南街")]),
    ],
)
def test_a_way_is_told_by_streets_and_turns(
    start: Point, target: Point, turns: list[tuple[Turn, str]]
) -> None:
    found = route(CROSS, start, target)
    assert [(step.turn, step.name) for step in found.steps] == turns
    assert sum(round(step.seconds * 1e6) for step in found.steps) == round(found.seconds * 1e6)
    assert sum(step.metres for step in found.steps) == pytest.approx(found.metres)


def test_the_way_on_foot_to_and_from_the_road_are_steps_of_their_own() -> None:
    found = route(CROSS, Point(10, 20), Point(60, -30))
    assert [(step.on_foot, step.turn, step.metres) for step in found.steps] == [
        (True, Turn.SET_OFF, pytest.approx(20)), (False, Turn.LEFT, pytest.approx(50)),
        (True, Turn.RIGHT, pytest.approx(30)),
    ]  # fmt: skip
    assert found.steps[0].seconds == pytest.approx(20 / speeds.WALKING * 3.6)


def test_a_street_that_bends_is_one_step_and_lanes_without_a_name_are_told_at_every_turn() -> None:
    bends = [road(1, "弯路", (0, 0), (100, 0)), road(2, "弯路", (100, 0), (100, 100))]
    assert len(route(bends, Point(0, 0), Point(100, 100)).steps) == 1
    lanes = [
        road(1, "", (0, 0), (100, 0)),
        road(2, "", (100, 0), (200, 10)),
        road(3, "", (200, 10), (200, 90)),
    ]
    found = route(lanes, Point(0, 0), Point(200, 90))
    assert [step.turn for step in found.steps] == [Turn.SET_OFF, Turn.LEFT]


def test_a_kink_at_a_junction_does_not_make_a_turn() -> None:
    kinked = [road(1, "东路", (0, 0), (100, 0)), road(2, "西路", (100, 0), (100, 1), (200, 1))]
    assert route(kinked, Point(0, 0), Point(200, 1)).steps[1].turn is Turn.STRAIGHT


def test_turning_round_is_a_step_with_its_cost_even_on_the_same_street() -> None:
    no_left = Restriction(9, is_only=False, travels=(0, 4), modes=frozenset({Mode.CAR}))
    found = route(CROSS[:3], Point(90, 0), Point(100, 10), no_left)
    assert [(step.turn, step.name) for step in found.steps] == [
        (Turn.SET_OFF, "长安街"), (Turn.BACK, "长安街"), (Turn.RIGHT, "北街"),
    ]  # fmt: skip
    back = found.steps[1]
    driven = back.metres / (speeds.of(Mode.CAR, "residential") or 0) * 3.6
    assert back.seconds == pytest.approx(driven + speeds.U_TURNS[Mode.CAR], abs=1e-5)


def test_a_way_of_no_length_has_one_step_and_a_guess_too() -> None:
    here = route(CROSS, Point(50, 0), Point(50, 0))
    assert [(step.turn, step.seconds) for step in here.steps] == [(Turn.SET_OFF, 0)]
    guess = StraightLine(Mode.WALK).route(Point(0, 0), Point(3, 4), with_steps=True)
    assert guess is not None
    assert [(step.metres, step.seconds) for step in guess.steps] == [(guess.metres, guess.seconds)]
