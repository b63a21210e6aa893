"""Measures of shapes and of fairness, against the plainest way to say the same."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from grids import measures
from tests import hands, tilings

SEEDS = st.integers(0, 10_000)
SHARES = st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=40)


def polygons(seed: int) -> np.ndarray:
    """Return the cells of a small wiggly city; for an odd seed one of them has a hole."""
    return hands.city(3, 3, seed=seed).geometries()


def shoelace(ring: np.ndarray) -> float:
    """Return the area of a closed ring, added up triangle by triangle from its first vertex."""
    x, y = (ring - ring[0]).T
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2


def rings(polygon: Polygon) -> list[np.ndarray]:
    return [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]


def smallest_circle(points: np.ndarray) -> float:
    """Return the radius of the smallest circle through two or three of `points` that holds all, by trying them all."""
    found = np.inf
    for few in (*combinations(points, 2), *combinations(points, 3)):
        centre = _middle(few)
        if centre is not None:
            radius = float(np.hypot(*(few[0] - centre)))
            if radius < found and (np.hypot(*(points - centre).T) <= radius * (1 + 1e-9)).all():
                found = radius
    return found


def _middle(few: tuple[np.ndarray, ...]) -> np.ndarray | None:
    if len(few) == 2:
        return (few[0] + few[1]) / 2
    a, b, c = few
    sides = 2 * np.array([b - a, c - a])
    if abs(np.linalg.det(sides)) < 1e-6:
        return None
    return a + np.linalg.solve(sides, np.array([np.dot(b - a, b - a), np.dot(c - a, c - a)]))


@given(SEEDS)
def test_area_and_perimeter_are_those_of_the_rings(seed: int) -> None:
    given_cells = polygons(seed)
    found = measures.shapes(given_cells)
    for number, polygon in enumerate(given_cells):
        outer, *holes = map(shoelace, rings(polygon))
        steps = [np.hypot(*np.diff(ring, axis=0).T).sum() for ring in rings(polygon)]
        assert found.area[number] == pytest.approx(outer - sum(holes), rel=1e-9)
        assert found.perimeter[number] == pytest.approx(sum(steps), rel=1e-9)
        compact = (outer - sum(holes)) / (sum(steps) ** 2 / (4 * np.pi))
        assert found.polsby_popper[number] == pytest.approx(compact, rel=1e-9)


@given(SEEDS)
def test_reock_is_measured_by_the_smallest_circle_there_is(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 500, (9, 2)) + 500_000
    hull = shapely.convex_hull(shapely.multipoints(points))
    radius = smallest_circle(shapely.get_coordinates(hull)[:-1])
    assert measures.reock(np.array([hull]))[0] == pytest.approx(hull.area / (np.pi * radius**2), rel=1e-6)


@given(SEEDS)
def test_both_compactnesses_lie_between_nothing_and_a_circle(seed: int) -> None:
    found = measures.shapes(polygons(seed))
    for one in (found.polsby_popper, found.reock):
        assert ((one > 0) & (one <= 1)).all()


def test_a_square_and_a_circle_are_as_the_formulas_say() -> None:
    square, circle = shapely.box(0, 0, 10, 10), shapely.Point(0, 0).buffer(100, quad_segs=2000)
    found = measures.shapes(np.array([square, circle]))
    assert found.polsby_popper == pytest.approx([np.pi / 4, 1], abs=1e-6)
    assert found.reock == pytest.approx([2 / np.pi, 1], abs=1e-6)


def test_nothing_has_no_shape() -> None:
    found = measures.shapes(np.array([Polygon()]))
    assert np.isnan(found.polsby_popper[0])
    assert np.isnan(found.reock[0])
    assert measures.parts(np.array([], dtype=object)) == 0


@given(SEEDS, st.data())
def test_parts_are_those_of_cells_that_share_a_border(seed: int, data: st.DataObject) -> None:
    cells = tilings.cells(4, 4, extent=400.0, seed=seed)
    chosen = data.draw(st.sets(st.integers(0, 15), min_size=1))
    left, pieces = set(chosen), 0
    while left:
        pieces, reached = pieces + 1, [left.pop()]
        for one in reached:
            beside = {
                other for other in left if cells[one].geometry.intersection(cells[other].geometry).length > 0
            }
            left -= beside
            reached += beside
    assert measures.parts(np.array([cells[one].geometry for one in sorted(chosen)])) == pieces


def test_cells_that_touch_in_a_point_are_apart() -> None:
    assert measures.parts(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)])) == 2


@given(SHARES)
def test_gini_is_half_the_mean_difference_over_the_mean(shares: list[float]) -> None:
    found = measures.gini(shares)
    if sum(shares) == 0:
        assert found is None
    else:
        differences = [abs(one - other) for one in shares for other in shares]
        expected = sum(differences) / len(shares) ** 2 / (2 * sum(shares) / len(shares))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(SHARES, st.floats(0.001, 1000), st.randoms())
def test_fairness_does_not_depend_on_order_nor_unit(shares: list[float], factor: float, dice: object) -> None:
    mixed = sorted(shares, key=lambda _: dice.random())  # type: ignore[attr-defined]
    one, other = measures.fairness(shares), measures.fairness([share * factor for share in mixed])
    assert other.largest == pytest.approx(one.largest * factor)
    assert other.gini == pytest.approx(one.gini, abs=1e-9) or one.gini is None
    assert (one.largest_to_smallest is None) == (min(shares) == 0)


def test_one_who_has_everything_is_as_unfair_as_it_gets() -> None:
    found = measures.fairness([0, 0, 0, 8])
    assert (found.gini, found.largest_to_smallest, found.mean, found.among) == (0.75, None, 2.0, 4)
    assert measures.fairness([3, 3, 3]).gini == 0
    assert measures.fairness([3, 3, 3]).largest_to_smallest == 1
    assert measures.fairness([]) == measures.NOBODY


@pytest.mark.parametrize("wrong", [[-1.0], [float("nan"), 1.0], [float("inf")]])
def test_what_is_no_share_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        measures.fairness(wrong)
