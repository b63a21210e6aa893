"""Which points lie in which cells of a draft: all of them matched anew, or only those an edit can have moved.

An edit moves land between the cells it touches alone. So only points where the land of a cell is not what it was are
asked for again, in those cells, outside all cells, and on the borders beside, where the lowest code answers and codes
may have changed: a thousandth of a city's history. The answer is the same as if all were asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from grids.draft import Box
from grids.locate import Locator
from grids.model import Cell
from grids.pixels import Floats, Indices
from grids.rings import box, outer

Near = Callable[[Box], Iterable[Cell]]
"""The cells of the new draft whose boxes meet a box, as `grids.draft.Draft.near`."""
Many = np.ndarray[Any, np.dtype[np.int64]]
Came = Mapping[int, int]
"""How many came from where: a place in the codes, -1 from outside."""
REACH = 0.001
"""Metres around land in which cells are taken for its neighbours."""


@dataclass(frozen=True, slots=True)
class Move:
    """Land that changes hands between two drafts."""

    codes: tuple[str, ...]
    """Of the cells that change, before and after."""
    now: tuple[Cell, ...]
    """Those there are after."""
    beside: tuple[Cell, ...]
    """Those that reach there and do not change."""
    boxes: Floats
    """West, south, east, north: together they hold all the land whose cell is another, borders included."""

    @classmethod
    def of(cls, was: Collection[Cell], now: Collection[Cell], near: Near) -> Move:
        """Return how the cells `was` became `now`; `near` knows the new draft.

        A cell whose polygon stays needs to stand in neither unless its code changed.
        """
        codes = tuple(dict.fromkeys((*(one.code for one in was), *(one.code for one in now))))
        boxes = _boxes(was, now)
        return cls(codes, tuple(now), tuple(_beside(boxes, now, near)), boxes)


@dataclass(frozen=True, slots=True)
class Landed:
    """Points and the cell each lies in; on a shared border the lowest code has it. Nothing in it changes.

    Points are numbered by the cells they first lay in, those outside first, so those of a cell lie side by side.
    """

    order: Indices
    """The place of each point among those that were given."""
    xy: Floats
    each: Many | None
    """What each point stands for; one where there is nothing."""
    total: int
    """What all of them stand for."""
    cell: Indices
    """Of each point, as it was first matched: the place in the Locator's codes, -1 outside all."""
    codes: tuple[str, ...]
    places: Mapping[str, int]
    first: Many
    """Cell `i` had the points from `first[i + 1]` to `first[i + 2]`."""
    over: Mapping[str, Indices]
    """The points of cells that are not as they were first matched."""
    outside: Indices
    came: Mapping[str, Came]
    """Of cells where points lie that first lay elsewhere, and of outside, "": how many of those."""

    @classmethod
    def of(cls, locator: Locator, xy: Floats, each: Many | None = None) -> Landed:
        """Return points of the partition's frame, matched to the cells of a Locator; `each` as they were given."""
        cell, codes = locator.cells_of(xy), tuple(locator.codes.tolist())
        order, first = _by_cell(cell, len(codes))
        places = {code: place for place, code in enumerate(codes)}
        mine, total = (None, len(xy)) if each is None else (each[order], int(each.sum()))
        outside = np.arange(first[1], dtype=np.int32)
        return cls(order, xy[order], mine, total, cell[order], codes, places, first, {}, outside, {})

    def members(self, code: str) -> Indices:
        """Return the points in a cell, in their order; none for an unknown code."""
        found = self.over.get(code)
        if found is None:
            place = self.places.get(code)
            begin, end = (0, 0) if place is None else (self.first[place + 1], self.first[place + 2])
            found = np.arange(begin, end, dtype=np.int32)
        return found

    def many(self, points: Indices) -> int:
        """Return what these points stand for together."""
        return len(points) if self.each is None else int(self.each[points].sum())

    def anew(self, locator: Locator) -> Landed:
        """Return the points matched to the cells of another Locator; where they came from counts from the first."""
        cell, names = locator.cells_of(self.xy), locator.codes.tolist()
        order, first = _by_cell(cell, len(names))
        over = {code: order[first[at + 1] : first[at + 2]] for at, code in enumerate(names)}
        was = np.array([*(self.places.get(code, -2) for code in names), -1], dtype=np.int32)
        strange = np.unique(cell[was[cell] != self.cell])
        codes = ["" if place < 0 else names[place] for place in strange.tolist()]
        fresh = replace(self, over=over, outside=order[: first[1]], came={})
        return replace(fresh, came={code: fresh._came(code) for code in codes})

    def after(self, move: Move) -> tuple[Landed, set[str]]:
        """Return the points after land changed hands, and the codes whose points are not the same."""
        asked = self._inside([self.members(code) for code in move.codes], move.boxes)
        around = self._inside([self.outside, *(self.members(one.code) for one in move.beside)], move.boxes)
        border = around[_lowest(move.now, self.xy[around]) != ""]
        points = np.union1d(asked, border)
        found = _lowest((*move.now, *move.beside), self.xy[points])
        lent = (
            {one.code for one in move.beside if _has(self.members(one.code), border)}
            if len(border)
            else set()
        )
        return self._put(points, found, {*move.codes, *lent})

    def _inside(self, groups: Sequence[Indices], boxes: Floats) -> Indices:
        """Return which points of some groups lie in one of some boxes."""
        points = np.concatenate([self.outside[:0], *groups])
        x, y = self.xy[points].T
        found = np.zeros(len(points), dtype=np.bool_)
        for west, south, east, north in boxes.tolist():
            found |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
        return points[found]

    def _put(self, points: Indices, codes: np.ndarray, touched: set[str]) -> tuple[Landed, set[str]]:
        """Return this with `points` in the cells of `codes`, and whose points changed."""
        over, came = dict(self.over), dict(self.came)
        changed = touched | set(codes.tolist()) - {""}
        for code in changed:
            over[code] = _joined(self.members(code), points, points[codes == code])
        made = replace(self, over=over, outside=_joined(self.outside, points, points[codes == ""]), came=came)
        for code in (*changed, ""):
            came.pop(code, None)
            if found := made._came(code):
                came[code] = found
        return made, changed

    def _came(self, code: str) -> Came:
        """Return how many of the points in a cell, or outside, first lay elsewhere, and where."""
        points, place = (self.members(code), self.places.get(code, -2)) if code else (self.outside, -1)
        was = self.cell[points]
        strange = was != place
        if not strange.any():
            return {}
        from_, which = np.unique(was[strange], return_inverse=True)
        each = None if self.each is None else self.each[points[strange]]
        many = np.bincount(which, weights=each, minlength=len(from_)).astype(np.int64)
        return dict(zip(from_.tolist(), many.tolist(), strict=True))


