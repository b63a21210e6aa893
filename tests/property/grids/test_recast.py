"""Points re-cast after an edit lie where a whole new index puts them, whatever was edited."""

from __future__ import annotations

from collections import Counter

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from grids import edit
from grids.draft import Draft
from grids.edits import Merge, Recode
from grids.locate import Locator
from grids.model import Cell
from grids.recast import Landed, Move
from tests import hands, tilings
from tests.drafts import square, town
from tests.sizes import size

STEPS = 5


def points(draft: Draft, seed: int) -> np.ndarray:
    """Return places anywhere around a city, and hostile ones on and beside its borders and corners."""
    polygons = draft.partition.geometries()
    west, south, east, north = shapely.total_bounds(polygons)
    anywhere = np.random.default_rng(seed).uniform((west - 50, south - 50), (east + 50, north + 50), (300, 2))
    return np.concatenate([anywhere, tilings.hostile(polygons, 600, seed=seed)])


def stand(landed: Landed, draft: Draft) -> dict[str, list[int]]:
    """Return the points of every cell, and of none under ""."""
    found = {code: np.sort(landed.order[landed.members(code)]).tolist() for code in draft.cells}
    outside = np.sort(landed.order[landed.outside]).tolist()
    return {**{code: members for code, members in found.items() if members}, "": outside}


def stepped(landed: Landed, draft: Draft, done: edit.Done) -> tuple[Landed, set[str]]:
    codes = {*done.gone, *done.changed}
    was: list[Cell] = [draft.cells[code] for code in codes if code in draft.cells]
    now = [done.draft.cells[code] for code in done.changed]
    return landed.after(Move.of(was, now, done.draft.near))


@settings(max_examples=size("recast_stories"))
@given(st.integers(0, 10_000))
def test_edit_by_edit_every_point_lies_where_a_whole_index_puts_it(seed: int) -> None:
    draft, hand = Draft.of(hands.city(3, 3, seed=seed)), hands.Hand(seed)
    xy = points(draft, seed)
    each = np.random.default_rng(seed).integers(0, 9, len(xy))
    first = landed = Landed.of(Locator.of(draft.partition.cells.values()), xy, each)
    for _ in range(STEPS):
        done = edit.apply(draft, hand.next(draft))
        if isinstance(done, edit.Done):
            landed, changed = stepped(landed, draft, done)
            before, draft = stand(landed, draft), done.draft
            whole = Landed.of(Locator.of(draft.partition.cells.values()), xy)
            assert stand(landed, draft) == stand(whole, draft)
            assert changed >= set(done.changed)
            assert {code for code, members in stand(landed, draft).items() if before.get(code, []) != members} <= {
                *changed, "", *done.gone,
            }  # fmt: skip
    whole = first.anew(Locator.of(draft.partition.cells.values()))
    assert stand(whole, draft) == stand(landed, draft)
    now = {point: code for code, members in stand(landed, draft).items() for point in members}
    was, flows = [*first.codes, ""], Counter[tuple[str, str]]()
    cell = first.cell[np.argsort(first.order)]
    for point, code in now.items():
        flows[was[cell[point]], code] += int(each[point])
    for one in (landed, whole):
        came = {(was[at], code): many for code, from_ in one.came.items() for at, many in from_.items()}
        assert came == {pair: many for pair, many in flows.items() if pair[0] != pair[1]}


def test_on_a_border_a_new_code_takes_and_gives_what_the_lowest_has() -> None:
    """A neighbour that is not edited loses its border to a lower code and gets it from a higher one."""
    draft = town(square(0, 0), square(10, 0), square(20, 0))
    xy = np.array([[10.0, 5.0], [20.0, 5.0], [5.0, 5.0]])
    landed = Landed.of(Locator.of(draft.partition.cells.values()), xy)
    for asked, expected in (
        (Recode("c", "0"), {"0": [1], "a": [0, 2]}),
        (Recode("a", "z"), {"b": [0, 1], "z": [2]}),
        (Merge(("b", "c"), "y"), {"a": [0, 2]}),
    ):
        done = edit.apply(draft, asked)
        assert isinstance(done, edit.Done)
        found = stand(stepped(landed, draft, done)[0], done.draft)
        assert {code: found.get(code, []) for code in expected} == expected


def test_a_neighbour_lets_go_of_the_border_that_a_lower_code_takes() -> None:
    draft = town(square(0, 0), square(10, 0))
    landed = Landed.of(Locator.of(draft.partition.cells.values()), np.array([[10.0, 5.0]]))
    done = edit.apply(draft, Recode("b", "0"))
    assert isinstance(done, edit.Done)
    assert stand(stepped(landed, draft, done)[0], done.draft) == {"0": [0], "": []}
