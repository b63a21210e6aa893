"""When a candidate may be taken without asking, and where a place lies that only its neighbours tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely import LineString, MultiLineString, Point

from geo_app.core import coords
from geo_app.geocoding import measure, score
from geo_app.geocoding.model import Candidate, Hit, How, Kind

HERE, FAR = Point(116.3, 40.0), Point(116.31, 40.0)


def candidate(points: float, position: Point = HERE, place: int = 1) -> Candidate:
    """Return a candidate with this score."""
    return Candidate("a", Kind.POI, position, points, How.NAME, 15.0, place)


def door(number: str, x: float) -> Hit:
    """Return a house number `x` degrees east."""
    return Hit(1, Kind.NUMBER, f"甲路{number}", "甲路", number, "", How.NAME, None, (), Point(x, 40.0), 0.0)


@pytest.mark.parametrize(
    ("candidates", "is_confident"),
    [
        ([], False),
        ([candidate(0.79)], False),
        ([candidate(0.8)], True),
        ([candidate(0.9), candidate(0.88, FAR, 2)], False),
        ([candidate(0.9), candidate(0.88, HERE, 2)], True),
        ([candidate(0.9), candidate(0.7, FAR, 2)], True),
    ],
)
def test_only_a_good_candidate_without_rival_is_confident(
    candidates: list[Candidate], is_confident: bool
) -> None:
    assert score.is_confident(candidates) == is_confident


def test_a_place_stands_once_with_its_best_score_and_the_unlikely_not_at_all() -> None:
    found = score.best([candidate(0.5), candidate(0.9), candidate(0.1, FAR, 2), candidate(1.3, FAR, 3)], 8)
    assert [(one.place, one.score) for one in found] == [(3, 1.0), (1, 0.9)]


def test_other_figures_make_another_place() -> None:
    assert score.alike("学府路12号", "学俯路12号") > 0.8
    assert score.alike("学府路12号", "学府路13号") < 0.6


def test_what_nothing_explains_costs_more_the_more_it_is() -> None:
    factors = [score.explained(4, missing) for missing in range(6)]
    assert factors[0] == 1.0
    assert factors == sorted(factors, reverse=True)


def test_a_number_lies_between_its_neighbours_on_its_own_side() -> None:
    doors = [door("1号", 116.300), door("9号", 116.308), door("4号", 116.400), door("x", 117.0)]
    found = measure.between(doors, 3)
    assert found is not None
    assert found[1].x == pytest.approx(116.302)
    assert found[2] == pytest.approx(measure.metres(doors[0].point, doors[1].point) / 2)


def test_a_number_far_beyond_the_last_is_not_guessed() -> None:
    doors = [door("1号", 116.3), door("9号", 116.308)]
    assert measure.between(doors, 99) is None
    assert measure.between([], 5) is None
    beyond = measure.between(doors, 13)
    assert beyond is not None
    assert beyond[1] == doors[1].point
    assert beyond[2] > 50


def test_two_roads_meet_where_they_cross_or_nearly_touch() -> None:
    srid = 4548

    def road(*ends: tuple[float, float]) -> LineString:
        moved = [(500_000 + x, 4_400_000 + y) for x, y in ends]
        return coords.to_lonlat(LineString(moved), srid)

    across, along = road((0, -100), (0, 100)), road((-100, 0), (100, 0))
    assert [reach for _, reach in measure.meetings(across, along, srid)] == [25.0]
    near = measure.meetings(across, road((20, 0), (100, 0)), srid)
    assert near[0][1] == pytest.approx(45.0, abs=0.01)
    assert measure.meetings(across, road((60, 0), (100, 0)), srid) == []
    ring = MultiLineString([road((-100, 90), (100, 90)), road((-100, -90), (100, -90))])
    assert len(measure.meetings(across, ring, srid)) == 2


def test_a_bearing_moves_a_point_as_far_as_it_says() -> None:
    moved = measure.moved(HERE, 90.0, 200.0)
    assert measure.metres(HERE, moved) == pytest.approx(200.0, abs=0.001)
    assert moved.x > HERE.x


def test_a_name_of_another_side_is_never_like_enough() -> None:
    asked, known = "龙锦苑西2区社区居委会第一网格站", "龙锦苑东2区社区居委会第一网格站"
    assert score.BASE[How.SIMILAR] * score.alike(asked, known) < score.ENOUGH
    assert score.alike(asked, known) > score.alike(asked, known.replace("2", "3"))


def test_a_named_community_is_sure_unless_another_is_as_good_however_near() -> None:
    one = replace(candidate(0.97), kind=Kind.COMMUNITY, uncertainty=500.0, community="1", is_inside=True)
    same, other = replace(one, place=2), replace(one, place=3, community="2")
    assert score.is_confident([one, same])
    assert not score.is_confident([one, other])
