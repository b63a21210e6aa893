"""What people ask of figures: the numbers of a plan, how history lies in a release, what differs between two grids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from geo_app.core import clock, db
from geo_app.core.errors import Conflict, NotFound
from geo_app.insight import history, numbers, store, workload
from geo_app.insight.model import Basis, Integers, Numbers, Share, Window
from geo_app.insight.numbers import Standing
from geo_app.organisation.model import City
from geo_app.planning import service as planning
from geo_app.plans import service as plans
from geo_app.plans.drafts import Drawn
from geo_app.plans.model import Base
from grids import compare
from grids.compare import Comparison
from grids.model import Partition

MONTHS = 12
"""Months of a history, unless somebody asks for others."""
MOST_MONTHS = 120


class Kind(StrEnum):
    """What has cells of its own."""

    RELEASE = "release"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Grid:
    """A release or a plan, by its id."""

    kind: Kind
    id: int


@dataclass(frozen=True, slots=True)
class PlanNumbers:
    """The numbers of a plan at its step `seq`."""

    seq: int
    base: int
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the incidents of a window lie in cells and communities, by code; `outside` all of them."""

    window: Window
    basis: Basis
    cells: dict[str, Share]
    communities: dict[str, Share]
    outside: Share


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of every cell between two grids, and the cells of both."""

    comparison: Comparison
    old: Partition
    new: Partition


def window(city: City, months: int, until: date | None) -> Window:
    """Return the months before a day begins in the city, today unless another day is given."""
    zone = ZoneInfo(city.time_zone)
    end = clock.now().astimezone(zone).date() if until is None else until
    month = end.year * 12 + end.month - 1 - months
    begin = date(month // 12, month % 12 + 1, 1)
    day = min(end.day, (date((month + 1) // 12, (month + 1) % 12 + 1, 1) - begin).days)
    return Window(_midnight(begin.replace(day=day), zone), _midnight(end, zone))


def of_plan(tx: db.Transaction, plan_id: int, months: int, until: date | None) -> PlanNumbers:
    """Return what a plan makes of the numbers of its base; NotFound names the plan."""
    city, drawn = plans.drawn(tx, plan_id)
    when = window(city, months, until)
    standing = _standing(tx, city, drawn, when)
    found = numbers.between(standing, history.of_plan(standing, drawn), when)
    return PlanNumbers(drawn.plan.seq, drawn.plan.base.release, found)


def recast(tx: db.Transaction, city: City, grid: Grid, when: Window) -> Statistics:
    """Return how incidents of the past lie in a release or a plan, whichever cells they were matched to then."""
    if grid.kind is Kind.PLAN:
        drawn = _drawn(tx, city, grid.id)
        standing = _standing(tx, city, drawn, when)
        cast = history.of_plan(standing, drawn)
    else:
        cast = history.standing(tx, city, grid.id, when).cast
    ground, weights = cast.ground, cast.base.weights
    stands = [code for code in sorted(ground.places) if ground.get(code) is not None]
    sums = numbers.Units.of(cast)
    units = {code: numbers.unit(cast, sums, code) for code in sorted(ground.outlines)}
    outside = cast.past.outside
    return Statistics(
        when, weights.basis,
        {code: Share(int(cast.incidents[at]), weights.told(int(cast.workload[at])))
         for code in stands for at in (ground.places[code],)},
        {code: Share(one.incidents, one.workload) for code, one in units.items() if one is not None},
        Share(len(outside), weights.told(int(cast.heavy[outside].sum()))),
    )  # fmt: skip


def as_matched(tx: db.Transaction, city: City, when: Window) -> Statistics:
    """Return how incidents of the past lay in the cells and communities of their time."""
    past = store.past(tx, city, when)
    weights = workload.weigh(past)
    cells, units = _shares(past.cell_id, weights.each), _shares(past.community_id, weights.each)
    codes = store.codes_of(tx, city, list(cells))
    names = store.units_of(tx, list(units))
    outside = cells.pop(0, (0, 0))

    def told(one: tuple[int, int]) -> Share:
        return Share(one[0], weights.told(one[1]))

    return Statistics(
        when, weights.basis,
        dict(sorted((codes[one], told(share)) for one, share in cells.items())),
        dict(sorted((names[one], told(share)) for one, share in units.items() if one)),
        told(outside),
    )  # fmt: skip


def difference(tx: db.Transaction, city: City, old: Grid, new: Grid) -> Difference:
    """Return what became of every cell between two releases or plans of a city."""
    was, now = _partition(tx, city, old, new), _partition(tx, city, new, old)
    return Difference(compare.compare(was, now), was, now)


def _partition(tx: db.Transaction, city: City, grid: Grid, other: Grid) -> Partition:
    """Return the cells of a grid; a release below a plan is the plan's own, so that what is the same is one thing."""
    if grid.kind is Kind.PLAN:
        return _drawn(tx, city, grid.id).draft.partition
    release = planning.release(tx, city, grid.id)
    if other.kind is Kind.PLAN:
        drawn = _drawn(tx, city, other.id)
        if drawn.plan.base == Base(release.id, release.revision):
            return drawn.base.partition
    return planning.partition(tx, city, release.effective_from)


def _standing(tx: db.Transaction, city: City, drawn: Drawn, when: Window) -> Standing:
    """Return the numbers of a plan's base; Conflict when that has other cells than those the plan was drawn on."""
    base = drawn.plan.base
    if planning.release(tx, city, base.release).revision != base.revision:
        raise Conflict(f"release {base.release} has got other cells by an earlier one; rebase the plan on it")
    return history.standing(tx, city, base.release, when)


def _drawn(tx: db.Transaction, city: City, plan_id: int) -> Drawn:
    home, drawn = plans.drawn(tx, plan_id)
    if home.id != city.id:
        raise NotFound(f"{city.name} has no plan {plan_id}")
    return drawn


def _shares(ids: Integers, each: Integers) -> dict[int, tuple[int, int]]:
    """Return count and weight by id."""
    known, which, count = np.unique(ids, return_inverse=True, return_counts=True)
    weight = np.bincount(which, weights=each, minlength=len(known))
    rows = zip(known.tolist(), count.tolist(), weight.tolist(), strict=True)
    return {one: (many, int(heavy)) for one, many, heavy in rows}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
