"""The past played again: in order, at its own pace, marked as an exercise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shapely import Point

from geo_app.incidents import replay
from geo_app.incidents.model import Channel, Past

AT = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)
ONE = Past(7, "0102", Channel.WEB, "垃圾", "中山路1号", Point(117, 39), AT)


def test_intervals_are_the_real_ones_by_speed() -> None:
    later = [
        Past(*(getattr(ONE, name) for name in ONE.__slots__[:-1]), AT + timedelta(minutes=n))
        for n in (0, 1, 5)
    ]
    assert list(replay.waits(later, 60)) == [0, 1, 5]
    assert list(replay.waits([], 60)) == []


def test_what_is_played_is_an_exercise_known_by_its_run() -> None:
    now = AT + timedelta(days=9)
    made = replay.again(ONE, "drill", now)
    assert made is not None
    assert (made.is_exercise, made.source, made.source_key) == (True, "replay", "drill/7")
    assert (made.occurred_at, made.position, made.address) == (now, ONE.position, ONE.address)


def test_what_nobody_could_find_is_left_out() -> None:
    lost = Past(8, "0102", Channel.WEB, "垃圾", None, None, AT)
    assert replay.again(lost, "drill", AT) is None
