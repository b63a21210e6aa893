"""What each edit does, what it refuses, where and why."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
import shapely
from shapely import Polygon, box

from grids import edit, partition
from grids.draft import Draft
from grids.edits import (
    AssignUnits,
    ChangeOuterBorder,
    DeleteVertex,
    InsertVertex,
    Merge,
    MoveOuterVertex,
    MoveVertex,
    Recode,
    Rename,
    ReshapeBorder,
    Split,
    Transfer,
)
from grids.refusal import ADVICE, Reason, Refusal
from grids.rings import rings
from tests.drafts import at, made, path, square, town, why

FOUR = town(square(0, 0), square(10, 0), square(0, 10), square(10, 10))
RING = Polygon([(0, 0), (30, 0), (30, 30), (0, 30)], [[(10, 10), (20, 10), (20, 20), (10, 20)]])
ISLAND = town(RING, box(10, 10, 20, 20))


def area(done: edit.Done, code: str) -> float:
    return done.draft.cells[code].area


def test_a_junction_moves_with_all_its_cells() -> None:
    done = made(FOUR, MoveVertex(at(10, 10), at(12, 11)))
    assert done.changed == ("a", "b", "c", "d")
    assert [area(done, code) for code in "abcd"] == [115, 95, 105, 85]


def test_cells_that_an_edit_does_not_touch_are_the_same_objects() -> None:
    wide = town(*(square(10 * n, 0) for n in range(6)))
    done = made(wide, InsertVertex(at(10, 0), at(10, 10), at(11, 5)))
    assert done.changed == ("a", "b")
    assert [one for one in wide.cells if done.draft.cells[one] is wide.cells[one]] == ["c", "d", "e", "f"]


def test_a_vertex_on_the_outer_border_moves_only_by_its_own_edit() -> None:
    assert why(FOUR, MoveVertex(at(10, 0), at(11, 0))) == (Reason.OUTER_BORDER, "ab")
    done = made(FOUR, MoveOuterVertex(at(10, 0), at(11, -1)))
    assert (area(done, "a"), area(done, "b")) == (110, 100)
    assert done.inverse.changes_outer_border
    assert not MoveVertex(at(10, 10), at(11, 11)).changes_outer_border


def test_a_refusal_says_where_and_what_to_do() -> None:
    refusal = edit.apply(FOUR, MoveVertex(at(10, 10), at(30, 10)))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BROKEN_RING
    assert not refusal.place.is_empty
    assert refusal.place.distance(box(0, 0, 30, 20)) == 0
    assert refusal.advice == ADVICE[Reason.BROKEN_RING]
    assert set(ADVICE) == set(Reason)


def test_a_vertex_does_not_move_onto_another() -> None:
    assert why(FOUR, MoveVertex(at(10, 10), at(0, 10)))[0] is Reason.VERTEX_THERE
    assert why(FOUR, MoveVertex(at(10, 10), at(10, 10)))[0] is Reason.NOTHING
    assert why(FOUR, MoveVertex(at(5, 5), at(6, 6)))[0] is Reason.NO_VERTEX
    assert why(FOUR, MoveOuterVertex(at(10, 10), at(11, 11)))[0] is Reason.NO_VERTEX


def test_a_vertex_is_put_into_a_border_and_taken_out() -> None:
    done = made(FOUR, InsertVertex(at(10, 0), at(10, 10), at(8, 5)))
    assert (area(done, "a"), area(done, "b")) == (90, 110)
    gone = made(done.draft, DeleteVertex(at(8, 5)))
    assert area(gone, "a") == 100
    assert why(FOUR, DeleteVertex(at(10, 10))) == (Reason.JUNCTION, "abcd")
    assert why(FOUR, InsertVertex(at(0, 0), at(10, 10), at(5, 5)))[0] is Reason.NO_VERTEX
    assert why(FOUR, InsertVertex(at(0, 0), at(10, 0), at(5, 0)))[0] is Reason.OUTER_BORDER
    assert why(FOUR, InsertVertex(at(10, 0), at(10, 10), at(10, 0)))[0] is Reason.VERTEX_THERE


def test_a_triangle_does_not_lose_a_corner() -> None:
    corner = town(Polygon([(0, 0), (10, 0), (0, 10)]), Polygon([(10, 0), (10, 10), (0, 10)]))
    assert why(corner, DeleteVertex(at(0, 0)))[0] is Reason.TOO_SMALL


def test_a_border_is_drawn_anew_in_both_cells() -> None:
    done = made(FOUR, ReshapeBorder(path((10, 0), (10, 10)), path((10, 0), (7, 3), (7, 7), (10, 10))))
    assert (area(done, "a"), area(done, "b")) == (79, 121)
    assert why(FOUR, ReshapeBorder(path((10, 0), (10, 10)), path((10, 0), (9, 10)))) == (Reason.MALFORMED, "")
    across = path((10, 0), (10, 10), (10, 20))
    assert why(FOUR, ReshapeBorder(across, path((10, 0), (9, 9), (10, 20))))[0] is Reason.JUNCTION
    outside = ReshapeBorder(path((0, 0), (10, 0)), path((0, 0), (5, -1), (10, 0)))
    assert why(FOUR, outside) == (Reason.OUTER_BORDER, "a")


def test_the_border_of_an_island_is_drawn_anew() -> None:
    whole = path((10, 10), (20, 10), (20, 20), (10, 20), (10, 10))
    other = path((10, 10), (20, 8), (22, 20), (10, 10))
    turned = made(ISLAND, ReshapeBorder(whole, other))
    assert (area(turned, "a"), area(turned, "b")) == (838, 62)
    done = made(ISLAND, ReshapeBorder(path((20, 10), (20, 20)), path((20, 10), (25, 15), (20, 20))))
    assert (area(done, "a"), area(done, "b")) == (775, 125)


def test_the_outer_border_is_drawn_anew_where_it_touches_nothing_else() -> None:
    was = path((0, 0), (10, 0))
    done = made(FOUR, ChangeOuterBorder(was, path((0, 0), (5, -4), (10, 0))))
    assert area(done, "a") == 120
    assert partition.outline(done.draft.partition).area == 420
    assert why(FOUR, ChangeOuterBorder(path((10, 0), (10, 10)), path((10, 0), (9, 5), (10, 10))))[0] is (
        Reason.OUTER_BORDER
    )


def test_an_outer_border_that_would_close_in_land_is_refused() -> None:
    bay = town(Polygon([(0, 0), (30, 0), (30, 20), (20, 20), (20, 10), (10, 10), (10, 20), (0, 20)]))
    closing = ChangeOuterBorder(path((10, 20), (0, 20)), path((10, 20), (20, 20), (0, 30), (0, 20)))
    assert isinstance(edit.apply(bay, closing), Refusal)
    pair = town(box(0, 0, 10, 30), Polygon([(10, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10)]))
    pair = made_whole(pair)
    touch = MoveOuterVertex(at(20, 30), at(10, 30))
    assert why(pair, touch)[0] in {Reason.VERTEX_THERE, Reason.TOO_CLOSE}
    near = ChangeOuterBorder(path((20, 30), (20, 10)), path((20, 30), (10, 20), (20, 10)))
    assert why(pair, near)[0] is Reason.TOO_CLOSE


def made_whole(draft: Draft) -> Draft:
    """Return the draft with the vertex that the second cell has put into the border of the first."""
    first = draft.cells["a"]
    shape = shapely.snap(first.geometry, shapely.Point(10, 10), 1e-9)
    whole = draft.changed((), (replace(first, geometry=cast("Polygon", shape)),))
    assert partition.check(whole.partition) == ()
    return whole


def test_a_split_gives_the_neighbours_its_nodes_and_lists_those_on_the_outer_border() -> None:
    done = made(FOUR, Split("a", path((5, -5), (5, 15)), ("a", "e")))
    assert (area(done, "a"), area(done, "e")) == (50, 50)
    assert done.nodes == (at(5, 0),)
    assert at(5, 10) in rings(done.draft.cells["c"].geometry)[0]
    assert (done.draft.cells["a"].name, done.draft.cells["e"].name) == ("A", "")
    assert done.draft.cells["e"].community == "1"
    assert "c" in done.changed
    assert "b" not in done.changed


def test_a_split_off_the_millimetre_grid_moves_the_outer_border_by_less_than_a_millimetre() -> None:
    slanted = town(Polygon([(0, 0), (10.001, 3.333), (7, 10), (0, 10)]))
    done = made(slanted, Split("a", path((5, -5), (5, 15)), ("a", "b")))
    was = slanted.cells["a"].geometry.boundary
    assert len(done.nodes) == 2
    assert all(shapely.Point(x / 1000, y / 1000).distance(was) < 0.001 for x, y in done.nodes)
    assert made(done.draft, Merge(("a", "b"), "a")).draft.cells["a"].area == pytest.approx(
        was.envelope.area, abs=60
    )


def test_a_split_through_vertices_adds_none() -> None:
    done = made(FOUR, Split("a", path((0, 0), (10, 10)), ("a", "e")))
    assert (area(done, "a"), area(done, "e")) == (50, 50)
    assert done.nodes == ()
    assert len(done.changed) == 2


def test_a_split_may_run_along_the_border() -> None:
    done = made(FOUR, Split("a", path((0, 0), (10, 0), (10, 5), (-1, 5)), ("a", "e")))
    assert (area(done, "a"), area(done, "e")) == (50, 50)
    assert at(10, 5) in rings(done.draft.cells["b"].geometry)[0]


def test_an_island_is_cut_out_and_merged_again() -> None:
    ring = path((3, 3), (6, 3), (6, 6), (3, 6), (3, 3))
    done = made(FOUR, Split("a", ring, ("a", "e")))
    assert (area(done, "a"), area(done, "e")) == (91, 9)
    assert len(done.draft.cells["a"].geometry.interiors) == 1
    assert done.changed == ("a", "e")
    assert area(made(done.draft, Merge(("a", "e"), "a")), "a") == 100


def test_a_cell_with_a_hole_is_split_across_it_and_not_only_to_it() -> None:
    assert why(ISLAND, Split("a", path((-5, 15), (15, 15)), ("a", "c"))) == (Reason.NO_CUT, "a")
    done = made(ISLAND, Split("a", path((-5, 15), (35, 15)), ("a", "c")))
    assert (area(done, "a"), area(done, "c")) == (400, 400)
    assert {at(10, 15), at(20, 15)} <= set(rings(done.draft.cells["b"].geometry)[0])
    assert why(ISLAND, Split("b", path((-5, 5), (35, 5)), ("b", "c"))) == (Reason.NO_CUT, "b")


def test_a_split_wants_a_code_for_each_piece() -> None:
    comb = town(Polygon([(0, 0), (10, 0), (10, 10), (7, 10), (7, 2), (3, 2), (3, 10), (0, 10)]))
    line = path((-1, 5), (11, 5))
    assert why(comb, Split("a", line, ("a", "b"))) == (Reason.PIECES, "a")
    done = made(comb, Split("a", line, ("x", "a", "y")))
    assert [area(done, code) for code in "xay"] == [15, 38, 15], "west to east, north to south"
    assert why(comb, Split("a", line, ("x", "x", "y")))[0] is Reason.CODE_IN_USE
    assert why(FOUR, Split("a", path((5, -5), (5, 15)), ("a", "b"))) == (Reason.CODE_IN_USE, "b")
    assert why(FOUR, Split("z", line, ("a", "b"))) == (Reason.NO_SUCH_CELL, "z")


def test_merged_cells_take_name_and_unit_of_the_one_that_stays() -> None:
    done = made(FOUR, Merge(("a", "b"), "b"))
    assert done.gone == ("a",)
    assert (done.draft.cells["b"].name, area(done, "b")) == ("B", 200)
    new = made(FOUR, Merge(("a", "b", "c"), "n"))
    assert new.gone == ("a", "b", "c")
    assert (new.draft.cells["n"].name, new.draft.cells["n"].community) == ("", "1")
    assert why(FOUR, Merge(("a", "b"), "c")) == (Reason.CODE_IN_USE, "c")
    assert why(FOUR, Merge(("a", "a"), "a"))[0] is Reason.NOTHING


def test_cells_that_meet_in_a_point_are_not_merged() -> None:
    assert why(FOUR, Merge(("a", "d"), "a"))[0] is Reason.NOT_NEIGHBOURS


def test_a_piece_goes_to_a_neighbour() -> None:
    done = made(FOUR, Transfer("a", path((7, -1), (7, 11)), at(9, 5), "b"))
    assert (area(done, "a"), area(done, "b")) == (70, 130)
    assert done.nodes == (at(7, 0),)
    assert at(7, 10) in rings(done.draft.cells["c"].geometry)[0]
    far = Transfer("a", path((7, -1), (7, 11)), at(2, 5), "b")
    assert why(FOUR, far)[0] is Reason.NOT_NEIGHBOURS
    assert why(FOUR, replace(far, at=at(7, 5)))[0] is Reason.NO_CUT
    assert why(FOUR, replace(far, to="a"))[0] is Reason.NOTHING


def test_a_transfer_that_leaves_a_cell_in_parts_is_refused() -> None:
    middle = Transfer("a", path((4, -1), (4, 11), (6, 11), (6, -1)), at(5, 5), "c")
    assert why(FOUR, middle) == (Reason.IN_PARTS, "a")


def test_a_node_that_turns_a_sliver_over_is_refused() -> None:
    """The union of a piece with a cell so thin that the piece's node turns it over was an error of the library."""
    tip, low, far = (-36302.428, 167074.438), (-36841.457, 166443.271), (-39287.913, 163578.631)
    west = (-37487.319, 167985.352)
    around = Polygon([tip, (-30000, 163000), far]), Polygon([far, low, west, (-45000, 166000)])
    thin = town(Polygon([tip, low, west]), Polygon([tip, far, low]), *around)
    assert partition.check(thin.partition) == ()
    line = path((-37401.460, 167072.271), (-37173.449, 166496.036), (-36384.313, 166884.103))
    assert why(thin, Transfer("a", line, at(-36663, 166719), "b")) == (Reason.TOO_CLOSE, "ab")


