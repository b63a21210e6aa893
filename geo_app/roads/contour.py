"""Lines as an area: what lies along them, drawn on a raster and traced round.

The raster has square cells. A cell is in when a line runs through it or one of the eight around it; so the border
keeps at least half a cell from every line, and at most three cells. Where lines run all round a block and no line
that must stay outside runs through it, the block is in too. The border runs through the middles of the cells' sides,
which makes a ring that neither crosses nor touches itself or another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.model import Flags, Floats, Indices, Integers
from geo_app.roads.network import Shape

OUT, IN, NOT_IN = 0, 1, 2
"""Marks of a cell: nothing runs through it; a line does; only a line that must stay outside does."""
SIDES = 4
EAST, NORTH, WEST, SOUTH = 0, 1, 2, 3
RIM = 2
"""Mark of the outermost cells: whatever touches them lies outside all."""


class Raster(NamedTuple):
    """Cells of `size` metres from (x, y) on, row by row upwards."""

    x: float
    y: float
    size: float
    columns: int
    rows: int


class Spans(NamedTuple):
    """What is covered of each edge: up to `heads` metres from its start, and from `tails` metres to its end."""

    heads: Floats
    tails: Floats
    open: Flags
    """Whether the rest of the edge must stay outside."""


FIRST = np.array([0, 2], dtype=np.int64)


def _example() -> tuple[Raster, Shape, Spans]:
    raster = Raster(0.0, 0.0, 1.0, 8, 8)
    shape = Shape(np.array([[2.0, 2.0], [5.0, 2.0]]), np.array([0.0, 3.0]), np.zeros(2, dtype=np.int32))
    return raster, shape, Spans(np.ones(1), np.full(1, 2.5), np.ones(1, dtype=np.uint8))


def _example_bounds() -> tuple[object, ...]:
    return FIRST.copy(), *_example()[1:]


def _example_mark() -> tuple[object, ...]:
    raster, shape, spans = _example()
    return raster, FIRST.copy(), shape, spans, np.array([[1.0, 1.0], [2.0, 2.0]])


def _example_trace() -> tuple[object, ...]:
    marks = np.zeros(64, dtype=np.uint8)
    marks[27] = IN
    return _example()[0], marks


@kernels.kernel(example=_example_bounds)
def bounds(first: Integers, shape: Shape, spans: Spans) -> tuple[float, float, float, float]:
    """Return the box round all edges of which something is covered; infinite when there are none."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for edge in range(spans.heads.size):
        if spans.heads[edge] > 0.0 or spans.tails[edge] < np.inf:
            for vertex in range(first[edge], first[edge + 1]):
                x, y = shape.vertices[vertex, 0], shape.vertices[vertex, 1]
                west, east = min(west, x), max(east, x)
                south, north = min(south, y), max(north, y)
    return west, south, east, north


@kernels.kernel(example=_example_mark)
def mark(raster: Raster, first: Integers, shape: Shape, spans: Spans, more: Floats) -> Flags:
    """Return the marks of all cells; `more` is one more line that is covered."""
    marks = np.zeros(raster.columns * raster.rows, dtype=np.uint8)
    for edge in range(spans.heads.size):
        head, tail = spans.heads[edge], spans.tails[edge]
        if spans.open[edge] and head < tail and _may_touch(raster, shape, first[edge], first[edge + 1]):
            _draw(raster, shape, (first[edge], first[edge + 1]), (head, tail), marks, NOT_IN)
    for edge in range(spans.heads.size):
        head, tail = spans.heads[edge], spans.tails[edge]
        if head >= tail:
            _draw(raster, shape, (first[edge], first[edge + 1]), (0.0, np.inf), marks, IN)
            continue
        if head > 0.0:
            _draw(raster, shape, (first[edge], first[edge + 1]), (0.0, head), marks, IN)
        if tail < np.inf:
            _draw(raster, shape, (first[edge], first[edge + 1]), (tail, np.inf), marks, IN)
    for start in range(more.shape[0] - 1):
        _line(raster, (more[start, 0], more[start, 1]), (more[start + 1, 0], more[start + 1, 1]), marks, IN)
    return marks


@kernels.inner
def _may_touch(raster: Raster, shape: Shape, begin: int, end: int) -> bool:
    """Tell whether an edge is near enough the raster that it may touch it."""
    reach, x, y = shape.along[end - 1], shape.vertices[begin, 0], shape.vertices[begin, 1]
    is_beside = x < raster.x - reach or x > raster.x + raster.columns * raster.size + reach
    return not (is_beside or y < raster.y - reach or y > raster.y + raster.rows * raster.size + reach)


@kernels.inner
def _draw(
    raster: Raster, shape: Shape, edge: tuple[int, int], span: tuple[float, float], marks: Flags, value: int
) -> None:
    """Mark the cells under the part of an edge whose metres along it lie in `span`; its vertices are given."""
    for start in range(edge[0], edge[1] - 1):
        begin, end = shape.along[start], shape.along[start + 1]
        low, high = max(begin, span[0]), min(end, span[1])
        if low > high:
            continue
        x, y = shape.vertices[start, 0], shape.vertices[start, 1]
        end_x, end_y = shape.vertices[start + 1, 0], shape.vertices[start + 1, 1]
        if low > begin or high < end:
            first, last = (low - begin) / (end - begin), (high - begin) / (end - begin)
            dx, dy = end_x - x, end_y - y
            x, y, end_x, end_y = x + first * dx, y + first * dy, x + last * dx, y + last * dy
        _line(raster, (x, y), (end_x, end_y), marks, value)


