"""What a plan's numbers say before it is published is what stands afterwards, for every number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from geo_app.core.actor import SYSTEM
from geo_app.insight import numbers, service, store
from geo_app.insight.model import Basis, Numbers
from geo_app.insight.service import Grid, Kind
from geo_app.planning import service as planning
from geo_app.plans import service as plans
from tests.integration.conftest import Town
from tests.integration.insight.conftest import DAY, Plan, add_history, add_homes, publish
from tests.integration.plans.conftest import Desk, across, desk, planner

__all__ = ["desk"]
UNTIL = date.fromisoformat(DAY)
# A lies inside the city; E is merged into C beside it.
A, B, C, D, E = (f"990101001001{number:03d}" for number in (4, 2, 1, 8, 3))
NEW = "990101001001099"


def edits(town: Town) -> list[dict[str, Any]]:
    """Return edits of most kinds: a cell cut in two, two merged, one renamed, one recoded, one given away."""
    return [
        {"kind": "split", "code": A, "line": across(town, A), "codes": [A, NEW]},
        {"kind": "merge", "codes": [C, E], "into": C},
        {"kind": "rename", "code": B, "name": "新名"},
        {"kind": "recode", "code": D, "to": "990101001001098"},
        {"kind": "assign_units", "units": {"990101001002001": "990101001001"}},
    ]


def of_plan(town: Town, plan_id: int) -> Numbers:
    with town.database.transaction(SYSTEM) as tx:
        return service.of_plan(tx, plan_id, 12, UNTIL).numbers


def test_the_preview_is_what_stands_after_publishing_for_every_number(town: Town, plan: Plan) -> None:
    add_history(town)
    add_homes(town)
    town.run("INSERT INTO responder_cell SELECT r.id, v.cell_id FROM responder r, cell_version v"
             " WHERE r.code = 'P1' AND v.code = ANY(%(codes)s) ON CONFLICT DO NOTHING", codes=[A, B, D, E])  # fmt: skip
    asked = plan(*edits(town))
    preview = of_plan(town, asked)
    assert preview.before.cells == 24
    assert preview.after.cells == 24
    assert preview.before != preview.after
    publish(town, asked)
    after = of_plan(town, plan(name="nothing"))
    assert (after.before, after.after, after.cells) == (preview.after, preview.after, {})
    _compare_cells(town, preview)
    _compare_database(town, preview)


def _compare_cells(town: Town, preview: Numbers) -> None:
    """Compare cells and communities with those of the release that stands."""
    with town.database.transaction(SYSTEM) as tx:
        release = plans.newest(tx, town.city).id
        standing = service.history.standing(tx, town.city, release, service.window(town.city, 12, UNTIL))
    assert set(preview.cells) == {A, B, C, D, E, NEW, "990101001001098", "990101001002001"}
    for code, (_, found) in preview.cells.items():
        assert standing.cells.get(code) == found
    for code, (_, community) in preview.units.items():
        assert numbers.unit(standing.cast, standing.units, code) == community


def _compare_database(town: Town, preview: Numbers) -> None:
    """Compare with what the database itself counts, now that it is published."""
    stands = "valid @> now() AND upper_inf(recorded)"
    rows = town.all(
        f"SELECT v.code, ST_Area(v.geometry), ST_Perimeter(v.geometry),"
        f" (SELECT count(*) FROM placement p WHERE p.cell_id = v.cell_id AND p.is_open) AS open,"
        f" (SELECT count(*) FROM responder_cell d WHERE d.cell_id = v.cell_id) AS workers,"
        f" (SELECT count(*) FROM incident i JOIN placement p ON p.subject_id = i.id"
        f"  WHERE i.reported_at < %(until)s AND ST_Intersects(v.geometry, ST_ForceCollection(p.point))"
        f"  AND NOT EXISTS (SELECT FROM cell_version o WHERE o.code < v.code AND o.{stands}"
        f"  AND ST_Intersects(o.geometry, ST_ForceCollection(p.point)))) AS past,"
        f" (SELECT coalesce(sum(h.households), 0) FROM household_count h"
        f"  WHERE ST_Intersects(v.geometry, ST_ForceCollection(h.point))"
        f"  AND NOT EXISTS (SELECT FROM cell_version o WHERE o.code < v.code AND o.{stands}"
        f"  AND ST_Intersects(o.geometry, ST_ForceCollection(h.point)))) AS homes"
        f" FROM cell_version v WHERE v.{stands} ORDER BY v.code",
        until=f"{DAY}T00:00:00+08:00",
    )
    assert preview.after.cells == len(rows)
    assert preview.after.area == pytest.approx(sum(row[1] for row in rows), abs=1e-3)
    assert preview.after.open == sum(row[3] for row in rows)
    assert preview.after.incidents == sum(row[5] for row in rows)
    assert preview.after.cells_without_worker == sum(row[4] == 0 for row in rows)
    assert preview.after.households == sum(row[6] for row in rows)
    fair = preview.after.households_among_cells
    assert fair is not None
    assert (fair.among, fair.smallest, fair.largest) == (
        len(rows),
        *(one(row[6] for row in rows) for one in (min, max)),
    )
    for code, area, perimeter, is_open, workers, past, homes in rows:
        if code in preview.cells:
            found = preview.cells[code][1]
            assert found is not None
            assert (found.area, found.perimeter) == (
                pytest.approx(area),
                pytest.approx(perimeter, abs=1e-3),
            )
            assert (found.open, found.workers, found.incidents, found.households) == (
                is_open, workers, past, homes,
            )  # fmt: skip


def test_what_moves_is_counted_case_by_case(town: Town, plan: Plan) -> None:
    add_history(town)
    open_now = (
        "SELECT subject_id, coalesce(cell_id, 0) AS cell, coalesce(community_id, 0) AS unit"
        " FROM placement WHERE is_open"
    )
    asked = plan(*edits(town))
    shift = of_plan(town, asked).changes
    before = {row[0]: row[1:] for row in town.all(open_now)}
    publish(town, asked)
    after = {row[0]: row[1:] for row in town.all(open_now)}
    assert shift.open.among == len(before)
    assert shift.open.cell == sum(before[one][0] != after[one][0] for one in before) > 0
    assert shift.open.unit == sum(before[one][1] != after[one][1] for one in before) > 0
    duties = set(town.all("SELECT cell_id FROM responder_cell"))
    moved = sum((before[one][0] in duties) != (after[one][0] in duties) for one in before)
    assert (shift.open.worker, shift.workers, shift.workers_among) == (moved, 1, 1)


def test_households_move_with_the_land_they_live_on(town: Town, plan: Plan, desk: Desk) -> None:
    places = add_homes(town)
    asked = plan(*edits(town))
    told = desk.get(f"/api/plans/{asked}/numbers?until={DAY}")
    lives = (
        "SELECT h.id, coalesce((SELECT min(v.code) FROM cell_version v WHERE v.valid @> now() AND upper_inf(v.recorded)"
        " AND ST_Intersects(v.geometry, ST_ForceCollection(h.point))), '') FROM household_count h ORDER BY h.id"
    )
    before, many = dict(town.all(lives)), dict(town.all("SELECT id, households FROM household_count"))
    duties = "SELECT v.code FROM responder_cell d JOIN cell_version v USING (cell_id) WHERE v.valid @> now()"
    worked = set(town.all(duties))
    release = publish(town, asked)
    after, works = dict(town.all(lives)), set(town.all(duties))
    moved = sum(many[one] for one in many if (before[one] in worked) != (after[one] in works))
    among = sum(count for _, count in places)
    shift = told["changes"]["households"]
    assert (shift["among"], shift["worker"]) == (among, moved)
    assert shift["share_worker"] == round(moved / among, 4) > 0
    assert told["before"]["households"] + told["before"]["households_outside"] == among
    with town.database.transaction(SYSTEM) as tx:
        links = planning.lineage(tx, town.city, release)
    for link in links:
        there = sum(many[one] for one in many if before[one] == link.parent_code)
        both = sum(
            many[one] for one in many
            if (before[one], after[one]) == (link.parent_code, link.child_code)
        )  # fmt: skip
        assert link.household_share == (both / there if there else None)
    assert any(0 < (link.household_share or 0) < 1 for link in links)


def test_households_that_are_counted_anew_count_at_once(town: Town, plan: Plan) -> None:
    asked = plan()
    assert of_plan(town, asked).before.households is None
    for seed in (3, 4):
        among = sum(many for _, many in add_homes(town, 40, seed))
        found = of_plan(town, asked).before
        assert (found.households or 0) + (found.households_outside or 0) == among


def test_history_that_is_loaded_later_counts_at_once(town: Town, plan: Plan) -> None:
    asked = plan()
    assert of_plan(town, asked).before.incidents == 3
    add_history(town, 30)
    later = of_plan(town, asked).before
    assert later.incidents + later.incidents_outside == 33


def test_an_undone_step_and_another_plan_do_not_mix(town: Town, plan: Plan) -> None:
    add_history(town, 60)
    one, other = plan(*edits(town)[:1]), plan(*edits(town)[1:2])
    first = of_plan(town, one)
    assert set(of_plan(town, other).cells) == {C, E}
    assert of_plan(town, one) == first
    with town.database.transaction(planner(town.city, 1)) as tx:
        plans.undo(tx, one, 1)
    undone = of_plan(town, one)
    assert (undone.cells, undone.after) == ({}, undone.before)


def test_history_lies_as_matched_or_as_it_would_in_another_grid(town: Town, plan: Plan) -> None:
    add_history(town, 90)
    when = service.window(town.city, 12, UNTIL)
    asked = plan(*edits(town))
    with town.database.transaction(SYSTEM) as tx:
        first = plans.newest(tx, town.city).id
        matched = service.as_matched(tx, town.city, when)
        cast = service.recast(tx, town.city, Grid(Kind.PLAN, asked), when)
        same = service.recast(tx, town.city, Grid(Kind.RELEASE, first), when)
    assert {code: one for code, one in same.cells.items() if one.incidents} == matched.cells
    assert (same.communities, same.outside) == (matched.communities, matched.outside)
    assert matched.basis is Basis.MINUTES
    second = publish(town, asked)
    closed = "SELECT count(*) FROM placement WHERE NOT is_open AND release_id = %(id)s"
    assert town.one(closed, id=second) == 0, "closed ones keep the release of their time"
    with town.database.transaction(SYSTEM) as tx:
        assert service.recast(tx, town.city, Grid(Kind.RELEASE, second), when) == cast
        assert service.recast(tx, town.city, Grid(Kind.RELEASE, first), when) == same


def test_the_door_tells_numbers_and_nobodys_name(town: Town, plan: Plan, desk: Desk) -> None:
    add_history(town, 60)
    asked = plan(*edits(town))
    told = desk.get(f"/api/plans/{asked}/numbers?until={DAY}&months=12")
    assert (told["status"], told["seq"], told["basis"]) == (200, 5, "minutes")
    assert told["window"] == {"since": "2025-05-21T00:00:00+08:00", "until": "2026-05-21T00:00:00+08:00"}
    assert (told["before"]["households"], told["changes"]["households"]) == (None, None)
    by_code = {one["code"]: one for one in told["cells"]}
    assert by_code[NEW]["before"] is None
    assert by_code[E]["after"] is None
    assert by_code[C]["before"]["workers"] == 1
    assert told["changes"]["workers"] == {"among": 1, "changed": 1, "share": 1.0}
    assert "王" not in str(told)
    assert desk.get("/api/plans/999/numbers")["status"] == 404
    assert desk.get(f"/api/plans/{asked}/numbers?until=soon")["status"] == 422
    for cast in ("matched", f"plan:{asked}", f"release:{told['base']}"):
        found = desk.get(f"/api/statistics?by=cell&cast={cast}&until={DAY}")
        assert (found["status"], found["incidents"]) == (200, 63)
    assert desk.get("/api/statistics?cast=release:999")["status"] == 404


def test_two_grids_are_compared_with_both_sides_of_what_changed(town: Town, plan: Plan, desk: Desk) -> None:
    asked = plan(*edits(town))
    with town.database.transaction(SYSTEM) as tx:
        base = plans.newest(tx, town.city).id
    told = desk.get(f"/api/compare?from=release:{base}&to=plan:{asked}")
    changed = {one["code"]: one["changes"] for one in told["changed"]}
    assert changed == {
        A: ["split"], NEW: ["split"], C: ["merged"], B: ["renamed"], "990101001001098": ["recoded"],
        "990101001002001": ["reassigned"],
    }  # fmt: skip
    assert {one["code"]: one["changes"] for one in told["gone"]} == {D: ["recoded"], E: ["merged"]}
    assert told["counts"] == {"merged": 1, "reassigned": 1, "recoded": 1, "renamed": 1, "split": 2}
    assert sum(one["area"] for one in told["lineage"] if one["old"] == A) > 0
    assert {one["properties"]["code"] for one in told["new"]["features"]} == set(changed)
    assert {one["properties"]["code"] for one in told["old"]["features"]} >= {A, B, C, D, E}
    west, south = told["new"]["features"][0]["geometry"]["coordinates"][0][0]
    assert (round(west), round(south)) == (117, 40)
    second = publish(town, asked)
    again = desk.get(f"/api/compare?from=release:{base}&to=release:{second}")
    assert {**again, "to": told["to"]} == told
    back = desk.get(f"/api/compare?from=release:{second}&to=release:{base}")
    assert back["counts"]["merged"] == 1
    assert desk.get(f"/api/compare?from=release:{base}&to=cell:1")["status"] == 422


def test_a_new_name_is_no_new_border(town: Town, plan: Plan, desk: Desk) -> None:
    asked = plan({"kind": "rename", "code": A, "name": "新名"})
    with town.database.transaction(SYSTEM) as tx:
        base = planning.releases(tx, town.city)[0].id
    told = desk.get(f"/api/compare?from=release:{base}&to=plan:{asked}")
    assert (told["counts"], told["lineage"], told["kept"]) == ({"renamed": 1}, [], 24)
    found = of_plan(town, asked)
    assert found.before == found.after
    assert (found.changes.workers, found.changes.open.cell, set(found.cells)) == (0, 0, {A})


def test_an_incident_is_done_when_its_lead_is_or_when_it_is_closed(town: Town) -> None:
    town.run(
        "INSERT INTO assignment (city_id, jurisdiction, incident_id, responder_id, role, state, offered_at, ended_at,"
        " changed_at, ranking) SELECT city_id, jurisdiction, id, (SELECT min(id) FROM responder), 'lead', 'done',"
        " reported_at, reported_at + interval '90 seconds', reported_at, '{}'"
        " FROM incident WHERE id = (SELECT min(id) FROM incident)"
    )
    when = service.window(town.city, 12, UNTIL)
    with town.database.transaction(SYSTEM) as tx:
        assert store.past(tx, town.city, when).handled.tolist() == [90, -1, 24 * 3600]


def test_an_exercise_is_no_history(town: Town, plan: Plan) -> None:
    town.run("UPDATE incident SET is_exercise = true WHERE state = 'closed'")
    found = of_plan(town, plan())
    assert (found.before.incidents, found.before.open, found.basis) == (2, 2, Basis.INCIDENTS)
