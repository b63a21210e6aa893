"""Tracks on little networks, where everybody sees which roads were travelled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString

from geo_app.roads import kept, match, network, overrides
from geo_app.roads.fixes import BrokenFix, Fixes
from geo_app.roads.match import Field, Matcher
from geo_app.roads.matched import Matched, Why, joined
from geo_app.roads.model import Mode, Road
from geo_app.roads.nearest import Ground

ROWS = ["travels", "run", "enter", "leave", "begins", "ends", "confidence"]
CORNERS = [(0, 0), (300, 0), (600, 0), (900, 0), (300, 300), (600, 300)]
"""A street from 0 to 3, and a street beside it by 4 and 5, 300 m north."""
STREETS = [(0, 1), (1, 2), (2, 3), (1, 4), (4, 5), (5, 2)]


def ground(ends: list[tuple[int, int]] = STREETS, oneway: int = 0) -> Ground:
    roads = [
        Road(number, start, end, "residential", "", oneway, LineString([CORNERS[start], CORNERS[end]]))
        for number, (start, end) in enumerate(ends)
    ]
    return kept.build(network.build(roads))[Mode.CAR]


@pytest.fixture(scope="module")
def field() -> Field:
    return match.prepare(ground())


def walked(*places: tuple[float, float], speed: float = 10.0, beside: float = 3.0) -> Fixes:
    """Return a fix a second of somebody who goes from place to place, a little beside the line."""
    corners = np.array(places, dtype=np.float64)
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    time = np.arange(0.0, metres[-1] / speed + 1.0)
    xy = np.column_stack([np.interp(time * speed, metres, corners[:, axis]) for axis in (0, 1)])
    return Fixes(xy + beside, time)


def same(one: Matched, other: Matched) -> None:
    assert one.gaps == other.gaps
    for name in ROWS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_drive_gives_its_edges_in_order_with_times_that_follow_each_other(field: Field) -> None:
    found = match.match(field, walked((50, 0), (300, 0), (300, 300), (600, 300), (600, 100)))
    assert found.travels.tolist() == [0, 6, 8, 10]
    assert found.gaps == ()
    assert found.run.tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(found.enter, [0, 25, 55, 85], atol=2.0)
    np.testing.assert_array_equal(found.enter[1:], found.leave[:-1])
    np.testing.assert_allclose(found.begins, [53, 0, 0, 0], atol=1.0)
    np.testing.assert_allclose(found.ends, [300, 300, 300, 197], atol=13.0)
    assert (found.confidence > 0.8).all()
    assert found.line(ground().network).length == pytest.approx(250 + 300 + 300 + 200, abs=20)


def test_the_other_way_travels_are_those_against_their_edges(field: Field) -> None:
    found = match.match(field, walked((600, 100), (600, 300), (300, 300), (300, 0), (50, 0)))
    assert found.travels.tolist() == [11, 9, 7, 1]


def test_a_turn_back_on_the_way_is_told_twice_and_only_as_far_as_it_went(field: Field) -> None:
    found = match.match(field, walked((50, 0), (450, 0), (50, 0)))
    assert found.travels.tolist() == [0, 2, 3, 1]
    assert found.ends[1] == pytest.approx(150, abs=15)
    assert found.begins[2] == pytest.approx(150, abs=15)
    assert found.run.tolist() == [1, 1, 1, 1]


def test_who_stands_is_on_the_road_until_he_goes(field: Field) -> None:
    there, on = walked((50, 0), (150, 0)), walked((150, 0), (250, 0))
    stands = 10.0 + np.arange(1.0, 600.0)
    drift = 4 * np.column_stack([np.sin(stands), np.cos(stands)])
    fixes = Fixes(
        np.concatenate([there.xy, np.array([153.0, 3.0]) + drift, on.xy]),
        np.concatenate([there.time, stands, on.time + 611]),
    )
    found = match.match(field, fixes)
    assert found.travels.tolist() == [0]
    assert (found.enter[0], found.leave[0]) == (0.0, 621.0)


def test_a_lone_fix_far_off_makes_no_detour(field: Field) -> None:
    fixes = walked((50, 0), (850, 0))
    fixes.xy[40] += (0, 280)
    assert match.match(field, fixes).travels.tolist() == [0, 2, 4]


def test_a_stretch_off_the_roads_is_a_gap_with_its_moments(field: Field) -> None:
    found = match.match(field, walked((50, 0), (440, 0), (440, 150), (500, 150), (500, 0), (850, 0)))
    assert [gap.why for gap in found.gaps] == [Why.NO_ROAD]
    assert found.gaps[0].begins == pytest.approx(42, abs=4)
    assert found.gaps[0].ends == pytest.approx(70, abs=8)
    assert sorted(set(found.run.tolist())) == [1, 2]


def test_fixes_far_from_any_road_are_one_gap(field: Field) -> None:
    found = match.match(field, walked((50, 5000), (450, 5000)))
    assert not len(found.edge)
    assert [(gap.begins, gap.ends, gap.why) for gap in found.gaps] == [(0.0, 40.0, Why.NO_ROAD)]
    assert found.line(ground().network).is_empty


def test_sparse_fixes_are_joined_by_the_short_way(field: Field) -> None:
    fixes = walked((50, 0), (300, 0), (300, 300), (600, 300), (600, 100))
    few = Fixes(fixes.xy[::20], fixes.time[::20])
    assert match.match(field, few).travels.tolist() == [0, 6, 8, 10]


def test_a_one_way_street_is_not_travelled_against() -> None:
    found = match.match(match.prepare(ground(oneway=1)), walked((850, 0), (50, 0)))
    assert not (found.travels & 1).any()


def test_no_fix_no_answer(field: Field) -> None:
    found = match.match(field, Fixes(np.zeros((0, 2)), np.zeros(0)))
    assert (len(found.edge), found.gaps) == (0, ())


def test_one_fix_is_at_its_place(field: Field) -> None:
    found = match.match(field, Fixes(np.array([[100.0, 4.0]]), np.array([7.0])))
    assert found.edge.tolist() == [0]
    assert (found.enter[0], found.leave[0], found.begins[0], found.ends[0]) == (7.0, 7.0, 100.0, 100.0)


def test_fixes_at_one_place_at_one_moment_are_one(field: Field) -> None:
    found = match.match(field, Fixes(np.tile([100.0, 4.0], (50, 1)), np.full(50, 7.0)))
    assert found.edge.tolist() == [0]
    assert (found.enter[0], found.leave[0]) == (7.0, 7.0)


def test_fixes_told_twice_change_nothing(field: Field) -> None:
    fixes = walked((50, 0), (300, 0), (300, 250))
    twice = Fixes(np.repeat(fixes.xy, 2, axis=0), np.repeat(fixes.time, 2))
    same(match.match(field, fixes), match.match(field, twice))


def test_one_road_is_a_network_too() -> None:
    found = match.match(match.prepare(ground([(0, 1)])), walked((50, 0), (250, 0)))
    assert found.travels.tolist() == [0]


def test_where_all_roads_are_closed_there_is_only_a_gap() -> None:
    open_ground = ground()
    closed = replace(open_ground, graph=overrides.apply(open_ground.graph, np.zeros(len(STREETS))))
    found = match.match(match.prepare(closed), walked((50, 0), (250, 0)))
    assert not len(found.edge)
    assert [gap.why for gap in found.gaps] == [Why.NO_ROAD]


@pytest.mark.parametrize(
    ("xy", "time", "field_name", "index"),
    [
        ([[0, 0], [np.nan, 0]], [0, 1], "place", 1),
        ([[0, 0], [1, np.inf]], [0, 1], "place", 1),
        ([[0, 0], [1, 0], [2, 0]], [0, 5, 4], "time", 2),
        ([[0, 0], [1, 0]], [0, np.nan], "time", 1),
        ([[0, 0], [1, 0]], [0], "time", 1),
    ],
)
def test_a_broken_fix_is_named(
    field: Field, xy: list[list[float]], time: list[float], field_name: str, index: int
) -> None:
    with pytest.raises(BrokenFix) as raised:
        match.match(field, Fixes(np.array(xy, dtype=np.float64), np.array(time, dtype=np.float64)))
    assert (raised.value.index, raised.value.field) == (index, field_name)


def test_a_fix_before_the_last_one_fed_is_named_by_its_number_in_the_track(field: Field) -> None:
    matcher = Matcher(field)
    matcher.feed(walked((50, 0), (150, 0)))
    with pytest.raises(BrokenFix, match="fix 11: time"):
        matcher.feed(Fixes(np.array([[150.0, 0.0]]), np.array([3.0])))


@pytest.mark.parametrize("size", [1, 7, 300])
def test_a_stream_gives_what_the_whole_track_gives(field: Field, size: int) -> None:
    rounds = [(50, 0), (850, 0), (600, 0), (600, 300), (300, 300), (300, 0)] * 4
    fixes = walked(*rounds, speed=13.0)
    matcher, pieces = Matcher(field), []
    for begin in range(0, len(fixes), size):
        part = slice(begin, begin + size)
        pieces.append(matcher.feed(Fixes(fixes.xy[part], fixes.time[part])))
    assert any(len(piece.edge) for piece in pieces), "nothing is settled before the end"
    pieces.append(matcher.finish())
    whole = match.match(field, fixes)
    for name in ROWS:
        joined = np.concatenate([getattr(piece, name) for piece in pieces])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_who_is_not_seen_for_long_may_have_been_anywhere(field: Field) -> None:
    there, later = walked((50, 0), (250, 0)), walked((600, 200), (600, 50))
    fixes = Fixes(np.concatenate([there.xy, later.xy]), np.concatenate([there.time, later.time + 3600]))
    found = match.match(field, fixes)
    assert [(gap.begins, gap.ends, gap.why) for gap in found.gaps] == [(20.0, 3600.0, Why.PAUSE)]
    assert found.run.tolist() == [1, 2]


def test_who_is_where_he_was_goes_on_after_a_pause(field: Field) -> None:
    there, later = walked((50, 0), (250, 0)), walked((250, 0), (500, 0))
    fixes = Fixes(np.concatenate([there.xy, later.xy]), np.concatenate([there.time, later.time + 3600]))
    found = match.match(field, fixes)
    assert (found.travels.tolist(), found.gaps) == ([0, 2], ())


def test_a_spike_between_fixes_a_second_apart_is_no_way_there_and_back(field: Field) -> None:
    fixes = walked((50, 0), (850, 0))
    fixes.xy[28] += (0, 60)
    found = match.match(field, fixes)
    assert (found.travels.tolist(), found.gaps) == ([0, 2, 4], ())
    assert (found.confidence > 0.8).all()


def test_a_far_fix_of_who_walks_is_no_way_there_and_back_however_sparse_fixes_are(field: Field) -> None:
    every = walked((50, 0), (550, 0), speed=1.2)
    some = np.arange(0, len(every), 10)
    xy = every.xy[some].copy()
    xy[20] = (302.0, 60.0)
    fixes = Fixes(xy, every.time[some])
    found = match.match(field, fixes)
    assert found.travels.tolist() == [0, 2]
    for size in (1, 7):
        matcher = Matcher(field)
        pieces = [
            matcher.feed(Fixes(xy[at : at + size], fixes.time[at : at + size]))
            for at in range(0, len(xy), size)
        ]
        same(joined([*pieces, matcher.finish()]), found)


def test_who_goes_out_and_back_at_their_own_pace_did_so(field: Field) -> None:
    every = walked((50, 0), (300, 0), (300, 60), (300, 0), (550, 0), speed=6.0)
    some = np.arange(0, len(every), 10)
    found = match.match(field, Fixes(every.xy[some], every.time[some]))
    assert found.travels.tolist() == [0, 6, 7, 2]


def test_who_stands_for_long_beside_a_street_did_not_go_into_it(field: Field) -> None:
    there, on = walked((50, 0), (300, 0)), walked((300, 0), (550, 0))
    stands = there.time[-1] + np.arange(1.0, 900.0)
    wanders = 25.0 * np.sin(2 * np.pi * (stands - there.time[-1]) / 300.0)
    xy = np.column_stack([np.full(len(stands), 303.0), 3.0 + np.abs(wanders)])
    fixes = Fixes(
        np.concatenate([there.xy, xy, on.xy[1:]]),
        np.concatenate([there.time, stands, stands[-1] + on.time[1:]]),
    )
    assert match.match(field, fixes).travels.tolist() == [0, 2]
