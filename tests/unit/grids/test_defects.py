"""Findings of an imported layer: what small layers with one defect each are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from grids import code, defects
from grids.defects import Accepted, Diagnosis, Finding, Ground, Kind, Mend, Row, Weight
from grids.defects_finding import diagnose

OWN = Ground(None)
A, B = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
NONE = Accepted()


def rows(*shapes: BaseGeometry | None) -> list[Row]:
    return [Row(number, f"c{number}", "", "s", shape) for number, shape in enumerate(shapes, 1)]


def only(found: Diagnosis, kind: Kind) -> Finding:
    (one,) = [finding for finding in found.findings if finding.kind is kind]
    return one


def test_a_mend_within_the_limits_is_done_and_told() -> None:
    found = diagnose(rows(A, shapely.box(99.9, 0, 200, 100)), OWN, NONE)
    one = only(found, Kind.OVERLAP)
    assert (one.cells, one.to, one.area, one.weight) == (("c2", "c1"), "c1", pytest.approx(10), Weight.MENDED)
    assert one.width == pytest.approx(0.1, abs=0.001)
    assert [(each.code, round(each.after)) for each in found.changes] == [("c2", 10_000)]
    assert found.is_ready


def test_a_mend_of_more_than_half_a_percent_waits_until_it_is_named() -> None:
    layer = rows(A, shapely.box(99, 0, 200, 100))
    found = diagnose(layer, OWN, NONE)
    one = only(found, Kind.OVERLAP)
    assert (one.weight, found.is_ready) == (Weight.OPEN, False)
    for accepted in (Accepted(frozenset({one.id})), Accepted(named=frozenset({("c2", Kind.OVERLAP)}))):
        assert only(diagnose(layer, OWN, accepted), Kind.OVERLAP).weight is Weight.ACCEPTED
    other = Accepted(named=frozenset({("c2", Kind.GAP)}))
    assert not diagnose(layer, OWN, other).is_ready


def test_small_mends_of_one_cell_add_up() -> None:
    frame = shapely.box(0, 0, 100, 100)
    bites = [shapely.box(x, 99.5, x + 40, 110) for x in (5, 55)]
    found = diagnose(rows(frame, *bites), OWN, NONE)
    assert [one.area for one in found.findings] == pytest.approx([20, 20])
    assert {one.weight for one in found.findings} == {Weight.MENDED}
    wider = [shapely.box(x, 99.3, x + 40, 110) for x in (5, 55)]
    found = diagnose(rows(frame, *wider), OWN, NONE)
    assert [one.area for one in found.findings] == pytest.approx([28, 28])
    assert {one.weight for one in found.findings} == {Weight.OPEN}


def test_more_than_fifty_square_metres_of_a_large_cell_wait() -> None:
    large = shapely.box(0, 0, 10_000, 10_000)
    found = diagnose(rows(large, shapely.box(9_999.5, 0, 10_100, 101)), OWN, NONE)
    assert only(found, Kind.OVERLAP).weight is Weight.OPEN


def test_a_bow_tie_is_seen_although_coverage_functions_take_it() -> None:
    tie = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    assert shapely.coverage_is_valid([tie])
    found = diagnose(rows(tie), OWN, NONE)
    assert only(found, Kind.INVALID_RING).mend is Mend.REBUILD
    assert only(found, Kind.PARTS).mend is Mend.SEPARATE


def test_rows_without_a_place_are_named_by_their_number() -> None:
    found = diagnose(rows(A, None, Polygon()), OWN, NONE)
    assert [(one.kind, one.rows, one.mend) for one in found.findings] == [
        (Kind.EMPTY, (2,), Mend.LEAVE_OUT),
        (Kind.EMPTY, (3,), Mend.LEAVE_OUT),
    ]


def test_a_hole_between_cells_that_match_exactly_is_a_gap() -> None:
    hole = shapely.box(99, 49, 101, 51)
    halves = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    around = [half.difference(hole) for half in halves]
    assert shapely.coverage_is_valid(around)
    one = only(diagnose(rows(*around), OWN, NONE), Kind.GAP)
    assert one.area == pytest.approx(4)
    assert one.place.equals(hole)


def test_a_sliver_of_an_overlap_is_seen_however_thin() -> None:
    for across in (0.002, 0.01, 0.5):
        found = diagnose(rows(A, shapely.box(100 - across, 0, 200, 100)), OWN, NONE)
        assert only(found, Kind.OVERLAP).area == pytest.approx(100 * across, rel=1e-3)


def test_a_junction_without_a_vertex_is_put_in_without_moving_anything() -> None:
    upper, lower = shapely.box(100, 50, 200, 100), shapely.box(100, 0, 200, 50)
    found = diagnose(rows(A, upper, lower), OWN, NONE)
    nodes = [one for one in found.findings if one.kind is Kind.NODE]
    assert {one.cells for one in nodes} == {("c1", "c2"), ("c1", "c3")}
    assert all(one.weight is Weight.MENDED and one.place.equals(Point(100, 50)) for one in nodes)
    assert found.is_ready
    assert len(found.cells[0].geometry.exterior.coords) == 6
    assert [each.area for each in found.cells] == [10_000, 5_000, 5_000]


def test_land_that_is_missed_or_beyond_the_declared_border_is_a_strip() -> None:
    land = replace(OWN, land=shapely.box(0, 0, 200, 100))
    short = diagnose(rows(A, shapely.box(100, 0, 199.8, 100)), land, NONE)
    assert (only(short, Kind.STRIP).mend, only(short, Kind.STRIP).to) == (Mend.FILL, "c2")
    long = diagnose(rows(A, shapely.box(100, 0, 200.2, 100)), land, NONE)
    assert (only(long, Kind.STRIP).mend, only(long, Kind.STRIP).area) == (Mend.CUT, pytest.approx(20))
    for found in (short, long):
        assert found.is_ready
        assert found.cells[1].geometry.equals(B)


def test_a_cell_that_others_cover_is_lost_only_by_acceptance() -> None:
    small = [shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)]
    found = diagnose(rows(*small, A), OWN, NONE)
    lost = next(one for one in found.findings if one.mend is Mend.LEAVE_OUT)
    assert (lost.kind, lost.cells, lost.weight) == (Kind.OVERLAP, ("c3",), Weight.OPEN)


def test_the_same_area_twice_goes_once_and_waits_where_codes_differ() -> None:
    turned = Polygon(list(A.exterior.coords)[2:] + list(A.exterior.coords)[1:3])
    assert only(diagnose(rows(A, turned), OWN, NONE), Kind.DUPLICATE).weight is Weight.OPEN
    twice = [rows(A)[0], replace(rows(A)[0], number=2)]
    found = diagnose(twice, OWN, NONE)
    assert only(found, Kind.DUPLICATE).weight is Weight.MENDED
    assert len(found.cells) == 1


def test_pieces_apart_become_cells_by_acceptance_and_crumbs_are_let_go() -> None:
    apart = MultiPolygon([A, shapely.box(300, 0, 350, 50), shapely.box(400, 0, 401, 1)])
    found = diagnose(rows(apart), OWN, NONE)
    told = {(one.mend, one.weight, one.to) for one in found.findings if one.kind is Kind.PARTS}
    assert told == {(Mend.SEPARATE, Weight.OPEN, "c1-2"), (Mend.DETACH, Weight.MENDED, None)}


def test_a_neck_is_told_and_stays() -> None:
    neck = shapely.union_all([A, shapely.box(100, 50, 120, 50.2), shapely.box(120, 0, 220, 100)])
    one = only(diagnose(rows(neck), OWN, NONE), Kind.PARTS)
    assert (one.weight, one.mend) == (Weight.NOTED, Mend.CORRECT)
    assert one.place.intersects(Point(110, 50.1))


def test_a_sliver_joins_its_neighbour_only_where_somebody_says_so() -> None:
    layer = rows(A, shapely.box(100, 0, 101, 100), shapely.box(101, 0, 200, 100))
    found = diagnose(layer, OWN, NONE)
    one = only(found, Kind.SLIVER)
    assert (one.cells, one.weight, found.is_ready, len(found.cells)) == (("c2",), Weight.NOTED, True, 3)
    joined = diagnose(layer, OWN, Accepted(frozenset({one.id})))
    assert len(joined.cells) == 2
    assert sum(cell.area for cell in joined.cells) == pytest.approx(20_000)


def test_a_cell_outside_its_unit_is_told_with_the_unit_it_is_in() -> None:
    ground = replace(OWN, units={"s": A, "t": B})
    one = only(diagnose(rows(A, shapely.box(100, 0, 200, 100)), ground, NONE), Kind.NESTING)
    assert (one.cells, one.to, one.area) == (("c2",), "t", pytest.approx(10_000))


def test_what_is_no_area_is_left_out_and_of_a_collection_the_areas_stay() -> None:
    mixed = GeometryCollection([B, LineString([(0, 0), (5, 5)])])
    found = diagnose(rows(A.exterior, mixed), OWN, NONE)
    assert [(one.rows, one.mend) for one in found.findings] == [((1,), Mend.LEAVE_OUT), ((2,), Mend.REBUILD)]
    assert [cell.code for cell in found.cells] == ["c2"]


def test_codes_are_proposed_from_west_to_east_and_never_one_that_was_given() -> None:
    ground = Ground(code.GB30428, used=frozenset({"990101001001007"}))
    given = ["990101001001001", "990101001001001", "12", None]
    layer = [
        Row(number, text, "", "990101001001", shapely.box(number * 100, 0, number * 100 + 100, 100))
        for number, text in enumerate(given)
    ]
    found = diagnose(layer, ground, NONE)
    told = {one.rows[0]: (one.to, one.weight) for one in found.findings if one.kind is Kind.CODE}
    assert told == {number: (f"990101001001{number + 7:03d}", Weight.OPEN) for number in (1, 2, 3)}
    unknown = diagnose([replace(layer[3], community=None)], ground, NONE)
    assert only(unknown, Kind.CODE).weight is Weight.REFUSED


def test_a_code_is_written_plainly_and_its_community_must_be_there() -> None:
    ground = Ground(code.GB30428, communities=frozenset({"990101001001"}))
    wide = diagnose([Row(1, " ９90101001001001", "", None, A)], ground, NONE)
    assert (only(wide, Kind.CODE).to, wide.is_ready) == ("990101001001001", True)
    assert [cell.community for cell in wide.cells] == ["990101001001"]
    strange = diagnose([Row(1, "990101009009001", "", None, A)], ground, NONE)
    assert only(strange, Kind.CODE).weight is Weight.REFUSED


def test_every_kind_is_counted() -> None:
    counts = defects.counts(diagnose(rows(A, B), OWN, NONE).findings)
    assert len(counts) == 14
    assert set(counts.values()) == {0}