def test_a_ring_drawn_across_a_cell_a_millimetre_wide_is_answered() -> None:
    tip, far = (451869.221, 4394404.356), (451859.644, 4394377.37)
    sliver = town(Polygon([(451859.643, 4394377.37), (451859.643, 4394377.371), tip, far]))
    west, south, east, north = 451864.432, 4394390.863, 451866.432, 4394392.863
    across = path((west, south), (east, south), (east, north), (west, north), (west, south))
    assert why(sliver, Split("a", across, ("a", "b", "c")))[0] is Reason.TOO_CLOSE


def test_units_names_and_codes_change_without_touching_a_border() -> None:
    done = made(FOUR, AssignUnits({"a": "2", "b": "1"}))
    assert (done.changed, done.draft.cells["a"].community) == (("a",), "2")
    assert done.draft.cells["a"].geometry is FOUR.cells["a"].geometry
    assert made(FOUR, Rename("a", "东区")).draft.cells["a"].name == "东区"
    coded = made(FOUR, Recode("a", "z"))
    assert (coded.gone, coded.changed) == (("a",), ("z",))
    assert why(FOUR, Recode("a", "b")) == (Reason.CODE_IN_USE, "b")
    for same in (Recode("a", "a"), Rename("a", "A"), AssignUnits({"a": "1"})):
        assert why(FOUR, same)[0] is Reason.NOTHING
    assert why(FOUR, Rename("z", "Z"))[0] is Reason.NO_SUCH_CELL


def test_a_rename_is_taken_back_after_the_border_has_moved() -> None:
    named = made(FOUR, Rename("a", "x"))
    moved = made(named.draft, MoveVertex(at(10, 10), at(11, 11)))
    back = edit.apply(moved.draft, named.inverse)
    assert isinstance(back, edit.Done)
    assert back.draft.cells["a"].name == "A"


def test_a_split_is_not_taken_back_over_what_was_done_since() -> None:
    cut = made(FOUR, Split("a", path((5, -5), (5, 15)), ("a", "e")))
    since = made(cut.draft, Rename("e", "new"))
    assert why(since.draft, cut.inverse) == (Reason.NO_SUCH_CELL, "e")
