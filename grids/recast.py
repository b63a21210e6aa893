"""Which points lie in which cells of a draft: all of them matched anew, or only those an edit can have moved.

An edit moves land between the cells it touches alone. So only the points in those cells, outside all cells, and on
the borders beside, where the lowest code answers and codes may have changed, are asked for again: a thousandth of a
city's history. The answer is the same as if all were asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely

from grids.draft import Box
from grids.locate import Locator
from grids.model import Cell
from grids.pixels import Floats, Indices

Near = Callable[[Box], Iterable[Cell]]
"""The cells of the new draft whose boxes meet a box, as `grids.draft.Draft.near`."""
REACH = 0.001
"""Metres around a cell in which others are taken for its neighbours."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Points and the cell each lies in; on a shared border the lowest code has it. Nothing in it changes."""

    xy: Floats
    cell: Indices
    """Of each point, as it was first matched: the place in the Locator's codes, -1 outside all."""
    codes: tuple[str, ...]
    places: Mapping[str, int]
    order: Indices
    """The points by cell, those outside first."""
    first: Indices
    """Cell `i` has the points `order[first[i + 1]:first[i + 2]]`."""
    over: Mapping[str, Indices]
    """The points of cells that are not as they were first matched."""
    outside: Indices

    @classmethod
    def of(cls, locator: Locator, xy: Floats) -> Landed:
        """Return points of the partition's frame, matched to the cells of a Locator."""
        cell = locator.cells_of(xy)
        codes = tuple(locator.codes.tolist())
        order = np.argsort(cell, kind="stable").astype(np.int32)
        first = np.concatenate([[0], np.cumsum(np.bincount(cell + 1, minlength=len(codes) + 1))])
        places = {code: place for place, code in enumerate(codes)}
        return cls(xy, cell, codes, places, order, first, {}, order[: first[1]])

    def members(self, code: str) -> Indices:
        """Return the points in a cell, in their order; none for an unknown code."""
        found = self.over.get(code)
        if found is None:
            place = self.places.get(code)
            found = (
                self.order[:0] if place is None else self.order[self.first[place + 1] : self.first[place + 2]]
            )
        return found

    def moved(self) -> tuple[Indices, Indices, tuple[str, ...]]:
        """Return the points that lie in another cell than first, where each lies now in the codes, and the codes.

        Outside all cells is the code "".
        """
        codes = ("", *self.over)
        groups = [self.outside, *self.over.values()]
        was = np.array([-1, *(self.places.get(code, -2) for code in self.over)], dtype=np.int32)
        points = np.concatenate(groups)
        now = np.repeat(np.arange(len(codes), dtype=np.int32), [len(group) for group in groups])
        is_moved = self.cell[points] != was[now]
        return points[is_moved], now[is_moved], codes

    def anew(self, locator: Locator) -> Landed:
        """Return the points matched to the cells of another Locator; which moved counts from the first one still."""
        found = Landed.of(locator, self.xy)
        return replace(self, over={code: found.members(code) for code in found.codes}, outside=found.outside)

    def after(self, was: Collection[Cell], now: Collection[Cell], near: Near) -> tuple[Landed, set[str]]:
        """Return the points after the cells `was` became `now`, and the codes whose points are not the same.

        `near` knows the new draft. A cell whose polygon stays needs to stand in neither unless its code changed.
        """
        beside, mine = _beside(was, now, near), [*(one.code for one in was), *(one.code for one in now)]
        asked = [self.members(code) for code in dict.fromkeys(mine)]
        around = {one.code: self.members(one.code) for one in beside}
        border = self._on(now, np.concatenate([self.outside, *around.values()]))
        points = np.unique(np.concatenate([*asked, border]))
        found = _lowest([*now, *beside], self.xy[points])
        lent = {code for code, members in around.items() if len(border) and np.isin(border, members).any()}
        return self._put(points, found, {*mine, *lent})

    def _on(self, cells: Collection[Cell], points: Indices) -> Indices:
        """Return which of `points` some of `cells` cover."""
        if not len(points) or not cells:
            return points[:0]
        polygons = np.array([cell.geometry for cell in cells], dtype=object)
        west, south, east, north = shapely.total_bounds(polygons)
        x, y = self.xy[points].T
        inside = points[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
        at, _ = shapely.STRtree(polygons).query(shapely.points(self.xy[inside]), predicate="intersects")
        found: Indices = inside[np.unique(at)]
        return found

    def _put(self, points: Indices, codes: np.ndarray, touched: set[str]) -> tuple[Landed, set[str]]:
        """Return this with `points` in the cells of `codes`, and whose points changed."""
        over = dict(self.over)
        changed = touched | set(codes.tolist()) - {""}
        for code in changed:
            stay = np.setdiff1d(self.members(code), points, assume_unique=True)
            over[code] = np.sort(np.concatenate([stay, points[codes == code]])).astype(np.int32)
        stay = np.setdiff1d(self.outside, points, assume_unique=True)
        outside = np.sort(np.concatenate([stay, points[codes == ""]])).astype(np.int32)
        return replace(self, over=over, outside=outside), changed


def _beside(was: Collection[Cell], now: Collection[Cell], near: Near) -> list[Cell]:
    """Return the cells of the new draft beside those that change, each once."""
    changed = {cell.code for cell in now}
    found: dict[str, Cell] = {}
    for cell in (*was, *now):
        west, south, east, north = cell.geometry.bounds
        for one in near((west - REACH, south - REACH, east + REACH, north + REACH)):
            found[one.code] = one
    return [cell for code, cell in found.items() if code not in changed]


def _lowest(cells: list[Cell], xy: Floats) -> np.ndarray:
    """Return the lowest code of the cells that cover each point, "" where none does."""
    ordered = sorted(cells, key=lambda cell: cell.code)
    codes = np.array([*(cell.code for cell in ordered), ""], dtype=np.str_)
    found = np.full(len(xy), len(ordered))
    if len(xy) and ordered:
        tree = shapely.STRtree([cell.geometry for cell in ordered])
        point, cell = tree.query(shapely.points(xy), predicate="intersects")
        np.minimum.at(found, point, cell)
    named: np.ndarray = codes[found]
    return named
