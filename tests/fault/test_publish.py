"""Who publishes is killed at any statement and at COMMIT: the grid is the old one or the new one, never between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg2
import pytest

from geo_app.cities import service as cities
from geo_app.core import clock, db, migrate
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotReady
from geo_app.core.settings import Settings
from tests import build
from tests.databases import ROOT, work
from tests.fault.clusters import until
from tests.fault.publisher import NAME
from tests.integration.conftest import Town
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.integration.planning.conftest import bent, current, stale
from tests.integration.planning.test_releases import scatter
from tests.sizes import size

WRITTEN = {
    "release": "id, base_id, effective, cells", "cell_version": "id, valid, recorded, geometry_hash",
    "code_registry": "code, cell_id, retired_release", "cell_lineage": "release_id, child, parent, incident_share",
    "outline": "band, level, code, valid, digest", "unit_shape": "release_id, unit_id, valid, cells",
    "placement": "id, cell_id, release_id, matched_at", "placement_ahead": "placement_id, cell_id, valid",
    "placement_history": "id, cell_id, since", "fact": "id, kind, subject", "procrastinate_jobs": "id, task_name",
}  # fmt: skip
CHANGED = WRITTEN.keys() - {"code_registry", "placement_ahead", "procrastinate_jobs"}
"""What a release of moved borders that begins at once writes."""
LATEST = 4000
"""Microseconds after COMMIT was sent at which the last are killed: then it is over."""


@contextmanager
def publishing(settings: Settings) -> Iterator[Any]:
    """Give a process that publishes in children of its own and is told where they die."""
    environment = {
        **os.environ, "GEO_WORK": str(settings.work_path), "DATABASE_URL": settings.database_url,
        "APP_DATABASE_URL": settings.app_database_url,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fault.publisher"], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        yield running
        assert running.stdin is not None
        running.stdin.close()


@pytest.fixture
def own_town(ready: Any) -> Iterator[Town]:
    """The town on a server of its own, whose processes may be killed."""
    migrate.upgrade(ready.owner_url, ready.app_url)
    settings = Settings(work=str(work()), database_url=ready.owner_url, app_database_url=ready.app_url)
    opened = db.Database(ready.app_url, settings)
    with opened.transaction(SYSTEM) as tx:
        made = Town(cities.load(tx, build.town()), opened, settings)
    yield made
    opened.dispose()


def written(town: Town) -> dict[str, str]:
    """Return what every table of the grid says."""
    return {
        table: town.one(
            f"SELECT md5(coalesce(string_agg(({columns})::text, ';' ORDER BY ({columns})::text), '')) FROM {table}"
        )
        for table, columns in WRITTEN.items()
    }


def killed_at(publisher: Any, where: object) -> int:
    """Let a child publish and die somewhere; return its exit status."""
    publisher.stdin.write(f"{where}\n")
    publisher.stdin.flush()
    return int(publisher.stdout.readline())


def test_who_is_killed_while_publishing_leaves_the_old_grid_or_the_new_one(town: Town) -> None:
    scatter(town, 11, 200, first=10_000)
    first = 0
    every = 9 // size("publish_kills")
    with publishing(town.settings) as publisher:
        while True:
            before, whole = written(town), current(town)
            status = killed_at(publisher, first)
            assert stale(town, clock.now()) == []
            if status == 0:
                break
            assert status == -signal.SIGKILL
            assert written(town) == before
            first += every
        assert first > 20, "there are more statements than that"
        after = written(town)
        assert {table for table in WRITTEN if after[table] != before[table]} == CHANGED
        assert current(town).cells == bent(whole, 3, 30.0).cells
        assert killed_at(publisher, 10_000) == 0, "nothing stays locked"


@pytest.mark.parametrize("how", ["sent", "terminated"])
def test_a_commit_whose_answer_nobody_hears_leaves_the_old_grid_or_the_new_one(town: Town, how: str) -> None:
    scatter(town, 12, 200, first=10_000)
    found = []
    with publishing(town.settings) as publisher:
        for moment in moments():
            before = written(town)
            assert killed_at(publisher, f"{how} {moment}") == -signal.SIGKILL
            until(lambda: not town.one(sessions()))
            found.append(is_new(town, before))
    assert how == "terminated" or all(found), "the server goes on with what it was sent"


def test_a_server_process_that_is_killed_at_commit_leaves_the_old_grid_or_the_new_one(own_town: Town) -> None:
    scatter(own_town, 13, 200, first=10_000)
    with publishing(own_town.settings) as publisher:
        for moment in moments():
            before = written(own_town)
            own_town.database.dispose()
            with watching(own_town) as goes_down:
                assert killed_at(publisher, f"killed {moment}") == -signal.SIGKILL
                until(goes_down)
            until(lambda: is_up(own_town))
            is_new(own_town, before)


def moments() -> list[int]:
    """Return after how many microseconds to kill, more of them early: a commit is short."""
    return (LATEST * np.linspace(0, 1, size("commit_kills")) ** 2).astype(int).tolist()


def sessions() -> str:
    """Return what counts those who publish."""
    return (
        "SELECT count(*) FROM pg_stat_activity"
        f" WHERE datname = current_database() AND application_name = '{NAME}'"
    )


@contextmanager
def watching(town: Town) -> Iterator[Any]:
    """Give what says whether the server has let go of all its sessions: it takes none until it is up again."""
    session = psycopg2.connect(town.settings.app_database_url.replace("+psycopg2", ""))
    session.autocommit = True

    def goes_down() -> bool:
        try:
            with session.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.Error:
            return True
        return False

    yield goes_down
    session.close()


def is_up(town: Town) -> bool:
    """Return whether the server answers."""
    try:
        return bool(town.one("SELECT true"))
    except NotReady:
        return False


def is_new(town: Town, before: dict[str, str]) -> bool:
    """Return whether all tables say something new; none of them does, or all that a release writes."""
    after = written(town)
    changed = {table for table in WRITTEN if after[table] != before[table]}
    assert changed in (set(), CHANGED)
    assert stale(town, clock.now()) == []
    return bool(changed)
