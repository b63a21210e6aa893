"""The table of steps: every step in every state, what it needs, and where it leaves the responder."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from geo_app.core.errors import BadInput, Conflict
from geo_app.dispatch import workflow
from geo_app.dispatch.model import ACTIVE, Assignment, AssignmentState
from geo_app.dispatch.workflow import RULES, Step
from geo_app.responders.model import Status

AT = datetime(2026, 5, 20, tzinfo=UTC)
# what the contract says, written out once more, not taken from the table under test
LEADS_TO = {
    ("accept", "offered"): "accepted",
    ("set_out", "accepted"): "under_way",
    ("arrive", "accepted"): "on_site",
    ("arrive", "under_way"): "on_site",
    ("finish", "on_site"): "done",
    ("decline", "offered"): "declined",
    ("decline", "accepted"): "declined",
    ("cancel", "offered"): "cancelled",
    ("cancel", "accepted"): "cancelled",
    ("cancel", "under_way"): "cancelled",
    ("cancel", "on_site"): "cancelled",
}


def assignment(state: AssignmentState) -> Assignment:
    return Assignment(7, 1, 2, 3, "王", state, AT, AT, None, 1)


@pytest.mark.parametrize(("step", "state"), list(product(Step, AssignmentState)))
def test_a_step_leads_where_the_table_says_or_is_refused(step: Step, state: AssignmentState) -> None:
    expected = LEADS_TO.get((step.value, state.value))
    if expected is not None:
        assert workflow.take(step, assignment(state), "a reason") == expected
        return
    with pytest.raises(Conflict) as refused:
        workflow.take(step, assignment(state), "a reason")
    said = [name for (name, source) in LEADS_TO if source == state]
    assert str(refused.value) == f"assignment 7 is {state}; possible steps: {', '.join(said) or 'none'}"


@pytest.mark.parametrize("state", AssignmentState)
def test_the_possible_steps_are_those_that_are_not_refused(state: AssignmentState) -> None:
    assert [str(step) for step in workflow.possible(state)] == [
        step for (step, source) in LEADS_TO if source == state
    ]
    assert bool(workflow.possible(state)) == (state in ACTIVE)


@pytest.mark.parametrize("step", Step)
def test_only_declining_and_cancelling_need_a_reason(step: Step) -> None:
    state = RULES[step].sources[0]
    if step in {Step.DECLINE, Step.CANCEL}:
        with pytest.raises(BadInput, match=f"reason: to {step} needs a reason"):
            workflow.take(step, assignment(state), None)
    else:
        assert workflow.take(step, assignment(state), None) is RULES[step].target


def test_every_step_is_told_by_a_fact_of_its_own() -> None:
    facts = [rule.fact for rule in RULES.values()]
    assert len(set(facts)) == len(facts) == len(Step)


@pytest.mark.parametrize(("now", "active", "then"), [
    ("free", [], "free"), ("assigned", [], "free"), ("on_site", [], "free"), ("off", [], "off"),
    ("free", ["offered"], "assigned"), ("assigned", ["accepted"], "assigned"), ("assigned", ["under_way"], "under_way"),
    ("under_way", ["on_site"], "on_site"), ("off", ["on_site"], "off"),
    ("on_site", ["offered", "on_site", "under_way"], "on_site"), ("on_site", ["offered", "under_way"], "under_way"),
])  # fmt: skip
def test_a_responder_is_where_the_furthest_assignment_has_got(now: str, active: list[str], then: str) -> None:
    assert workflow.status(Status(now), [AssignmentState(state) for state in active]) == then


def test_the_description_of_the_door_names_every_step_once() -> None:
    rows = workflow.described().splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == [str(step) for step in Step]
