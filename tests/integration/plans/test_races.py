"""Two people do at the same instant what only one of them can: one does it, the other is told, the log stays whole.

Both wait for the plan, one behind the other, before either goes on: so every pair meets in either order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from geo_app.core import db
from geo_app.core.errors import Conflict
from geo_app.plans import drafts, rebasing, review, service, store, verifying
from geo_app.plans.model import NewPlan, State
from grids.rings import rings
from tests.integration.conftest import Town
from tests.integration.plans.conftest import planner, shape

FIRST, LAST = "990101001001001", "990101002001008"
LIMIT = 120.0
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%%FROM plan WHERE%%'"""
Act = Callable[[Town, int], None]


def acting(number: int, *roles: str, what: Callable[[db.Transaction, int], object]) -> Act:
    """Return what somebody does to a plan, in a transaction of their own."""

    def act(town: Town, plan: int) -> None:
        with town.database.transaction(planner(town.city, number, *roles), patient=True) as tx:
            what(tx, plan)

    return act


def publish(town: Town, plan: int) -> None:
    """Publish as the door does: prepared before the plan is locked."""
    actor = planner(town.city, 8, "approver")
    with town.database.transaction(actor, patient=True) as tx:
        ready = review.ready(tx, plan, None, "")
    with town.database.transaction(actor, patient=True) as tx:
        review.publish(tx, plan, ready)


def renamed(tx: db.Transaction, plan: int) -> object:
    """Draw something on what the plan showed at its first step."""
    return service.edit(tx, plan, 1, {"kind": "rename", "code": LAST, "name": "末"})


SUBMIT = acting(1, what=lambda tx, plan: review.move(tx, plan, State.REVIEW, ""))
EDIT = acting(2, what=renamed)
REBASE = acting(1, what=lambda tx, plan: rebasing.rebase(tx, plan, frozenset()))
WITHDRAW = acting(1, what=lambda tx, plan: review.move(tx, plan, State.WITHDRAWN, ""))
RETURN = acting(1, what=lambda tx, plan: review.move(tx, plan, State.DRAFT, ""))
APPROVE, OTHER = (
    acting(number, "approver", what=lambda tx, plan: review.move(tx, plan, State.APPROVED, ""))
    for number in (8, 9)
)


def begun(town: Town, *done: Act, is_outer: bool = False) -> int:
    """Begin a plan, draw something in it and do what else is to be done."""
    with town.database.transaction(planner(town.city, 1)) as tx:
        plan = service.begin(tx, town.city, NewPlan("同时")).id
        edit: dict[str, object] = {"kind": "rename", "code": FIRST, "name": f"{plan}"}
        if is_outer:
            at = min(rings(shape(town, FIRST))[0], key=sum)
            edit = {"kind": "move_outer_vertex", "at": at, "to": [at[0] - 500, at[1] - 500]}
        service.edit(tx, plan, 0, edit)
    for act in done:
        act(town, plan)
    return plan


def both(town: Town, plan: int, first: Act, second: Act) -> tuple[str, str, str]:
    """Let two act at once, the first first in line; return what each was told, nothing who did it, and the state."""

    def told(act: Act) -> str:
        try:
            act(town, plan)
        except Conflict as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as pool:
        with town.database.transaction(planner(town.city, 3)) as tx:
            store.lock(tx, plan)
            tasks = []
            for number, act in enumerate((first, second), 1):
                tasks.append(pool.submit(told, act))
                until_waiting(town, number)
        ends = [task.result(LIMIT) for task in tasks]
    drafts.MEMORY.forget()
    with town.database.transaction(planner(town.city, 3)) as tx:
        assert verifying.verify(tx, plan).is_whole
        return ends[0], ends[1], service.plan(tx, plan).state


def until_waiting(town: Town, count: int) -> None:
    """Return when so many wait for a plan."""
    deadline = time.monotonic() + LIMIT
    while town.one(WAITING) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_of_two_approvers_one_is_told_that_it_is_done(town: Town) -> None:
    plan = begun(town, SUBMIT)
    assert both(town, plan, APPROVE, OTHER) == ("", f"plan {plan} is approved", "approved")


def test_two_approvers_of_a_new_outer_border_are_both_counted(town: Town) -> None:
    plan = begun(town, SUBMIT, is_outer=True)
    assert both(town, plan, APPROVE, OTHER) == ("", "", "approved")


def test_who_publishes_twice_makes_one_release(town: Town) -> None:
    plan = begun(town, SUBMIT, APPROVE)
    assert both(town, plan, publish, publish) == ("", f"plan {plan} is in_force", "in_force")
    assert town.one("SELECT count(*) FROM release") == 2


def test_a_plan_is_withdrawn_or_published(town: Town) -> None:
    plan = begun(town, SUBMIT, APPROVE)
    assert both(town, plan, WITHDRAW, publish) == ("", f"plan {plan} is withdrawn", "withdrawn")
    other = begun(town, SUBMIT, APPROVE)
    assert both(town, other, publish, WITHDRAW) == ("", f"plan {other} is in_force", "in_force")


def test_a_plan_that_is_withdrawn_or_returned_is_not_approved(town: Town) -> None:
    for way, state in ((WITHDRAW, "withdrawn"), (RETURN, "draft")):
        plan = begun(town, SUBMIT)
        assert both(town, plan, way, APPROVE) == ("", f"plan {plan} is {state}", state)
        last = begun(town, SUBMIT)
        assert both(town, last, APPROVE, way) == ("", "", state), "it was approved before"


def test_an_edit_is_in_what_was_submitted_or_refused(town: Town) -> None:
    plan = begun(town)
    assert both(town, plan, EDIT, SUBMIT) == ("", "", "review")
    other = begun(town)
    refusal = f"plan {other} is review and not a draft any more"
    assert both(town, other, SUBMIT, EDIT) == ("", refusal, "review")
    assert town.all("SELECT plan_id FROM plan_step WHERE seq = 2") == [plan]


def test_an_edit_goes_to_the_newer_release_or_is_refused(town: Town) -> None:
    plans = [begun(town), begun(town)]
    with town.database.transaction(planner(town.city, 1)) as tx:
        ahead = service.begin(tx, town.city, NewPlan("先")).id
        service.edit(tx, ahead, 0, {"kind": "rename", "code": "990101001001002", "name": "二"})
    for act in (SUBMIT, APPROVE, publish):
        act(town, ahead)
    assert both(town, plans[0], EDIT, REBASE) == ("", "", "draft")
    first, second, _ = both(town, plans[1], REBASE, EDIT)
    assert first == ""
    assert second.startswith("the plan was put on another release")
    kinds = "SELECT string_agg(kind, ' ' ORDER BY seq) FROM plan_step WHERE plan_id = %(plan)s"
    assert town.one(kinds, plan=plans[0]) == "edit edit rebase"
    assert town.one(kinds, plan=plans[1]) == "edit rebase"


def test_of_two_who_take_back_one_step_one_has_nothing_left(town: Town) -> None:
    plan = begun(town)
    undo = acting(1, what=lambda tx, plan: service.undo(tx, plan, 1))
    assert both(town, plan, undo, undo) == ("", "you have made no step that can be taken back", "draft")
