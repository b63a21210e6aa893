"""Build the things tests and benches need: small, seeded, the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon

from grids import code
from grids.model import Cell, Partition, on_millimetres

CELLS_A_COMMUNITY = 500


def partition(columns: int, rows: int, *, seed: int = 1, side: float = 100.0) -> Partition:
    """Return a whole partition of `columns` x `rows` four-cornered cells of about `side` metres.

    Corners are shifted by up to a quarter of a side, neighbours share them: no gap, no overlap.
    """
    shift = np.random.default_rng(seed).uniform(-side / 4, side / 4, (rows + 1, columns + 1, 2))
    x, y = np.meshgrid(np.arange(columns + 1) * side, np.arange(rows + 1) * side)
    corners = on_millimetres(np.stack([x, y], axis=-1) + shift)
    rings = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
    return Partition.of([cell(number, Polygon(ring)) for number, ring in enumerate(rings.reshape(-1, 4, 2))])


def cell(number: int, polygon: Polygon) -> Cell:
    """Return the `number`-th cell (from 0) of a made-up city, with a code of the GB/T 30428.1 pattern."""
    community = f"990101001{number // CELLS_A_COMMUNITY + 1:03d}"
    name = f"第{number + 1}网格"
    return Cell(code.build(community, number % CELLS_A_COMMUNITY + 1), name, community, polygon)


def moved(whole: Partition, which: str, dx: float, dy: float) -> Partition:
    """Return `whole` with the cell `which` shifted by `dx`, `dy` metres: it overlaps and leaves a gap."""
    found = whole.cells[which]
    shifted = shapely.transform(found.geometry, lambda xy: on_millimetres(xy + np.array([dx, dy])))
    return Partition.of([*without(whole, which).cells.values(), replace(found, geometry=shifted)])


def without(whole: Partition, which: str) -> Partition:
    """Return `whole` without the cell `which`."""
    return Partition.of([cell for cell in whole.cells.values() if cell.code != which])
