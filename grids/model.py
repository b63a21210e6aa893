"""Cell, Partition, Problem: the words every function on grids speaks in.

A partition (网格划分) holds simple polygons in one metric CRS on a 1 mm grid. It is never changed:
an edit returns a new one that shares what did not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

MILLIMETRE = 0.001


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell (单元网格); `code` names it for people, `community` is the code of the unit it belongs to."""

    code: str
    name: str
    community: str
    geometry: Polygon

    @property
    def area(self) -> float:
        """Square metres."""
        return float(self.geometry.area)


@dataclass(frozen=True, slots=True)
class Partition:
    """All cells of a city, by code."""

    cells: Mapping[str, Cell]

    @classmethod
    def of(cls, cells: Iterator[Cell] | tuple[Cell, ...] | list[Cell]) -> Partition:
        """Return the partition of `cells`; a code that stands twice is a ValueError."""
        found: dict[str, Cell] = {}
        for cell in cells:
            if cell.code in found:
                raise ValueError(f"two cells have the code {cell.code}")
            found[cell.code] = cell
        return cls(MappingProxyType(dict(sorted(found.items()))))

    def geometries(self) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        """The polygons, in order of code."""
        return np.array([cell.geometry for cell in self.cells.values()], dtype=object)


class Rule(StrEnum):
    """What a partition can break."""

    NOT_A_POLYGON = "not_a_polygon"
    EMPTY = "empty"
    INVALID = "invalid"
    OFF_GRID = "off_grid"
    OVERLAP = "overlap"
    GAP = "gap"
    UNMATCHED_EDGE = "unmatched_edge"


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: which cells, where, how many square metres."""

    rule: Rule
    codes: tuple[str, ...]
    place: BaseGeometry
    area: float
    message: str


def on_millimetres(coordinates: np.ndarray) -> np.ndarray:
    """Return metric coordinates rounded to the millimetre grid."""
    return np.round(coordinates, 3)
