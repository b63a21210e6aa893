"""Roads closed and slowed for a time: which engine answers when, and that nobody sees half of a change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
from shapely import LineString, Point

from geo_app.roads import kept
from geo_app.roads import network as networks
from geo_app.roads.engine import NetworkEngine
from geo_app.roads.model import Mode, Ranking, Road
from geo_app.roads.schedule import Rule, Schedule
from tests.sizes import size

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRIVEN = frozenset({Mode.CAR, Mode.EBIKE})


def road(number: int, *points: tuple[float, float]) -> Road:
    nodes = [int(x) * 100_000 + int(y) for x, y in (points[0], points[-1])]
    return Road(number, nodes[0], nodes[1], "residential", "", 0, LineString(points))


def engines(roads: list[Road]) -> dict[Mode, NetworkEngine]:
    return {mode: NetworkEngine(ground) for mode, ground in kept.build(networks.build(roads)).items()}


def rule(*edges: int, share: float | None = None, begins: datetime = NOON) -> Rule:
    return Rule(np.array(edges, dtype=np.int32), share, DRIVEN, begins, begins + HOUR)


STREETS = [
    road(1, (0, 0), (100, 0)),
    road(2, (0, 0), (0, 100), (100, 100), (100, 0)),
    road(3, (100, 0), (200, 0)),
]
HERE, THERE = Point(0, 0), Point(200, 0)


def metres(schedule: Schedule, mode: Mode, at: datetime) -> float | None:
    found = schedule.engine(mode, at).route(HERE, THERE)
    return None if found is None else round(found.metres, 6)


def test_a_closed_road_is_gone_round_from_its_first_moment_until_just_before_its_last() -> None:
    schedule = Schedule(engines(STREETS), [rule(0)])
    instant = timedelta(microseconds=1)
    assert [
        metres(schedule, Mode.CAR, at) for at in (NOON - instant, NOON, NOON + HOUR - instant, NOON + HOUR)
    ] == [200, 400, 400, 200]
    assert metres(schedule, Mode.WALK, NOON) == 200, "it is closed for who drives only"


def test_a_slow_road_takes_its_share_longer_and_is_gone_round_when_that_pays() -> None:
    usual = engines(STREETS)
    before = usual[Mode.CAR].route(HERE, THERE)
    half = Schedule(usual, [rule(0, share=0.5)]).engine(Mode.CAR, NOON).route(HERE, THERE)
    assert before is not None
    assert half is not None
    assert half.seconds * 2 == before.seconds * 3
    assert metres(Schedule(usual, [rule(0, share=0.2)]), Mode.CAR, NOON) == 400


def test_of_several_overrides_of_a_road_the_strictest_holds() -> None:
    schedule = Schedule(engines(STREETS), [rule(0, share=0.9), rule(0), rule(0, share=0.5)])
    assert metres(schedule, Mode.CAR, NOON) == 400


def test_with_all_roads_closed_nobody_is_reachable_and_that_is_told() -> None:
    engine = Schedule(engines(STREETS), [rule(0, 1, 2)]).engine(Mode.CAR, NOON)
    responders = np.array([[0.0, 0.0], [50.0, 0.0]])
    assert engine.nearest(THERE, responders, 5) == Ranking((), 2, is_estimate=False)
    assert engine.route(HERE, THERE) is None
    assert np.isinf(engine.travel_times(responders, responders)).all()


def test_a_place_on_a_closed_road_is_reached_on_foot_from_the_nearest_open_one() -> None:
    found = Schedule(engines(STREETS), [rule(0)]).engine(Mode.CAR, NOON).route(HERE, Point(60, 0))
    assert found is not None
    assert found.metres == 340, "300 round, then 40 on foot from the corner"


def test_who_asks_while_nothing_is_in_force_has_the_usual_engine_and_all_at_one_moment_the_same() -> None:
    usual = engines(STREETS)
    schedule = Schedule(usual, [rule(0)])
    assert schedule.engine(Mode.CAR, NOON - HOUR) is usual[Mode.CAR]
    assert schedule.engine(Mode.CAR, NOON) is schedule.engine(Mode.CAR, NOON + HOUR / 2)


def test_each_of_many_questions_at_once_sees_one_state_of_the_roads_and_never_a_mixture() -> None:
    """Each question is asked while the roads change; what it answers is what one of the states answers alone."""
    side = 12
    lines = [
        road(i * 100 + j, (i * 50, j * 50), (i * 50 + 50, j * 50)) for i in range(side) for j in range(side)
    ]
    lines += [
        road(5000 + i * 100 + j, (i * 50, j * 50), (i * 50, j * 50 + 50))
        for i in range(side)
        for j in range(side)
    ]
    rng = np.random.default_rng(7)
    usual = engines(lines)
    edges = [rng.choice(len(lines), len(lines) // 5, replace=False) for _ in range(3)]
    states = [
        Schedule(usual, [rule(*some.tolist(), share=share)])
        for some, share in zip(edges, (None, 0.3, None), strict=True)
    ]
    responders = rng.uniform(0, 50 * side, (60, 2))
    targets = [Point(*place) for place in rng.uniform(0, 50 * side, (40, 2))]

    def ask(schedule: Schedule, target: Point) -> object:
        engine = schedule.engine(Mode.CAR, NOON)
        ranking = engine.nearest(target, responders, 5)
        first = responders[ranking.reaches[0].index if ranking.reaches else 0]
        return ranking, engine.route(Point(*first), target, with_steps=True)

    alone = [[ask(schedule, target) for target in targets] for schedule in states]
    assert any(alone[0][number] != alone[1][number] for number in range(len(targets)))
    now = [states[0]]

    def change_and_ask(number: int) -> object:
        now[0] = states[number % len(states)]
        return ask(now[0], targets[number % len(targets)])

    numbers = range(size("road_questions"))
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(change_and_ask, numbers))
    for number, answer in zip(numbers, answers, strict=True):
        assert answer in [state[number % len(targets)] for state in alone]
