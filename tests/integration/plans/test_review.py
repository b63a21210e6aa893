"""From draft to release: another person agrees, a day is chosen; a newer release is followed, an old one comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geo_app.core import clock, db
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import Conflict
from geo_app.plans import review, verifying
from geo_app.plans.model import State
from grids.rings import rings
from tests.integration.conftest import Raw, Run, Town
from tests.integration.plans.conftest import Desk, across, begun, moved, planner, published, shape

FIRST, SECOND, INNER, LAST = "990101001001001", "990101001001002", "990101001001003", "990101002001008"
AMID, EAST_AMID = "990101001001004", "990101002001003"
"""Cells that do not lie at the outer border."""


@pytest.fixture
def approver(desk: Desk) -> Desk:
    """The desk of an approver."""
    return desk.at(planner(desk.town.city, 8, "approver"))


def test_a_plan_is_published_by_another_person_and_is_in_force(desk: Desk, approver: Desk) -> None:
    plan = begun(desk)
    assert moved(desk, plan, "review")[0] == 409, "it changes nothing"
    desk.edit(plan, 0, kind="split", code=AMID, line=across(desk.town, AMID))
    assert moved(approver, plan, "approved")[0] == 409, "it is not submitted"
    assert moved(desk, plan, "review") == (200, "review")
    assert desk.edit(plan, 1, kind="rename", code=FIRST, name="x")["status"] == 409
    assert moved(approver, plan, "draft") == (200, "draft")
    assert moved(desk, plan, "review") == (200, "review")
    assert desk.post(f"/api/plans/{plan}/state", {"to": "approved"})["status"] == 403
    both = desk.at(planner(desk.town.city, 1, "planner", "approver"))
    assert moved(both, plan, "approved")[0] == 409, "the same person under a second role"
    with desk.town.database.transaction(SYSTEM) as tx, pytest.raises(Conflict, match="account"):
        review.move(tx, plan, State.APPROVED, "")
    assert approver.post(f"/api/plans/{plan}/publish", {})["status"] == 409
    assert moved(approver, plan, "approved") == (200, "approved")
    told = approver.post(f"/api/plans/{plan}/publish", {"note": "拆分"}, key="p")
    assert (told["status"], told["state"]) == (200, "in_force"), told
    assert approver.post(f"/api/plans/{plan}/publish", {"note": "拆分"}, key="p") == told
    assert approver.post(f"/api/plans/{plan}/publish", {"note": "拆分"})["status"] == 409
    assert [one["note"] for one in desk.get("/api/releases?city=town")["items"]][:1] == ["拆分"]
    assert desk.get("/api/cities")["items"][0]["cells"] == 25
    assert not desk.get(f"/api/plans/{plan}")["may"]["withdraw"]


def test_a_plan_for_a_day_ahead_is_scheduled(desk: Desk, approver: Desk) -> None:
    plan = begun(desk)
    desk.edit(plan, 0, kind="rename", code=FIRST, name="新名")
    assert moved(desk, plan, "review") == (200, "review")
    assert moved(approver, plan, "approved") == (200, "approved")
    now = clock.now()
    past = {"effective_at": (now - timedelta(days=1)).isoformat()}
    assert approver.post(f"/api/plans/{plan}/publish", past)["status"] == 422
    ahead = {"effective_at": (now + timedelta(days=1)).isoformat()}
    told = approver.post(f"/api/plans/{plan}/publish", ahead)
    assert (told["status"], told["state"]) == (200, "scheduled"), told
    assert told["effective_from"] is not None


def test_a_new_outer_border_takes_two_people(desk: Desk, approver: Desk) -> None:
    plan = begun(desk)
    (ring,) = rings(shape(desk.town, FIRST))
    at = min(ring, key=sum)
    told = desk.edit(plan, 0, kind="move_outer_vertex", at=at, to=[at[0] - 500, at[1] - 500])
    assert told["status"] == 200, told
    assert desk.get(f"/api/plans/{plan}")["has_outer"]
    assert moved(desk, plan, "review") == (200, "review")
    second = desk.at(planner(desk.town.city, 9, "approver"))
    who = [approver, second, desk.at(planner(desk.town.city, 1, "approver"))]
    assert [one.get(f"/api/plans/{plan}")["may"]["approve"] for one in who] == [True, True, False]
    assert moved(approver, plan, "approved") == (200, "review"), "one of two"
    assert moved(approver, plan, "approved")[0] == 409, "the same one again"
    assert [one.get(f"/api/plans/{plan}")["may"]["approve"] for one in who] == [False, True, False]
    assert moved(second, plan, "approved") == (200, "approved")
    assert len(desk.get(f"/api/plans/{plan}")["approvals"]) == 2
    told = second.post(f"/api/plans/{plan}/publish", {})
    assert (told["status"], told.get("state")) == (200, "in_force"), told
    assert min(rings(shape(desk.town, FIRST))[0], key=sum) == (at[0] - 500, at[1] - 500)


def test_a_plan_follows_a_newer_release_or_says_which_steps_do_not_fit(desk: Desk, approver: Desk) -> None:
    apart, clash, ahead = begun(desk), begun(desk), begun(desk)
    desk.edit(apart, 0, kind="split", code=EAST_AMID, line=across(desk.town, EAST_AMID))
    desk.edit(clash, 0, kind="rename", code=INNER, name="内")
    desk.edit(clash, 1, kind="rename", code=FIRST, name="甲")
    desk.edit(clash, 2, kind="rename", code=LAST, name="末")
    desk.edit(ahead, 0, kind="rename", code=FIRST, name="乙")
    assert published(desk, approver, ahead)["state"] == "in_force"
    late = published(desk, approver, apart)
    assert late["status"] == 409
    assert "rebase" in str(late["detail"])
    moved(desk, apart, "draft")
    told = desk.post(f"/api/plans/{apart}/rebase", {})
    assert (told["status"], told["base"]) == (200, told["newest"])
    assert told["counts"] == {"new": 1, "changed": told["counts"]["changed"], "gone": 0}
    assert desk.post(f"/api/plans/{apart}/rebase", {})["status"] == 409, "it stands there already"
    told = desk.post(f"/api/plans/{clash}/rebase", {})
    assert told["status"] == 409
    assert told["conflicts"] == [{"seq": 2, "cells": [FIRST], "why": "changed_by_release"}]
    told = desk.post(f"/api/plans/{clash}/rebase", {"leave_out": [2]})
    assert (told["status"], told["counts"]["changed"]) == (200, 2)
    assert desk.edit(clash, 3, kind="rename", code=SECOND, name="x")["status"] == 409, (
        "the picture is another"
    )
    back = desk.post(f"/api/plans/{clash}/undo", {"seen": 4})
    assert back["changed"] == [LAST]
    assert desk.post(f"/api/plans/{clash}/undo", {"seen": 5})["changed"] == [INNER]
    assert desk.post(f"/api/plans/{clash}/undo", {"seen": 6})["status"] == 409, "step 2 was left out"
    assert desk.post(f"/api/plans/{clash}/redo", {"seen": 6})["changed"] == [INNER]
    moved(desk, apart, "review")
    moved(approver, apart, "approved")
    told = approver.post(f"/api/plans/{apart}/publish", {})
    assert (told["status"], told.get("state")) == (200, "in_force"), told


def test_a_copy_goes_its_own_way_and_its_source_stays(desk: Desk, approver: Desk) -> None:
    plan = begun(desk)
    desk.edit(plan, 0, kind="split", code=FIRST, line=across(desk.town, FIRST))
    desk.edit(plan, 1, kind="rename", code=LAST, name="末")
    desk.post(f"/api/plans/{plan}/undo", {"seen": 2})
    other = desk.at(planner(desk.town.city, 2))
    copy = begun(other, copied_from=plan)
    assert other.get(f"/api/plans/{copy}")["counts"] == desk.get(f"/api/plans/{plan}")["counts"]
    assert other.post(f"/api/plans/{copy}/undo", {"seen": 1})["status"] == 200
    assert desk.get(f"/api/plans/{plan}")["counts"]["new"] == 1
    other.edit(copy, 2, kind="rename", code=LAST, name="末")
    moved(other, copy, "review")
    first = desk.at(planner(desk.town.city, 1, "approver"))
    assert moved(first, copy, "approved")[0] == 409, "its steps were drawn by them first"


def test_an_earlier_release_comes_back_as_a_plan(desk: Desk, approver: Desk, geo: Run) -> None:
    (first,) = desk.get("/api/releases?city=town")["items"]
    plan = begun(desk)
    desk.edit(plan, 0, kind="split", code=FIRST, line=across(desk.town, FIRST))
    desk.edit(plan, 1, kind="merge", codes=[AMID, INNER], into=INNER)
    assert published(desk, approver, plan)["state"] == "in_force", "also with nodes on the outer border"
    back = begun(desk, rolls_back=first["id"])
    told = desk.get(f"/api/plans/{back}")
    assert (told["rolls_back"], told["seq"], told["counts"]["gone"]) == (first["id"], 1, 1)
    assert desk.get(f"/api/plans/{back}/steps")["items"][0]["edit"]["release"] == first["id"]
    assert geo("plans", "verify", back, "--json")["whole"]
    told = published(desk, approver, back)
    assert (told["status"], told.get("state")) == (200, "in_force"), told
    assert desk.get("/api/cities")["items"][0]["cells"] == 24


def test_a_lock_holds_for_everybody_until_it_is_taken_away(desk: Desk, approver: Desk) -> None:
    plan = begun(desk)
    other = desk.at(planner(desk.town.city, 2))
    assert desk.send("PUT", f"/api/plans/{plan}/locks/cell/{FIRST}", {})["items"][0]["by"] == "planner.1"
    told = other.edit(plan, 0, kind="rename", code=FIRST, name="x")
    assert (told["status"], told["cells"], told["by"]) == (409, [FIRST], ["planner.1"])
    assert desk.edit(plan, 0, kind="rename", code=FIRST, name="x")["status"] == 409
    assert other.send("DELETE", f"/api/plans/{plan}/locks/cell/{FIRST}", {})["status"] == 409
    assert desk.send("DELETE", f"/api/plans/{plan}/locks/cell/{FIRST}", {})["items"] == []
    assert desk.send("PUT", f"/api/plans/{plan}/locks/unit/990101002", {})["status"] == 200
    told = other.edit(plan, 0, kind="rename", code=LAST, name="x")
    assert told["lock"] == {"kind": "unit", "code": "990101002"}
    box = desk.get("/api/cities")["items"][0]["bounds"]
    cells = desk.get(f"/api/plans/{plan}/arcs?bbox={','.join(map(str, box))}")["cells"]
    assert {cell["community"] for cell in cells if cell["is_locked"]} == {"990101002001"}
    for kind, code in (("cell", "1"), ("unit", "1"), ("street", "1")):
        assert desk.send("PUT", f"/api/plans/{plan}/locks/{kind}/{code}", {})["status"] == 404


def test_comments_are_about_the_plan_or_a_cell(desk: Desk, approver: Desk) -> None:
    plan = begun(desk)
    assert desk.post(f"/api/plans/{plan}/comments", {"text": "看看"})["cell"] is None
    assert approver.post(f"/api/plans/{plan}/comments", {"text": "太大", "cell": FIRST})["status"] == 201
    assert desk.post(f"/api/plans/{plan}/comments", {"text": "x", "cell": "nowhere"})["status"] == 422
    assert [one["by"] for one in desk.get(f"/api/plans/{plan}/comments")["items"]] == [
        "planner.1",
        "planner.8",
    ]


def test_consequences_tell_of_cells_cases_and_people(desk: Desk) -> None:
    plan = begun(desk)
    nothing = desk.get(f"/api/plans/{plan}/consequences")
    assert (nothing["cells"], nothing["open_incidents"]) == ({}, 0)
    desk.edit(plan, 0, kind="merge", codes=[SECOND, "990101001002001"], into="990101001002001")
    desk.edit(plan, 1, kind="rename", code=LAST, name="末")
    told = desk.get(f"/api/plans/{plan}/consequences")
    assert told["cells"] == {"merged": 2, "renamed": 1}
    assert told["unanswered"]
    shown = desk.get(f"/api/plans/{plan}/changes")["features"]
    whens = sorted((one["properties"]["when"], one["properties"]["code"]) for one in shown)
    assert whens == [
        ("new", "990101001002001"),
        ("new", LAST),
        ("old", SECOND),
        ("old", "990101001002001"),
        ("old", LAST),
    ]


def test_a_cell_with_another_code_keeps_its_people_and_its_cases(desk: Desk) -> None:
    """It was told as a new cell that nobody answers for, and its open incidents as given away."""
    plan = begun(desk)
    lying = desk.town.one(
        "SELECT v.code FROM placement p JOIN responder_cell d ON d.cell_id = p.cell_id"
        " JOIN cell_version v ON v.cell_id = p.cell_id"
        " WHERE p.is_open AND p.subject_kind = 'incident' ORDER BY p.subject_id LIMIT 1"
    )
    told = desk.edit(plan, 0, kind="recode", code=lying, to=lying[:-3] + "098")
    assert told["status"] == 200, told
    found = desk.get(f"/api/plans/{plan}/consequences")
    assert found["cells"] == {"recoded": 2}
    assert (found["open_incidents"], found["change_cell"], found["change_worker"], found["unanswered"]) == (
        1,
        0,
        0,
        [],
    )


def test_an_open_incident_that_gets_other_people_is_counted(desk: Desk) -> None:
    plan = begun(desk)
    lying = desk.town.one(
        "SELECT v.code FROM placement p JOIN cell_version v ON v.cell_id = p.cell_id"
        " WHERE p.is_open AND p.subject_kind = 'incident' ORDER BY p.subject_id LIMIT 1"
    )
    neighbour = next(one for one in (SECOND, INNER, FIRST) if one != lying)
    told = desk.edit(plan, 0, kind="merge", codes=[lying, neighbour], into=neighbour)
    assert told["status"] == 200, told
    found = desk.get(f"/api/plans/{plan}/consequences")
    assert (found["open_incidents"], found["change_cell"]) == (1, 1)


def test_the_log_is_verified_and_a_changed_row_is_found(desk: Desk, approver: Desk, geo: Run) -> None:
    plan, ahead = begun(desk), begun(desk)
    desk.edit(plan, 0, kind="split", code=FIRST, line=across(desk.town, FIRST))
    desk.edit(plan, 1, kind="rename", code=INNER, name="内")
    desk.post(f"/api/plans/{plan}/undo", {"seen": 2})
    desk.post(f"/api/plans/{plan}/redo", {"seen": 3})
    desk.edit(ahead, 0, kind="rename", code=LAST, name="末")
    published(desk, approver, ahead)
    assert desk.post(f"/api/plans/{plan}/rebase", {})["status"] == 200
    desk.edit(plan, 5, kind="merge", codes=[FIRST, INNER], into=FIRST)
    told = geo("plans", "verify", plan, "--json")
    assert (told["whole"], told["steps"]) == (True, desk.get(f"/api/plans/{plan}")["seq"])
    assert len(geo("plans", "steps", plan, "--json")) == told["steps"]
    assert [one["id"] for one in geo("plans", "list", "--json")] == [ahead, plan]
    changes = {
        (1, "its hash is not that of what it says"): 'edit = edit || \'{"code": "x"}\' WHERE seq = 1',
        (2, "its hash is not that of what it says"): "actor = 'nobody' WHERE seq = 2",
        (2, "it is in force against what later steps say, or not"): "ended_by = NULL WHERE seq = 2",
        (4, "it is missing"): "seq = 40 WHERE seq = 4",
        (6, "the plan had more steps, or others"): "plan_id = {other} WHERE seq = 6",
    }
    for (seq, problem), change in changes.items():
        said = change.replace("{other}", str(ahead))
        sql = f"UPDATE plan_step SET {said} AND plan_id = {plan}"
        assert after(desk.town, sql, plan) == verifying.Verdict(5 if seq == 6 else 6, seq, problem)
    moving = "UPDATE plan_cell SET geometry = ST_Translate(geometry, 0.001, 0)"
    sql = f"{moving} WHERE plan_id = {plan} AND code = '{FIRST}'"
    assert after(desk.town, sql, plan).problem == f"cell {FIRST} is not what the log makes of it"


def after(town: Town, sql: str, plan: int) -> verifying.Verdict:
    """Return the verdict on a plan after who owns the database changed a row, and put it back."""
    owner = db.Database(town.settings.database_url, town.settings)
    try:
        with owner.transaction(SYSTEM) as tx:
            assert tx.run(Raw(sql)) == 1
            found = verifying.verify(tx, plan)
            tx.run(Raw("ROLLBACK"))
    finally:
        owner.dispose()
    return found