@kernels.inner
def _line(
    raster: Raster, begin: tuple[float, float], end: tuple[float, float], marks: Flags, value: int
) -> None:
    """Mark cells along a line, by points at most half a cell apart; what lies outside the raster is left out."""
    share = 1.0 / raster.size
    x, y = (begin[0] - raster.x) * share, (begin[1] - raster.y) * share
    dx, dy = (end[0] - begin[0]) * share, (end[1] - begin[1]) * share
    steps = int(2.0 * max(abs(dx), abs(dy))) + 1
    dx, dy = dx / steps, dy / steps
    for step in range(steps + 1):
        column, row = int(np.floor(x + dx * step)), int(np.floor(y + dy * step))
        if 0 <= column < raster.columns and 0 <= row < raster.rows:
            marks[row * raster.columns + column] = value


@kernels.kernel(example=_example_trace)
def trace(raster: Raster, marks: Flags) -> tuple[Floats, Indices]:
    """Return the rings round what is in, one after the other, and where each begins; outer ones run left about."""
    inside = _widened(raster, marks)
    _fill(raster, marks, inside)
    sides = 0
    for cell in range(inside.size):
        if inside[cell]:
            for side in range(SIDES):
                sides += not inside[cell + _ahead(raster, side + 3)]
    points = np.empty((sides, 2))
    first = np.empty(sides + 1, dtype=np.int32)
    rings, count = 0, 0
    first[0] = 0
    seen = np.zeros(inside.size, dtype=np.uint8)
    for start in range(inside.size):
        if inside[start] and not inside[start - raster.columns] and not seen[start] & 1:
            count = _follow(raster, inside, seen, start, points, count)
            rings += 1
            first[rings] = count
    return points[:count], first[: rings + 1]


@kernels.inner
def _ahead(raster: Raster, heading: int) -> int:
    """Return how far the next cell in a heading is, in cells."""
    turned = heading % SIDES
    if turned == EAST:
        return 1
    if turned == NORTH:
        return raster.columns
    return -1 if turned == WEST else -raster.columns


@kernels.part
def _widened(raster: Raster, marks: Flags) -> Flags:
    """Return whether each cell is in: those under a line and the eight around each; never the outermost."""
    inside = np.zeros(marks.size, dtype=np.uint8)
    for row in range(2, raster.rows - 2):
        for column in range(2, raster.columns - 2):
            cell = row * raster.columns + column
            if marks[cell] == IN:
                for up in (-raster.columns, 0, raster.columns):
                    inside[cell + up - 1 : cell + up + 2] = 1
    return inside


@kernels.part
def _fill(raster: Raster, marks: Flags, inside: Flags) -> None:
    """Take in what lies inside a ring, unless a line that must stay outside runs through it."""
    seen = inside.copy()
    stack = np.empty(inside.size, dtype=np.int32)
    for column in range(raster.columns):
        seen[column] = seen[inside.size - 1 - column] = RIM
    for row in range(raster.rows):
        seen[row * raster.columns] = seen[(row + 1) * raster.columns - 1] = RIM
    for start in range(inside.size):
        if seen[start]:
            continue
        size, done, is_block = 1, 0, True
        stack[0] = start
        seen[start] = 1
        while done < size:
            cell = stack[done]
            done += 1
            is_block = is_block and marks[cell] != NOT_IN
            for side in range(SIDES):
                other = cell + _ahead(raster, side)
                is_block = is_block and seen[other] != RIM
                if not seen[other]:
                    seen[other] = 1
                    stack[size] = other
                    size += 1
        if is_block:
            for number in range(size):
                inside[stack[number]] = 1


@kernels.inner
def _follow(raster: Raster, inside: Flags, seen: Flags, start: int, points: Floats, count: int) -> int:
    """Write the ring that runs east along the lower side of `start`, the inside at its left; return the new count.

    Cells that meet at a corner only are joined there. A point is written where the heading changes.
    """
    cell, heading = start, EAST
    first = count
    while True:
        seen[cell] |= 1 << heading
        x, y = cell % raster.columns + 0.5, cell // raster.columns + 0.5
        x += 0.5 * ((heading == NORTH) - (heading == SOUTH))
        y += 0.5 * ((heading == WEST) - (heading == EAST))
        points[count, 0], points[count, 1] = raster.x + x * raster.size, raster.y + y * raster.size
        count += 1
        if count - first > 2 and _is_straight(points, count):
            points[count - 2, 0], points[count - 2, 1] = points[count - 1, 0], points[count - 1, 1]
            count -= 1
        ahead = cell + _ahead(raster, heading)
        right = ahead + _ahead(raster, heading + 3)
        if inside[right]:
            cell, heading = right, (heading + 3) % SIDES
        elif inside[ahead]:
            cell = ahead
        else:
            heading = (heading + 1) % SIDES
        if cell == start and heading == EAST:
            return count


@kernels.inner
def _is_straight(points: Floats, count: int) -> bool:
    """Tell whether the last point but one lies between its neighbours."""
    dx, dy = points[count - 2, 0] - points[count - 3, 0], points[count - 2, 1] - points[count - 3, 1]
    ex, ey = points[count - 1, 0] - points[count - 2, 0], points[count - 1, 1] - points[count - 2, 1]
    return bool(abs(dx * ey - dy * ex) < 1e-9 * (abs(dx) + abs(dy)) * (abs(ex) + abs(ey)))
