"""No cell that had people has nobody once a plan is published: its new cells are answered for by the same people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Town
from tests.integration.plans.conftest import Desk, across
from tests.integration.plans.test_review import AMID, INNER, LAST, begun, published
from tests.integration.plans.test_review import approver as approver  # noqa: PLC0414

CUT = "990101001002004"
"""A cell inside the town that an open incident lies in."""
WEST, EAST, BOTH = "990101001002091", "990101001002092", "990101001001093"
STANDS = "v.valid @> now() AND upper_inf(v.recorded)"


@pytest.fixture
def peopled(desk: Desk) -> Desk:
    """The first planner's desk, where each of three cells has somebody else."""
    desk.town.run("DELETE FROM responder_cell")
    for code, who in ((CUT, "P0"), (AMID, "P1"), (INNER, "P2")):
        desk.town.run("INSERT INTO responder_cell SELECT r.id, g.cell_id FROM responder r, code_registry g"
                      " WHERE g.code = %(code)s AND r.code = %(who)s", code=code, who=who)  # fmt: skip
    return desk


def edited(desk: Desk, plan: int) -> None:
    """Cut a cell into two new ones, make one new cell of two."""
    asked: list[dict[str, Any]] = [
        {"kind": "split", "code": CUT, "line": across(desk.town, CUT), "codes": [WEST, EAST]},
        {"kind": "merge", "codes": [AMID, INNER], "into": BOTH},
    ]
    for seen, one in enumerate(asked):
        told = desk.edit(plan, seen, **one)
        assert told["status"] == 200, told


def answering(town: Town) -> dict[str, list[str]]:
    """Return who answers for each cell that stands and has anybody."""
    rows = town.all(
        "SELECT v.code, array_agg(r.code ORDER BY r.code) FROM cell_version v"
        " JOIN responder_cell d ON d.cell_id = v.cell_id JOIN responder r ON r.id = d.responder_id"
        f" WHERE {STANDS} GROUP BY v.code"
    )
    return dict(rows)


BEFORE = {CUT: ["P0"], AMID: ["P1"], INNER: ["P2"]}
AFTER = {WEST: ["P0"], EAST: ["P0"], BOTH: ["P1", "P2"]}


def test_what_is_told_before_publishing_is_so_afterwards(peopled: Desk, approver: Desk) -> None:
    """A new cell was told as one that nobody answers for, and nobody did."""
    plan = begun(peopled)
    edited(peopled, plan)
    peopled.edit(plan, 2, kind="rename", code=LAST, name="末")
    told = peopled.get(f"/api/plans/{plan}/consequences")
    assert LAST in told["unanswered"], "it has nobody, and did not have"
    lies = ("SELECT v.code FROM placement p JOIN cell_version v ON v.cell_id = p.cell_id"
            f" WHERE p.is_open AND p.subject_kind = 'incident' AND {STANDS} ORDER BY p.subject_id")  # fmt: skip
    was = peopled.town.all(lies)
    assert published(peopled, approver, plan)["state"] == "in_force"
    now, found = peopled.town.all(lies), answering(peopled.town)
    assert found == AFTER
    assert found.keys().isdisjoint(told["unanswered"])
    pairs = [(a, b) for a, b in zip(was, now, strict=True) if a != b]
    assert (told["open_incidents"], told["change_cell"]) == (len(pairs), len(pairs)) == (1, 1)
    assert told["change_worker"] == sum(BEFORE.get(a) != found.get(b) for a, b in pairs) == 0
    assert (told["told"], told["workers"]) == (0, [])


def test_to_go_back_gives_everybody_their_cells_again(peopled: Desk, approver: Desk) -> None:
    (first,) = peopled.get("/api/releases?city=town")["items"]
    plan = begun(peopled)
    edited(peopled, plan)
    assert published(peopled, approver, plan)["state"] == "in_force"
    second = peopled.get("/api/releases?city=town")["items"][0]["id"]
    for release, expected in ((first["id"], BEFORE), (second, AFTER)):
        back = begun(peopled, rolls_back=release)
        told = peopled.get(f"/api/plans/{back}/consequences")
        assert (told["open_incidents"], told["change_cell"], told["change_worker"]) == (1, 1, 0)
        assert expected.keys().isdisjoint(told["unanswered"])
        assert published(peopled, approver, back)["state"] == "in_force"
        assert answering(peopled.town) == expected
