"""The traps of the coverage functions, each with what the certificate says; and forged undos."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from grids import edit, partition
from grids.certificate import Touched, certify
from grids.draft import Draft
from grids.edits import Merge, MoveVertex, Restore, Split
from grids.model import Cell, Partition
from grids.refusal import Reason, Refusal, Refused
from grids.rings import rings
from tests.drafts import at, made, path, town, why

LEFT, RIGHT = Cell("a", "", "", box(0, 0, 10, 10)), Cell("b", "", "", box(10, 0, 20, 10))
PAIR = Draft.of(Partition.of([LEFT, RIGHT]))


def verdict(draft: Draft, *now: object) -> Reason | None:
    """Return what the certificate says of shapes in place of the draft's cells."""
    was = tuple(draft.cells.values())
    cells = tuple(replace(one, geometry=cast("Polygon", shape)) for one, shape in zip(was, now, strict=False))
    try:
        certify(draft, Touched(was, cells))
    except Refused as refused:
        return refused.refusal.reason
    return None


def test_trap_1_a_bow_tie_nothing_and_an_empty_polygon_are_valid_coverages() -> None:
    bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    for shape, reason in (
        (bow_tie, Reason.BROKEN_RING),
        (None, Reason.IN_PARTS),
        (Polygon(), Reason.TOO_SMALL),
    ):
        assert shapely.coverage_is_valid([shape])
        assert verdict(PAIR, shape, RIGHT.geometry) is reason


def test_trap_2_an_enclosed_hole_is_a_valid_coverage_at_any_width() -> None:
    whole = (
        Polygon([(0, 0), (10, 0), (10, 4), (6, 4), (5, 5), (4, 6), (0, 6)]),
        Polygon([(10, 4), (10, 10), (6, 10), (6, 6), (5, 5), (6, 4)]),
        Polygon([(0, 6), (4, 6), (5, 5), (6, 6), (6, 10), (0, 10)]),
    )
    holed = (
        Polygon([(0, 0), (10, 0), (10, 4), (6, 4), (4, 4), (4, 6), (0, 6)]),
        Polygon([(10, 4), (10, 10), (6, 10), (6, 6), (6, 4)]),
        Polygon([(0, 6), (4, 6), (6, 6), (6, 10), (0, 10)]),
    )
    assert all(shapely.coverage_is_valid(list(holed), gap_width=width) for width in (0, 0.001, 1, 5))
    draft = town(*whole)
    assert partition.check(draft.partition) == ()
    assert verdict(draft, *holed) is Reason.OUTER_BORDER


def test_trap_3_a_sliver_is_missed_at_a_wide_gap_width() -> None:
    for width in (0.001, 0.01, 0.5):
        dented = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (round(10 + width, 3), 5)])
        assert verdict(PAIR, LEFT.geometry, dented) is Reason.OUTER_BORDER


def test_trap_4_a_cell_that_cleaning_would_lose_is_refused_and_not_cleaned() -> None:
    over = box(0, 0, 10, 10), box(0, 0, 10, 10)
    assert verdict(PAIR, *over) is Reason.OUTER_BORDER
    assert verdict(PAIR, LEFT.geometry) is Reason.OUTER_BORDER, "the second is lost"


def test_trap_5_a_narrow_neck_does_not_become_two_parts() -> None:
    necked = Polygon([(0, 0), (10, 0), (10, 4), (5, 5), (10, 6), (10, 10), (0, 10)])
    beside = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, 6), (5, 5), (10, 4)])
    draft = town(necked, beside)
    assert partition.check(draft.partition) == ()
    assert why(draft, MoveVertex(at(5, 5), at(0, 5)))[0] is Reason.BROKEN_RING
    assert made(draft, MoveVertex(at(5, 5), at(0.001, 5))).draft.cells["a"].geometry.is_valid
    assert verdict(draft, MultiPolygon([box(0, 0, 5, 5), box(5, 5, 9, 9)]), beside) is Reason.IN_PARTS


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (box(0.004, 0, 10.004, 10), RIGHT.geometry),
        (box(0.5, 0.5, 9.5, 9.5), RIGHT.geometry),
        (box(-0.5, -0.5, 10.5, 10.5), RIGHT.geometry),
        (LEFT.geometry, None),
        (LEFT.geometry, LEFT.geometry),
        (LEFT.geometry, Polygon([(10, 0), (20, 10), (20, 0), (10, 10)])),
    ],
    ids=["shifted", "shrunk", "grown", "missing", "doubled", "crossed"],
)
def test_trap_6_what_cleaning_calls_valid_is_refused(left: Polygon, right: Polygon | None) -> None:
    assert verdict(PAIR, left, *([right] if right else [])) is not None


def test_trap_7_a_junction_without_a_node_is_refused() -> None:
    below = town(box(0, 0, 20, 10), box(0, 10, 20, 20))
    shapes = (box(0, 0, 20, 10), box(0, 10, 10, 20), box(10, 10, 20, 20))
    assert shapely.area(shapely.union_all(shapes)) == 400
    assert not shapely.coverage_is_valid(list(shapes))
    was = tuple(below.cells.values())
    now = (
        *(replace(one, geometry=shape) for one, shape in zip(was, shapes, strict=False)),
        Cell("c", "", "", shapes[2]),
    )
    with pytest.raises(Refused) as refused:
        certify(below, Touched(was, now))
    assert refused.value.refusal.reason is Reason.OUTER_BORDER
    split = made(below, Split("b", path((10, 5), (10, 25)), ("b", "c")))
    assert at(10, 10) in rings(split.draft.cells["a"].geometry)[0]
    assert split.nodes == (at(10, 20),)


def test_trap_8_a_hole_that_touches_the_outer_border_makes_a_whole_coverage_invalid() -> None:
    """A merge gave such a cell; no later edit there could be taken back, because the check of the whole refused it."""
    corners = [(0, 10), (3, 6), (5, 6)]
    above, inside = Polygon([(0, 10), (10, 10), (10, 20), (0, 20)]), Polygon(corners)
    holed = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [corners])
    assert shapely.area(shapely.union_all([above, holed, inside])) == 200
    assert not shapely.coverage_is_valid([above, holed, inside])
    below = Polygon([(0, 0), (10, 0), (3, 6), (0, 10)]), Polygon([(10, 0), (10, 10), (0, 10), (5, 6), (3, 6)])
    draft = town(above, inside, *below)
    assert partition.check(draft.partition) == ()
    assert why(draft, Merge(("c", "d"), "c")) == (Reason.TOUCHES_ITSELF, "c")
    assert made(draft, Merge(("b", "c", "d"), "c")).draft.cells["c"].area == 100


def test_a_forged_undo_is_refused() -> None:
    four = town(box(0, 0, 10, 10), box(10, 0, 20, 10), box(0, 10, 10, 20), box(10, 10, 20, 20))
    done = made(four, Split("a", path((5, -5), (5, 15)), ("a", "e")))
    back = cast("Restore", done.inverse)
    assert isinstance(edit.apply(done.draft, replace(back, outer=())), Refusal)
    assert isinstance(edit.apply(done.draft, replace(back, cells=back.cells[:1])), Refusal)
    lifted = tuple(
        replace(one, rings=tuple(tuple((x, y + 9) for x, y in r) for r in one.rings)) for one in back.cells
    )
    assert isinstance(edit.apply(done.draft, replace(back, cells=lifted)), Refusal)
    opened = (replace(back.cells[0], rings=(back.cells[0].rings[0][:-1],)), *back.cells[1:])
    assert why(done.draft, replace(back, cells=opened))[0] is Reason.MALFORMED
