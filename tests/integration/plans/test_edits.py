"""A plan is drawn step by step over HTTP: what an edit answers, undo and redo, who was first, who may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo_app.core.actor import Scope
from geo_app.plans import drafts
from tests.integration.identity.scoping import EAST, of_street
from tests.integration.plans.conftest import Desk, across, planner, shape

FIRST, SECOND, THIRD, LAST = "990101001001001", "990101001001002", "990101001002001", "990101002001008"
INNER = "990101001001003"


@pytest.fixture
def plan(desk: Desk) -> int:
    """A plan that has just been begun."""
    made = desk.post("/api/plans?city=town", {"name": "东街道调整"})
    assert made["status"] == 201, made
    number: int = made["id"]
    return number


def test_a_plan_begins_on_the_newest_release(desk: Desk, plan: int) -> None:
    told = desk.get(f"/api/plans/{plan}")
    assert (told["state"], told["seq"], told["base"]) == ("draft", 0, told["newest"])
    assert told["may"]["edit"]
    assert not told["may"]["undo"]
    assert not told["may"]["approve"]
    assert told["authors"] == [{"name": "planner.1", "account": 1}]
    assert [one["id"] for one in desk.get("/api/plans?city=town")["items"]] == [plan]


def test_a_split_answers_the_cells_around_with_proposed_codes(desk: Desk, plan: int) -> None:
    told = desk.edit(plan, 0, kind="split", code=FIRST, line=across(desk.town, FIRST))
    assert told["status"] == 200, told
    new = (set(told["changed"]) - {FIRST}) & {cell["code"] for cell in told["cells"]}
    assert told["seq"] == 1
    assert FIRST in told["changed"]
    assert any(code.startswith("990101001001") for code in new)
    shown = {cell["code"] for cell in told["cells"]}
    for arc in told["arcs"]:
        assert {arc["one"], arc["other"]} & shown
        assert len(arc["line"]) == len(arc["lonlat"])
    for cell in told["cells"]:
        assert all(-len(told["arcs"]) <= one < len(told["arcs"]) for ring in cell["rings"] for one in ring)
    assert {cell["code"] for cell in told["cells"] if cell["is_changed"]} == set(told["changed"])
    assert desk.get(f"/api/plans/{plan}")["counts"]["new"] == 1


def test_the_rings_of_a_picture_are_the_cells(desk: Desk, plan: int) -> None:
    box = desk.get("/api/cities")["items"][0]["bounds"]
    told = desk.get(f"/api/plans/{plan}/arcs?bbox={','.join(map(str, box))}")
    assert len(told["cells"]) == 24
    for cell in told["cells"]:
        ring = []
        for one in cell["rings"][0]:
            line = told["arcs"][one]["line"] if one >= 0 else told["arcs"][~one]["line"][::-1]
            ring += line[:-1]
        was = shape(desk.town, cell["code"])
        assert {(x / 1000, y / 1000) for x, y in ring} == set(was.exterior.coords)
    corners = {tuple(one) for one in told["junctions"]}
    assert len(corners) > 10
    assert all({tuple(arc["line"][0]), tuple(arc["line"][-1])} <= corners for arc in told["arcs"])


def test_a_place_may_be_given_in_degrees(desk: Desk, plan: int) -> None:
    box = desk.get("/api/cities")["items"][0]["bounds"]
    picture = desk.get(f"/api/plans/{plan}/arcs?bbox={','.join(map(str, box))}")
    arc = next(one for one in picture["arcs"] if one["other"])
    lon, lat = arc["lonlat"][0]
    told = desk.edit(plan, 0, kind="rename", code=FIRST, name="新名")
    assert told["seq"] == 1
    moved = {"lon": lon + 5e-5, "lat": lat + 2e-5}
    told = desk.edit(plan, 1, kind="move_vertex", at={"lon": lon, "lat": lat}, to=moved)
    assert told["status"] in {200, 422}, told
    assert told["status"] == 200 or told["reason"] != "malformed"


def test_what_would_tear_the_grid_is_refused_with_reason_place_and_advice(desk: Desk, plan: int) -> None:
    told = desk.edit(plan, 0, kind="merge", codes=[FIRST, LAST], into=FIRST)
    assert (told["status"], told["reason"]) == (422, "not_neighbours")
    assert told["codes"] == [FIRST, LAST]
    assert told["place"]["type"]
    assert told["advice"]
    assert desk.get(f"/api/plans/{plan}")["seq"] == 0
    for wrong in ({"kind": "restore"}, {"kind": "x"}, {}, {"kind": "rename", "code": "\0", "name": "x"}):
        assert desk.post(f"/api/plans/{plan}/edits", {"seen": 0, "edit": wrong})["reason"] == "malformed"


def test_undo_takes_back_the_own_newest_step_and_redo_makes_it_again(desk: Desk, plan: int) -> None:
    other = desk.at(planner(desk.town.city, 2))
    desk.edit(plan, 0, kind="rename", code=FIRST, name="一")
    desk.edit(plan, 1, kind="split", code=INNER, line=across(desk.town, INNER))
    assert other.edit(plan, 2, kind="rename", code=LAST, name="三")["seq"] == 3
    back = desk.post(f"/api/plans/{plan}/undo", {"seen": 3})
    assert back["status"] == 200
    assert INNER in back["changed"]
    assert desk.get(f"/api/plans/{plan}")["counts"] == {"new": 0, "changed": 2, "gone": 0}
    again = desk.post(f"/api/plans/{plan}/redo", {"seen": 4})
    assert desk.get(f"/api/plans/{plan}")["counts"]["new"] == 1
    desk.post(f"/api/plans/{plan}/undo", {"seen": again["seq"]})
    desk.post(f"/api/plans/{plan}/undo", {"seen": again["seq"]})
    assert desk.get(f"/api/plans/{plan}")["counts"] == {"new": 0, "changed": 1, "gone": 0}
    none = desk.post(f"/api/plans/{plan}/undo", {"seen": again["seq"]})
    assert none["status"] == 409
    kinds = [(one["kind"], one["undoes"]) for one in desk.get(f"/api/plans/{plan}/steps")["items"]]
    assert kinds[::-1][3:] == [("undo", 2), ("redo", 4), ("undo", 5), ("undo", 1)]
    assert not desk.get(f"/api/plans/{plan}")["may"]["undo"]
    assert other.get(f"/api/plans/{plan}")["may"]["undo"]


def test_who_did_not_see_the_newest_of_a_cell_is_told_who_changed_it(desk: Desk, plan: int) -> None:
    other = desk.at(planner(desk.town.city, 2))
    desk.edit(plan, 0, kind="rename", code=FIRST, name="一")
    told = other.edit(plan, 0, kind="rename", code=FIRST, name="二")
    assert (told["status"], told["cells"], told["by"], told["seq"]) == (409, [FIRST], ["planner.1"], 1)
    assert other.edit(plan, 0, kind="rename", code=LAST, name="二")["seq"] == 2, "areas apart merge"
    assert other.edit(plan, 1, kind="rename", code=FIRST, name="二")["seq"] == 3
    back = desk.post(f"/api/plans/{plan}/undo", {"seen": 3})
    assert (back["status"], back["by"]) == (409, ["planner.2"]), "somebody built on it"


def test_a_merge_of_cells_somebody_took_away_is_a_conflict_and_no_mystery(desk: Desk, plan: int) -> None:
    other = desk.at(planner(desk.town.city, 2))
    desk.edit(plan, 0, kind="merge", codes=[FIRST, SECOND], into=FIRST)
    told = other.edit(plan, 0, kind="rename", code=SECOND, name="二")
    assert (told["status"], told["cells"], told["by"]) == (409, [SECOND], ["planner.1"])


def test_the_same_request_is_answered_once(desk: Desk, plan: int) -> None:
    asked = {"seen": 0, "edit": {"kind": "rename", "code": FIRST, "name": "一"}}
    first = desk.post(f"/api/plans/{plan}/edits", asked, key="once")
    assert desk.post(f"/api/plans/{plan}/edits", asked, key="once") == first
    assert desk.get(f"/api/plans/{plan}")["seq"] == 1


def test_a_retired_code_is_not_given_again(desk: Desk, plan: int) -> None:
    line = across(desk.town, FIRST)
    retired = "990101001001099"
    desk.town.run(
        "INSERT INTO code_registry (city_id, code, cell_id, first_release)"
        " SELECT city_id, %(code)s, nextval('cell_id'), id FROM release LIMIT 1",
        code=retired,
    )
    told = desk.edit(plan, 0, kind="split", code=FIRST, line=line, codes=[FIRST, retired])
    assert (told["status"], told["reason"]) == (422, "code_in_use")
    told = desk.edit(plan, 0, kind="split", code=FIRST, line=line, codes=[FIRST, "no code"])
    assert (told["status"], told["field"]) == (422, "codes")
    told = desk.edit(plan, 0, kind="split", code=FIRST, line=line)
    assert "990101001001100" in told["changed"]


def test_a_planner_of_a_street_changes_no_cell_of_another(desk: Desk, plan: int) -> None:
    own = desk.at(of_street(desk.town, EAST, "planner", account=7))
    assert own.edit(plan, 0, kind="rename", code=FIRST, name="一")["status"] == 200
    told = own.edit(plan, 1, kind="rename", code=LAST, name="三")
    assert (told["status"], told["scope"]) == (403, f"cell {LAST}")
    told = own.edit(plan, 1, kind="assign_units", units={FIRST: "990101002001"})
    assert (told["status"], told["scope"]) == (403, f"cell {FIRST}"), "not given away either"
    stranger = desk.at(replace(own.actor, scope=Scope()))
    assert stranger.get(f"/api/plans/{plan}")["status"] == 404


def test_a_process_that_lost_its_memory_or_is_behind_draws_the_same(desk: Desk, plan: int) -> None:
    drafts.MEMORY.forget()
    told = desk.edit(plan, 0, kind="split", code=INNER, line=across(desk.town, INNER))
    box = desk.get("/api/cities")["items"][0]["bounds"]
    path = f"/api/plans/{plan}/arcs?bbox={','.join(map(str, box))}"
    before = desk.get(path)
    drafts.MEMORY.forget()
    assert desk.get(path) == before
    back = desk.post(f"/api/plans/{plan}/undo", {"seen": told["seq"]})
    assert back["status"] == 200
    ours = drafts.MEMORY
    drafts.MEMORY = drafts.Memory()
    desk.get(path)
    desk.edit(plan, 2, kind="rename", code=FIRST, name="一")
    theirs, drafts.MEMORY = drafts.MEMORY, ours
    behind = desk.get(path)
    drafts.MEMORY = theirs
    assert desk.get(path) == behind
    assert not [cell for cell in behind["cells"] if cell["code"] == INNER and cell["is_changed"]]


def test_too_many_cells_at_once_are_refused_with_advice(
    desk: Desk, plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_app.plans.service.MOST_CELLS", 3)
    told = desk.get(f"/api/plans/{plan}/arcs?bbox=110,30,120,45")
    assert told["status"] == 422
    assert "zoom in" in told["rule"]
    for wrong in ("", "1,2,3", "a,b,c,d", "5,5,4,6", "nan,0,1,1", "-180,-90,180,90"):
        assert desk.get(f"/api/plans/{plan}/arcs?bbox={wrong}")["status"] == 422, wrong
