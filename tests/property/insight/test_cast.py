"""The numbers of a draft, followed edit by edit, are those of the same cells looked at as a whole."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from geo_app.insight import cast as casting
from geo_app.insight import numbers, workload
from geo_app.insight.cast import Base, Cast
from geo_app.insight.holding import Held
from geo_app.insight.model import Duties, Open, Past, Shift, Window
from geo_app.insight.numbers import Standing
from geo_app.planning import lineage
from grids import edit
from grids.draft import Draft
from grids.locate import Locator
from tests import build, hands, tilings
from tests.sizes import size

STEPS = 5
WINDOW = Window(build.TOWN_AT - timedelta(days=365), build.TOWN_AT)


def history(draft: Draft, seed: int) -> tuple[Past, Open]:
    """Return incidents all over a city and on its borders, of five categories, half of them done."""
    polygons, rng = draft.partition.geometries(), np.random.default_rng(seed)
    xy = tilings.hostile(polygons, 400, seed=seed)
    handled = np.where(rng.random(len(xy)) < 0.5, rng.integers(0, 10_000, len(xy)), -1)
    nowhere = np.zeros(len(xy), dtype=np.int64)
    past = Past(xy, nowhere, nowhere, rng.integers(0, 5, len(xy)), handled)
    cases = tilings.hostile(polygons, 60, seed=seed + 1)
    return past, Open(cases, np.zeros(len(cases), dtype=np.int64))


def standing(draft: Draft, past: Past, cases: Open, duties: Duties) -> Standing:
    """Return all numbers of a draft, looked at as a whole."""
    base = Base(draft, Locator.of(draft.cells.values()), past, workload.weigh(past))
    return Standing.of(Cast.of(base, cases), duties)


def duties(draft: Draft, seed: int) -> Duties:
    """Return workers who answer for a cell or two, together or alone; some cells have nobody."""
    rng = np.random.default_rng(seed)
    return Duties({code: tuple(sorted(set(rng.integers(0, 6, 2).tolist()))) for code in [*draft.cells][1:]})


def told(one: Standing) -> object:
    """Return every number of every cell and community, and of the city."""
    ground = one.cast.ground
    codes = sorted(code for code in ground.places if ground.get(code) is not None)
    return (
        {code: numbers.cell(one.cast, code, one.held.duties) for code in codes},
        {code: numbers.unit(one.cast, code) for code in sorted(ground.outlines)},
        one.totals,
    )


@settings(max_examples=size("recast_stories"), deadline=None)
@given(st.integers(0, 10_000))
def test_every_number_of_a_draft_is_that_of_the_same_cells_as_a_base(seed: int) -> None:
    draft, hand = Draft.of(hands.city(3, 3, seed=seed)), hands.Hand(seed)
    past, cases = history(draft, seed)
    people = duties(draft, seed)
    first = standing(draft, past, cases, people)
    cast = first.cast
    for _ in range(STEPS):
        done = edit.apply(draft, hand.next(draft))
        if isinstance(done, edit.Done):
            draft = done.draft
            cast = cast.to(draft, (*done.gone, *done.changed))
    held = first.held.on(cast.ground, cast.same)
    mine = Standing(cast, held, numbers.totals(cast, held))
    base = first.cast.base.draft
    compared = lineage.compared(tuple(base.cells.values()), tuple(draft.cells.values()))
    assert cast.same == lineage.same_cells(compared)
    later = Duties({**people.of_code, **{code: people.of(old) for code, old in cast.same.items()}})
    whole = standing(draft, past, cases, later)
    assert told(mine) == told(whole)
    found = numbers.between(first, cast, WINDOW)
    assert (found.before, found.after) == (first.totals, whole.totals)
    everything = {*first.cast.ground.places, *cast.ground.places}
    assert cast.to(base, everything).redrawn == {}
    assert told(Standing(cast.to(base, everything), held, first.totals)) == told(first)
    _compare_shift(first.cast, whole.cast, cast, found.changes.incidents, people)


def _compare_shift(first: Cast, whole: Cast, cast: Cast, shift: Shift, people: Duties) -> None:
    """Compare what moved with each incident's cell before and after, one by one."""
    was, now = [*first.past.codes, ""], [*whole.past.codes, ""]
    pairs = [(was[a], now[b]) for a, b in zip(first.past.cell, whole.past.cell, strict=True)]

    def unit(one: Cast, code: str) -> str | None:
        found = one.ground.get(code)
        return None if found is None else found.community

    assert shift == Shift(
        len(pairs), sum(cast.same.get(b, b) != a for a, b in pairs),
        sum(unit(first, a) != unit(cast, b) for a, b in pairs),
        sum(people.of(a) != people.of(b, cast.same) for a, b in pairs),
    )  # fmt: skip


def test_many_changes_at_once_are_cast_by_the_patched_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "MANY", 0)
    test_every_number_of_a_draft_is_that_of_the_same_cells_as_a_base()


def test_open_cases_that_come_and_go_do_not_need_the_history_again() -> None:
    draft, hand = Draft.of(hands.city(3, 3, seed=4)), hands.Hand(4)
    past, cases = history(draft, 4)
    people = duties(draft, 4)
    cast = standing(draft, past, cases, people).cast
    while len(cast.redrawn) < 3:
        done = edit.apply(draft, hand.next(draft, hands.INNER))
        if isinstance(done, edit.Done):
            draft = done.draft
            cast = cast.to(draft, (*done.gone, *done.changed))
    others = Open(cases.xy[::2], cases.cell_id[::2])
    later = cast.with_open(others.xy)
    whole = standing(draft, past, others, people)
    held = Held.of(people, later.ground)
    assert told(Standing(later, held, numbers.totals(later, held))) == told(whole)
    assert later.past is cast.past
