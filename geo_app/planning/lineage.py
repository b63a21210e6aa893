"""Where the land of every cell came from when a release began, and in which shares.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from geo_app.planning.changes import Descent, Lineage
from grids import compare
from grids.compare import Change, Comparison, Link
from grids.model import Cell, Partition

Share = Callable[[str, str], float | None]


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


def links(
    found: Comparison, opened: Sequence[Cell], ids: Mapping[str, int],
    incidents: Sequence[tuple[str | None, str | None]],
) -> list[Lineage]:  # fmt: skip
    """Return the lineage of a release; `ids` are the cells of all codes in it.

    `incidents` are the codes of the cells each incident lay in before and lies in now.
    """
    moves, whole = Counter(incidents), Counter(before for before, _ in incidents)

    def share(old: str, new: str) -> float | None:
        return moves[old, new] / whole[old] if whole[old] else None

    told = [_of_land(found, link, ids, share(link.old, link.new)) for link in found.lineage]
    with_land = {link.new for link in found.lineage}
    for cell in opened:
        if cell.code not in with_land:
            told += _of_words(found, cell, ids, share)
    return told


def _of_land(found: Comparison, link: Link, ids: Mapping[str, int], incidents: float | None) -> Lineage:
    changes = found.changes.get(link.new, frozenset())
    if Change.SPLIT in changes:
        kind = Descent.SPLIT
    elif Change.MERGED in changes:
        kind = Descent.MERGE
    else:
        kind = Descent.RESHAPE if ids[link.new] == ids[link.old] else Descent.TRANSFER
    of_old, of_new = min(link.share_of_old, 1.0), min(link.share_of_new, 1.0)
    return Lineage(
        ids[link.new], link.new, ids[link.old], link.old, kind, link.area, of_old, of_new, None, incidents
    )


def _of_words(found: Comparison, cell: Cell, ids: Mapping[str, int], share: Share) -> list[Lineage]:
    """Return the lineage of a cell whose border nobody changed: it is what it was, with other words."""
    changes = found.changes.get(cell.code, frozenset())
    if Change.ADDED in changes or not changes:
        return []
    old = found.recoded.get(cell.code, cell.code)
    if Change.RECODED in changes:
        kind = Descent.RECODE
    else:
        kind = Descent.REASSIGN if Change.REASSIGNED in changes else Descent.RENAME
    incidents = share(old, cell.code)
    return [Lineage(ids[cell.code], cell.code, ids[old], old, kind, cell.area, 1.0, 1.0, None, incidents)]
