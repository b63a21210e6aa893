"""Where the new codes of a draft come from: publishing keeps who answers for cells, and new cells have who answers.

The rule is that of publishing (`planning.lineage.Origins`); it is asked only where codes came, and edit by edit only
around what the edit touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo_app.planning import lineage
from geo_app.planning.lineage import NO_ORIGINS, Origins
from grids.model import Cell


@dataclass(frozen=True, slots=True)
class Both:
    """The cells of a base and of its draft, as far as they differ, by code."""

    was: Mapping[str, Cell]
    now: Mapping[str, Cell]


def origins(both: Both, known: Origins, touched: Collection[Cell]) -> Origins:
    """Return where new codes come from.

    `known` is the answer before the cells `touched` changed, as they were and as they are.
    """
    new = [cell for code, cell in both.now.items() if code not in both.was]
    if not new:
        return NO_ORIGINS
    return Origins(_same(both, new, known.same, touched), _land(both, new, known.land, touched))


def _land(
    both: Both, new: Sequence[Cell], known: Mapping[str, tuple[str, ...]], touched: Collection[Cell]
) -> dict[str, tuple[str, ...]]:
    """Return the cells each new code has its land from; that is a matter of its own land only."""
    others = {cell.code for cell in touched}
    asked = [cell for cell in new if cell.code in others or cell.code not in known]
    found = {cell.code: known[cell.code] for cell in new if cell.code not in others and cell.code in known}
    if not asked:
        return found
    compared = lineage.compared(_meeting(both.was.values(), asked), asked)
    return found | {cell.code: () for cell in asked} | dict(Origins.of(compared).land)


def _same(
    both: Both, new: Sequence[Cell], known: Mapping[str, str], touched: Collection[Cell]
) -> dict[str, str]:
    """Return the base's code of each new code that is of the same cell."""
    gone = [cell for code, cell in both.was.items() if code not in both.now]
    heirs = _meeting(new, gone)
    if not heirs:
        return {}
    everything = [*both.was.values(), *both.now.values()]
    near = {id(cell) for cell in _meeting(everything, _meeting(everything, touched))}
    asked = [cell for cell in heirs if id(cell) in near]
    others = {cell.code for cell in heirs} - {cell.code for cell in asked}
    kept = {code: old for code, old in known.items() if code in others}
    if not asked:
        return kept
    parents = _meeting(both.was.values(), asked)
    children = _meeting(both.now.values(), parents)
    found = lineage.compared(_meeting(both.was.values(), children), children)
    mine = {cell.code for cell in asked}
    return kept | {code: old for code, old in lineage.same_cells(found).items() if code in mine}


def _meeting(some: Collection[Cell], others: Collection[Cell]) -> list[Cell]:
    """Return which of some cells meet one of `others`."""
    if not some or not others:
        return []
    cells = list(some)
    tree = shapely.STRtree([cell.geometry for cell in cells])
    _, at = tree.query([cell.geometry for cell in others], predicate="intersects")
    return [cells[place] for place in np.unique(at).tolist()]
