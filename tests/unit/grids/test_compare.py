"""Between two partitions each cell is kept, split, merged or moved; a new name is not a new border."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from grids import edit
from grids.compare import Change, Comparison, Link, compare
from grids.draft import Draft
from grids.edits import AssignUnits, Edit, Merge, MoveOuterVertex, MoveVertex, Recode, Rename, Split, Transfer
from grids.model import Cell, Partition
from tests import hands
from tests.drafts import at, path, square, town

FOUR = town(square(0, 0), square(10, 0), square(0, 10), square(10, 10))


def after(*asked: Edit) -> Comparison:
    """Return what the edits have changed, by the words of the comparison."""
    return compare(FOUR.partition, edit.replay(FOUR, asked).partition)


def words(found: Comparison) -> dict[str, str]:
    return {code: " ".join(sorted(changes)) for code, changes in found.changes.items()}


def test_nothing_changed_is_nothing() -> None:
    found = after()
    assert (found.changes, found.gone, found.lineage, found.kept) == ({}, {}, (), 4)


def test_a_name_and_a_unit_are_not_a_border() -> None:
    found = after(Rename("a", "new"), AssignUnits({"b": "2"}))
    assert words(found) == {"a": "renamed", "b": "reassigned"}
    assert (found.lineage, found.kept) == ((), 4)


def test_a_code_is_not_a_border() -> None:
    found = after(Recode("a", "z"), Rename("z", "Z"))
    assert words(found) == {"z": "recoded renamed"}
    assert (found.gone, found.kept) == ({"a": {Change.RECODED}}, 4)


def test_a_split_keeps_what_is_beside() -> None:
    found = after(Split("a", path((5, -5), (5, 15)), ("a", "e")))
    assert words(found) == {"a": "split", "e": "split"}
    assert found.kept == 3, "a neighbour that got a node keeps its land"
    assert Link("a", "e", 50.0, 0.5, 1.0) in found.lineage


def test_a_split_under_new_codes_names_what_is_gone() -> None:
    found = after(Split("a", path((2, -5), (2, 15)), ("e", "f")))
    assert words(found) == {"e": "split", "f": "split"}
    assert found.gone == {"a": {Change.SPLIT}}
    assert {(link.old, link.new): link.share_of_old for link in found.lineage if link.old == "a"} == {
        ("a", "e"): pytest.approx(0.2),
        ("a", "f"): pytest.approx(0.8),
    }


def test_merged_cells() -> None:
    found = after(Merge(("a", "b"), "a"))
    assert words(found) == {"a": "merged"}
    assert found.gone == {"b": {Change.MERGED}}
    assert found.lineage == (Link("a", "a", 100.0, 1.0, 0.5), Link("b", "a", 100.0, 1.0, 0.5))
    assert words(after(Merge(("a", "b"), "n"))) == {"n": "merged"}


def test_a_border_that_moved_and_a_piece_that_was_given() -> None:
    assert words(after(MoveVertex(at(10, 10), at(12, 12)))) == dict.fromkeys("abcd", "moved")
    found = after(Transfer("a", path((7, -1), (7, 11)), at(9, 5), "b"), Rename("b", "big"))
    assert words(found) == {"a": "moved", "b": "moved renamed"}
    assert Link("a", "b", 30.0, 0.3, pytest.approx(30 / 130)) in found.lineage
    assert words(after(MoveOuterVertex(at(0, 0), at(-5, -5)))) == {"a": "moved"}


def test_cells_that_come_and_go() -> None:
    cells = list(FOUR.partition.cells.values())
    more = Partition.of([*cells[:3], Cell("x", "", "1", square(20, 0))])
    found = compare(FOUR.partition, more)
    assert words(found) == {"x": "added"}
    assert found.gone == {"d": {Change.REMOVED}}


def test_a_ring_that_begins_elsewhere_is_the_same_land() -> None:
    turned = [replace(one, geometry=shapely.normalize(one.geometry)) for one in FOUR.cells.values()]
    assert any(one.geometry.wkb != FOUR.cells[one.code].geometry.wkb for one in turned)
    assert compare(FOUR.partition, Partition.of(turned)).kept == 4


def test_after_any_edits_the_shares_of_each_cell_add_up() -> None:
    city = hands.city(6, 6, seed=3)
    draft, hand = Draft.of(city), hands.Hand(3)
    for _ in range(60):
        made = edit.apply(draft, hand.next(draft, hands.INNER))
        draft = made.draft if isinstance(made, edit.Done) else draft
    found = compare(city, draft.partition)
    for side in ("old", "new"):
        sums: dict[str, float] = {}
        for link in found.lineage:
            sums[getattr(link, side)] = sums.get(getattr(link, side), 0.0) + getattr(link, f"share_of_{side}")
        assert sums
        assert all(total == pytest.approx(1, abs=1e-4) for total in sums.values())
    assert found.kept + sum(bool(one & LAND) for one in found.changes.values()) == len(draft.cells)


LAND = {Change.SPLIT, Change.MERGED, Change.MOVED, Change.ADDED}
