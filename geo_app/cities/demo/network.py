"""From drawn ways to a road network: junctions where lines meet, and one stretch of road between two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString

from geo_app.cities.demo.frame import on_grid
from geo_app.cities.demo.streets import RANK, Way
from grids.model import MILLIMETRE

STUB = 22.0
"""Metres: a dead end shorter than this is no road."""
CRUMB = 2.0
"""Metres: two junctions so close are one."""
AVENUE = "primary"
"""What the expressway is where lanes open onto it."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A road between two junctions, on the drawing board; `oneway` as in RoadRow, `key` names its street."""

    key: str
    road_class: str
    oneway: int
    line: LineString

    @property
    def ends(self) -> tuple[Spot, Spot]:
        """The two junctions."""
        first, last = self.line.coords[0], self.line.coords[-1]
        return (first[0], first[1]), (last[0], last[1])

    @property
    def is_for_cars(self) -> bool:
        """Whether cars may drive here."""
        return self.road_class != "footway"

    @property
    def is_for_bicycles(self) -> bool:
        """Whether people may walk and ride here: everywhere but on the expressway (快速路)."""
        return self.road_class != "trunk"


def build(ways: Iterable[Way]) -> list[Stretch]:
    """Return the stretches of road between the junctions of `ways`, as one connected network."""
    stretches = _noded([way for way in ways if way.is_road])
    for _ in range(3):
        stretches = _joined(_without_stubs(stretches))
    cars = _largest([stretch for stretch in stretches if stretch.is_for_cars])
    paths = [stretch for stretch in stretches if not stretch.is_for_cars]
    return _rideable(_passable(_largest([*cars, *paths])))


def cut_off(stretches: Iterable[Stretch]) -> set[Spot]:
    """Return the junctions outside the largest part within which each can reach every other."""
    drawn = list(stretches)
    numbers = _numbers(drawn)
    pairs = [(numbers[s.ends[0]], numbers[s.ends[1]], s.oneway) for s in drawn]
    arcs = [(a, b) for a, b, oneway in pairs if oneway >= 0] + [
        (b, a) for a, b, oneway in pairs if oneway <= 0
    ]
    sources, targets = np.array(arcs).T
    graph = coo_array((np.ones(len(arcs)), (sources, targets)), shape=(len(numbers), len(numbers)))
    _, labels = connected_components(graph, connection="strong")
    main = np.bincount(labels).argmax()
    return {spot for spot, number in numbers.items() if labels[number] != main}


def _noded(ways: list[Way]) -> list[Stretch]:
    lines = np.array([way.line for way in ways], dtype=object)
    parts = shapely.get_parts(shapely.union_all(lines, grid_size=MILLIMETRE))
    pieces = np.array(_without_crumbs([on_grid(part) for part in parts]), dtype=object)
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    found, owners = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=CRUMB)
    candidates: dict[int, list[int]] = defaultdict(list)
    for piece, owner in zip(found.tolist(), owners.tolist(), strict=True):
        candidates[piece].append(owner)
    stretches = []
    for number, piece in enumerate(pieces):
        gaps = shapely.distance(lines[candidates[number]], middles[number])
        nearest = [
            owner for owner, gap in zip(candidates[number], gaps, strict=True) if gap < gaps.min() + 0.01
        ]
        way = ways[min(nearest, key=lambda owner: (RANK.index(ways[owner].road_class), owner))]
        oneway = way.oneway
        if oneway and shapely.line_locate_point(way.line, shapely.get_point(piece, 0)) > (
            shapely.line_locate_point(way.line, shapely.get_point(piece, -1))
        ):
            oneway = -oneway
        stretches.append(Stretch(way.key, way.road_class, oneway, piece))
    return sorted(stretches, key=lambda stretch: (stretch.ends, stretch.line.length))


