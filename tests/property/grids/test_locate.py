"""Where a line runs through a partition, as `tests.crossings` works it out, against lengths and dense samples."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from grids.model import Cell, Partition, on_millimetres
from tests import build, crossings

FAR = (500_000.0, 4_400_000.0)


def placed(whole: Partition, corner: tuple[float, float]) -> list[Cell]:
    """The cells moved to where a city's metric frame puts them, in no order."""
    cells = [
        Cell(cell.code, cell.name, cell.community, shapely.transform(
            cell.geometry, lambda xy: on_millimetres(xy + np.array(corner)),
        ))
        for cell in whole.cells.values()
    ]  # fmt: skip
    return cells[1::2] + cells[::2]


CELLS = placed(build.partition(4, 3, seed=5), FAR)
VERTICES = sorted({xy for cell in CELLS for xy in cell.geometry.exterior.coords})
anywhere = st.tuples(st.integers(-50_000, 450_000), st.integers(-50_000, 350_000)).map(
    lambda xy: (round(FAR[0] + xy[0] / 1000, 3), round(FAR[1] + xy[1] / 1000, 3))
)
on_border = st.sampled_from(VERTICES)
lines = st.lists(anywhere | on_border, min_size=2, max_size=7).map(LineString)


def owner(point: Point) -> str | None:
    """The lowest code of the cells on or next to which a point lies."""
    return min((cell.code for cell in CELLS if cell.geometry.distance(point) < 1e-6), default=None)


@given(lines)
@example(LineString([VERTICES[0], VERTICES[5], VERTICES[0]]))
@example(LineString([VERTICES[3], VERTICES[3]]))
def test_crossings_agree_with_samples_along_the_line(line: LineString) -> None:
    crossed = crossings.along(line, CELLS)
    for crossing in crossed:
        assert 0 <= crossing.enter_at < crossing.exit_at <= line.length + 1e-6
    for before, after in pairwise(crossed):
        assert before.exit_at <= after.enter_at + 1e-9
        assert (before.code, before.exit_at) != (after.code, after.enter_at), "one stretch cut in two"
    borders = shapely.union_all([cell.geometry.boundary for cell in CELLS])
    for at in np.linspace(0, line.length, 60):
        point = line.interpolate(at)
        around = [line.interpolate(max(at + aside, 0.0)) for aside in (-0.001, 0.0, 0.001)]
        near = [borders.distance(one) < 1e-5 for one in around]
        if any(near) and not (all(near) and 0 < at < line.length):
            continue  # here the line meets a border or touches it; where it runs along one is looked at
        found = [crossing.code for crossing in crossed if crossing.enter_at <= at <= crossing.exit_at]
        assert found == ([] if line.length == 0 or owner(point) is None else [owner(point)])


@given(lines)
def test_each_cell_gets_the_length_that_lies_inside_it(line: LineString) -> None:
    """Segment by segment, because a line that crosses itself loses length in an intersection."""
    inside = {cell.code: 0.0 for cell in CELLS}
    shared = 0.0
    borders = shapely.union_all([cell.geometry.boundary for cell in CELLS])
    for start, end in pairwise(line.coords):
        segment = LineString([start, end])
        shared += segment.intersection(borders.buffer(1e-5)).length
        for cell in CELLS:
            inside[cell.code] += segment.intersection(cell.geometry).length if segment.length else 0.0
    found = {cell.code: 0.0 for cell in CELLS}
    for crossing in crossings.along(line, CELLS):
        found[crossing.code] += crossing.exit_at - crossing.enter_at
    for code, length in found.items():
        assert length == pytest.approx(inside[code], abs=1e-6 + shared)


def square(code: str, x: float, y: float, side: float = 100.0) -> Cell:
    return Cell(code, code, "c", shapely.box(FAR[0] + x, FAR[1] + y, FAR[0] + x + side, FAR[1] + y + side))


def path(*points: tuple[float, float]) -> LineString:
    return LineString([(FAR[0] + x, FAR[1] + y) for x, y in points])


A, B, C, D = square("A", 0, 0), square("B", 100, 0), square("C", 0, 100), square("D", 100, 100)


def codes(line: LineString, *cells: Cell) -> list[tuple[str, float, float]]:
    return [(one.code, round(one.enter_at, 6), round(one.exit_at, 6)) for one in crossings.along(line, cells)]


def test_a_cell_that_is_entered_twice_stands_twice() -> None:
    line = path((50, 50), (150, 50), (150, 60), (50, 60))
    assert codes(line, A, B) == [("A", 0, 50), ("B", 50, 160), ("A", 160, 210)]


def test_along_a_shared_border_the_lowest_code_answers() -> None:
    assert codes(path((100, 10), (100, 90)), B, A) == [("A", 0, 80)]


def test_along_a_slanted_shared_border_the_lowest_code_answers() -> None:
    """Rounding put the middle of a stretch beside the border, into either cell or into none."""
    for slant in range(1, 80):
        top = (FAR[0] + slant * 1.237, FAR[1] + 97.003)
        left = Polygon([(FAR[0] - 100, FAR[1]), FAR, top, (FAR[0] - 100, top[1])])
        right = Polygon([FAR, (FAR[0] + 300, FAR[1]), (FAR[0] + 300, top[1]), top])
        cells = [Cell("2", "", "", left), Cell("1", "", "", right)]
        whole = LineString([FAR, top])
        assert [crossing.code for crossing in crossings.along(whole, cells)] == ["1"]
        assert [crossing.code for crossing in crossings.along(whole, cells[:1])] == ["2"], (
            "the city's outer border"
        )


def test_a_line_through_a_corner_leaves_no_splinter_in_the_cells_it_touches() -> None:
    assert codes(path((50, 50), (150, 150)), A, B, C, D) == [
        ("A", 0, 70.710678),
        ("D", 70.710678, 141.421356),
    ]


def test_what_lies_outside_is_left_out() -> None:
    apart = square("E", 300, 0)
    line = path((-50, 50), (450, 50))
    assert codes(line, A, apart) == [("A", 50, 150), ("E", 350, 450)]
    assert codes(path((-50, 150), (-10, 400)), A) == []
    assert codes(path((100, 150), (100, 100), (150, 120)), A) == [], "a touch in a point is no crossing"


def test_a_line_without_length_crosses_nothing() -> None:
    assert codes(path((50, 50), (50, 50)), A) == []
    assert crossings.along(path((0, 0), (1, 1)), []) == []


def test_a_point_that_stands_twice_changes_nothing() -> None:
    assert codes(path((50, 50), (50, 50), (150, 50), (150, 50)), A, B) == [("A", 0, 50), ("B", 50, 100)]


def test_a_line_that_crosses_itself_counts_both_passes() -> None:
    line = path((10, 10), (90, 90), (90, 10), (10, 90))
    (crossing,) = crossings.along(line, [A])
    assert (crossing.code, crossing.enter_at) == ("A", 0.0)
    assert crossing.exit_at == pytest.approx(line.length)


def test_a_cell_with_a_hole_is_left_inside_the_hole() -> None:
    hole = square("x", 40, 40, 20).geometry.exterior
    ring = Cell("A", "", "", Polygon(A.geometry.exterior, [hole]))
    assert codes(path((0, 50), (100, 50)), ring) == [("A", 0, 40), ("A", 60, 100)]
