"""Where on the roads is a point: the nearest position on an edge the mode may use, by a grid of segments.

The answer is exact and the same everywhere. Distances are compared in tenths of a millimetre, finer than city
data is drawn: of edges equally near so the lowest is taken, of places on one edge the first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.model import Flags, Floats, Indices
from geo_app.roads.network import Network, Shape

FINE = 1e4
"""Steps of a metre in which distances are compared, so that rounding does not decide between equal ones."""
SLACK = 1e-6
"""Share of a grid square by which segments overlap its border, so rounding cannot lose one."""


class Grid(NamedTuple):
    """Squares of `size` metres from (x, y) on; square `row * columns + column` lists the segments that touch it.

    A segment is named by its first vertex.
    """

    offsets: Indices
    segments: Indices
    x: float
    y: float
    size: float
    columns: int
    rows: int


class Snaps(NamedTuple):
    """For each point: the edge (-1 when the mode has none), metres along it, metres away, the place itself."""

    edges: Indices
    offsets: Floats
    aways: Floats
    places: Floats


def grid_of(network: Network) -> Grid:
    """Return the grid over all segments of `network`, about one square a segment."""
    shape = network.shape
    inside = shape.edge_of[:-1] == shape.edge_of[1:]
    segments = np.flatnonzero(inside).astype(np.int32)
    if not len(segments):
        return Grid(np.zeros(2, dtype=np.int32), segments, 0.0, 0.0, 1.0, 1, 1)
    low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
    width, height = high - low
    count = len(segments)
    size = max(float(np.sqrt(width * height / count)), float(max(width, height)) / (4 * count), 1.0)
    columns, rows = int(width / size) + 1, int(height / size) + 1
    empty = Grid(
        np.zeros(columns * rows + 1, dtype=np.int32),
        segments,
        float(low[0]),
        float(low[1]),
        size,
        columns,
        rows,
    )
    squares, crossing = _cross(*kernels.frozen((empty, segments, shape.vertices)))
    offsets = np.zeros(columns * rows + 1, dtype=np.int32)
    np.cumsum(np.bincount(squares, minlength=columns * rows), out=offsets[1:])
    return empty._replace(offsets=offsets, segments=crossing[np.argsort(squares, kind="stable")])


def _example_shape() -> tuple[Grid, Shape, Flags]:
    vertices = np.array([[0.0, 0.0], [2.0, 2.0]])
    along = np.array([0.0, np.sqrt(8.0)])
    shape = Shape(vertices, along, np.zeros(2, dtype=np.int32))
    offsets = np.array([0, 1], dtype=np.int32)
    grid = Grid(offsets, np.zeros(1, dtype=np.int32), 0.0, 0.0, 3.0, 1, 1)
    return grid, shape, np.full(1, 3, dtype=np.uint8)


def _example_snap() -> tuple[object, ...]:
    return np.array([[1.0, 0.0]]), *_example_shape()


def _example_cross() -> tuple[object, ...]:
    grid, shape, _ = _example_shape()
    return grid, np.zeros(1, dtype=np.int32), shape.vertices


@kernels.kernel(example=_example_snap)
def snap(points: Floats, grid: Grid, shape: Shape, ways: Flags) -> tuple[Indices, Floats, Floats, Floats]:
    """Return the fields of `Snaps` for `points`; edges whose `ways` is 0 do not count."""
    count = points.shape[0]
    snaps = Snaps(np.full(count, -1, dtype=np.int32), np.zeros(count), np.full(count, np.inf), points.copy())
    for row in range(count):
        put(points, row, (grid, shape, ways), snaps)
    return snaps.edges, snaps.offsets, snaps.aways, snaps.places


@kernels.inner
def put(points: Floats, row: int, ground: tuple[Grid, Shape, Flags], snaps: Snaps) -> None:
    """Write where on the roads a row of `points` is into that row of `snaps`."""
    grid, shape, ways = ground
    here_x, here_y = points[row, 0], points[row, 1]
    found, _, x, y = _nearest_segment(here_x, here_y, grid, shape, ways)
    if found < 0:
        snaps.edges[row], snaps.offsets[row], snaps.aways[row] = -1, 0.0, np.inf
        snaps.places[row, 0], snaps.places[row, 1] = here_x, here_y
        return
    snaps.edges[row] = shape.edge_of[found]
    snaps.aways[row] = np.hypot(x - here_x, y - here_y)
    snaps.places[row, 0], snaps.places[row, 1] = x, y
    beyond = np.hypot(x - shape.vertices[found, 0], y - shape.vertices[found, 1])
    snaps.offsets[row] = min(shape.along[found] + beyond, shape.along[found + 1])


@kernels.inner
def _nearest_segment(
    x: float, y: float, grid: Grid, shape: Shape, ways: Flags
) -> tuple[int, float, float, float]:
    """Look at the squares around (x, y) ring by ring until nothing nearer can follow."""
    best = (-1, np.inf, x, y)
    column = int(np.floor((x - grid.x) / grid.size))
    row = int(np.floor((y - grid.y) / grid.size))
    nearest_ring = max(-column, column - grid.columns + 1, -row, row - grid.rows + 1, 0)
    last_ring = max(column, grid.columns - 1 - column, row, grid.rows - 1 - row)
    left, below = x - grid.x - column * grid.size, y - grid.y - row * grid.size
    border = min(left, grid.size - left, below, grid.size - below) - SLACK * grid.size
    for ring in range(nearest_ring, last_ring + 1):
        for j in range(max(row - ring, 0), min(row + ring, grid.rows - 1) + 1):
            # Between the first and the last row of a ring only its two outer columns are new.
            step = 1 if j in (row - ring, row + ring) else max(2 * ring, 1)
            for i in range(column - ring, column + ring + 1, step):
                if 0 <= i < grid.columns:
                    best = _nearest_in_square(j * grid.columns + i, best, (x, y), grid, shape, ways)
        seen = ring * grid.size + border
        if best[1] + 1 < seen * FINE:
            break
    return best


@kernels.inner
def _nearest_in_square(
    square: int, best: tuple[int, float, float, float], at: tuple[float, float],
    grid: Grid, shape: Shape, ways: Flags,
) -> tuple[int, float, float, float]:  # fmt: skip
    for listed in range(grid.offsets[square], grid.offsets[square + 1]):
        segment = grid.segments[listed]
        if ways[shape.edge_of[segment]] == 0:
            continue
        x, y = _nearest_on_segment(at, shape.vertices, segment)
        away = np.rint(np.sqrt((x - at[0]) ** 2 + (y - at[1]) ** 2) * FINE)
        if away < best[1] or (away == best[1] and segment < best[0]):
            best = (segment, away, x, y)
    return best


@kernels.inner
def _nearest_on_segment(at: tuple[float, float], vertices: Floats, segment: int) -> tuple[float, float]:
    """Return the nearest place on a segment; its ends are returned as they are, so junctions tie exactly."""
    x, y = vertices[segment, 0], vertices[segment, 1]
    end_x, end_y = vertices[segment + 1, 0], vertices[segment + 1, 1]
    dx, dy = end_x - x, end_y - y
    dot = (at[0] - x) * dx + (at[1] - y) * dy
    square = dx * dx + dy * dy
    if dot <= 0.0 or square == 0.0:
        return x, y
    if dot >= square:
        return end_x, end_y
    return x + dx * (dot / square), y + dy * (dot / square)


@kernels.kernel(example=_example_cross)
def _cross(grid: Grid, segments: Indices, vertices: Floats) -> tuple[Indices, Indices]:
    """Return every pair of a square and a segment that touches it."""
    count = 0
    for segment in segments:
        first, last = _rows(grid, vertices, segment)
        for row in range(first, last + 1):
            left, right = _columns(grid, vertices, segment, row)
            count += right - left + 1
    squares = np.empty(count, dtype=np.int32)
    crossing = np.empty(count, dtype=np.int32)
    count = 0
    for segment in segments:
        first, last = _rows(grid, vertices, segment)
        for row in range(first, last + 1):
            left, right = _columns(grid, vertices, segment, row)
            for column in range(left, right + 1):
                squares[count], crossing[count] = row * grid.columns + column, segment
                count += 1
    return squares, crossing


@kernels.inner
def _rows(grid: Grid, vertices: Floats, segment: int) -> tuple[int, int]:
    one, other = vertices[segment, 1], vertices[segment + 1, 1]
    return _span(min(one, other) - grid.y, max(one, other) - grid.y, grid.size, grid.rows)


@kernels.inner
def _columns(grid: Grid, vertices: Floats, segment: int, row: int) -> tuple[int, int]:
    """Return the first and last column the segment touches within `row`."""
    x, y = vertices[segment, 0], vertices[segment, 1]
    dx, dy = vertices[segment + 1, 0] - x, vertices[segment + 1, 1] - y
    enter, leave = 0.0, 1.0
    if dy != 0.0:
        below = (grid.y + (row - SLACK) * grid.size - y) / dy
        above = (grid.y + (row + 1 + SLACK) * grid.size - y) / dy
        enter, leave = max(enter, min(below, above)), min(leave, max(below, above))
    one, other = x + enter * dx - grid.x, x + leave * dx - grid.x
    return _span(min(one, other), max(one, other), grid.size, grid.columns)


@kernels.inner
def _span(low: float, high: float, size: float, count: int) -> tuple[int, int]:
    first = int(np.floor(low / size - SLACK))
    last = int(np.floor(high / size + SLACK))
    return max(first, 0), min(last, count - 1)
