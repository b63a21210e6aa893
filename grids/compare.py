"""What became of every cell between two partitions: kept, split, merged, moved, renamed, recoded, given to a unit.

A border that moved is one thing, a name or a code that changed another: nobody should read of new borders where only
a name is new. Where the land of a cell went, and in which shares, is its lineage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from grids.model import MILLIMETRE, Cell, Partition


class Change(StrEnum):
    """What can have happened to a cell; to its land one of the first six, and any of the last three beside it."""

    KEPT = "kept"
    """Its land is what it was, but for nodes on its border."""
    SPLIT = "split"
    """It is a piece of an old cell, all of whose land went to such pieces."""
    MERGED = "merged"
    """All the land of two old cells or more is in it, and no other."""
    MOVED = "moved"
    """Its border lies elsewhere."""
    ADDED = "added"
    """No old cell had any of its land."""
    REMOVED = "removed"
    """No new cell has any of its land."""
    RENAMED = "renamed"
    RECODED = "recoded"
    REASSIGNED = "reassigned"
    """It belongs to another unit."""


@dataclass(frozen=True, slots=True)
class Link:
    """Land that went from an old cell to a new one: square metres, and the shares of both that it is."""

    old: str
    new: str
    area: float
    share_of_old: float
    share_of_new: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed, by code: of the new cells, and of the old ones whose code is gone; what is the same is left out.

    `lineage` has the land of every cell whose polygon is not the same, in order of codes.
    """

    changes: Mapping[str, frozenset[Change]]
    gone: Mapping[str, frozenset[Change]]
    lineage: tuple[Link, ...]
    kept: int
    """New cells with the land of one old cell, whatever their names and codes are."""
    recoded: Mapping[str, str]
    """The old code of each new cell that only has another code."""
    twins: Mapping[str, str]
    """The old code of each new cell whose polygon an old one had: of these `lineage` has nothing."""


def compare(old: Partition, new: Partition) -> Comparison:
    """Return what became of the cells of `old` in `new`; both are whole and lie in the same frame."""
    twins = _twins(old, new)
    taken = set(twins.values())
    left = [cell for code, cell in old.cells.items() if code not in taken]
    now = [cell for code, cell in new.cells.items() if code not in twins]
    land = _Land(left, now)
    parents = {code: old.cells[twin] for code, twin in twins.items()}
    lands = dict.fromkeys(twins, Change.KEPT)
    for cell in now:
        lands[cell.code] = land.of_new(cell.code)
        parent = land.parent(cell.code)
        if parent is not None:
            parents[cell.code] = old.cells[parent]
    changes = {code: _changes(cell, lands[code], parents.get(code), new) for code, cell in new.cells.items()}
    gone = {cell.code: frozenset({land.of_old(cell.code)}) for cell in left if cell.code not in new.cells}
    gone |= {code: frozenset({Change.RECODED}) for code in taken if code not in new.cells}
    return Comparison(
        {code: found for code, found in changes.items() if found},
        dict(sorted(gone.items())),
        land.links,
        sum(one is Change.KEPT for one in lands.values()),
        {code: parents[code].code for code, found in changes.items() if Change.RECODED in found},
        twins,
    )


def _changes(cell: Cell, land: Change, parent: Cell | None, new: Partition) -> frozenset[Change]:
    """Return what happened to a new cell whose land came, or came mostly, from `parent`."""
    found = {land} - {Change.KEPT}
    if parent is not None:
        is_it = parent.code == cell.code or (
            land in {Change.KEPT, Change.MOVED} and parent.code not in new.cells
        )
        if is_it and parent.code != cell.code:
            found.add(Change.RECODED)
        if is_it and parent.name != cell.name:
            found.add(Change.RENAMED)
        if parent.community != cell.community:
            found.add(Change.REASSIGNED)
    return frozenset(found)


