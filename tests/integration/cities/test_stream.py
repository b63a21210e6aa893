"""The made-up stream: each number once, from either worker, until it ends by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo_app.cities import jobs, service
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import BadInput
from geo_app.organisation import service as organisation
from tests.integration.conftest import Town


def made(town: Town) -> int:
    """Return how many incidents came in since the city was loaded."""
    count: int = town.one("SELECT count(*) FROM fact WHERE kind = 'incident.reported'")
    return count


def tick(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        jobs.play(tx)


def start(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        service.start_stream(tx, town.city)


def test_nothing_comes_in_before_the_stream_is_started(town: Town) -> None:
    tick(town)
    assert made(town) == 0


def test_two_workers_at_once_take_each_number_once(town: Town) -> None:
    start(town)
    both = threading.Barrier(2)

    def work(_: int) -> None:
        both.wait(60)
        for _ in range(5):
            tick(town)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    assert town.one("SELECT next_index FROM demo_stream") == made(town) == 10
    words = town.all("SELECT description, ST_AsText(point) FROM incident ORDER BY id DESC LIMIT 10")
    assert len(set(words)) == 10, "another number makes another incident"
    assert town.one("SELECT count(*) FROM placement WHERE subject_kind = 'incident'") == 13


def test_the_stream_ends_by_itself(town: Town) -> None:
    start(town)
    until = town.one("SELECT runs_until FROM demo_stream")
    assert clock.now() < until <= clock.now() + service.STREAM_RUNS
    town.run("UPDATE demo_stream SET runs_until = now()")
    tick(town)
    assert made(town) == 0
    with town.database.transaction(SYSTEM) as tx:
        assert not service.is_streaming(tx, town.city)


def test_a_stream_that_is_stopped_and_started_goes_on_with_the_next_number(town: Town) -> None:
    start(town)
    tick(town)
    with town.database.transaction(SYSTEM) as tx:
        service.stop_stream(tx, town.city)
    tick(town)
    assert made(town) == 1
    start(town)
    tick(town)
    assert (made(town), town.one("SELECT next_index FROM demo_stream")) == (2, 2)


def test_an_incident_that_cannot_be_taken_in_leaves_its_number_free(town: Town) -> None:
    start(town)
    town.run("DELETE FROM place")
    with pytest.raises(ValueError, match="place"):
        tick(town)
    assert town.one("SELECT next_index FROM demo_stream") == 0


def test_a_real_city_has_no_made_up_stream(town: Town) -> None:
    town.run("UPDATE city SET is_generated = false")
    with town.database.transaction(SYSTEM) as tx:
        real = organisation.city(tx, "town")
        with pytest.raises(BadInput, match="only a generated city"):
            service.start_stream(tx, real)
