"""Where the land of every cell came from when a release began, and in which shares.

Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from geo_app.planning.changes import Descent, Lineage
from grids import compare
from grids.compare import Change, Comparison, Link
from grids.model import Cell, Partition

Moves = Mapping[tuple[str | None, str | None], int]
"""How many lie in a cell before and in one after, by both their codes, None outside all."""
LEAST_SHARE = 0.05
"""Of a new cell or of an earlier one: land that is less of both is a border drawn a little otherwise, and no origin."""


class Shares:
    """Which share of what lay in a cell lies in another now."""

    def __init__(self, moves: Moves) -> None:
        self._moves, self._whole = moves, Counter[str | None]()
        for (before, _), many in moves.items():
            self._whole[before] += many

    def of(self, old: str, new: str) -> float | None:
        """Return the share of what was in the cell `old` that is in `new`; None when nothing was."""
        return self._moves.get((old, new), 0) / self._whole[old] if self._whole[old] else None


@dataclass(frozen=True, slots=True)
class Moved:
    """The shares of incidents and of households."""

    incidents: Shares
    households: Shares


def compared(was: Sequence[Cell], opened: Sequence[Cell]) -> Comparison:
    """Return what became of the cells that end, in those that begin: the others are what they were."""
    return compare.compare(Partition.of(list(was)), Partition.of(list(opened)))


def same_cells(found: Comparison) -> dict[str, str]:
    """Return the old code of each new one that is of the same cell: of several that one turned into, the largest."""
    land = {(link.old, link.new): link.area for link in found.lineage}
    best: dict[str, str] = {}
    for new, old in sorted(found.recoded.items()):
        rival = best.get(old)
        if rival is None or land.get((old, new), 0.0) > land.get((old, rival), 0.0):
            best[old] = new
    return {new: old for old, new in best.items()}


@dataclass(frozen=True, slots=True)
class Origins:
    """Who answers for cells after a release: the one rule, for what is published and for what is told of a plan.

    Who answers for a cell answers for it as long as it stands, whatever land it wins or loses, also under another
    code, and when a release goes back to it: cells merged into one of them are of who answers for that one. A cell
    that never was before is of all who answer for the cells its land comes from: for a piece those of the cell that
    was cut, for cells merged under a new code those of each.
    """

    same: Mapping[str, str]
    """The old code of each new one that is of the same cell."""
    land: Mapping[str, tuple[str, ...]]
    """The cells from which the land of each new code comes, of the same cell or not."""

    @classmethod
    def of(cls, found: Comparison) -> Origins:
        """Return where the cells of a comparison come from."""
        given = defaultdict[str, list[Link]](list)
        for link in found.lineage:
            given[link.new].append(link)
        land = {code: _most(some) for code, some in given.items()}
        return cls(same_cells(found), land | {code: (old,) for code, old in found.twins.items()})

    def get(self, code: str) -> tuple[str, ...]:
        """Return the old cells whose people answer for a code that none had before."""
        return (self.same[code],) if code in self.same else self.land.get(code, ())


NO_ORIGINS = Origins({}, {})


def _most(given: Sequence[Link]) -> tuple[str, ...]:
    """Return which cells a cell has more of than a border drawn a little otherwise; of several slivers the largest."""
    shares = {link.old: max(link.share_of_old, link.share_of_new) for link in given}
    least = min(LEAST_SHARE, max(shares.values()))
    return tuple(old for old, share in sorted(shares.items()) if share >= least)


def heirs(found: Comparison, ids: Mapping[str, int], known: Collection[str]) -> dict[int, tuple[int, ...]]:
    """Return the cells whose people answer for each cell that never was: its code is none of the `known`, nor its own.

    `ids` are the cells of all codes before and after.
    """
    origins = Origins.of(found)
    new = [code for code in ids if code not in known and code not in origins.same]
    return {ids[code]: tuple(ids[old] for old in origins.get(code)) for code in new}


def links(found: Comparison, opened: Sequence[Cell], ids: Mapping[str, int], moved: Moved) -> list[Lineage]:
    """Return the lineage of a release; `ids` are the cells of all codes in it."""
    told = [_of_land(found, link, ids, moved) for link in found.lineage]
    with_land = {link.new for link in found.lineage}
    for cell in opened:
        if cell.code not in with_land:
            told += _of_words(found, cell, ids, moved)
    return told


def _of_land(found: Comparison, link: Link, ids: Mapping[str, int], moved: Moved) -> Lineage:
    changes = found.changes.get(link.new, frozenset())
    if Change.SPLIT in changes:
        kind = Descent.SPLIT
    elif Change.MERGED in changes:
        kind = Descent.MERGE
    else:
        kind = Descent.RESHAPE if ids[link.new] == ids[link.old] else Descent.TRANSFER
    of_old, of_new = min(link.share_of_old, 1.0), min(link.share_of_new, 1.0)
    return Lineage(
        ids[link.new], link.new, ids[link.old], link.old, kind, link.area, of_old, of_new,
        moved.households.of(link.old, link.new), moved.incidents.of(link.old, link.new),
    )  # fmt: skip


def _of_words(found: Comparison, cell: Cell, ids: Mapping[str, int], moved: Moved) -> list[Lineage]:
    """Return the lineage of a cell whose border nobody changed: it is what it was, with other words."""
    changes = found.changes.get(cell.code, frozenset())
    if Change.ADDED in changes or not changes:
        return []
    old = found.recoded.get(cell.code, cell.code)
    if Change.RECODED in changes:
        kind = Descent.RECODE
    else:
        kind = Descent.REASSIGN if Change.REASSIGNED in changes else Descent.RENAME
    shares = moved.households.of(old, cell.code), moved.incidents.of(old, cell.code)
    return [Lineage(ids[cell.code], cell.code, ids[old], old, kind, cell.area, 1.0, 1.0, *shares)]
