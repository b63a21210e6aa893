"""When a position is news: far at once, near after a minute, standing still never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shapely import Point

from geo_app.core.coords import Given
from geo_app.responders import telling
from geo_app.responders.model import Known, NewPosition

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(("metres", "seconds", "is_news"), [
    (None, None, True), (20.0, 1, True), (19.9, 1, False), (19.9, 59, False), (19.9, 60, True), (5.0, 60, True),
    (4.9, 60, False), (0.0, 86_400, False), (5000.0, 0, True),
])  # fmt: skip
def test_what_everyone_is_told(metres: float | None, seconds: int | None, is_news: bool) -> None:
    told_at = None if seconds is None else NOW - timedelta(seconds=seconds)
    known = Known(1, NOW, None if metres is None else Point(0, 0), told_at)
    assert telling.is_news(known, metres, NOW) == is_news


def position(responder: int, second: int, x: float) -> NewPosition:
    return NewPosition(responder, Point(x, 0), NOW + timedelta(seconds=second), None, Given(x, 0, "wgs84"))


def test_of_each_responder_the_newest_counts_and_of_two_at_once_the_first() -> None:
    batch = [position(2, 1, 1), position(1, 5, 2), position(1, 9, 3), position(1, 9, 4), position(1, 7, 5)]
    found = telling.newest(batch)
    assert list(found) == [1, 2]
    assert found[1].point.x == 3


@pytest.mark.parametrize(
    ("x", "y", "is_far"), [(0, 0, False), (2, 1, False), (2.1, 0, True), (0, -1.1, True), (116, 40, True)]
)
def test_null_island_is_no_place_of_a_city(x: float, y: float, is_far: bool) -> None:
    assert telling.is_far(Point(x, y), 0, 0, 1, 0.5) == is_far
