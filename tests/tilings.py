"""Made-up cities of any size: whole partitions of wiggly cells of about fifty vertices, and points around them."""

from __future__ import annotations

from itertools import product

import numpy as np
import shapely

from grids.model import Cell, on_millimetres

CORNER = np.array([450_000.0, 4_390_000.0])
PARTS = 12
"""Pieces every side of a cell is cut into."""

MOST_TRIES = 200_000


def cells(columns: int, rows: int, *, extent: float, seed: int) -> list[Cell]:
    """Return `columns` x `rows` cells of a city `extent` metres wide, without gap or overlap, in order of code.

    Corners are shifted by up to a seventh of a side, and sides wiggle inside a narrow kite between their corners,
    so no two meet.
    """
    rng = np.random.default_rng(seed)
    side = extent / columns
    shift = rng.uniform(-side / 7, side / 7, (rows + 1, columns + 1, 2))
    x, y = np.meshgrid(np.arange(columns + 1) * side, np.arange(rows + 1) * side)
    corners = on_millimetres(CORNER + np.stack([x, y], axis=-1) + shift)
    flat = _sides(corners[:, :-1], corners[:, 1:], rng)
    upright = _sides(corners[:-1], corners[1:], rng)
    rings = np.concatenate(
        [flat[:-1, :, :-1], upright[:, 1:, :-1], flat[1:, :, :0:-1], upright[:, :-1, :0:-1]], axis=2
    )
    polygons = shapely.polygons(rings.reshape(rows * columns, -1, 2))
    return [
        Cell(f"9901{number // 999:05d}001{number % 999 + 1:03d}", "", f"9901{number // 999:05d}001", polygon)
        for number, polygon in enumerate(polygons.tolist())
    ]


def _sides(starts: np.ndarray, ends: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return for each pair of corners a line of PARTS + 1 vertices."""
    along = np.linspace(0, 1, PARTS + 1)[:, None]
    reach = rng.uniform(-0.3, 0.3, (*starts.shape[:2], PARTS + 1, 1)) * np.minimum(along, 1 - along)
    straight = (ends - starts)[:, :, None]
    across = np.stack([-straight[..., 1], straight[..., 0]], axis=-1)
    return on_millimetres(starts[:, :, None] + along * straight + reach * across)


def points(count: int, *, extent: float, seed: int) -> np.ndarray:
    """Return x, y of points in such a city: half anywhere, half in two hundred clusters."""
    rng = np.random.default_rng(seed)
    anywhere = rng.uniform(0, extent, (count - count // 2, 2))
    centres = rng.uniform(0, extent, (200, 2))
    near = centres[rng.integers(0, 200, count // 2)] + rng.normal(0, extent / 50, (count // 2, 2))
    return CORNER + rng.permutation(np.concatenate([anywhere, near]))


def hostile(polygons: np.ndarray, count: int, *, seed: int) -> np.ndarray:
    """Return about `count` points where an inexact answer is wrong.

    Vertices and places on edges, each with its eight neighbours a double away; places on edges to the millimetre;
    places where plain double arithmetic is no longer sure of the side of an edge; and places anywhere, some outside.
    """
    rng = np.random.default_rng(seed)
    rings = shapely.get_rings(polygons)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = np.flatnonzero(ring[:-1] == ring[1:])
    chosen = rng.choice(inside, max(count // 30, 1))
    start, end = xy[chosen], xy[chosen + 1]
    share = rng.choice([0.0, 0.5, 1.0, *rng.uniform(0, 1, 5)], (len(chosen), 1))
    on_edge = start + share * (end - start)
    unsure = doubtful(polygons, 50 * count, seed=seed)
    low, high = xy.min(axis=0), xy.max(axis=0)
    margin = (high - low) / 20
    anywhere = rng.uniform(low - margin, high + margin, (max(count // 4, 1), 2))
    every = [_stepped(places, step) for places in (start, on_edge) for step in product((-1, 0, 1), repeat=2)]
    return np.concatenate([*every, unsure, on_millimetres(on_edge), anywhere, on_millimetres(anywhere)])


def doubtful(polygons: np.ndarray, tries: int, *, seed: int) -> np.ndarray:
    """Return, of `tries` places on edges, the few whose determinant is within its rounding of 0, but perhaps not 0."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    inside = np.flatnonzero(ring[:-1] == ring[1:])
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(0, tries, MOST_TRIES):
        edges = rng.choice(inside, min(tries, MOST_TRIES))
        start, step = xy[edges], xy[edges + 1] - xy[edges]
        places = start + rng.uniform(0, 1, (len(edges), 1)) * step
        beside = places - start
        close = np.abs(step[:, 0] * beside[:, 1] - step[:, 1] * beside[:, 0]) < 1e-11
        found.append(places[close])
    return np.concatenate(found)


def _stepped(places: np.ndarray, step: tuple[int, int]) -> np.ndarray:
    """Return `places` moved to the next double, or not, along each axis."""
    towards = np.where(np.array(step) > 0, np.inf, -np.inf)
    return np.where(np.array(step) == 0, places, np.nextafter(places, towards))


def lowest(polygons: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Return by GEOS the first of `polygons` that covers each point, -1 outside all."""
    point, polygon = shapely.STRtree(polygons).query(shapely.points(xy), predicate="intersects")
    found = np.full(len(xy), len(polygons))
    np.minimum.at(found, point, polygon)
    return np.where(found == len(polygons), -1, found)
