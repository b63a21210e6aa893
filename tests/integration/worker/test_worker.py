"""The job worker: what follows from a release is done, and what fails is tried again."""

from __future__ import annotations

import asyncio

import pytest

from geo_app import worker
from geo_app.core import facts, jobs
from geo_app.core.actor import SYSTEM
from tests.integration.conftest import Town

# the worker itself enqueues the ticks of timers, each with the moment it was due
TICK = "coalesce((args->>'timestamp')::bigint, 0) > 0"
JOBS = f"SELECT task_name, status, attempts FROM procrastinate_jobs WHERE NOT {TICK} ORDER BY id"


def work(town: Town, queue: str = jobs.WORK) -> None:
    """Run every job of a queue that is due, then end."""

    async def once() -> None:
        app = worker.create(town.settings, town.database)
        async with app.open_async():
            await app.run_worker_async(
                queues=[queue], wait=False, install_signal_handlers=False, listen_notify=False
            )

    asyncio.run(once())


def react(town: Town) -> None:
    """Read until every fact there is was reacted to; an open transaction elsewhere may delay them."""
    last = town.one("SELECT max(id) FROM fact")
    while town.one("SELECT last_id FROM fact_reader") < last:
        worker.react(town.database)


def test_routes_follow_a_release(town: Town) -> None:
    before = town.all("SELECT * FROM route_cell ORDER BY position")
    assert len(before) > 3
    town.run("DELETE FROM route_cell")
    react(town)
    assert town.all(JOBS) == [("patrols.match_routes", "todo", 0)]
    work(town)
    assert town.all("SELECT * FROM route_cell ORDER BY position") == before
    assert town.all(JOBS) == [("patrols.match_routes", "succeeded", 1)]


def test_a_job_that_fails_is_tried_again_later_and_changes_nothing(town: Town) -> None:
    before = town.all("SELECT * FROM route_cell ORDER BY position")
    with town.database.transaction(SYSTEM) as tx:
        jobs.defer(tx, "patrols.match_routes", city="nowhere")
    work(town)
    ((name, status, attempts),) = town.all(JOBS)
    assert (name, status, attempts) == ("patrols.match_routes", "todo", 1)
    assert town.one(f"SELECT scheduled_at > now() FROM procrastinate_jobs WHERE NOT {TICK}")
    assert town.all("SELECT * FROM route_cell ORDER BY position") == before


def test_a_job_is_enqueued_only_if_its_transaction_commits(town: Town) -> None:
    def fail() -> None:
        with town.database.transaction(SYSTEM) as tx:
            jobs.defer(tx, "patrols.match_routes", city="town")
            facts.record(tx, "x", None, None)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert town.all(JOBS) == []


def test_a_deadline_does_not_wait_behind_ordinary_work(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        jobs.defer(tx, "patrols.match_routes", city="town")
        jobs.defer(tx, "core.forget_answers", queue=jobs.CLOCKS, timestamp=0)
    work(town, jobs.CLOCKS)
    assert town.all(JOBS) == [("patrols.match_routes", "todo", 0), ("core.forget_answers", "succeeded", 1)]
