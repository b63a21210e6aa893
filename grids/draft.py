"""A partition while it is edited, and which of its cells are near a place.

A tree of boxes cannot be changed, so each cell stands in one square of a grid by the south-west corner of its box;
a cell that is larger stands in a coarser grid, whose squares are twice, four times … as wide. A question looks at
the few squares of each grid where the corner of a cell that reaches the place can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import frexp, ldexp
from types import MappingProxyType

import numpy as np
import shapely

from grids.layered import Layered
from grids.model import Cell, Partition
from grids.rings import PER_METRE, Edge, Vertex, edges, rings

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""
Square = tuple[int, int]
Grid = Layered[Square, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A partition, and its cells by the squares of grids; `grids` by the power of two that is a square's side."""

    partition: Partition
    cells: Layered[str, Cell]
    grids: Mapping[int, Grid]

    @classmethod
    def of(cls, partition: Partition) -> Draft:
        """Return `partition` ready for edits; it must be whole (`grids.partition.check`)."""
        cells = Layered.over(partition.cells)
        boxes = shapely.bounds(partition.geometries()).reshape(-1, 4)
        grids: dict[int, dict[Square, list[str]]] = {}
        for code, box in zip(partition.cells, boxes.tolist(), strict=True):
            level, square = _home(box)
            grids.setdefault(level, {}).setdefault(square, []).append(code)
        return cls(
            Partition(cells),
            cells,
            MappingProxyType(
                {
                    level: Layered.over({square: tuple(codes) for square, codes in squares.items()})
                    for level, squares in grids.items()
                }
            ),
        )

    def near(self, box: Box) -> list[Cell]:
        """Return the cells whose own box meets `box`, in order of code."""
        codes = sorted(
            code for level, grid in self.grids.items() if grid for code in _found(level, grid, box)
        )
        cells = [self.cells[code] for code in codes]
        west, south, east, north = shapely.bounds([cell.geometry for cell in cells]).reshape(-1, 4).T
        meets = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        return [cells[at] for at in np.flatnonzero(meets).tolist()]

    def at(self, vertex: Vertex) -> tuple[Cell, ...]:
        """Return the cells whose border has `vertex`, in order of code."""
        x, y = vertex[0] / PER_METRE, vertex[1] / PER_METRE
        cells = self.near((x, y, x, y))
        xy, owner = shapely.get_coordinates([cell.geometry for cell in cells], return_index=True)
        found = owner[(xy[:, 0] == x) & (xy[:, 1] == y)]
        return tuple(cells[one] for one in sorted(set(found.tolist())))

    def along(self, one: Edge) -> tuple[Cell, ...]:
        """Return the cells whose border goes along an edge, in order of code."""
        return tuple(
            cell for cell in self.at(one[0]) if any(one in edges(ring) for ring in rings(cell.geometry))
        )

    def changed(self, gone: Iterable[str], put: Sequence[Cell]) -> Draft:
        """Return the draft without the cells `gone`, then with `put`, each new or in place of its code."""
        draft = self
        for code in gone:
            draft = draft._without(code)
        for cell in put:
            if cell.code not in draft.cells:
                draft = draft._with(cell)
            elif draft.cells[cell.code].geometry is cell.geometry:
                draft = replace(draft, cells=draft.cells.put(cell.code, cell))
            else:
                draft = draft._without(cell.code)._with(cell)
        return replace(draft, partition=Partition(draft.cells))

    def _without(self, code: str) -> Draft:
        level, square = _home(self.cells[code].geometry.bounds)
        grid = self.grids[level]
        left = tuple(one for one in grid[square] if one != code)
        grid = grid.put(square, left) if left else grid.without(square)
        return Draft(self.partition, self.cells.without(code), {**self.grids, level: grid})

    def _with(self, cell: Cell) -> Draft:
        level, square = _home(cell.geometry.bounds)
        grid = self.grids.get(level) or Layered.over({})
        grid = grid.put(square, (*(grid.get(square) or ()), cell.code))
        return Draft(self.partition, self.cells.put(cell.code, cell), {**self.grids, level: grid})


def _home(box: Sequence[float]) -> tuple[int, Square]:
    """Return the grid for a cell in `box`, whose squares are wider than it, and its square there."""
    _, level = frexp(max(box[2] - box[0], box[3] - box[1]))
    side = ldexp(1.0, level)
    return level, (int(box[0] // side), int(box[1] // side))


def _found(level: int, grid: Grid, box: Box) -> Iterable[str]:
    """Return the codes in the squares where a cell that meets `box` can have its corner."""
    side = ldexp(1.0, level)
    columns = range(int(box[0] // side) - 1, int(box[2] // side) + 1)
    rows = range(int(box[1] // side) - 1, int(box[3] // side) + 1)
    if len(columns) * len(rows) > len(grid):
        wanted: Iterable[Square] = (one for one in grid if one[0] in columns and one[1] in rows)
    else:
        wanted = product(columns, rows)
    for square in wanted:
        yield from grid.get(square) or ()
