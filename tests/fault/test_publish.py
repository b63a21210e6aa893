"""Who publishes is killed at any statement: the grid is the old one or the new one, never between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from geo_app.core import clock
from tests.databases import ROOT
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


@pytest.fixture
def publisher(town: Town) -> Any:
    """A process that publishes in children of its own and is told where they die."""
    settings = town.settings
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


def written(town: Town) -> dict[str, str]:
    """Return what every table of the grid says."""
    return {
        table: town.one(
            f"SELECT md5(coalesce(string_agg(({columns})::text, ';' ORDER BY ({columns})::text), '')) FROM {table}"
        )
        for table, columns in WRITTEN.items()
    }


def killed_at(publisher: Any, number: int) -> int:
    """Let a child publish and die before a statement; return its exit status."""
    publisher.stdin.write(f"{number}\n")
    publisher.stdin.flush()
    return int(publisher.stdout.readline())


def test_who_is_killed_while_publishing_leaves_the_old_grid_or_the_new_one(
    town: Town, publisher: Any
) -> None:
    scatter(town, 11, 200, first=10_000)
    first = 0
    every = 9 // size("publish_kills")
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
    assert {table for table in WRITTEN if after[table] != before[table]} == WRITTEN.keys() - {
        "code_registry", "placement_ahead", "procrastinate_jobs"
    }  # fmt: skip
    assert current(town).cells == bent(whole, 3, 30.0).cells
    assert killed_at(publisher, 10_000) == 0, "nothing stays locked"
