"""New cells have the people of the cells their land comes from: before publishing in every number, after in truth."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.insight import history, service
from geo_app.insight.model import Numbers
from geo_app.insight.numbers import Standing
from geo_app.planning import service as planning
from geo_app.responders import service as responders
from tests.integration.conftest import Town
from tests.integration.insight.conftest import DAY, Plan, add_history, add_homes, publish
from tests.integration.plans.conftest import across

UNTIL = date.fromisoformat(DAY)
CUT, LEFT, RIGHT, INTO, AWAY, RECODED = (f"990101001001{number:03d}" for number in (4, 5, 6, 1, 3, 8))
WEST, EAST, BOTH, AGAIN = (f"990101001001{number:03d}" for number in (91, 92, 93, 94))
APART, NORTH, SOUTH = (f"990101002001{number:03d}" for number in (3, 91, 92))
PEOPLE = {
    CUT: ("P0", "P1"), LEFT: ("P1",), RIGHT: ("P2",), INTO: ("P3",), AWAY: ("P0",), RECODED: ("P2",), APART: ("P1",),
}  # fmt: skip
EXPECTED = {
    WEST: ("P0", "P1"), EAST: ("P0", "P1"), BOTH: ("P1", "P2"), INTO: ("P3",), AGAIN: ("P2",),
}  # fmt: skip


@pytest.fixture
def peopled(town: Town) -> Town:
    """The town with a history, households, and people who answer for seven cells."""
    add_history(town)
    add_homes(town)
    town.run("DELETE FROM responder_cell")
    for code, some in PEOPLE.items():
        town.run("INSERT INTO responder_cell SELECT r.id, g.cell_id FROM responder r, code_registry g"
                 " WHERE g.code = %(code)s AND r.code = ANY(%(some)s)", code=code, some=list(some))  # fmt: skip
    return town


def edits(town: Town) -> list[dict[str, Any]]:
    """Return a cell cut into two new ones, two made a new one, one taken into its neighbour, one recoded."""
    return [
        {"kind": "split", "code": CUT, "line": across(town, CUT), "codes": [WEST, EAST]},
        {"kind": "merge", "codes": [LEFT, RIGHT], "into": BOTH},
        {"kind": "merge", "codes": [INTO, AWAY], "into": INTO},
        {"kind": "recode", "code": RECODED, "to": AGAIN},
    ]


def of_plan(town: Town, plan_id: int) -> Numbers:
    with town.database.transaction(SYSTEM) as tx:
        return service.of_plan(tx, plan_id, 12, UNTIL).numbers


def standing(town: Town, release: int) -> Standing:
    """Return all numbers of a release."""
    with town.database.transaction(SYSTEM) as tx:
        return history.standing(tx, town.city, release, service.window(town.city, 12, UNTIL))


def answering(town: Town, codes: dict[str, tuple[str, ...]], at: datetime) -> dict[str, tuple[str, ...]]:
    """Return who answers at an instant for those of some cells that stand then."""
    with town.database.transaction(SYSTEM) as tx:
        some = responders.responders(tx, town.city, at)
        stand = planning.cell_ids(tx, town.city, at)
    return {code: tuple(one.code for one in some if code in one.cells) for code in codes if code in stand}


@pytest.mark.parametrize("days", [0, 30])
def test_the_preview_is_what_stands_from_the_instant_on_and_nothing_is_counted_before(
    peopled: Town, plan: Plan, days: int
) -> None:
    asked = plan(*edits(peopled))
    preview = of_plan(peopled, asked)
    assert {code: len(some) for code, some in EXPECTED.items()} == {
        code: cell.workers for code in EXPECTED if (cell := preview.cells[code][1]) is not None
    }
    with peopled.database.transaction(SYSTEM) as tx:
        first = planning.releases(tx, peopled.city)[0].id
    now = clock.now()
    release = publish(peopled, asked, now + timedelta(days=days))
    later = standing(peopled, release)
    assert later.totals == preview.after
    for code, (_, found) in preview.cells.items():
        assert later.cells.get(code) == found
    assert answering(peopled, EXPECTED, now + timedelta(days=days + 1)) == EXPECTED
    if days:
        assert standing(peopled, first).totals == preview.before
        assert answering(peopled, PEOPLE, now) == PEOPLE


def test_a_release_before_a_scheduled_one_leaves_who_answers_in_it(peopled: Town, plan: Plan) -> None:
    now = clock.now()
    later = plan(*edits(peopled))
    sooner = plan({"kind": "split", "code": APART, "line": across(peopled, APART), "codes": [NORTH, SOUTH]})
    preview = of_plan(peopled, sooner)
    publish(peopled, later, now + timedelta(days=30))
    release = publish(peopled, sooner, now + timedelta(days=10))
    assert standing(peopled, release).totals == preview.after
    halves = dict.fromkeys((NORTH, SOUTH), PEOPLE[APART])
    for day, expected in ((9, PEOPLE), (11, {**PEOPLE, **halves}), (31, {**EXPECTED, **halves})):
        found = answering(peopled, {**PEOPLE, **EXPECTED, **halves}, now + timedelta(days=day))
        gone = {9: set(), 11: {APART}, 31: PEOPLE.keys() - {INTO}}[day]
        assert found == {code: some for code, some in expected.items() if code not in gone}


def test_cases_and_households_that_get_other_people_are_those_that_do(peopled: Town, plan: Plan) -> None:
    """A case in a piece of a cell keeps its people; it was told as one that nobody answers for any more."""
    asked = plan(*edits(peopled))
    shift = of_plan(peopled, asked).changes
    lies = (
        "SELECT p.subject_id, array(SELECT d.responder_id FROM responder_cell d WHERE d.cell_id = p.cell_id ORDER BY 1)"
        " FROM placement p WHERE p.subject_kind = 'incident' AND p.is_open"
    )
    lives = (
        "SELECT h.id, array(SELECT d.responder_id FROM responder_cell d WHERE d.cell_id = (SELECT v.cell_id"
        " FROM cell_version v WHERE v.valid @> now() AND upper_inf(v.recorded)"
        " AND ST_Intersects(v.geometry, ST_ForceCollection(h.point)) ORDER BY v.code LIMIT 1) ORDER BY 1)"
        " FROM household_count h"
    )
    many = dict(peopled.all("SELECT id, households FROM household_count"))
    cases, homes = dict(peopled.all(lies)), dict(peopled.all(lives))
    publish(peopled, asked)
    after, living = dict(peopled.all(lies)), dict(peopled.all(lives))
    assert shift.open.worker == sum(cases[one] != after[one] for one in cases) > 0
    assert shift.households is not None
    assert shift.households.worker == sum(many[one] for one in homes if homes[one] != living[one]) > 0
