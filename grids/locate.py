"""Tell in which cell a point is, and through which cells a line runs.

`Locator` answers for a whole partition, millions of points at a time. On a shared border the cell with the lowest
code answers, as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString

from grids import building, lonlat
from grids.building import Rings
from grids.compiled import frozen
from grids.finding import find
from grids.lonlat import UNSURE, Convert, Polynomial, find_lonlat
from grids.model import Cell, on_millimetres
from grids.pixels import OUTSIDE, Floats, Index, Indices
from grids.tracing import trace


class Stretches(NamedTuple):
    """The stretches of many lines inside cells, in order along each line, one after the other."""

    line: Indices
    cell: Indices
    """Its place in `codes`."""
    enter_at: Floats
    """Metres along the line."""
    exit_at: Floats


@dataclass(frozen=True, slots=True)
class Locator:
    """An exact index of a partition in a metric frame on the 1 mm grid: which cell covers a point.

    A cell covers its border; of cells that share it the lowest code answers. A point is taken as the doubles it is
    given in, without any tolerance. Nothing in it changes, so threads share it, and processes share the arrays `save`
    wrote. Overlapping cells are no partition, but the answer is the lowest code all the same.
    """

    codes: np.ndarray[tuple[int], np.dtype[np.str_]]
    """What `cells_of` counts: the code of each cell."""
    index: Index
    rings: Rings
    rank: Indices
    """The place of each of `codes` in their order."""
    fresh: int
    """Numbers in the index when it was last built as a whole."""

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Locator:
        """Return the locator of `cells`, in any order; ValueError when a vertex is off the 1 mm grid."""
        ordered = sorted(cells, key=lambda cell: cell.code)
        numbers = np.arange(len(ordered), dtype=np.int32)
        polygons = _polygons(ordered)
        corner = _corner(polygons)
        codes = np.array([cell.code for cell in ordered], dtype=np.str_)
        return _whole(codes, building.rings(polygons, numbers, corner), numbers, corner)

    def cell_of(self, x: float, y: float) -> str | None:
        """Return the code of the cell that covers a point, None outside all."""
        found = int(find(self.index, frozen(np.array([[x, y]], dtype=np.float64)))[0])
        return None if found == OUTSIDE else str(self.codes[found])

    def cells_of(self, xy: np.ndarray) -> Indices:
        """Return for each row x, y the place in `codes` of the cell that covers it, -1 outside all."""
        return find(self.index, _points(xy))

    def cells_of_lonlat(self, degrees: np.ndarray, polynomial: Polynomial, to_metric: Convert) -> Indices:
        """Return `cells_of` for rows of lon, lat, each on the millimetre `to_metric` gives it.

        `polynomial` is that of `lonlat` for the same frame.
        """
        given = _points(degrees)
        found = find_lonlat(self.index, polynomial, given)
        unsure = np.flatnonzero(found == UNSURE)
        found[unsure] = self.cells_of(on_millimetres(np.asarray(to_metric(given[unsure])).reshape(-1, 2)))
        return found

    def lonlat(self, to_metric: Convert, to_lonlat: Convert) -> Polynomial:
        """Return what `cells_of_lonlat` needs to know of the frame; ValueError when it is not smooth here."""
        found: Polynomial = frozen(lonlat.fit(self.index, to_metric, to_lonlat))
        return found

    def along(self, lines: Sequence[LineString]) -> Stretches:
        """Return the cells each line crosses, in order, with the metres along it; lines may lie anywhere.

        A stretch outside all cells is left out. A cell that a line enters twice stands twice; one that it only
        touches in a point does not stand at all.
        """
        given = np.asarray(lines, dtype=object)
        first = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(given))]).astype(np.int64)
        return Stretches(*trace(self.index, _points(shapely.get_coordinates(given)), frozen(first)))

    def patch(self, changed: Collection[Cell], gone: Collection[str] = ()) -> Locator:
        """Return the locator with these cells put in by their code, and those of `gone` taken out.

        Only the squares they touch, before or after, are made anew: a thousandth of the work for a few cells. The
        arrays keep what is not used any more; when it is half of them, or a cell lies beyond all others, everything
        is built again.
        """
        new = np.array(sorted({cell.code for cell in changed} - set(self.codes.tolist())), dtype=np.str_)
        codes = np.concatenate([self.codes, new])
        place = {code: number for number, code in enumerate(codes.tolist())}
        rank = np.empty(len(codes), dtype=np.int32)
        rank[np.argsort(codes, kind="stable")] = np.arange(len(codes), dtype=np.int32)
        numbers = np.array([place[cell.code] for cell in changed], dtype=np.int32)
        index = self.index
        fresh = building.rings(_polygons(changed), numbers, (index.x, index.y))
        leaving = np.concatenate([numbers, np.array([place[code] for code in gone], dtype=np.int32)])
        is_leaving = np.isin(self.rings.cell, leaving)
        boxes = np.concatenate([self.rings.some(is_leaving).boxes(), fresh.boxes()])
        rings = self.rings.some(~is_leaving).and_those(fresh)
        if not len(boxes):
            return self
        if not building.is_within(index, boxes) or len(index.entries) + len(index.leaves) > 2 * self.fresh:
            return _whole(codes, rings, rank, (index.x, index.y))
        patched = building.rebuild(index, rings, rank, boxes)
        return Locator(codes, patched, rings, rank, self.fresh)

    def save(self, folder: Path) -> None:
        """Write the arrays into an empty `folder`, one .npy file each."""
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> Locator:
        """Return the locator `save` wrote, its arrays mapped into memory; OSError or ValueError when damaged."""
        names = ("codes", "rank", "vertices", "first", "cell", "entries", "leaves", "frame", "error")
        codes, rank, vertices, first, cell, entries, leaves, frame, error = (
            frozen(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in names
        )
        x, y, columns, rows, shift, fresh = (int(number) for number in frame)
        index = Index(entries, leaves, x, y, columns, rows, shift, float(error[0]))
        return cls(codes, index, Rings(vertices, first, cell), rank, fresh)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self._arrays().values())

    def _arrays(self) -> dict[str, np.ndarray]:
        entries, leaves, *frame, error = self.index
        rings = {field.name: getattr(self.rings, field.name) for field in fields(Rings)}
        numbers = np.array([*frame, self.fresh], dtype=np.int64)
        return {
            "codes": self.codes, "rank": self.rank, **rings, "entries": entries, "leaves": leaves,
            "frame": numbers, "error": np.array([error]),
        }  # fmt: skip


def _whole(codes: np.ndarray, rings: Rings, rank: Indices, corner: tuple[int, int]) -> Locator:
    index, moved = building.build(rings, rank, corner)
    return Locator(codes, index, moved, rank, len(index.entries) + len(index.leaves))


def _polygons(cells: Iterable[Cell]) -> building.Polygons:
    return np.array([cell.geometry for cell in cells], dtype=object)


def _corner(polygons: building.Polygons) -> tuple[int, int]:
    """Return a corner in millimetres near the polygons."""
    if not len(polygons):
        return 0, 0
    west, south, *_ = np.rint(shapely.total_bounds(polygons) * 1000.0).tolist()
    return int(west), int(south)


def _points(xy: np.ndarray) -> Floats:
    """Return points as kernels take them: (n, 2) doubles in a row, read-only."""
    found: Floats = frozen(np.ascontiguousarray(xy, dtype=np.float64).reshape(-1, 2))
    return found
