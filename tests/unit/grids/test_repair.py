"""An imported layer becomes a whole partition; what was changed for it is named, and where."""

from __future__ import annotations

import pytest
import shapely
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from grids import partition, repair
from grids.model import Cell, Partition
from grids.repair import Kind, Mended, Wishes


def mend(*shapes: BaseGeometry, wishes: Wishes | None = None) -> Mended:
    """Return the partition of shapes called a, b, c and so on; it must be whole."""
    named = dict(zip("abcdefghij", shapes, strict=False))
    mended = repair.mend(named, wishes or Wishes())
    cells = [Cell(key, "", "", polygon) for key, polygon in mended.polygons.items()]
    assert partition.check(Partition.of(cells)) == ()
    return mended


def kinds(mended: Mended) -> list[tuple[Kind, tuple[str, ...], float, str | None]]:
    return [(one.kind, one.keys, round(one.area, 3), one.taker) for one in mended.defects]


def test_a_whole_partition_is_left_as_it_is() -> None:
    left, right = box(0, 0, 10, 10), box(10, 0, 20, 10)
    mended = mend(left, right)
    assert not mended.defects
    assert mended.junctions == 0
    assert mended.polygons["a"].equals(left)
    assert mended.polygons["b"].equals(right)


def test_an_overlap_goes_to_the_smaller_one() -> None:
    mended = mend(box(0, 0, 10, 10), box(8, 0, 14, 10))
    assert kinds(mended) == [(Kind.OVERLAP, ("a", "b"), 20.0, "b")]
    assert mended.polygons["a"].area == 80
    assert mended.polygons["b"].area == 60


def test_an_overlap_goes_where_it_is_wished() -> None:
    mended = mend(box(0, 0, 10, 10), box(8, 0, 14, 10), wishes=Wishes(yields=frozenset({("b", "a")})))
    assert kinds(mended) == [(Kind.OVERLAP, ("b", "a"), 20.0, "a")]
    assert mended.polygons["a"].area == 100


def test_a_gap_goes_to_the_neighbour_with_the_longest_border() -> None:
    around = Polygon(box(0, 0, 30, 30).exterior, [box(10, 10, 14, 12).exterior])
    mended = mend(around, box(40, 0, 50, 10))
    assert kinds(mended) == [(Kind.GAP, ("a",), 8.0, "a")]
    assert mended.polygons["a"].area == 900


def test_a_gap_goes_to_who_is_wished_to_fill_it() -> None:
    left, right = (
        box(0, 0, 10, 10),
        Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, 8), (12, 5), (10, 2)]),
    )
    assert kinds(mend(left, right))[0][3] == "b"
    assert kinds(mend(left, right, wishes=Wishes(fills=frozenset({"a"}))))[0][3] == "a"


def test_a_bow_tie_is_rebuilt_and_its_smaller_half_comes_off() -> None:
    mended = mend(Polygon([(0, 0), (10, 10), (10, 0), (0, 8)]))
    assert [one.kind for one in mended.defects] == [Kind.INVALID, Kind.DETACHED]


def test_a_polygon_drawn_twice_is_lost_once() -> None:
    mended = mend(box(0, 0, 10, 10), box(0, 0, 10, 10))
    assert kinds(mended) == [(Kind.OVERLAP, ("b", "a"), 100.0, "a"), (Kind.LOST, ("b",), 100.0, None)]
    assert list(mended.polygons) == ["a"]


def test_a_polygon_inside_another_keeps_its_land() -> None:
    mended = mend(box(0, 0, 10, 10), box(2, 2, 4, 4))
    assert kinds(mended) == [(Kind.OVERLAP, ("a", "b"), 4.0, "b")]
    assert mended.polygons["a"].area == 96


def test_a_missing_junction_is_put_in() -> None:
    mended = mend(box(0, 0, 10, 10), box(10, 0, 20, 5), box(10, 5, 20, 10))
    assert not mended.defects
    assert mended.junctions == 1
    assert (10.0, 5.0) in mended.polygons["a"].exterior.coords


def test_a_strip_that_cuts_a_polygon_in_two_leaves_the_larger_piece() -> None:
    mended = mend(box(0, 0, 30, 10), box(18, -1, 20, 11))
    assert kinds(mended) == [(Kind.OVERLAP, ("a", "b"), 20.0, "b"), (Kind.DETACHED, ("a",), 100.0, "b")]
    assert mended.polygons["a"].area == 180


def test_pieces_apart_from_each_other_stay_apart() -> None:
    mended = mend(box(0, 0, 10, 10), box(10.05, 0, 20, 10))
    assert not mended.defects
    assert mended.polygons["a"].distance(mended.polygons["b"]) == pytest.approx(0.05)


def test_a_snapping_distance_of_nothing_loses_no_polygon() -> None:
    """GEOS 1525: coverage_clean without snapping gave all land to one of the two."""
    mended = mend(Polygon([(0, 0), (3, 0), (3, 2), (0, 2)]), Polygon([(2, 1), (3, 1), (3, 2.5), (2, 2.5)]))
    assert set(mended.polygons) == {"a", "b"}
    assert sum(one.area for one in mended.polygons.values()) == pytest.approx(
        shapely.union_all([Polygon([(0, 0), (3, 0), (3, 2), (0, 2)]), box(2, 1, 3, 2.5)]).area
    )


def test_a_border_that_passes_a_corner_by_half_a_millimetre_is_bent_to_it() -> None:
    """Otherwise a notch less than a millimetre wide stays open to the outside, and the borders do not match."""
    lower = Polygon([(0.5, 0.5), (0.5, 99.517), (50, 101.276), (99.5, 103.035), (99.5, 0.5)])
    upper = Polygon([(-0.5, 99.482), (-0.5, 200), (99.5, 200), (99.5, 103.035), (50, 101.276)])
    mended = mend(lower, upper)
    assert (0.5, 99.517) in list(mended.polygons["b"].exterior.coords)
