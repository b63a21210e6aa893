"""What a plan stands on: a release in force or scheduled; one that comes before a scheduled one changes its cells."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.planning import service as planning
from geo_app.plans import drafts
from tests.integration.conftest import Run
from tests.integration.plans.conftest import Desk, across, begun, moved, planner, published
from tests.sizes import size

FIRST, INNER, LAST = "990101001001001", "990101001001003", "990101002001008"
AMID = "990101001001004"
"""A cell that does not lie at the outer border."""
NAMES = ("甲", "乙", "丙", "丁", "戊", "己")


@pytest.fixture
def approver(desk: Desk) -> Desk:
    """The desk of an approver."""
    return desk.at(planner(desk.town.city, 8, "approver"))


def names(desk: Desk, at: datetime) -> dict[str, str]:
    """Return what each cell is called at an instant."""
    with desk.town.database.transaction(SYSTEM) as tx:
        cells = planning.partition(tx, desk.town.city, at).cells
    return {code: cell.name for code, cell in cells.items()}


def test_a_plan_comes_before_a_scheduled_one_and_what_was_drawn_on_that_is_brought_along(
    desk: Desk, approver: Desk, geo: Run
) -> None:
    (standing,) = desk.get("/api/releases?city=town")["items"]
    begins = clock.now() + timedelta(days=10)
    ahead, late = begun(desk), begun(desk)
    desk.edit(ahead, 0, kind="split", code=AMID, line=across(desk.town, AMID))
    desk.edit(late, 0, kind="rename", code=FIRST, name="先")
    told = published(desk, approver, ahead, effective_at=begins.isoformat())
    assert told["state"] == "scheduled", told
    scheduled = desk.get(f"/api/plans/{ahead}")["release"]
    on_top, beside = begun(desk), begun(desk)
    for plan, code in ((on_top, INNER), (beside, FIRST)):
        assert desk.get(f"/api/plans/{plan}")["base"] == scheduled
        assert desk.edit(plan, 0, kind="rename", code=code, name="后")["status"] == 200
    sheet = desk.get(f"/api/plans/{late}")
    assert (sheet["is_stale"], sheet["newest"]) == (False, scheduled)
    assert datetime.fromisoformat(sheet["base_until"]) == begins
    assert begun(desk, base=standing["id"]) > 0
    for body, field in (
        ({"base": standing["id"], "copied_from": late}, "base"),
        ({"base": 10**9}, "release"),
    ):
        assert field in desk.post("/api/plans?city=town", {"name": "x", **body})["detail"]

    assert moved(desk, late, "review") == (200, "review")
    assert moved(approver, late, "approved") == (200, "approved")
    after = {"effective_at": (begins + timedelta(days=1)).isoformat()}
    told = approver.post(f"/api/plans/{late}/publish", after)
    assert (told["status"], f"release {scheduled} begins by then" in told["detail"]) == (409, True)
    assert approver.post(f"/api/plans/{late}/publish", {})["state"] == "in_force"

    sheet = desk.get(f"/api/plans/{on_top}")
    assert (sheet["is_stale"], sheet["base"], sheet["counts"]["changed"]) == (True, scheduled, 1)
    assert desk.get(f"/api/plans/{on_top}/numbers")["status"] == 409
    drafts.MEMORY.forget()
    assert desk.get(f"/api/plans/{on_top}")["counts"]["changed"] == 1, "as it was drawn, in any process"
    assert geo("plans", "verify", on_top, "--json")["whole"]
    told = published(desk, approver, on_top, **after)
    assert (told["status"], "rebase" in str(told["detail"])) == (409, True)
    assert moved(desk, on_top, "draft") == (200, "draft")
    told = desk.post(f"/api/plans/{on_top}/rebase", {})
    assert (told["base"], told["is_stale"], told["counts"]["changed"]) == (scheduled, False, 1)
    assert desk.post(f"/api/plans/{on_top}/rebase", {})["status"] == 409, "it stands there already"
    assert desk.get(f"/api/plans/{on_top}/numbers")["status"] == 200
    assert geo("plans", "verify", on_top, "--json")["whole"]
    told = desk.post(f"/api/plans/{beside}/rebase", {})
    assert told["conflicts"] == [{"seq": 1, "cells": [FIRST], "why": "changed_by_release"}]
    assert published(desk, approver, on_top, **after)["state"] == "scheduled"
    now, then = names(desk, clock.now()), names(desk, begins + timedelta(days=2))
    assert (now[FIRST], now[INNER] == "后", len(now)) == ("先", False, 24)
    assert (then[FIRST], then[INNER], len(then)) == ("先", "后", 25)


def test_a_plan_is_put_on_the_release_in_force_though_another_is_scheduled(
    desk: Desk, approver: Desk
) -> None:
    (over,) = desk.get("/api/releases?city=town")["items"]
    ahead, first, second = begun(desk), begun(desk), begun(desk)
    for plan, code in ((ahead, AMID), (first, FIRST), (second, INNER)):
        desk.edit(plan, 0, kind="rename", code=code, name="新")
    at = (clock.now() + timedelta(days=10)).isoformat()
    assert published(desk, approver, ahead, effective_at=at)["state"] == "scheduled"
    assert published(desk, approver, first)["state"] == "in_force"
    in_force = desk.get(f"/api/plans/{first}")["release"]
    assert desk.get(f"/api/plans/{second}")["is_stale"]
    told = desk.post(f"/api/plans/{second}/rebase", {"base": over["id"]})
    assert (told["status"], told["field"]) == (422, "base")
    told = desk.post(f"/api/plans/{second}/rebase", {"base": in_force})
    assert (told["base"], told["is_stale"]) == (in_force, False)
    assert published(desk, approver, second)["state"] == "in_force"
    assert [names(desk, clock.now())[code] == "新" for code in (FIRST, INNER, AMID)] == [True, True, False]


@pytest.mark.parametrize("seed", range(size("base_stories")))
def test_nothing_that_was_published_is_lost_whichever_comes_first(
    desk: Desk, approver: Desk, seed: int
) -> None:
    """Plans on any release that stands or will, published for any instant in any order, against a list of renames."""
    chance, start = np.random.default_rng(seed), clock.now()
    first = names(desk, start)
    codes = sorted(first)
    done: list[tuple[datetime, str, str]] = []
    for turn in range(8):
        releases = desk.get("/api/releases?city=town")["items"]
        standing = [
            one for one in releases if one["effective_to"] is None or _at(one["effective_to"]) > clock.now()
        ]
        plans = [begun(desk, base=one["id"]) for one in standing]
        for number, plan in enumerate(plans):
            code, name = codes[chance.integers(len(codes))], f"{NAMES[turn % 6]}{turn}.{number}"
            assert desk.edit(plan, 0, kind="rename", code=code, name=name)["status"] == 200
            at = start + timedelta(days=int(chance.integers(1, 30)), seconds=turn)
            told = published(desk, approver, plan, effective_at=at.isoformat())
            if told["status"] == 200:
                done.append((at, code, name))
            else:
                assert told["status"] in {409, 422}, told
        for at in [start + timedelta(days=day) for day in range(0, 32, 3)]:
            true = first | {code: name for begins, code, name in sorted(done) if begins <= at}
            assert names(desk, at) == true
    assert len(done) > 3


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
