"""The cells of a partition with their measures, side by side in arrays, so that an edit changes a few numbers only.

A cell keeps its place while drafts follow each other; one that is gone leaves its place empty. Areas and lengths are
whole square millimetres and millimetres, so sums are exact in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely import Polygon

from geo_app.insight.model import Floats, Integers
from grids import measures
from grids.model import Cell
from grids.rings import outer

Flags = np.ndarray[Any, np.dtype[np.bool_]]
DIGITS = 9
"""Decimals of a compactness: what lies behind depends on where a ring begins."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A community as the union of its cells."""

    parts: int
    polsby_popper: float
    reock: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Cells by their places; nothing in it changes."""

    places: Mapping[str, int]
    cells: tuple[Cell | None, ...]
    area: Integers
    perimeter: Integers
    polsby_popper: Floats
    reock: Floats
    unit: Integers
    """The place of each cell's community in `units`, -1 of one that is gone."""
    units: Mapping[str, int]
    outlines: Mapping[str, Outline]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Ground:
        """Return the ground of some cells."""
        nothing, none = np.zeros(0, dtype=np.int64), np.zeros(0)
        return cls({}, (), nothing, nothing, none, none, nothing, {}, {}).after((), list(cells))

    def get(self, code: str) -> Cell | None:
        """Return the cell of a code."""
        place = self.places.get(code)
        return None if place is None else self.cells[place]

    @property
    def stands(self) -> Flags:
        """Return at which places a cell stands."""
        found: Flags = self.unit >= 0
        return found

    def after(self, gone: Collection[str], put: Collection[Cell]) -> Ground:
        """Return the ground without the cells `gone`, with those of `put` new or in place of their codes."""
        before = [found for code in (*gone, *(one.code for one in put)) if (found := self.get(code))]
        new = [cell.code for cell in put if cell.code not in self.places]
        places = (
            {**self.places, **{code: len(self.cells) + n for n, code in enumerate(new)}}
            if new
            else self.places
        )
        units = dict(self.units)
        for cell in put:
            units.setdefault(cell.community, len(units))
        at = np.array([places[cell.code] for cell in put], dtype=np.int64)
        away = np.array([places[code] for code in gone], dtype=np.int64)
        shapes = measures.shapes(np.array([cell.geometry for cell in put], dtype=object))
        area, perimeter = (
            np.rint(one).astype(np.int64) for one in (shapes.area * 1e6, shapes.perimeter * 1e3)
        )
        compact = measures.polsby_popper(area / 1e6, perimeter / 1e3)
        cells: list[Cell | None] = [*self.cells, *([None] * len(new))]
        for cell in put:
            cells[places[cell.code]] = cell
        for code in gone:
            cells[places[code]] = None
        unit = _with(
            self.unit, len(new), at, np.array([units[cell.community] for cell in put], dtype=np.int64)
        )
        unit[away] = -1
        made = Ground(
            places, tuple(cells), _with(self.area, len(new), at, area), _with(self.perimeter, len(new), at, perimeter),
            _with(self.polsby_popper, len(new), at, np.round(compact, DIGITS)),
            _with(self.reock, len(new), at, np.round(shapes.reock, DIGITS)), unit, units, self.outlines,
        )  # fmt: skip
        missing = {cell.community for cell in put} - self.outlines.keys()
        return made.drawn(missing | _outlined_anew(before, put) if self.cells else missing)

    def drawn(self, communities: Collection[str]) -> Ground:
        """Return the ground with the outlines of these communities drawn anew."""
        outlines = dict(self.outlines)
        for code in communities:
            members = np.flatnonzero(self.unit == self.units[code])
            outlines.pop(code, None)
            if len(members):
                outlines[code] = _outline([one for at in members.tolist() if (one := self.cells[at])])
        return Ground(
            self.places, self.cells, self.area, self.perimeter, self.polsby_popper, self.reock, self.unit, self.units,
            outlines,
        )  # fmt: skip


def _outline(cells: list[Cell]) -> Outline:
    union = measures.union(np.array([cell.geometry for cell in cells], dtype=object))
    found = measures.shapes(np.array([union]))
    return Outline(
        measures.pieces(union),
        round(float(found.polsby_popper[0]), DIGITS),
        round(float(found.reock[0]), DIGITS),
    )


def _outlined_anew(was: Collection[Cell], now: Collection[Cell]) -> set[str]:
    """Return the communities whose outline is another, edge by edge, after the cells `was` became `now`."""
    kept = {(cell.community, id(cell.geometry)) for cell in was} & {
        (cell.community, id(cell.geometry)) for cell in now
    }
    sides: tuple[defaultdict[str, list[Polygon]], ...] = defaultdict(list), defaultdict(list)
    for side, cells in zip(sides, (was, now), strict=True):
        for cell in cells:
            if (cell.community, id(cell.geometry)) not in kept:
                side[cell.community].append(cell.geometry)
    before, after = sides
    return {code for code in {*before, *after} if outer(before[code]) != outer(after[code])}


def _with(array: np.ndarray, more: int, at: Integers, values: np.ndarray) -> np.ndarray:
    """Return a copy of `array` with room for `more`, and `values` at the places `at`."""
    made = np.concatenate([array, np.zeros(more, dtype=array.dtype)])
    made[at] = values
    return made
