"""Is a plan's log what it says? The chain of hashes, what is in force, and every border made again from the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.plans import drafts, log, rebasing, replacing, service, store
from geo_app.plans.drafts import Drawn
from geo_app.plans.model import Kind, Plan, PlanCell, Step
from grids import edit as editing
from grids.draft import Draft
from grids.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many steps were looked at, and the first thing that is not as it should be: where (0: the plan), and what."""

    steps: int
    seq: int | None = None
    problem: str | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is wrong."""
        return self.problem is None


class _Wrong(Exception):
    """Something is not as it should be; carries where and what from where it is seen."""

    def __init__(self, seq: int, problem: str) -> None:
        super().__init__(problem)
        self.seq, self.problem = seq, problem


def verify(tx: db.Transaction, plan_id: int) -> Verdict:
    """Return what is wrong with a plan's log and with the cells that stand for it, if anything is."""
    plan = service.plan(tx, plan_id)
    city = service.city_of(tx, plan_id)
    steps = store.steps(tx, plan_id)
    try:
        _check_chain(plan, steps)
        drawn = replayed(tx, city, plan, steps)
        _check_cells(drawn, store.cells(tx, plan_id))
    except _Wrong as wrong:
        return Verdict(len(steps), wrong.seq, wrong.problem)
    return Verdict(len(steps))


def replayed(tx: db.Transaction, city: City, plan: Plan, steps: Sequence[Step]) -> Drawn:
    """Return the draft that the log makes of its first base, every step compared with what it left."""
    first = next((log.bases(step)[0] for step in steps if step.kind is Kind.REBASE), plan.base)
    base = drafts.MEMORY.base(tx, city, first)
    draft = base
    for step in steps:
        if step.kind is Kind.REBASE:
            base, draft = _rebased(tx, city, plan, base, steps[: step.seq])
            found = rebasing.overlay(Drawn(plan, base, draft))
        else:
            draft = _made(tx, plan, base, draft, step)
            found = log.result(draft, step.touched)
        if found != step.result:
            raise _Wrong(step.seq, "made again, it leaves other cells than it left then")
    return Drawn(plan, base, draft)


def _rebased(
    tx: db.Transaction, city: City, plan: Plan, old: Draft, steps: Sequence[Step]
) -> tuple[Draft, Draft]:
    """Return the base and the draft that the last of these steps made."""
    *before, step = steps
    ended = log.ended(before)
    kinds = {Kind.EDIT, Kind.REDO, Kind.REPLACE}
    stood = [one for one in before if one.kind in kinds and one.seq not in ended]
    base = drafts.MEMORY.base(tx, city, log.bases(step)[1])
    draft, clashes = rebasing.again(
        old, base, stood, step.edit["left_out"], lambda seq: store.given(tx, plan.id, seq)
    )
    if clashes:
        raise _Wrong(step.seq, f"made again, step {clashes[0].seq} does not fit")
    return base, draft


def _made(tx: db.Transaction, plan: Plan, base: Draft, draft: Draft, step: Step) -> Draft:
    if log.is_whole(step):
        said = step.edit if step.kind is not Kind.REPLACE else {"kind": "replace", "step": step.seq}
        return replacing.laid(tx, plan, base, draft, said, step.touched)
    done = editing.apply(draft, log.edit(step))
    if isinstance(done, Refusal):
        raise _Wrong(step.seq, f"made again, it is refused: {done.reason}")
    return done.draft


def _check_chain(plan: Plan, steps: Sequence[Step]) -> None:
    before = plan.root
    for number, step in enumerate(steps, start=1):
        if step.seq != number:
            raise _Wrong(number, "it is missing")
        if step.hash != log.chained(before, step):
            raise _Wrong(number, "its hash is not that of what it says")
        before = step.hash
    if (plan.seq, plan.head) != (len(steps), before):
        raise _Wrong(len(steps) + 1, "the plan had more steps, or others")
    ended = log.ended(steps)
    for step in steps:
        if step.ended_by != ended.get(step.seq):
            raise _Wrong(step.seq, "it is in force against what later steps say, or not")


def _check_cells(drawn: Drawn, cells: Sequence[PlanCell]) -> None:
    """Compare the cells that are kept of a plan with those its log makes."""
    kept = {one.code: one.cell for one in cells}
    for code in sorted({*kept, *drawn.draft.cells.changed()}):
        made = drawn.draft.cells.get(code)
        stands = kept[code] if code in kept else drawn.base.cells.get(code)
        if log.digest([(code, made)]) != log.digest([(code, stands)]):
            raise _Wrong(0, f"cell {code} is not what the log makes of it")