def _by_cell(cell: Indices, cells: int) -> tuple[Indices, Many]:
    """Return points by the cell each lies in, -1 first, and how many come before those of each."""
    order = np.argsort(cell, kind="stable").astype(np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(cell + 1, minlength=cells + 1))])
    return order, first


def _has(members: Indices, points: Indices) -> bool:
    """Return whether some of `points` are members; both are sorted."""
    if not len(members):
        return False
    at = np.minimum(np.searchsorted(members, points), len(members) - 1)
    return bool((members[at] == points).any())


def _joined(members: Indices, leaving: Indices, coming: Indices) -> Indices:
    """Return sorted points without those of `leaving`, but with those of `coming`; all are sorted."""
    if len(leaving) and len(members):
        at = np.minimum(np.searchsorted(leaving, members), len(leaving) - 1)
        members = members[leaving[at] != members]
    return (
        np.sort(np.concatenate([members, coming]), kind="stable").astype(np.int32) if len(coming) else members
    )


def _boxes(was: Collection[Cell], now: Collection[Cell]) -> Floats:
    """Return boxes that hold all land whose cell is not what it was, borders included."""
    before, after = ({cell.code: cell.geometry for cell in some} for some in (was, now))
    found = []
    for code in dict.fromkeys((*before, *after)):
        if code in before and code in after:
            edges = outer((before[code], after[code]))  # land changes sides only where borders do
            found += [box([vertex for edge in edges for vertex in edge])] if edges else []
        else:
            found.append((before.get(code) or after[code]).bounds)
    return np.array(found, dtype=np.float64).reshape(-1, 4)


def _beside(boxes: Floats, now: Collection[Cell], near: Near) -> list[Cell]:
    """Return the cells of the new draft that reach into boxes and do not change, each once."""
    changed = {cell.code for cell in now}
    found: dict[str, Cell] = {}
    for west, south, east, north in boxes.tolist():
        for one in near((west - REACH, south - REACH, east + REACH, north + REACH)):
            found[one.code] = one
    return [cell for code, cell in found.items() if code not in changed]


def _lowest(cells: Collection[Cell], xy: Floats) -> np.ndarray:
    """Return the lowest code of the cells that cover each point, "" where none does."""
    ordered = sorted(cells, key=lambda cell: cell.code)
    codes = np.array([*(cell.code for cell in ordered), ""], dtype=np.str_)
    found = np.full(len(xy), len(ordered))
    left = np.arange(len(xy))
    for number, cell in enumerate(ordered):
        x, y = xy[left].T
        west, south, east, north = cell.geometry.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        if len(near):
            mine = shapely.from_wkb(
                shapely.to_wkb(cell.geometry)
            )  # to prepare one that others look at is a race
            shapely.prepare(mine)
            near = near[shapely.intersects_xy(mine, x[near], y[near])]
            found[left[near]] = number
            left = np.delete(left, near)
    named: np.ndarray = codes[found]
    return named
