"""Streets, communities and codes of the demo city: cells grouped into whole pieces and numbered as one reads.

Numbering: things are taken in rows from north to south, and within a row from west to east. A row begins with
the northernmost thing left and holds everything whose middle lies less than the row's height south of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from shapely import Point, Polygon

from geo_app.cities.demo import frame, words
from geo_app.cities.model import CellRow, Level, UnitRow
from grids import code as codes

COMMUNITIES = 24
CELL_ROW, COMMUNITY_ROW = 240.0, 900.0
"""Heights of a row in metres when cells and communities are numbered."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Units:
    """The units and the cells, in the city's metric frame, each in order of code."""

    units: tuple[UnitRow, ...]
    cells: tuple[CellRow, ...]


def build(cells: list[tuple[Polygon, int]], anchors: dict[str, Point]) -> Units:
    """Group and number the cells; `anchors` are places on the board after which a community is called."""
    shapes = [shape for shape, _ in cells]
    borders = shared_borders(shapes)
    district = frame.INFO.jurisdiction
    rows = [UnitRow(Level.DISTRICT, district, frame.INFO.name, None)]
    found: list[CellRow] = []
    sides = [[number for number, (_, side) in enumerate(cells) if side == wanted] for wanted in range(4)]
    for side, count in enumerate(shares([len(side) for side in sides], COMMUNITIES)):
        street = f"{district}{side + 1:03d}"
        rows.append(UnitRow(Level.STREET, street, words.STREETS[side], district))
        groups = pieces(set(sides[side]), count, borders, np.array([_middle(shape) for shape in shapes]))
        areas = [_union([shapes[number] for number in sorted(group)]) for group in groups]
        ordered = in_reading_order(
            list(zip(groups, areas, strict=True)), [_middle(a) for a in areas], COMMUNITY_ROW
        )
        names = _names(side, [area for _, area in ordered], anchors)
        for number, ((group, _), name) in enumerate(zip(ordered, names, strict=True), 1):
            community = UnitRow(Level.COMMUNITY, f"{street}{number:03d}", name, street)
            rows.append(community)
            found += _numbered(community, [shapes[index] for index in sorted(group)])
    return Units(tuple(sorted(rows, key=lambda row: row.code)), tuple(found))


def in_reading_order(things: Sequence[T], middles: Sequence[tuple[float, float]], height: float) -> list[T]:
    """Return things in rows from north to south, within a row from west to east; `height` in metres."""
    left = sorted(range(len(things)), key=lambda index: (-middles[index][1], middles[index][0]))
    ordered: list[T] = []
    while left:
        top = middles[left[0]][1]
        row = [index for index in left if middles[index][1] > top - height]
        ordered += [things[index] for index in sorted(row, key=lambda index: middles[index])]
        left = left[len(row) :]
    return ordered


