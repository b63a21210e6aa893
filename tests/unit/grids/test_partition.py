"""What breaks a partition is found and named; each trap of the coverage functions is a test."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from grids import partition
from grids.model import Cell, Partition, Problem, Rule


def of(*shapes: BaseGeometry | None) -> Partition:
    """Return the partition of shapes, with codes a, b, c and so on."""
    return Partition.of([Cell("abcdefghij"[n], "", "", cast("Polygon", s)) for n, s in enumerate(shapes)])


def found(*shapes: BaseGeometry | None) -> list[tuple[Rule, str]]:
    return [(problem.rule, "".join(problem.codes)) for problem in partition.check(of(*shapes))]


def only(*shapes: BaseGeometry | None) -> Problem:
    (problem,) = partition.check(of(*shapes))
    return problem


LEFT, RIGHT = box(0, 0, 10, 10), box(10, 0, 20, 10)


def test_cells_that_meet_vertex_by_vertex_are_whole() -> None:
    assert partition.check(of(LEFT, RIGHT, box(0, 10, 10, 20))) == ()


def test_no_cell_and_one_cell_are_whole() -> None:
    assert partition.check(of()) == ()
    assert partition.check(of(LEFT)) == ()


def test_a_bow_tie_is_refused_though_the_coverage_is_called_valid() -> None:
    bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert shapely.coverage_is_valid([bow_tie])
    problem = only(bow_tie)
    assert problem.rule is Rule.INVALID
    assert "Self-intersection" in problem.message


def test_no_geometry_is_refused_though_the_coverage_is_called_valid() -> None:
    assert shapely.coverage_is_valid([LEFT, None])
    assert found(LEFT, None) == [(Rule.NOT_A_POLYGON, "b")]


def test_an_empty_polygon_is_refused_though_the_coverage_is_called_valid() -> None:
    assert shapely.coverage_is_valid([LEFT, Polygon()])
    assert found(LEFT, Polygon()) == [(Rule.EMPTY, "b")]


def test_a_cell_in_two_parts_is_refused() -> None:
    problem = only(MultiPolygon([LEFT, box(30, 0, 40, 10)]))
    assert problem.rule is Rule.NOT_A_POLYGON
    assert "MultiPolygon" in problem.message


def test_a_coordinate_that_is_no_number_is_refused() -> None:
    with np.errstate(invalid="ignore"):
        broken = Polygon([(0, 0), (float("nan"), 1), (1, 1)])
    assert found(broken) == [(Rule.INVALID, "a")]


@pytest.mark.parametrize("off", [4e-4, 1e-6, 1e-9, 2e-15])
def test_a_vertex_between_millimetres_is_refused(off: float) -> None:
    """A thousandth of a millimetre was let through, and the index of the grid refused the same cell."""
    assert found(Polygon([(0, 0), (10, 0), (10, 10 + off)])) == [(Rule.OFF_GRID, "a")]


def test_large_coordinates_on_the_millimetre_grid_are_accepted() -> None:
    shape = Polygon(
        np.round(np.array([(516000.123, 4374000.457), (516100.001, 4374000.999), (516050.5, 4374100.777)]), 3)
    )
    assert partition.check(of(shape)) == ()


def test_an_enclosed_hole_is_a_gap_though_the_coverage_is_called_valid() -> None:
    around = (
        Polygon([(0, 0), (10, 0), (10, 4), (6, 4), (4, 4), (4, 6), (0, 6)]),
        Polygon([(10, 4), (10, 10), (6, 10), (6, 6), (6, 4)]),
        Polygon([(0, 6), (4, 6), (6, 6), (6, 10), (0, 10)]),
    )
    for width in (0, 1, 5):
        assert shapely.coverage_is_valid(list(around), gap_width=width)
    problem = only(*around)
    assert problem.rule is Rule.GAP
    assert problem.area == pytest.approx(4)
    assert problem.place.equals(box(4, 4, 6, 6))


def test_a_gap_whose_ends_touch_in_points_is_found_though_the_union_has_no_hole() -> None:
    left = Polygon([(0, 0), (10, 0), (9.9, 5), (10, 10), (0, 10)])
    right = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10.1, 5)])
    assert shapely.get_num_interior_rings(shapely.union_all([left, right])) == 0
    problem = only(left, right)
    assert problem.rule is Rule.GAP
    assert problem.area == pytest.approx(1)


def test_a_sliver_between_two_cells_is_a_gap_at_any_width() -> None:
    for width in (0.001, 0.05, 3.0):
        dented = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (round(10 + width, 3), 5)])
        problem = partition.check(of(LEFT, dented))[-1]
        assert problem.rule is Rule.GAP
        assert problem.area == pytest.approx(5 * width)


def test_a_junction_too_close_to_the_line_for_floating_point_is_found() -> None:
    """GEOS takes the vertex in the middle for a gap of a tenth of a nanometre, and accepts it."""
    west, east = (516200.0, 4374100.001), (516300.004, 4374099.999)
    below = Polygon([(516200.0, 4374000.0), (516300.0, 4374000.0), east, (516250.002, 4374100.0), west])
    above = Polygon([west, east, (516300.0, 4374200.0), (516200.0, 4374200.0)])
    assert shapely.coverage_is_valid([below, above])
    assert found(below, above) == [(Rule.UNMATCHED_EDGE, "ab")]


def test_a_corner_beside_a_line_by_rounding_alone_is_found() -> None:
    west, east, middle = (516200.0, 4374100.001), (516300.004, 4374099.999), (516250.002, 4374100.0)
    below = Polygon([(516200.0, 4374000.0), (516300.0, 4374000.0), east, west])
    above = Polygon([middle, (516300.0, 4374200.0), (516200.0, 4374200.0)])
    assert found(below, above) == [(Rule.UNMATCHED_EDGE, "ab")]


def test_a_corner_on_the_side_of_another_cell_needs_a_junction_there() -> None:
    assert found(LEFT, Polygon([(10, 5), (20, 0), (20, 10)])) == [(Rule.UNMATCHED_EDGE, "ab")]


def test_land_around_an_enclave_is_counted_without_the_enclave() -> None:
    ring = Polygon(box(0, 0, 30, 30).exterior, [box(5, 5, 25, 25).exterior])
    problem = only(ring, box(10, 10, 20, 20))
    assert problem.rule is Rule.GAP
    assert problem.area == pytest.approx(300)


def test_a_cell_in_the_hole_of_another_is_whole() -> None:
    ring = Polygon(box(0, 0, 30, 30).exterior, [box(5, 5, 25, 25).exterior])
    assert partition.check(of(ring, box(5, 5, 25, 25))) == ()


def test_separate_pieces_and_cells_that_meet_in_a_corner_are_whole() -> None:
    assert partition.check(of(LEFT, box(100, 0, 110, 10), box(110, 10, 120, 20))) == ()


def test_an_overlap_names_both_cells_and_its_area() -> None:
    problem = only(LEFT, box(8, 0, 20, 10))
    assert (problem.rule, problem.codes) == (Rule.OVERLAP, ("a", "b"))
    assert problem.area == pytest.approx(20)
    assert problem.place.equals(box(8, 0, 10, 10))


def test_an_overlap_of_a_millimetre_is_found() -> None:
    assert found(LEFT, box(9.999, 0, 20, 10)) == [(Rule.OVERLAP, "ab")]


def test_a_cell_inside_another_overlaps_it() -> None:
    assert found(LEFT, box(2, 2, 4, 4)) == [(Rule.OVERLAP, "ab")]


def test_the_same_cell_twice_overlaps_itself() -> None:
    assert found(LEFT, RIGHT, LEFT) == [(Rule.OVERLAP, "ac")]


def test_a_junction_missing_in_one_border_is_named_with_each_neighbour() -> None:
    halves = (box(10, 0, 20, 5), box(10, 5, 20, 10))
    assert not shapely.coverage_is_valid([LEFT, *halves])
    assert found(LEFT, *halves) == [(Rule.UNMATCHED_EDGE, "ab"), (Rule.UNMATCHED_EDGE, "ac")]


def test_an_overlap_does_not_hide_an_unmatched_border_or_a_gap() -> None:
    dented = Polygon([(20, 0), (30, 0), (30, 10), (20, 10), (21, 5)])
    shapes = (LEFT, box(10, 0, 20, 5), box(10, 5, 20, 10), box(-5, 0, 1, 10), dented)
    rules = found(*shapes)
    assert (Rule.OVERLAP, "ad") in rules
    assert (Rule.UNMATCHED_EDGE, "ab") in rules
    assert (Rule.UNMATCHED_EDGE, "ac") in rules
    assert any(rule is Rule.GAP for rule, _ in rules)


def test_a_broken_polygon_is_reported_alone() -> None:
    bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert found(bow_tie, LEFT, LEFT) == [(Rule.INVALID, "a")]


def test_the_outline_is_the_union() -> None:
    assert partition.outline(of(LEFT, RIGHT)).equals(box(0, 0, 20, 10))
    assert partition.outline(of()).is_empty


def test_a_code_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two cells have the code a"):
        Partition.of([Cell("a", "", "", LEFT), Cell("a", "", "", RIGHT)])


def test_cells_stand_in_order_of_code_and_cannot_be_changed() -> None:
    whole = Partition.of([Cell("b", "", "", LEFT), Cell("a", "", "", RIGHT)])
    assert list(whole.cells) == ["a", "b"]
    with pytest.raises(TypeError):
        whole.cells["c"] = whole.cells["a"]  # type: ignore[index]
