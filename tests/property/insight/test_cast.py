"""The numbers of a draft, followed edit by edit, are those of the same cells looked at as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from geo_app.insight.model import Duties, Homes, Open, Past, Shift, Window
from geo_app.insight.numbers import Standing
from geo_app.planning import lineage
from geo_app.planning.lineage import Origins
from grids import edit
from grids.draft import Draft
from grids.locate import Locator
from grids.recast import Landed
from tests import build, hands, tilings
from tests.sizes import size

STEPS = 5
WINDOW = Window(build.TOWN_AT - timedelta(days=365), build.TOWN_AT)


@dataclass(frozen=True, slots=True)
class Things:
    """What lies in a city."""

    past: Past
    open: Open
    homes: Homes


def history(draft: Draft, seed: int) -> Things:
    """Return things all over a city and on its borders: incidents of five categories, half of them done, households."""
    polygons, rng = draft.partition.geometries(), np.random.default_rng(seed)
    xy = tilings.hostile(polygons, 400, seed=seed)
    handled = np.where(rng.random(len(xy)) < 0.5, rng.integers(0, 10_000, len(xy)), -1)
    nowhere = np.zeros(len(xy), dtype=np.int64)
    past = Past(xy, nowhere, nowhere, rng.integers(0, 5, len(xy)), handled)
    cases, homes = (tilings.hostile(polygons, count, seed=seed + 1) for count in (60, 100))
    return Things(
        past, Open(cases, np.zeros(len(cases), dtype=np.int64)), Homes(homes, rng.integers(1, 90, len(homes)))
    )


def standing(draft: Draft, things: Things, duties: Duties) -> Standing:
    """Return all numbers of a draft, looked at as a whole."""
    locator = Locator.of(draft.cells.values())
    base = Base(draft, locator, things.past, workload.weigh(things.past), things.homes)
    return Standing.of(Cast.of(base, things.open), duties)


def duties(draft: Draft, seed: int) -> Duties:
    """Return workers who answer for a cell or two, together or alone; some cells have nobody."""
    rng = np.random.default_rng(seed)
    return Duties({code: tuple(sorted(set(rng.integers(0, 6, 2).tolist()))) for code in [*draft.cells][1:]})


def told(one: Standing) -> object:
    """Return every number of every cell and community, and of the city."""
    ground = one.cast.ground
    units = numbers.Units.of(one.cast)
    return (
        numbers.cells(one.cast, sorted(ground.places), one.held.duties),
        {code: numbers.unit(one.cast, units, code) for code in sorted(ground.outlines)},
        one.totals,
    )


def made(cast: Cast, held: Held) -> Standing:
    """Return all numbers of a cast that was followed edit by edit."""
    units = numbers.Units.of(cast)
    return Standing(cast, held, {}, units, numbers.totals(cast, held, units))


@settings(max_examples=size("recast_stories"), deadline=None)
@given(st.integers(0, 10_000))
def test_every_number_of_a_draft_is_that_of_the_same_cells_as_a_base(seed: int) -> None:
    follow(seed)


@settings(max_examples=size("recast_stories"), deadline=None)
@given(st.integers(0, 10_000))
def test_every_number_stays_that_of_a_base_while_cells_come_and_go(seed: int) -> None:
    follow(seed, ("split", "merge", "transfer", "recode"))


def follow(seed: int, only: tuple[str, ...] = ()) -> None:
    """Follow a draft edit by edit, of the kinds `only` or of any, and look at all of it."""
    draft, hand = Draft.of(hands.city(3, 3, seed=seed)), hands.Hand(seed)
    things, people = history(draft, seed), duties(draft, seed)
    first = standing(draft, things, people)
    cast = first.cast
    for _ in range(STEPS):
        done = edit.apply(draft, hand.next(draft, only))
        if isinstance(done, edit.Done):
            draft = done.draft
            cast = cast.to(draft, (*done.gone, *done.changed))
    held = first.held.on(cast.ground, cast.origins)
    mine = made(cast, held)
    base = first.cast.base.draft
    origins = _origins(base, draft)
    new = [code for code in draft.cells if code not in base.cells]
    assert cast.origins.same == origins.same
    assert cast.origins.land == {code: origins.land[code] for code in new}
    whole = standing(draft, things, _later(people, base, draft))
    assert told(mine) == told(whole)
    found = numbers.between(first, cast, WINDOW)
    assert (found.before, found.after) == (first.totals, whole.totals)
    everything = {*first.cast.ground.places, *cast.ground.places}
    assert cast.to(base, everything).redrawn == {}
    assert told(made(cast.to(base, everything), held)) == told(first)
    shifts = found.changes.incidents, found.changes.open, found.changes.households
    for number, each in enumerate(
        (np.ones(len(things.past.xy)), np.ones(len(things.open.xy)), things.homes.each)
    ):
        landed = first.cast.things()[number][0], whole.cast.things()[number][0]
        assert shifts[number] == _shifted(first.cast, cast, landed, each, people)


def _origins(base: Draft, draft: Draft) -> Origins:
    """Return where the cells of a draft come from, looked at as a whole."""
    return Origins.of(lineage.compared(tuple(base.cells.values()), tuple(draft.cells.values())))


def _later(people: Duties, base: Draft, draft: Draft) -> Duties:
    """Return who answers for which cell once a draft is published: each new cell has the people of its origins."""
    origins = _origins(base, draft)
    new = {
        code: {worker for old in origins.get(code) for worker in people.of(old)}
        for code in draft.cells if code not in base.cells
    }  # fmt: skip
    return Duties({**people.of_code, **{code: tuple(sorted(some)) for code, some in new.items()}})


def _shifted(
    first: Cast, cast: Cast, landed: tuple[Landed, Landed], each: np.ndarray, people: Duties
) -> Shift:
    """Return what moves, looked at point by point: in which cell each lies before and after."""
    before, after = ([[*one.codes, ""][at] for at in one.cell[np.argsort(one.order)]] for one in landed)
    points = list(zip(before, after, each.astype(int).tolist(), strict=True))

    def unit(one: Cast, code: str) -> str | None:
        found = one.ground.get(code)
        return None if found is None else found.community

    return Shift(
        sum(many for _, _, many in points), sum(many for a, b, many in points if cast.origins.same.get(b, b) != a),
        sum(many for a, b, many in points if unit(first, a) != unit(cast, b)),
        sum(many for a, b, many in points if people.of(a) != people.of(b, cast.origins.get(b))),
    )  # fmt: skip


def test_many_changes_at_once_are_cast_by_the_patched_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "MANY", 0)
    test_every_number_of_a_draft_is_that_of_the_same_cells_as_a_base()


def test_open_cases_that_come_and_go_do_not_need_the_history_again() -> None:
    draft, hand = Draft.of(hands.city(3, 3, seed=4)), hands.Hand(4)
    things, people = history(draft, 4), duties(draft, 4)
    first = standing(draft, things, people)
    cast = first.cast
    while len(cast.redrawn) < 3:
        done = edit.apply(draft, hand.next(draft, hands.INNER))
        if isinstance(done, edit.Done):
            draft = done.draft
            cast = cast.to(draft, (*done.gone, *done.changed))
    others = Open(things.open.xy[::2], things.open.cell_id[::2])
    later = cast.with_open(others)
    whole = standing(draft, replace(things, open=others), _later(people, first.cast.base.draft, draft))
    assert told(made(later, first.held.on(later.ground, later.origins))) == told(whole)
    assert later.past is cast.past
