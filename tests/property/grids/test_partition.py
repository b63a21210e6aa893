"""`check` against brute force: every pair intersected, and what is left of the land when every cell is taken away."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon
from shapely.affinity import translate

from grids import partition
from grids.model import Cell, Partition, Problem, Rule

EAST, NORTH = 516_000.0, 4_374_000.0


@st.composite
def wholes(draw: st.DrawFn) -> list[Polygon]:
    """Crooked quadrilaterals that fill a block, some merged into odd shapes."""
    columns, rows = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    shake = st.integers(-30_000, 30_000).map(lambda millimetres: millimetres / 1000)
    spots = {
        (i, j): (round(EAST + 100 * i + draw(shake), 3), round(NORTH + 100 * j + draw(shake), 3))
        for i in range(columns + 1)
        for j in range(rows + 1)
    }
    corners = ((0, 0), (1, 0), (1, 1), (0, 1))
    cells = [Polygon([spots[i + a, j + b] for a, b in corners]) for i in range(columns) for j in range(rows)]
    for _ in range(draw(st.integers(0, 4))):
        first, second = draw(st.sampled_from(list(combinations(range(len(cells)), 2))))
        merged = shapely.coverage_union_all([cells[first], cells[second]])
        if isinstance(merged, Polygon) and len(cells) > 2:
            cells = [cell for index, cell in enumerate(cells) if index not in {first, second}] + [merged]
    return cells


@st.composite
def damaged(draw: st.DrawFn) -> list[Polygon]:
    """A whole partition after an accident: cells lost, doubled, shifted, shrunk or grown."""
    cells = draw(wholes())
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(cells) - 1))
        kind = draw(st.sampled_from(["lost", "doubled", "shifted", "shrunk", "grown"]))
        cell = cells[index]
        size = draw(st.sampled_from([0.004, 0.5, 20.0]))
        if kind == "lost" and len(cells) > 1:
            del cells[index]
        elif kind == "doubled":
            cells.append(cell)
        elif kind == "shifted":
            cells[index] = on_grid(translate(cell, size, -size / 2))
        elif kind in {"shrunk", "grown"}:
            changed = on_grid(cell.buffer(-size if kind == "shrunk" else size, join_style="mitre"))
            if isinstance(changed, Polygon) and changed.is_valid and not changed.is_empty:
                cells[index] = changed
    return cells


def on_grid(shape: Polygon) -> Polygon:
    return shapely.transform(shape, lambda xy: np.round(xy, 3))


def check(shapes: list[Polygon]) -> tuple[Problem, ...]:
    return partition.check(Partition.of([Cell(f"{n:03d}", "", "", shape) for n, shape in enumerate(shapes)]))


def overlaps(shapes: list[Polygon]) -> dict[tuple[str, str], float]:
    """Return the area each pair has in common."""
    found = {}
    for first, second in combinations(range(len(shapes)), 2):
        area = shapes[first].intersection(shapes[second]).area
        if area > 0:
            found[f"{first:03d}", f"{second:03d}"] = area
    return found


def enclosed(shapes: list[Polygon]) -> list[Polygon]:
    """Return what remains of a wide frame when each cell is cut out of it, without what reaches the frame."""
    land = shapely.box(*shapely.total_bounds(shapes)).buffer(50, join_style="mitre")
    rim = land.exterior
    for shape in shapes:
        land = land.difference(shape)
    return [part for part in shapely.get_parts(land) if not part.intersects(rim)]


def border_is_matched(shapes: list[Polygon]) -> bool:
    """Tell whether every side that only one cell has lies on the border of the union, and none has two lengths."""
    sides: dict[frozenset[tuple[float, ...]], int] = {}
    for shape in shapes:
        points = list(shape.exterior.coords)
        for pair in pairwise(points):
            sides[frozenset(pair)] = sides.get(frozenset(pair), 0) + 1
    alone = sum(shapely.LineString(list(side)).length for side, count in sides.items() if count == 1)
    return abs(alone - shapely.union_all(shapes).length) < 1e-3


@given(wholes())
def test_what_was_made_whole_is_whole(shapes: list[Polygon]) -> None:
    assert check(shapes) == ()


@given(damaged())
def test_damage_is_found_as_brute_force_finds_it(shapes: list[Polygon]) -> None:
    problems = check(shapes)
    seen = {problem.codes: problem.area for problem in problems if problem.rule is Rule.OVERLAP}
    expected = overlaps(shapes)
    assert {codes for codes, area in expected.items() if area > 1e-6} <= set(seen) <= set(expected)
    for codes, area in seen.items():
        assert area == pytest.approx(expected[codes], abs=1e-6)
    gaps = sum(problem.area for problem in problems if problem.rule is Rule.GAP)
    assert gaps == pytest.approx(sum(part.area for part in enclosed(shapes)), abs=1e-4)
    if not problems:
        assert border_is_matched(shapes)
    elif all(problem.rule is Rule.UNMATCHED_EDGE for problem in problems):
        assert not border_is_matched(shapes)


@given(wholes(), st.data())
def test_a_junction_only_one_side_knows_is_found(shapes: list[Polygon], data: st.DataObject) -> None:
    """A vertex put on the middle of a shared side, in one of the two cells: a sliver, or a mere mismatch."""
    pairs = [
        (first, side)
        for first, second in combinations(range(len(shapes)), 2)
        for side in _sides(shapes[first]) & _sides(shapes[second])
    ]
    first, side = data.draw(st.sampled_from(sorted(pairs, key=lambda pair: (pair[0], sorted(pair[1])))))
    (ax, ay), (bx, by) = sorted(side)
    middle = (round((ax + bx) / 2, 3), round((ay + by) / 2, 3))
    points = list(shapes[first].exterior.coords)
    at = next(n for n in range(1, len(points)) if frozenset(points[n - 1 : n + 1]) == side)
    shapes[first] = Polygon([*points[:at], middle, *points[at:]])
    assert check(shapes) != ()


def _sides(shape: Polygon) -> set[frozenset[tuple[float, ...]]]:
    points = list(shape.exterior.coords)
    return {frozenset(pair) for pair in pairwise(points)}