def _without_crumbs(pieces: list[LineString]) -> list[LineString]:
    """Draw junctions together that a crumb of road joins, and drop the crumb."""
    moved: dict[tuple[float, ...], tuple[float, ...]] = {}

    def final(spot: tuple[float, ...]) -> tuple[float, ...]:
        while spot in moved:
            spot = moved[spot]
        return spot

    for piece in sorted(
        (piece for piece in pieces if piece.length < CRUMB), key=lambda piece: piece.coords[0]
    ):
        first, second = sorted((final(piece.coords[0]), final(piece.coords[-1])))
        if first != second:
            moved[second] = first
    whole = [piece for piece in pieces if piece.length >= CRUMB]
    return [LineString([final(p.coords[0]), *p.coords[1:-1], final(p.coords[-1])]) for p in whole]


def _degrees(stretches: Iterable[Stretch]) -> dict[Spot, int]:
    degrees: dict[Spot, int] = defaultdict(int)
    for stretch in stretches:
        for spot in stretch.ends:
            degrees[spot] += 1
    return degrees


def _without_stubs(stretches: list[Stretch]) -> list[Stretch]:
    degrees = _degrees(stretches)
    return [s for s in stretches if s.line.length >= STUB or all(degrees[spot] > 1 for spot in s.ends)]


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Join two stretches of one street where nothing else meets them."""
    at: dict[Spot, list[int]] = defaultdict(list)
    alive = dict(enumerate(stretches))
    for number, stretch in alive.items():
        for spot in stretch.ends:
            at[spot].append(number)
    fresh = len(stretches)
    for spot in sorted(at):
        numbers = at[spot]
        if len(numbers) != 2 or numbers[0] == numbers[1]:
            continue
        first, second = (alive[number] for number in numbers)
        if (first.key, first.road_class) != (second.key, second.road_class) or set(first.ends) == set(
            second.ends
        ):
            continue
        joined = _chained(first, second, spot)
        if joined is None:
            continue
        for number in numbers:
            del alive[number]
        alive[fresh] = joined
        for end in joined.ends:
            at[end] = [fresh if number in numbers else number for number in at[end]]
        fresh += 1
    return [alive[number] for number in sorted(alive)]


def _chained(first: Stretch, second: Stretch, spot: Spot) -> Stretch | None:
    head = first if first.ends[1] == spot else _reversed(first)
    tail = second if second.ends[0] == spot else _reversed(second)
    if head.oneway != tail.oneway:
        return None
    return replace(head, line=LineString([*head.line.coords, *tail.line.coords[1:]]))


def _reversed(stretch: Stretch) -> Stretch:
    return replace(stretch, oneway=-stretch.oneway, line=shapely.reverse(stretch.line))


def _numbers(stretches: Iterable[Stretch]) -> dict[Spot, int]:
    numbers: dict[Spot, int] = {}
    for stretch in stretches:
        for spot in stretch.ends:
            numbers.setdefault(spot, len(numbers))
    return numbers


def _largest(stretches: list[Stretch]) -> list[Stretch]:
    numbers = _numbers(stretches)
    pairs = np.array([[numbers[spot] for spot in stretch.ends] for stretch in stretches])
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(numbers), len(numbers)))
    _, labels = connected_components(graph, directed=False)
    main = np.bincount(labels).argmax()
    return [stretch for stretch, pair in zip(stretches, pairs, strict=True) if labels[pair[0]] == main]


def _passable(stretches: list[Stretch]) -> list[Stretch]:
    """Give up one-way rules until no junction is cut off."""
    while True:
        outside = cut_off(s for s in stretches if s.is_for_cars)
        if not outside:
            return stretches
        stretches = [replace(s, oneway=0) if outside.intersection(s.ends) else s for s in stretches]


def _rideable(stretches: list[Stretch]) -> list[Stretch]:
    """Make the expressway an avenue (主干路) where lanes hang on it alone, so people can walk and ride to all of them.

    It grows from such lanes both ways until it meets the rest of the streets; one-way rules go where it cannot.
    """
    while True:
        outside = cut_off(s for s in stretches if s.is_for_bicycles)
        if not outside:
            return stretches
        near = {number for number, s in enumerate(stretches) if outside.intersection(s.ends)}
        opened = {number for number in near if not stretches[number].is_for_bicycles}
        stretches = [
            s if number not in near
            else replace(s, road_class=AVENUE) if number in opened
            else s if opened
            else replace(s, oneway=0)
            for number, s in enumerate(stretches)
        ]  # fmt: skip