def shared_borders(shapes: Sequence[Polygon]) -> dict[int, dict[int, float]]:
    """Return for each polygon the metres of border it shares with each neighbour; corners do not count."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    pairs = np.transpose(shapely.STRtree(shapes).query(shapes, predicate="touches")).tolist()
    for first, second in sorted(pair for pair in pairs if pair[0] < pair[1]):
        shared = shapely.intersection(shapes[first], shapes[second]).length
        if shared > 0:
            near[first][second] = near[second][first] = float(shared)
    return near


def pieces(
    group: set[int], count: int, borders: dict[int, dict[int, float]], middles: np.ndarray
) -> list[list[int]]:
    """Cut a group of cells into `count` connected pieces of about equal number, by the shortest cuts."""
    if count == 1:
        return [sorted(group)]
    first = count // 2
    cuts = [
        _cut(group, first / count, borders, middles, angle)
        for angle in np.linspace(0, np.pi, 12, endpoint=False)
    ]
    cuts = [cut for cut in [*cuts, _tree_cut(group, first / count, borders)] if cut[0] and cut[1]]
    low, high = min(cuts, key=lambda cut: _cost(cut, first / count, borders))
    return [*pieces(low, first, borders, middles), *pieces(high, count - first, borders, middles)]


def _cost(cut: tuple[set[int], set[int]], share: float, borders: dict[int, dict[int, float]]) -> float:
    low, high = cut
    length = sum(metres for cell in sorted(low) for other, metres in borders[cell].items() if other in high)
    off = abs(len(low) / (len(low) + len(high)) - share)
    return float(length * (1 + 12 * off))


def _cut(
    group: set[int], share: float, borders: dict[int, dict[int, float]], middles: np.ndarray, angle: float
) -> tuple[set[int], set[int]]:
    """Cut a group across a direction; pieces cut off from their half go to the other."""
    run = middles @ np.array([np.cos(angle), np.sin(angle)])
    ordered = sorted(group, key=lambda cell: (run[cell], cell))
    size = round(len(ordered) * share)
    low, high = set(ordered[:size]), set(ordered[size:])
    for _ in range(4):
        stray = low - connected(low, borders)
        low, high = low - stray, high | stray
        stray = high - connected(high, borders)
        low, high = low | stray, high - stray
    whole = connected(low, borders) == low and connected(high, borders) == high
    return (low, high) if whole else (set(), set())


def _tree_cut(
    group: set[int], share: float, borders: dict[int, dict[int, float]]
) -> tuple[set[int], set[int]]:
    """Cut a branch off a walk through the group: always possible, if seldom pretty."""
    root = min(group)
    below: dict[int, set[int]] = {}

    def walk(cell: int, seen: set[int]) -> set[int]:
        seen.add(cell)
        branch = {cell}
        for other in sorted(borders[cell]):
            if other in group and other not in seen:
                branch |= walk(other, seen)
        below[cell] = branch
        return branch

    walk(root, set())
    wanted = share * len(group)
    cell = min(
        (cell for cell in below if cell != root), key=lambda cell: (abs(len(below[cell]) - wanted), cell)
    )
    return below[cell], group - below[cell]


def connected(group: Iterable[int], borders: dict[int, dict[int, float]]) -> set[int]:
    """Return the largest part of a group in which one can walk from cell to cell over shared borders."""
    left, best = set(group), set[int]()
    while left:
        part, edge = set[int](), [min(left)]
        while edge:
            cell = edge.pop()
            if cell not in part:
                part.add(cell)
                edge += [other for other in borders[cell] if other in left and other not in part]
        left -= part
        best = max(best, part, key=len)
    return best


def shares(sizes: list[int], total: int) -> list[int]:
    """Return `total` parted in whole numbers in proportion to `sizes`."""
    exact = [size * total / sum(sizes) for size in sizes]
    shares = [int(part) for part in exact]
    by_rest = sorted(range(len(sizes)), key=lambda index: shares[index] - exact[index])
    for index in by_rest[: total - sum(shares)]:
        shares[index] += 1
    return shares


def _union(shapes: list[Polygon]) -> Polygon:
    return frame.polygon(shapely.coverage_union_all(shapes))


def _middle(shape: Polygon) -> tuple[float, float]:
    point = shape.representative_point()
    return round(point.x, 3), round(point.y, 3)


def _names(side: int, areas: list[Polygon], anchors: dict[str, Point]) -> list[str]:
    """Give each community of a street its name: after what stands in it, else the next of the list."""
    names: list[str | None] = [None] * len(areas)
    for name, anchor in anchors.items():
        for index, area in enumerate(areas):
            if names[index] is None and area.contains(anchor):
                names[index] = name
                break
    rest = iter(words.COMMUNITIES[side])
    return [f"{name or next(rest)}社区" for name in names]


def _numbered(community: UnitRow, shapes: list[Polygon]) -> list[CellRow]:
    ordered = in_reading_order(shapes, [_middle(shape) for shape in shapes], CELL_ROW)
    return [
        CellRow(
            code=codes.build(community.code, number),
            name=f"{community.name}第{words.numeral(number)}网格",
            community=community.code,
            geometry=frame.placed(shapely.normalize(shape)),
        )
        for number, shape in enumerate(ordered, 1)
    ]
