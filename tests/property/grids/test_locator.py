"""The cell of a point and the cells along a line, from the index of a whole partition, against GEOS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

import geo_app.planning.kept  # noqa: F401  # it keeps compiled kernels
from grids.locate import Locator
from grids.model import Cell, on_millimetres
from tests import crossings, tilings
from tests.crossings import Crossing
from tests.sizes import size

EXTENT = 1200.0
CITY = tilings.cells(6, 6, extent=EXTENT, seed=7)
LOCATOR = Locator.of(CITY)
SPLINTER = 5e-6
"""Metres; a stretch that is shorter is a matter of rounding."""


def polygons_of(cells: list[Cell]) -> np.ndarray:
    return np.array([cell.geometry for cell in cells], dtype=object)


def expected(cells: list[Cell], xy: np.ndarray) -> list[str | None]:
    ordered = sorted(cells, key=lambda cell: cell.code)
    codes = [*(cell.code for cell in ordered), None]
    return [codes[place] for place in tilings.lowest(polygons_of(ordered), xy).tolist()]


def found(locator: Locator, xy: np.ndarray) -> list[str | None]:
    codes = [*locator.codes.tolist(), None]
    return [codes[place] for place in locator.cells_of(xy).tolist()]


def assert_right(locator: Locator, cells: list[Cell], xy: np.ndarray) -> None:
    wrong = [
        (point.tolist(), ours, right)
        for point, ours, right in zip(xy, found(locator, xy), expected(cells, xy), strict=True)
        if ours != right
    ]
    assert wrong == []


def test_hostile_points_are_found_as_by_brute_force() -> None:
    """Borders and corners give the lowest code, and one double beside them the right cell."""
    assert_right(LOCATOR, CITY, tilings.hostile(polygons_of(CITY), size("hostile_points"), seed=1))


def test_cells_given_in_any_order_and_moved_anywhere_answer_the_same() -> None:
    for corner in ((-700.0, -500.0), (-1e6, 0.0), (7_654_321.0, -3e6), (0.0, 9e6)):
        moved = [
            replace(cell, geometry=shapely.transform(
                cell.geometry, lambda xy: on_millimetres(xy - tilings.CORNER + np.array(corner)),  # noqa: B023
            ))
            for cell in CITY[:20]
        ]  # fmt: skip
        assert_right(Locator.of(moved[::-1]), moved, tilings.hostile(polygons_of(moved), 600, seed=2))


millimetres = st.tuples(st.integers(0, 60), st.integers(0, 60))


def lattice_cell(number: int, ring: list[tuple[int, int]]) -> Cell | None:
    """The star through `ring` around its middle, on a coarse raster of a metre: edges meet, touch and overlap."""
    middle = np.mean(ring, axis=0)
    around = sorted(set(ring), key=lambda xy: np.arctan2(*(np.array(xy) - middle)))
    if len(around) < 3:
        return None
    polygon = Polygon(np.array(around) + tilings.CORNER)
    return Cell(f"{number:02d}", "", "", polygon) if polygon.is_valid else None


@given(st.lists(st.lists(millimetres, min_size=3, max_size=7), min_size=1, max_size=5), st.integers(0, 9))
def test_any_polygons_answer_with_the_lowest_code_that_covers(
    rings: list[list[tuple[int, int]]], seed: int
) -> None:
    """Even where they overlap, touch, or share half an edge."""
    made = (lattice_cell(number, ring) for number, ring in enumerate(rings))
    cells = [cell for cell in made if cell is not None]
    if not cells:
        return
    x, y = np.meshgrid(np.arange(-1, 62), np.arange(-1, 62))
    raster = np.column_stack([x.ravel(), y.ravel()]) + tilings.CORNER
    points = np.concatenate([raster, tilings.hostile(polygons_of(cells), 300, seed=seed)])
    assert_right(Locator.of(cells), cells, points)


def test_holes_and_islands_belong_to_whom_they_are_given() -> None:
    whole = shapely.box(0, 0, 400, 400)
    hole, island = shapely.box(100, 100, 300, 300), shapely.box(150, 150, 200, 200)
    touching = Polygon([(400, 400), (430, 400), (400, 430)])
    cells = [
        Cell("2", "", "", whole.difference(hole)), Cell("1", "", "", island), Cell("3", "", "", touching),
        Cell("0", "", "", shapely.box(5000, 5000, 5001, 5001)),
    ]  # fmt: skip
    locator = Locator.of(cells)
    assert_right(locator, cells, tilings.hostile(polygons_of(cells), 2000, seed=4))
    assert locator.cell_of(120, 120) is None
    assert locator.cell_of(100, 120) == "2"
    assert locator.cell_of(150, 150) == "1"
    assert locator.cell_of(400, 400) == "2"
    assert locator.cell_of(5001, 5001) == "0"


@given(st.lists(st.tuples(st.integers(0, 35), st.sampled_from(["bend", "merge", "take out", "put back", "rename"])),
                min_size=1, max_size=6), st.integers(0, 99))  # fmt: skip
def test_a_patched_index_answers_as_one_built_anew(edits: list[tuple[int, str]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = {cell.code: cell for cell in CITY}
    locator = LOCATOR
    for number, kind in edits:
        cell = CITY[number]
        changed, gone = _edit(cells, cell, kind, rng)
        locator = locator.patch(changed, gone)
        cells = {code: one for code, one in cells.items() if code not in gone}
        cells |= {one.code: one for one in changed}
    standing = list(cells.values())
    assert_right(locator, standing, tilings.hostile(polygons_of(standing), 300, seed=seed))


def _edit(
    cells: dict[str, Cell], cell: Cell, kind: str, rng: np.random.Generator
) -> tuple[list[Cell], list[str]]:
    standing = cells.get(cell.code)
    if kind == "put back" or standing is None:
        return [cell], []
    if kind == "take out":
        return [], [cell.code]
    if kind == "rename":
        return [replace(standing, code=f"{rng.integers(10)}{cell.code}")], [cell.code]
    if kind == "bend":
        bent = shapely.transform(standing.geometry, lambda xy: on_millimetres(xy + rng.uniform(-60, 60, 2)))
        return [replace(standing, geometry=bent)], []
    for other in cells.values():
        joined = shapely.transform(shapely.union(standing.geometry, other.geometry), on_millimetres)
        if other is not standing and isinstance(joined, Polygon) and joined.is_valid:
            return [replace(standing, geometry=joined)], [other.code]
    return [], []


anywhere = st.tuples(st.integers(-50_000, 1_250_000), st.integers(-50_000, 1_250_000)).map(
    lambda xy: tuple((tilings.CORNER + np.array(xy) / 1000).tolist())
)
on_border = st.sampled_from(sorted({xy for cell in CITY for xy in cell.geometry.exterior.coords}))


@given(
    st.lists(st.lists(anywhere | on_border, min_size=2, max_size=9).map(LineString), min_size=1, max_size=4)
)
def test_lines_cross_the_cells_they_cross_one_by_one(lines: list[LineString]) -> None:
    for ours, line in zip(crossings.found(LOCATOR, lines), lines, strict=True):
        assert_same(ours, crossings.along(line, CITY))


def assert_same(ours: list[Crossing], right: list[Crossing]) -> None:
    assert [crossing.code for crossing in ours] == [crossing.code for crossing in right]
    places = [(crossing.enter_at, crossing.exit_at) for crossing in right]
    assert [(one.enter_at, one.exit_at) for one in ours] == [
        pytest.approx(ends, abs=2 * SPLINTER) for ends in places
    ]


def without_splinters(crossed: list[Crossing]) -> list[Crossing]:
    """Near a corner the two may differ by what is on a border to one of them: by less than a SPLINTER."""
    kept: list[Crossing] = []
    for one in crossed:
        last = kept[-1] if kept else None
        if one.exit_at - one.enter_at < SPLINTER:
            continue
        if last is not None and last.code == one.code and one.enter_at - last.exit_at < SPLINTER:
            kept[-1] = Crossing(one.code, last.enter_at, one.exit_at)
        else:
            kept.append(one)
    return kept


@given(st.integers(0, 9999), st.sampled_from([0.002, 0.3, 2.0, 9.0, 40.0]), st.integers(2, 700))
def test_tracks_of_short_steps_cross_the_cells_they_cross_one_by_one(
    seed: int, step: float, count: int
) -> None:
    """Pieces shorter and longer than the small squares, more than are looked at together, some on a border."""
    rng = np.random.default_rng(seed)
    turns = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.3, count))
    steps = np.column_stack([np.cos(turns), np.sin(turns)]) * rng.exponential(step, (count, 1))
    border = shapely.get_coordinates(CITY[rng.integers(len(CITY))].geometry)
    start = border[rng.integers(len(border))] + rng.choice([0.0, 1e-4, 3.0, 60.0]) * rng.normal(0, 1, 2)
    walked = start + np.cumsum(steps, axis=0) - steps[0]
    back = np.concatenate([walked, border[: rng.integers(0, 9)], walked[::-1][: rng.integers(0, 90)]])
    lines = [LineString(back), LineString(on_millimetres(walked)), LineString(back[::-1])]
    for ours, line in zip(crossings.found(LOCATOR, lines), lines, strict=True):
        assert_same(without_splinters(ours), without_splinters(crossings.along(line, CITY)))


def test_lines_along_borders_are_the_lowest_code_s() -> None:
    borders = [LineString(xy) for cell in CITY for xy in _pairs(cell.geometry)[::5]]
    for ours, line in zip(crossings.found(LOCATOR, borders), borders, strict=True):
        assert [crossing.code for crossing in ours] == [one.code for one in crossings.along(line, CITY)]


def _pairs(polygon: Polygon) -> list[np.ndarray]:
    xy = shapely.get_coordinates(polygon)
    return list(np.stack([xy[:-1], xy[1:]], axis=1))
