"""The index of a partition: nothing in it, one cell, too much in one place; on disk, among threads, in degrees."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from geo_app.core import coords
from grids.finding import find
from grids.locate import Locator
from grids.model import Cell, on_millimetres
from tests import tilings
from tests.crossings import Crossing
from tests.crossings import found as crossings

CITY = tilings.cells(5, 5, extent=1000.0, seed=7)
POLYGONS = np.array([cell.geometry for cell in CITY], dtype=object)


def square(code: str, x: float, y: float, side: float = 100.0) -> Cell:
    return Cell(code, "", "", shapely.box(x, y, x + side, y + side))


def test_an_empty_partition_has_no_cell_anywhere() -> None:
    empty = Locator.of([])
    assert empty.cell_of(0.0, 0.0) is None
    assert empty.cells_of(np.array([[0.0, 0.0], [1e9, -1e9]])).tolist() == [-1, -1]
    assert crossings(empty, [LineString([(0, 0), (9, 9)])]) == [[]]
    assert empty.patch([square("1", 0, 0)]).cell_of(5.0, 5.0) == "1"
    assert empty.patch([]).cell_of(5.0, 5.0) is None


def test_no_points_and_no_lines_have_no_answers() -> None:
    locator = Locator.of(CITY)
    assert locator.cells_of(np.empty((0, 2))).tolist() == []
    assert crossings(locator, []) == []


def test_one_cell_covers_its_inside_its_border_and_nothing_else() -> None:
    locator = Locator.of([square("1", 10, 20)])
    assert [locator.cell_of(x, y) for x, y in ((50, 50), (10, 20), (110, 120), (110, 60))] == ["1"] * 4
    beyond = float(np.nextafter(110.0, 200.0))
    assert [locator.cell_of(x, y) for x, y in ((beyond, 60), (9.9, 50), (50, 19), (50, 1e6))] == [None] * 4
    (crossed,) = crossings(locator, [LineString([(0, 50), (200, 50)])])
    assert crossed == [Crossing("1", 10.0, 110.0)]


def test_a_cell_taken_out_leaves_nothing() -> None:
    locator = Locator.of([square("1", 10, 20)]).patch([], ["1"])
    assert locator.cell_of(50, 50) is None
    assert locator.patch([square("2", 500, 500)]).cell_of(550, 550) == "2"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300, -1e300])
def test_what_is_no_place_lies_outside(bad: float) -> None:
    locator = Locator.of(CITY)
    x, y = tilings.CORNER + 500.0
    assert locator.cell_of(x, y) is not None
    assert locator.cell_of(bad, y) is None
    assert locator.cell_of(x, bad) is None


def test_a_line_from_beyond_the_earth_is_left_out() -> None:
    locator = Locator.of(CITY)
    x, y = tilings.CORNER + 500.0
    for far in (1e10, -1e300, 1.7e308):
        assert crossings(locator, [LineString([(x, y), (x, far)]), LineString([(far, y), (x, y)])]) == [
            [],
            [],
        ]
    (crossed,) = crossings(locator, [LineString([(x, y), (x, y + 1e8)])])
    assert crossed[0].enter_at == 0.0


def test_ten_thousand_cells_in_one_square_are_found() -> None:
    """A cell 850 km away makes the largest squares wider than the city; each cell is ten centimetres wide."""
    numbers = range(10_000)
    cells = [
        Cell(f"{n:05d}", "", "", shapely.box(*_tenths(n), *(xy + 0.1 for xy in _tenths(n)))) for n in numbers
    ]
    cells = [Cell(c.code, "", "", shapely.transform(c.geometry, on_millimetres)) for c in cells]
    far = square("99999", 600_000, 600_000)
    locator = Locator.of([*cells, far])
    assert 1 << locator.index.shift > 10_000, "all of them lie in one of the largest squares"
    middles = np.array([_tenths(n) for n in numbers]) + 0.05
    assert locator.cells_of(middles).tolist() == list(numbers)
    assert locator.cell_of(600_050.0, 600_050.0) == "99999"
    corners = np.round(np.array([_tenths(n) for n in numbers]), 3)
    ours = locator.cells_of(corners)
    assert (
        ours.tolist() == tilings.lowest(np.array([c.geometry for c in cells], dtype=object), corners).tolist()
    )


def _tenths(number: int) -> tuple[float, float]:
    return number % 100 / 10, number // 100 / 10


def test_a_corner_of_a_hundred_cells_is_the_lowest_code_s() -> None:
    """More than a page of cells meets in one millimetre."""
    angles = np.linspace(0, 2 * np.pi, 101)
    rim = on_millimetres(np.column_stack([np.cos(angles), np.sin(angles)]) * 100)
    rim = on_millimetres(rim + tilings.CORNER)
    rim[-1] = rim[0]
    cells = [Cell(f"{n:03d}", "", "", Polygon([tilings.CORNER, rim[n], rim[n + 1]])) for n in range(100)]
    locator = Locator.of(cells[::-1])
    assert locator.cell_of(*tilings.CORNER) == "000"
    polygons = np.array([cell.geometry for cell in cells], dtype=object)
    near = np.random.default_rng(1).normal(0, 1, (2000, 2))
    beside = [tilings.CORNER + near * step for step in (1e-2, 1e-5, 1e-9)]
    points = np.concatenate([*beside, rim, tilings.hostile(polygons, 2000, seed=1)])
    assert locator.cells_of(points).tolist() == tilings.lowest(polygons, points).tolist()
    assert locator.patch([], ["000"]).cell_of(*tilings.CORNER) == "001"


def test_what_cannot_be_indexed_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[0\.0005, 0\.0\] is not on the 1 mm grid"):
        Locator.of([Cell("1", "", "", Polygon([(0.0005, 0), (1, 0), (1, 1)]))])
    with pytest.raises(ValueError, match="that is no city"):
        Locator.of([square("1", 0, 0), square("2", 2_000_000, 0)])
    with pytest.raises(ValueError, match="that is no city"):
        Locator.of([square("1", 0, 0)]).patch([square("2", 0, 5_000_000)])


def test_processes_share_what_was_saved(tmp_path: Path) -> None:
    """Read-only arrays mapped from disk and those in memory take the same machine code."""
    made = Locator.of(CITY)
    made.save(tmp_path)
    opened = Locator.open(tmp_path)
    points = tilings.hostile(POLYGONS, 2000, seed=3)
    assert opened.cells_of(points).tolist() == made.cells_of(points).tolist()
    assert opened.cells_of(points[::-1]).tolist() == made.cells_of(points).tolist()[::-1]
    frozen = points.copy()
    frozen.flags.writeable = False
    assert opened.cells_of(frozen).tolist() == made.cells_of(points).tolist()
    assert len(find.signatures) == 1  # type: ignore[attr-defined]
    assert opened.codes.tolist() == made.codes.tolist()
    assert opened.nbytes == made.nbytes
    lines = [LineString(points[:50]), LineString(points[50:80])]
    assert crossings(opened, lines) == crossings(made, lines)
    gone = CITY[3].code
    assert (
        opened.patch([], [gone]).cells_of(points).tolist() == made.patch([], [gone]).cells_of(points).tolist()
    )
    (tmp_path / "leaves.npy").write_bytes((tmp_path / "leaves.npy").read_bytes()[:-8])
    with pytest.raises(ValueError, match="mmap"):
        Locator.open(tmp_path)
    with pytest.raises(FileNotFoundError):
        Locator.open(tmp_path / "nowhere")


def test_patching_leaves_the_index_before_as_it_was() -> None:
    before = Locator.of(CITY)
    points = tilings.hostile(POLYGONS, 1000, seed=5)
    answers = before.cells_of(points).tolist()
    after = before.patch([], [CITY[12].code])
    assert before.cells_of(points).tolist() == answers
    assert after.cells_of(points).tolist() != answers


def test_what_patches_leave_behind_is_cleared_away() -> None:
    locator = Locator.of(CITY)
    for _ in range(40):
        locator = locator.patch([CITY[12]])
    assert locator.nbytes < 4 * Locator.of(CITY).nbytes
    points = tilings.hostile(POLYGONS, 1000, seed=5)
    assert locator.cells_of(points).tolist() == Locator.of(CITY).cells_of(points).tolist()


def test_threads_search_one_index_at_once() -> None:
    locator = Locator.of(CITY)
    points = tilings.hostile(POLYGONS, 3000, seed=6)
    right = locator.cells_of(points).tolist()
    with ThreadPoolExecutor(4) as threads:
        for answer in threads.map(lambda _: locator.cells_of(points).tolist(), range(12)):
            assert answer == right


PLACES = {
    "north of Beijing": (4548, (116.4, 40.1)),
    "across the antimeridian": (3460, (180.0, -17.5)),
    "across the equator": (32648, (103.0, 0.0)),
    "New York, in feet of longitude west": (6538, (-73.97, 40.78)),
}


@pytest.mark.parametrize("place", PLACES)
def test_degrees_are_found_as_if_each_were_converted(place: str) -> None:
    """Also where longitude jumps from 180 to -180, and where latitude changes its sign."""
    srid, middle = PLACES[place]
    centre = coords.to_metric(Point(middle), srid)
    step = np.round([centre.x - 500.0, centre.y - 500.0], 3) - tilings.CORNER
    cells = [
        Cell(cell.code, "", "", shapely.transform(cell.geometry, lambda xy: on_millimetres(xy + step)))
        for cell in CITY
    ]
    polygons = np.array([cell.geometry for cell in cells], dtype=object)
    locator = Locator.of(cells)

    def to_metric(degrees: np.ndarray) -> np.ndarray:
        return coords.convert(degrees, coords.WGS84, srid)

    def to_lonlat(xy: np.ndarray) -> np.ndarray:
        return coords.convert(xy, srid, coords.WGS84)

    degrees = to_lonlat(tilings.hostile(polygons, 4000, seed=8))
    polynomial = locator.lonlat(to_metric, to_lonlat)
    ours = locator.cells_of_lonlat(degrees, polynomial, to_metric)
    metric = on_millimetres(to_metric(degrees))
    assert ours.tolist() == tilings.lowest(polygons, metric).tolist()
    assert (ours >= 0).sum() > 2000
    turned = degrees + np.array([360.0, 0.0])
    metric = on_millimetres(to_metric(turned))
    ours = locator.cells_of_lonlat(turned, polynomial, to_metric)
    assert ours.tolist() == tilings.lowest(polygons, metric).tolist()
    far = np.array([[middle[0] + 90.0, middle[1]], [middle[0], -80.0], [math.nan, 0.0], [0.0, math.inf]])
    assert locator.cells_of_lonlat(far, polynomial, to_metric).tolist() == [-1] * 4


def test_a_frame_that_is_not_smooth_is_refused() -> None:
    locator = Locator.of(CITY)
    with pytest.raises(ValueError, match="not smooth"):
        locator.lonlat(lambda degrees: 1e5 * np.abs(degrees), lambda xy: xy / 1e5 - 4.5)
