"""The database and Python agree on who is on duty, across midnight, Sunday night and the clocks' change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from geo_app.core.actor import SYSTEM
from geo_app.responders import service
from tests.integration.conftest import Raw, Town

Duty = tuple[int, time, time]
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kathmandu")
minutes = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
edges = st.sampled_from([time(0), time(6), time(22), time(23, 59)])
duties = st.lists(st.tuples(st.integers(0, 6), minutes | edges, minutes | edges), max_size=4)
# hours around both changes of 2026 in New York and London, and any minute of a week
moments = st.one_of(
    st.integers(0, 7 * 1440).map(
        lambda minute: datetime(2026, 5, 18, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    st.integers(0, 2880).map(lambda minute: datetime(2026, 3, 7, 12, tzinfo=UTC) + timedelta(minutes=minute)),
    st.integers(0, 2880).map(
        lambda minute: datetime(2026, 10, 31, 12, tzinfo=UTC) + timedelta(minutes=minute)
    ),
)


def on_duty(shifts: list[Duty], local: datetime) -> bool:
    """Say the rule in another way: each shift is a stretch of minutes of the week, which has no end."""
    week = 7 * 1440
    now = local.weekday() * 1440 + local.hour * 60 + local.minute
    for weekday, starts, ends in shifts:
        begin = weekday * 1440 + starts.hour * 60 + starts.minute
        length = (ends.hour * 60 + ends.minute - starts.hour * 60 - starts.minute) % 1440 or 1440
        if (now - begin) % week < length:
            return True
    return not shifts


@given(duties, moments, st.sampled_from(ZONES))
@example([(6, time(22), time(6))], datetime(2026, 5, 17, 21, 59, tzinfo=UTC), "Asia/Shanghai")
@example([(6, time(22), time(6))], datetime(2026, 5, 17, 22, 0, tzinfo=UTC), "Asia/Shanghai")
@example([(0, time(0), time(0))], datetime(2026, 5, 18, 15, 59, tzinfo=UTC), "Asia/Shanghai")
@example([], datetime(2026, 5, 18, tzinfo=UTC), "Asia/Shanghai")
def test_database_and_python_agree_on_who_is_on_duty(
    still_town: Town, shifts: list[Duty], at: datetime, zone: str
) -> None:
    city = replace(still_town.city, time_zone=zone)
    with still_town.database.transaction(SYSTEM) as tx:
        everyone = service.responders(tx, city, at)
        one = everyone[1]
        tx.copy("shift", ("responder_id", "weekday", "starts", "ends"), [(one.id, *duty) for duty in shifts])
        expected = on_duty(shifts, at.astimezone(ZoneInfo(zone)))
        assert service.responder(tx, city, one.id, at).is_on_shift == expected
        assert (one.id in {found.id for found in service.available(tx, city, None, at)}) == expected
        tx.run(Raw("DELETE FROM shift WHERE responder_id = %(id)s"), id=one.id)
