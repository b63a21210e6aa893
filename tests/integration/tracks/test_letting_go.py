"""Past its term a track becomes counts without people, whole days at once, and is gone."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.privacy import jobs
from geo_app.privacy.model import TRACK, Gone
from geo_app.tracks import jobs as timers
from geo_app.tracks import service
from tests.integration.conftest import Run, Town
from tests.integration.tracks.walking import kept, spot

LEFT = "SELECT count(*) FROM track_position"
TOLD = "SELECT day, level, seconds, responders FROM presence ORDER BY day, level"
TERM = 90


def midnight(days_ago: int) -> datetime:
    """Return when a day of the town began."""
    day = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(), ZoneInfo("Asia/Shanghai"))


def walk(town: Town, people: Sequence[int], start: datetime, seconds: int = 600) -> int:
    """Let people stand in the town's first cell from `start` on, a position every minute; return how many."""
    place = spot(town, (60, 60))
    moments = [start + timedelta(seconds=gone) for gone in range(0, seconds + 1, 60)]
    kept(town, [(who, at, place) for who in people for at in moments])
    return len(people) * len(moments)


def run(town: Town, *, is_dry: bool = False) -> Gone:
    """Do what the timer does; return what it says of tracks."""
    gone = jobs.let_go(town.database, town.settings, is_dry=is_dry)
    return next(one for one in gone if one.term.what == TRACK)


def test_a_day_past_its_term_is_counted_and_gone_and_the_next_stays(town: Town, people: list[int]) -> None:
    old, young = midnight(TERM + 1), midnight(TERM - 1)
    count = walk(town, people[:3], old)
    stays = walk(town, people[:3], young)
    dry = run(town, is_dry=True)
    assert (dry.count, town.one(LEFT)) == (count, count + stays)
    gone = run(town)
    assert (gone.term.days, gone.count, gone.counted, town.one(LEFT)) == (TERM, count, count, stays)
    assert town.all(TOLD) == [(old.date(), "cell", 1800, 3)]
    assert town.all("SELECT data FROM fact WHERE kind = 'retention.tracks'") == [
        {"city": "town", "day": str(old.date()), "erased": count, "counted": count, "areas": 1}
    ]
    assert run(town).count == 0
    assert town.all(TOLD) == [(old.date(), "cell", 1800, 3)], "a second run changes nothing"


def test_a_day_is_the_citys_and_ends_at_its_midnight(town: Town, people: list[int]) -> None:
    border = midnight(TERM + 2)
    place = spot(town, (60, 60))
    minute = timedelta(minutes=1)
    utc = border + timedelta(hours=8)  # midnight of UTC lies within the city's day
    moments = [border - minute, border, utc - minute, utc]
    kept(town, [(who, at, place) for who in people[:3] for at in moments])
    assert run(town).count == 12
    assert town.all(TOLD) == [
        ((border - minute).date(), "cell", 180, 3),  # until the next day's first position
        (border.date(), "cell", 180, 3),
    ]


def test_fewer_than_three_people_leave_no_trace(town: Town, people: list[int]) -> None:
    count = walk(town, people[:2], midnight(TERM + 1))
    gone = run(town)
    assert (gone.count, gone.counted, town.one(LEFT), town.all(TOLD)) == (count, 0, 0, [])


def test_two_at_once_count_a_day_once(town: Town, people: list[int]) -> None:
    days = [midnight(TERM + days) for days in (3, 2, 1)]
    count = sum(walk(town, people[:3], day) for day in days)
    together = Barrier(2)

    def hand(_: int) -> int:
        together.wait()
        return run(town).count

    with ThreadPoolExecutor(2) as hands:
        assert sum(hands.map(hand, range(2))) == count
    assert town.all(TOLD) == [(day.date(), "cell", 1800, 3) for day in days]
    assert town.one(LEFT) == 0


class Crash(Exception):
    """The job dies."""


def die_after_a_day(town: Town, before: datetime) -> None:
    with town.database.transaction(SYSTEM) as tx:
        service.let_go(tx, town.city, before)
        raise Crash


def test_a_crash_in_between_loses_nothing_and_counts_nothing_twice(town: Town, people: list[int]) -> None:
    count = sum(walk(town, people[:3], midnight(TERM + days)) for days in (1, 2))
    before = clock.now() - timedelta(days=TERM)
    with town.database.transaction(SYSTEM) as tx:
        assert service.let_go(tx, town.city, before) is not None
    with pytest.raises(Crash):
        die_after_a_day(town, before)
    assert (town.one(LEFT), len(town.all(TOLD))) == (count // 2, 1)
    assert run(town).count == count // 2
    assert [row[2:] for row in town.all(TOLD)] == [(1800, 3), (1800, 3)]


def test_what_comes_to_a_day_afterwards_is_added_and_people_are_not_counted_twice(
    town: Town, people: list[int]
) -> None:
    day = midnight(TERM + 1)
    walk(town, people[:3], day)
    run(town)
    walk(town, people[:3], day + timedelta(hours=9), 60)
    run(town)
    assert town.all(TOLD) == [(day.date(), "cell", 1980, 3)]


def test_empty_days_are_dropped_and_days_in_use_are_not(town: Town, people: list[int]) -> None:
    old = midnight(TERM + 3) + timedelta(hours=9)
    walk(town, people[:3], old)
    name = f"track_position_{old.astimezone(ZoneInfo('UTC')):%Y_%m_%d}"
    with town.database.transaction(SYSTEM) as tx:
        timers.make_days(tx)
    is_there = "SELECT to_regclass(%(name)s) IS NOT NULL"
    with town.database.transaction(SYSTEM) as tx:
        service.drop_days(tx, clock.now())
    assert town.one(is_there, name=name)
    run(town)
    assert not town.one(is_there, name=name)
    assert town.one(is_there, name=f"track_position_{clock.now():%Y_%m_%d}")


def test_days_are_left_alone_while_somebody_else_makes_some(town: Town, people: list[int]) -> None:
    old = midnight(TERM + 3) + timedelta(hours=9)
    name = f"track_position_{old.astimezone(ZoneInfo('UTC')):%Y_%m_%d}"
    count = walk(town, people[:3], old)
    with town.database.transaction(SYSTEM) as tx:
        timers.make_days(tx)
    with town.database.transaction(SYSTEM) as other:
        timers.make_days(other)  # holds its lock until it ends
        assert run(town).count == count
    assert town.one("SELECT to_regclass(%(name)s) IS NOT NULL", name=name)
    run(town)
    assert not town.one("SELECT to_regclass(%(name)s) IS NOT NULL", name=name)


def test_fewer_days_may_be_set_and_what_was_off_goes_too(town: Town, people: list[int]) -> None:
    walk(town, people[:3], midnight(8))
    few = replace(town.settings, tracks_kept="7")
    gone = {one.term.what: one for one in jobs.let_go(town.database, few, is_dry=False)}
    assert (gone[TRACK].term.days, gone[TRACK].count, town.one(LEFT)) == (7, 33, 0)


def test_a_track_is_erased_for_a_reason_that_is_recorded(town: Town, people: list[int], geo: Run) -> None:
    count = walk(town, people[:2], midnight(1))
    asked = geo("responders", "erase-track", people[0], "--reason", "本人要求删除轨迹", "--json")
    assert asked == {"responder": people[0], "erased": count // 2}
    assert town.all("SELECT DISTINCT responder_id FROM track_position") == [people[1]]
    fact = town.one("SELECT subject, reason, data FROM fact WHERE kind = 'track.erased'")
    assert fact == (people[0], "本人要求删除轨迹", {"count": count // 2})
