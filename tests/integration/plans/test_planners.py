"""Two planners draw in one plan at once, and somebody takes everything back: nothing is lost, nothing is torn."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from geo_app.core.actor import SYSTEM, Actor
from geo_app.core.errors import Conflict
from geo_app.plans import drafts, service, verifying
from geo_app.plans.model import NewPlan
from geo_app.plans.refusals import ChangedMeanwhile, EditRefused
from grids.edits import Edit
from tests import build, hands
from tests.integration.conftest import Town
from tests.integration.plans.conftest import planner
from tests.sizes import size

EAST, WEST = build.COMMUNITIES[0], build.COMMUNITIES[2]
"""Communities that do not touch: the second lies between."""


def begun(town: Town) -> int:
    """Begin a plan and return its id."""
    with town.database.transaction(planner(town.city, 1)) as tx:
        return service.begin(tx, town.city, NewPlan("两人")).id


def cells(town: Town, plan: int) -> tuple[int, dict[str, str]]:
    """Return the newest step of a plan and the name of each of its cells."""
    with town.database.transaction(SYSTEM) as tx:
        _, found = service.drawn(tx, plan)
    return found.plan.seq, {code: cell.name for code, cell in found.draft.cells.items()}


def counted(town: Town, plan: int, actor: Actor, community: str, turns: int) -> Counter[str]:
    """Count up the names of a community's cells, one a turn, taking back every fifth; return how it went."""
    went: Counter[str] = Counter()
    seen, names = cells(town, plan)
    own = sorted(code for code in names if code.startswith(community))
    for turn in range(turns):
        code = own[turn % len(own)]
        number = int(names[code]) if names[code].isdigit() else 0
        try:
            with town.database.transaction(actor) as tx:
                made = service.edit(tx, plan, seen, {"kind": "rename", "code": code, "name": str(number + 1)})
            went["made"] += 1
            names[code] = str(number + 1)
            if turn % 5 == 4:
                with town.database.transaction(actor) as tx:
                    service.undo(tx, plan, made.step.seq)
                went["undone"] += 1
                seen, names = cells(town, plan)
        except ChangedMeanwhile:
            went["conflict"] += 1
            seen, names = cells(town, plan)
    return went


def both(town: Town, plan: int, areas: tuple[str, str]) -> Counter[str]:
    """Let two planners count at once, each in an area; return how it went for both."""
    turns, who = size("planner_turns"), [planner(town.city, number) for number in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        tasks = [
            pool.submit(counted, town, plan, actor, area, turns)
            for actor, area in zip(who, areas, strict=True)
        ]
        return sum((task.result() for task in tasks), Counter())


def total(town: Town, plan: int) -> int:
    """Return how far the names of all cells were counted."""
    return sum(int(name) for name in cells(town, plan)[1].values() if name.isdigit())


def test_planners_whose_areas_are_apart_never_wait_for_each_other(town: Town) -> None:
    plan = begun(town)
    went = both(town, plan, (EAST, WEST))
    assert went["conflict"] <= 0.05 * went["made"]
    assert total(town, plan) == went["made"] - went["undone"]
    assert whole(town, plan)


def test_planners_in_one_area_lose_no_update(town: Town) -> None:
    plan = begun(town)
    went = both(town, plan, (EAST, EAST))
    assert went["made"] > 0
    assert total(town, plan) == went["made"] - went["undone"]
    assert whole(town, plan)


def test_every_step_is_taken_back_also_after_restarts(town: Town) -> None:
    plan, hand, actor = begun(town), hands.Hand(7), planner(town.city, 1)
    made = 0
    for turn in range(size("steps_taken_back")):
        with town.database.transaction(SYSTEM) as tx:
            _, found = service.drawn(tx, plan)
        asked = said(hand.next(found.draft, hands.INNER - {"assign_units", "recode", "rename"}))
        try:
            with town.database.transaction(actor) as tx:
                service.edit(tx, plan, found.plan.seq, asked)
            made += 1
        except EditRefused:
            continue
        if turn % 7 == 0:
            drafts.MEMORY.forget()  # as a process that was killed and started again
    assert made > 5
    assert whole(town, plan)
    for step in range(made):
        with town.database.transaction(actor) as tx:
            service.undo(tx, plan, 0)
        if step % 7 == 0:
            drafts.MEMORY.forget()
    with town.database.transaction(actor) as tx:
        _, found = service.drawn(tx, plan)
        assert service.counts(found) == (0, 0, 0)
        for _ in range(made):
            service.redo(tx, plan, 0)
    assert whole(town, plan)
    assert cells(town, plan)[0] == 3 * made


def said(asked: Edit) -> dict[str, Any]:
    """Return an edit as JSON; codes of a split and of a merge are left to what is proposed, or to the first."""
    data = asked.data()
    if data["kind"] == "split":
        del data["codes"]
    if data["kind"] == "merge":
        data["into"] = data["codes"][0]
    return data


def whole(town: Town, plan: int) -> bool:
    """Return whether the log of a plan is what it says, made again from the base."""
    drafts.MEMORY.forget()
    with town.database.transaction(SYSTEM) as tx:
        found = verifying.verify(tx, plan)
    assert found.is_whole, found
    return True


def test_who_has_drawn_nothing_has_nothing_to_take_back(town: Town) -> None:
    plan = begun(town)
    for verb in (service.undo, service.redo):
        with pytest.raises(Conflict, match="no step"), town.database.transaction(planner(town.city, 2)) as tx:
            verb(tx, plan, 0)
