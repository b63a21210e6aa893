"""Whole cells brought by an earlier release are taken back, brought again, copied and carried to a newer release."""

from __future__ import annotations

import pytest

from geo_app.planning import service as planning
from geo_app.plans import drafts, making, replacing, service
from tests.integration.conftest import Run
from tests.integration.plans.conftest import Desk, across
from tests.integration.plans.test_review import (
    AMID,
    EAST_AMID,
    FIRST,
    INNER,
    LAST,
    SECOND,
    begun,
    published,
)  # fmt: skip
from tests.integration.plans.test_review import approver as approver  # noqa: PLC0414

BESIDE = "990101001002001"
"""The neighbour of the second cell."""


@pytest.fixture
def first(desk: Desk, approver: Desk) -> int:
    """The first release, after a second one split a cell and made one of two others."""
    (release,) = desk.get("/api/releases?city=town")["items"]
    plan = begun(desk)
    desk.edit(plan, 0, kind="split", code=FIRST, line=across(desk.town, FIRST))
    desk.edit(plan, 1, kind="merge", codes=[AMID, INNER], into=INNER)
    assert published(desk, approver, plan)["state"] == "in_force"
    number: int = release["id"]
    return number


def counts(desk: Desk, plan: int) -> dict[str, int]:
    """Return how a plan differs from its base, as a process that has just started says."""
    drafts.MEMORY.forget()
    found: dict[str, int] = desk.get(f"/api/plans/{plan}")["counts"]
    return found


def test_what_an_earlier_release_brought_is_taken_back_and_brought_again(
    desk: Desk, first: int, geo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = begun(desk, rolls_back=first)
    whole = counts(desk, back)
    assert whole["new"] == whole["gone"] == 1
    assert desk.get(f"/api/plans/{back}")["may"]["undo"]
    told = desk.post(f"/api/plans/{back}/undo", {"seen": 1})
    assert (told["status"], told["seq"]) == (200, 2), told
    assert counts(desk, back) == {"new": 0, "changed": 0, "gone": 0}
    assert desk.post(f"/api/plans/{back}/undo", {"seen": 2})["status"] == 409
    monkeypatch.setattr(making, "MOST_CELLS", 2)
    told = desk.post(f"/api/plans/{back}/redo", {"seen": 2})
    assert (told["seq"], told["cells"]) == (3, []), "too many to draw"
    assert counts(desk, back) == whole
    desk.edit(back, 3, kind="rename", code=FIRST, name="x")
    for step in (4, 5):
        assert desk.post(f"/api/plans/{back}/undo", {"seen": step})["status"] == 200
    assert counts(desk, back) == {"new": 0, "changed": 0, "gone": 0}
    assert desk.post(f"/api/plans/{back}/redo", {"seen": 6})["status"] == 200
    assert geo("plans", "verify", back, "--json")["whole"]


def test_what_the_plan_had_changed_before_stands_again(desk: Desk, first: int, geo: Run) -> None:
    plan = begun(desk)
    desk.edit(plan, 0, kind="split", code=EAST_AMID, line=across(desk.town, EAST_AMID))
    assert desk.edit(plan, 1, kind="merge", codes=[SECOND, BESIDE], into=BESIDE)["status"] == 200
    assert desk.edit(plan, 2, kind="rename", code=FIRST, name="一")["status"] == 200
    before = counts(desk, plan)
    with desk.town.database.transaction(desk.actor) as tx:
        city, found = service.to_change(tx, plan, None)
        replacing.replace(tx, city, found, planning.partition_of(tx, city, first), {"release": first})
    assert counts(desk, plan) == counts(desk, begun(desk, rolls_back=first))
    assert desk.post(f"/api/plans/{plan}/undo", {"seen": 4})["status"] == 200
    assert counts(desk, plan) == before
    copy = begun(desk, copied_from=plan)
    assert counts(desk, copy) == before
    for one in (plan, copy):
        assert geo("plans", "verify", one, "--json")["whole"]


def test_what_was_brought_goes_to_a_newer_release_and_comes_not_again_where_it_no_longer_fits(
    desk: Desk, approver: Desk, first: int, geo: Run
) -> None:
    carried, late = begun(desk, rolls_back=first), begun(desk, rolls_back=first)
    ahead, inside = begun(desk), begun(desk)
    whole = counts(desk, carried)
    for verb, seen in (("undo", 1), ("redo", 2)):
        assert desk.post(f"/api/plans/{carried}/{verb}", {"seen": seen})["status"] == 200
    desk.post(f"/api/plans/{late}/undo", {"seen": 1})
    desk.edit(ahead, 0, kind="rename", code=LAST, name="末")
    assert published(desk, approver, ahead)["state"] == "in_force"
    assert desk.post(f"/api/plans/{carried}/rebase", {})["status"] == 200
    copy = begun(desk, copied_from=carried)
    assert [counts(desk, one) for one in (carried, copy)] == [whole] * 2
    assert desk.post(f"/api/plans/{carried}/undo", {"seen": 4})["status"] == 200
    assert counts(desk, carried) == {"new": 0, "changed": 0, "gone": 0}
    desk.post(f"/api/plans/{inside}/rebase", {})
    desk.edit(inside, 1, kind="rename", code=INNER, name="内")
    assert published(desk, approver, inside)["state"] == "in_force"
    assert desk.post(f"/api/plans/{late}/rebase", {})["status"] == 200
    told = desk.post(f"/api/plans/{late}/redo", {"seen": 3})
    assert (told["status"], told["detail"][:33]) == (409, "the cells of step 2 are others si"), told
    for one in (carried, late, copy):
        assert geo("plans", "verify", one, "--json")["whole"]
