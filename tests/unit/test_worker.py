"""The worker's timetable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter

from geo_app import reactions, worker


@pytest.mark.parametrize(
    ("timer", "gap"), [("cities.play", timedelta(seconds=5)), ("core.forget_answers", timedelta(days=1))]
)
def test_a_timer_ticks_as_often_as_meant(timer: str, gap: timedelta) -> None:
    ticks = croniter(worker.TIMERS[timer][0], datetime(2026, 1, 1, tzinfo=UTC), ret_type=datetime)
    first, second = ticks.get_next(), ticks.get_next()
    assert second - first == gap


def test_every_reaction_names_a_task_the_worker_knows() -> None:
    assert {task for tasks in reactions.REACTIONS.values() for task in tasks} <= set(worker.TASKS)
