"""Which cells of a draft go on under another code: publishing keeps who answers for them.

The rule is that of publishing (`planning.lineage.same_cells`); it is asked only where cells went and codes came, and
edit by edit only around what the edit touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from geo_app.planning import lineage
from grids.model import Cell


@dataclass(frozen=True, slots=True)
class Both:
    """The cells of a base and of its draft, as far as they differ, by code."""

    was: Mapping[str, Cell]
    now: Mapping[str, Cell]


def same(both: Both, known: Mapping[str, str], touched: Collection[Cell]) -> dict[str, str]:
    """Return the base's code of each new code that is of the same cell.

    `known` is the answer before the cells `touched` changed, as they were and as they are.
    """
    gone = [cell for code, cell in both.was.items() if code not in both.now]
    new = [cell for code, cell in both.now.items() if code not in both.was]
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
    parents = _meeting(list(both.was.values()), asked)
    children = _meeting(list(both.now.values()), parents)
    found = lineage.compared(tuple(_meeting(list(both.was.values()), children)), tuple(children))
    mine = {cell.code for cell in asked}
    return kept | {code: old for code, old in lineage.same_cells(found).items() if code in mine}


def _meeting(cells: list[Cell], others: Collection[Cell]) -> list[Cell]:
    """Return which of `cells` meet one of `others`."""
    if not cells or not others:
        return []
    tree = shapely.STRtree([cell.geometry for cell in cells])
    _, at = tree.query([cell.geometry for cell in others], predicate="intersects")
    return [cells[place] for place in np.unique(at).tolist()]
