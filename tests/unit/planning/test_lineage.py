"""Who answers for a cell that never was before: those who answer for the cells its land comes from."""

from __future__ import annotations

import pytest
from shapely import box

from geo_app.planning import lineage
from geo_app.planning.lineage import Origins
from grids import edit
from grids.edits import Edit, Merge, MoveVertex, Recode, Rename, Split, Transfer
from grids.model import Cell
from tests.drafts import at, path, square, town

FOUR = town(square(0, 0), square(10, 0), square(0, 10), square(10, 10))


def after(*asked: Edit) -> dict[str, tuple[str, ...]]:
    """Return where the codes come from that are new after these edits."""
    draft = edit.replay(FOUR, asked)
    found = lineage.compared(tuple(FOUR.cells.values()), tuple(draft.cells.values()))
    return {code: Origins.of(found).get(code) for code in draft.cells if code not in FOUR.cells}


CUT = Split("a", path((5, -5), (5, 15)), ("a", "e"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((CUT,), {"e": ("a",)}),
        ((Split("a", path((5, -5), (5, 15)), ("e", "f")),), {"e": ("a",), "f": ("a",)}),
        ((Merge(("a", "b"), "e"),), {"e": ("a", "b")}),
        ((Merge(("a", "b"), "a"),), {}),
        ((Merge(("a", "b"), "e"), Merge(("c", "d"), "f"), Merge(("e", "f"), "g")), {"g": ("a", "b", "c", "d")}),
        ((CUT, Merge(("e", "b"), "f")), {"f": ("b",)}),  # b goes on, with more land
        ((CUT, Transfer("b", path((15, -5), (15, 15)), at(12, 5), "e")), {"e": ("a", "b")}),
        ((CUT, Merge(("e", "b"), "b")), {}),
        ((Recode("a", "z"), Rename("z", "Z")), {"z": ("a",)}),
        ((Recode("a", "z"), MoveVertex(at(10, 10), at(8, 8))), {"z": ("a",)}),
        ((Recode("a", "z"), Recode("b", "a")), {"z": ("a",)}),
    ],
)  # fmt: skip
def test_a_new_code_comes_from_the_cells_whose_land_it_has(
    asked: tuple[Edit, ...], expected: dict[str, tuple[str, ...]]
) -> None:
    assert after(*asked) == expected


def test_a_border_drawn_a_little_otherwise_is_no_origin_but_a_small_cell_that_is_in_it_whole_is() -> None:
    was = [Cell(code, "", "1", shape) for code, shape in (
        ("a", box(0, 0, 100, 100)), ("b", box(100, 0, 200, 100)), ("c", box(90, 100, 100, 110)),
    )]  # fmt: skip
    now = [Cell("x", "", "1", box(0, 0, 103, 100).union(box(90, 100, 100, 110))),
           Cell("y", "", "1", box(103, 0, 200, 100))]  # fmt: skip
    found = Origins.of(lineage.compared(was, now))
    assert (found.land["x"], found.get("y")) == (("a", "c"), ("b",))


def test_of_slivers_alone_the_largest_is_the_origin() -> None:
    was = [Cell(f"a{n:02}", "", "1", box(n * 100, 0, n * 100 + 100, 100)) for n in range(30)]
    new = box(0, 0, 3000, 4).union(box(500, 0, 600, 4.5))
    found = Origins.of(lineage.compared(was, [Cell("x", "", "1", new)]))
    assert found.land["x"] == ("a05",)


def test_only_cells_that_never_were_have_heirs_to_be_written() -> None:
    draft = edit.replay(FOUR, (CUT, Recode("b", "z"), Merge(("c", "d"), "f")))
    found = lineage.compared(tuple(FOUR.cells.values()), tuple(draft.cells.values()))
    ids = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "z": 2, "f": 6}
    assert lineage.heirs(found, ids, set("abcd")) == {5: (1,), 6: (3, 4)}
    assert lineage.heirs(found, ids, set("abcdf")) == {5: (1,)}, (
        "an earlier cell comes back with its own people"
    )
