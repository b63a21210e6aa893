"""A town with a history, and a planner's plan of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import Point

from geo_app.cities.demo.catalogue import CATEGORIES
from geo_app.core import clock, coords
from geo_app.core.actor import SYSTEM
from geo_app.incidents import service as incidents
from geo_app.incidents.model import Channel, NewReport
from geo_app.planning import service as planning
from geo_app.planning.changes import HouseholdCount
from geo_app.planning.model import Draft
from geo_app.plans import service as plans
from geo_app.plans.model import NewPlan
from geo_app.responders import service as responders
from grids.model import Partition
from tests import build
from tests.integration.conftest import Town
from tests.integration.plans.conftest import planner

DAY = "2026-05-21"
"""The day before which the history ends: the day after the town's own incidents."""
Plan = Callable[..., int]
COUNT = 300


def add_history(town: Town, count: int = COUNT, seed: int = 1) -> None:
    """Load incidents all over the town and beside it, of the year before; two in three are closed."""
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform((-30, -30), (630, 430), (count, 2)) + np.array(build.TOWN_CORNER), 3)
    spots = shapely.points(coords.convert(xy, build.TOWN_SRID, coords.WGS84)).tolist()
    rows = []
    for number, spot in enumerate(spots):
        at = build.TOWN_AT - timedelta(hours=float(rng.uniform(48, 8000)))
        closed_at = at + timedelta(minutes=int(rng.integers(10, 2000))) if number % 3 else None
        rows.append(
            NewReport(
                category=CATEGORIES[number % 4].code, channel=Channel.HOTLINE, description="x", position=spot,
                occurred_at=at, closed_at=closed_at,
            )
        )  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        incidents.load(tx, town.city, rows)


def add_homes(town: Town, count: int = COUNT, seed: int = 2) -> list[tuple[Point, int]]:
    """Count households all over the town and beside it; return where and how many."""
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform((-30, -30), (630, 430), (count, 2)) + np.array(build.TOWN_CORNER), 3)
    found = list(zip(shapely.points(xy).tolist(), rng.integers(1, 60, count).tolist(), strict=True))
    with town.database.transaction(SYSTEM) as tx:
        planning.count_households(tx, town.city, [HouseholdCount(*one) for one in found])
    return found


@pytest.fixture
def plan(town: Town) -> Plan:
    """Make a plan of edits, each given as its kind and arguments, and return its id."""

    def make(*edits: dict[str, Any], name: str = "x") -> int:
        with town.database.transaction(planner(town.city, 1)) as tx:
            made = plans.begin(tx, town.city, NewPlan(name))
            for number, one in enumerate(edits):
                plans.edit(tx, made.id, number, one)
        return made.id

    return make


def publish(town: Town, plan_id: int, at: datetime | None = None) -> int:
    """Publish what a plan has drawn, from now on or from another instant; return the release."""
    with town.database.transaction(SYSTEM) as tx:
        _, drawn = plans.drawn(tx, plan_id)
        whole = Partition.of(list(drawn.draft.partition.cells.values()))
        prepared = planning.prepare(
            tx, town.city, Draft(drawn.plan.base.release, whole, at or clock.now(), "x")
        )
    with town.database.transaction(SYSTEM) as tx:
        responders.inherit(tx, prepared.heirs)
        return planning.publish(tx, town.city, prepared)
