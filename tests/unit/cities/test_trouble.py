"""The stream of made-up troubles: the same for the same number, in either frame, at believable hours."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from shapely import Point

from geo_app.cities.demo import trouble
from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.cities.model import CategoryRow

AT = datetime(2026, 5, 20, 11, 0, tzinfo=UTC)  # seven in the evening in the city
SPOTS = (
    trouble.Spot("槐荫胡同3号", "槐荫胡同", Point(516000.0, 4375000.0)),
    trouble.Spot("望云菜市场", "望云大街", Point(516900.0, 4375500.0)),
    trouble.Spot("鼓楼", None, Point(516350.0, 4375250.0)),
)


@pytest.fixture(scope="module")
def scene() -> trouble.Scene:
    return trouble.Scene.of(CATEGORIES, SPOTS, "metric")


def test_the_same_number_gives_the_same_incident(scene: trouble.Scene) -> None:
    first = [trouble.next_incident(scene, 7, index, AT) for index in range(50)]
    again = [trouble.next_incident(scene, 7, index, AT) for index in reversed(range(50))]
    assert first == again[::-1]
    assert len({(one.category, one.description, one.position.wkt) for one in first}) > 25


def test_another_seed_gives_another_stream(scene: trouble.Scene) -> None:
    one, other = ([trouble.next_incident(scene, seed, index, AT) for index in range(20)] for seed in (1, 2))
    assert one != other


def test_it_happens_now_near_a_known_place_and_is_open(scene: trouble.Scene) -> None:
    for index in range(100):
        made = trouble.next_incident(scene, 7, index, AT)
        assert made.occurred_at == AT
        assert made.closed_at is None
        assert min(made.position.distance(spot.position) for spot in SPOTS) < 6
        assert any(spot.name in made.description for spot in SPOTS)
        assert not re.search(r"\d{4,}", made.description)


def test_degrees_in_degrees_out_as_far_from_the_place_as_in_metres() -> None:
    spot = trouble.Spot("鼓楼", None, Point(117.18, 39.5))
    scene = trouble.Scene.of(CATEGORIES, (spot,), "lonlat")
    for index in range(100):
        made = trouble.next_incident(scene, 7, index, AT).position
        assert abs(made.x - 117.18) * 85_900 < 4.1
        assert abs(made.y - 39.5) * 111_000 < 4.1


def test_busy_places_draw_more_trouble_in_either_frame() -> None:
    degrees = [Point(117.16, 39.48), Point(117.17, 39.49), Point(117.18, 39.5)]
    lonlat = [trouble.Spot(s.name, s.road, at) for s, at in zip(SPOTS, degrees, strict=True)]
    for scene in (
        trouble.Scene.of(CATEGORIES, SPOTS, "metric"),
        trouble.Scene.of(CATEGORIES, lonlat, "lonlat"),
    ):
        at_market = sum(
            "望云菜市场" in trouble.next_incident(scene, 7, index, AT).description for index in range(300)
        )
        assert at_market > 100


def test_kinds_keep_their_hours(scene: trouble.Scene) -> None:
    barbecue = next(category.code for category in CATEGORIES if category.name == "露天烧烤")
    counts = Counter(
        hour
        for hour in (2, 13)  # ten in the morning and nine in the evening in the city
        for index in range(400)
        if trouble.next_incident(scene, 7, index, AT.replace(hour=hour)).category == barbecue
    )
    assert counts[13] > 5 * counts[2]


def test_a_road_that_begins_the_name_of_a_place_is_not_said_twice(scene: trouble.Scene) -> None:
    texts = [trouble.next_incident(scene, 7, index, AT).description for index in range(300)]
    assert not any("槐荫胡同槐荫胡同" in text for text in texts)
    assert not any("None" in text or "{" in text for text in texts)


def test_a_moment_in_another_zone_comes_out_in_utc(scene: trouble.Scene) -> None:
    made = trouble.next_incident(scene, 7, 1, AT.astimezone(trouble.CITY_TIME))
    assert made.occurred_at == AT
    assert made.occurred_at.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(scene: trouble.Scene) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        trouble.next_incident(scene, 7, 1, AT.replace(tzinfo=None))


def test_a_scene_without_places_or_known_categories_is_refused() -> None:
    foreign = CategoryRow("9999", "别的", "Other", None, 15, False)
    with pytest.raises(ValueError, match="known category"):
        trouble.Scene.of((foreign,), SPOTS, "metric")
    with pytest.raises(ValueError, match="a place"):
        trouble.Scene.of(CATEGORIES, (), "metric")