def _twins(old: Partition, new: Partition) -> dict[str, str]:
    """Return the old code of each new cell whose polygon an old cell had, wherever its ring begins."""
    same = {
        code: code
        for code, cell in new.cells.items()
        if code in old.cells and old.cells[code].geometry is cell.geometry
    }
    taken = set(same.values())
    rest = [cell for code, cell in old.cells.items() if code not in taken]
    ask = [cell for code, cell in new.cells.items() if code not in same]
    shapes = {shape: cell.code for cell, shape in zip(rest, _texts(rest), strict=True)}
    for cell, shape in zip(ask, _texts(ask), strict=True):
        if shape in shapes:
            same[cell.code] = shapes[shape]
    return same


def _texts(cells: list[Cell]) -> list[bytes]:
    shapes = np.array([cell.geometry for cell in cells], dtype=object)
    return list(shapely.to_wkb(shapely.normalize(shapes)))


def _links(old: list[Cell], new: list[Cell]) -> tuple[Link, ...]:
    """Return the land that each pair has in common.

    A node on a straight border bends it by up to half a millimetre: so little land is none.
    """
    if not old or not new:
        return ()
    was = np.array([cell.geometry for cell in old], dtype=object)
    now = np.array([cell.geometry for cell in new], dtype=object)
    at, of = shapely.STRtree(was).query(now, predicate="intersects")
    areas = shapely.area(shapely.intersection(was[of], now[at]))
    least = MILLIMETRE * np.minimum(shapely.length(was[of]), shapely.length(now[at]))
    whole_old, whole_new = shapely.area(was), shapely.area(now)
    found = [
        Link(old[b].code, new[a].code, area, area / whole_old[b], area / whole_new[a])
        for a, b, area, limit in zip(at.tolist(), of.tolist(), areas.tolist(), least.tolist(), strict=True)
        if area > min(limit, whole_old[b] / 2, whole_new[a] / 2)
    ]
    return tuple(sorted(found, key=lambda link: (link.old, link.new)))


class _Land:
    """The land that went from some old cells to some new ones."""

    def __init__(self, old: list[Cell], new: list[Cell]) -> None:
        self.links = _links(old, new)
        self._slack = [_slack(old), _slack(new)]
        self._children, self._parents = defaultdict[str, list[Link]](list), defaultdict[str, list[Link]](list)
        for link in self.links:
            self._children[link.old].append(link)
            self._parents[link.new].append(link)

    def parent(self, code: str) -> str | None:
        """Return the old cell of the same code if it gave land to a new one, else the one that gave most."""
        found = self._parents[code]
        return max(found, key=lambda link: (link.old == code, link.area, link.old)).old if found else None

    def of_new(self, code: str) -> Change:
        """Return what the land of a new cell is."""
        parents = self._parents[code]
        if not parents:
            return Change.ADDED
        if not self._is_covered(code):
            return Change.MOVED
        if len(parents) > 1:
            only = all(len(self._children[one.old]) == 1 and self._is_used(one.old) for one in parents)
            return Change.MERGED if only else Change.MOVED
        children = self._children[parents[0].old]
        if not self._is_used(parents[0].old) or any(len(self._parents[one.new]) > 1 for one in children):
            return Change.MOVED
        return Change.SPLIT if len(children) > 1 else Change.KEPT

    def of_old(self, code: str) -> Change:
        """Return what became of the land of an old cell whose code is gone."""
        children = self._children[code]
        if not children:
            return Change.REMOVED
        found = {self.of_new(link.new) for link in children}
        if len(found) > 1:
            return Change.MOVED
        return Change.RECODED if found == {Change.KEPT} else found.pop()

    def _is_covered(self, code: str) -> bool:
        return sum(link.share_of_new for link in self._parents[code]) >= 1 - self._slack[1][code]

    def _is_used(self, code: str) -> bool:
        return sum(link.share_of_old for link in self._children[code]) >= 1 - self._slack[0][code]


def _slack(cells: list[Cell]) -> dict[str, float]:
    """Return the share of each cell's land that nodes on its border can have moved."""
    return {cell.code: MILLIMETRE * cell.geometry.length / cell.area for cell in cells}
