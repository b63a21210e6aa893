"""Drafts kept in memory, so that an edit costs milliseconds in any city; losing them costs seconds, never data.

A plan's draft is found by the hash of its newest step. When another process made steps, the cells they left are read
and put over the draft that is kept; plans on the same release share its cells.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from geo_app.core import db
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.plans import store
from geo_app.plans.model import Base, Plan, PlanCell
from grids.draft import Draft

MOST_BASES = 2
MOST_PLANS = 64
MOST_OF_A_PLAN = 4
"""Drafts that are kept of a plan, newest first: a transaction may roll back."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan with its base release and what it made of it."""

    plan: Plan
    base: Draft
    draft: Draft


class Memory:
    """The drafts a process keeps."""

    def __init__(self) -> None:
        self._lock, self._building = threading.Lock(), threading.Lock()
        self._bases: OrderedDict[tuple[object, ...], Draft] = OrderedDict()
        self._plans: OrderedDict[str, tuple[Drawn, ...]] = OrderedDict()

    def of(self, plan: Plan) -> tuple[Drawn, ...]:
        """Return what is kept of a plan, newest first."""
        with self._lock:
            found = self._plans.get(plan.root, ())
            if found:
                self._plans.move_to_end(plan.root)
        return found

    def keep(self, drawn: Drawn) -> None:
        """Keep a draft; one that another transaction makes of the same step is another one, by its hash."""
        with self._lock:
            found = self._plans.pop(drawn.plan.root, ())
            rest = [one for one in found if one.plan.head != drawn.plan.head]
            ordered = sorted([drawn, *rest], key=lambda one: -one.plan.seq)
            self._plans[drawn.plan.root] = tuple(ordered[:MOST_OF_A_PLAN])
            while len(self._plans) > MOST_PLANS:
                self._plans.popitem(last=False)

    def base(self, tx: db.Transaction, city: City, base: Base) -> Draft:
        """Return the cells of a base ready for edits; the first time it takes seconds in a large city."""
        release = planning.release(tx, city, base.release)
        key = (city.jurisdiction, city.code, *base, release.published_at)
        with self._building:  # nobody builds what another thread is building
            with self._lock:
                found = self._bases.get(key)
            if found is None:
                with tx.patiently():
                    found = Draft.of(planning.partition_of(tx, city, *base))
            with self._lock:
                self._bases[key] = found
                self._bases.move_to_end(key)
                while len(self._bases) > MOST_BASES:
                    self._bases.popitem(last=False)
        return found

    def forget(self) -> None:
        """Forget everything, as a process that has just started."""
        with self._lock:
            self._bases.clear()
            self._plans.clear()


MEMORY = Memory()


def of(tx: db.Transaction, city: City, plan: Plan) -> Drawn:
    """Return the draft of a plan, with the plan as far as it has come meanwhile."""
    for kept in MEMORY.of(plan):
        if kept.plan.head == plan.head and kept.plan.base == plan.base:
            return replace(kept, plan=plan)
        found = store.since(tx, plan.id, kept.plan.base, kept.plan.seq, kept.plan.head)
        if found.follows:
            return _kept(plan, found, kept.base, kept.draft)
    return _from_base(tx, city, plan)


def _from_base(tx: db.Transaction, city: City, plan: Plan) -> Drawn:
    base = MEMORY.base(tx, city, plan.base)
    found = store.since(tx, plan.id, plan.base, 0, plan.root)
    if found.base != plan.base:  # it was rebased this very moment
        return _from_base(tx, city, replace(plan, base=found.base))
    return _kept(plan, found, base, base)


def _kept(plan: Plan, found: store.Newer, base: Draft, draft: Draft) -> Drawn:
    drawn = Drawn(
        replace(plan, seq=found.seq, head=found.head, base=found.base), base, laid_over(draft, found.cells)
    )
    MEMORY.keep(drawn)
    return drawn


def laid_over(draft: Draft, cells: tuple[PlanCell, ...]) -> Draft:
    """Return a draft with a plan's cells in place of what it has."""
    gone = [one.code for one in cells if one.geometry is None and one.code in draft.cells]
    return draft.changed(gone, [found for one in cells if (found := one.cell) is not None])
