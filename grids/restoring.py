"""Taking an edit back: the cells it touched become exactly what they were, vertex by vertex and ring by ring."""

from __future__ import annotations

from collections.abc import Sequence

from shapely import Point

from grids.certificate import Touched
from grids.draft import Draft
from grids.edits import AssignUnits, Bend, Edit, Kept, MoveOuterVertex, MoveVertex, Recode, Rename, Restore
from grids.model import Cell
from grids.refusal import Reason, refused
from grids.rings import FEWEST, polygon, rings


def inverse(edit: Edit, touched: Touched) -> Edit:
    """Return the edit that takes back `edit`, which did what `touched` says.

    Where an edit of the same kind gives back every bit, it is that one: it can still be made when something else
    about the cells has been changed meanwhile.
    """
    if isinstance(edit, MoveVertex | MoveOuterVertex):
        return type(edit)(edit.to, edit.at)
    if isinstance(edit, Recode):
        return Recode(edit.to, edit.code)
    if isinstance(edit, Rename):
        return Rename(edit.code, touched.was[0].name)
    if isinstance(edit, AssignUnits):
        return AssignUnits({cell.code: cell.community for cell in touched.was})
    back = tuple(Bend(bend.now, bend.was) for bend in touched.outer)
    return Restore(_kept(touched.now), _kept(touched.was), back, touched.is_outer)


def restore(draft: Draft, edit: Restore) -> Touched:
    """Put the cells back; Refused when one of them has been changed since."""
    for kept in edit.over:
        if kept.code not in draft.cells or _of(draft.cells[kept.code]) != kept:
            place = draft.cells[kept.code].geometry if kept.code in draft.cells else Point()
            raise refused(Reason.NO_SUCH_CELL, (kept.code,), place, f"{kept.code} has been changed since")
    over = {kept.code for kept in edit.over}
    for kept in edit.cells:
        if kept.code in draft.cells and kept.code not in over:
            place = draft.cells[kept.code].geometry
            raise refused(Reason.CODE_IN_USE, (kept.code,), place, f"another cell has the code {kept.code}")
    was = tuple(draft.cells[kept.code] for kept in edit.over)
    return Touched(was, tuple(_cell(kept) for kept in edit.cells), edit.outer, edit.is_outer)


def _kept(cells: Sequence[Cell]) -> tuple[Kept, ...]:
    return tuple(_of(cell) for cell in cells)


def _of(cell: Cell) -> Kept:
    return Kept(cell.code, cell.name, cell.community, rings(cell.geometry))


def _cell(kept: Kept) -> Cell:
    if any(len(ring) < FEWEST or ring[0] != ring[-1] for ring in kept.rings) or not kept.rings:
        raise refused(Reason.MALFORMED, (kept.code,), Point(), f"the rings of {kept.code} are not closed")
    return Cell(kept.code, kept.name, kept.community, polygon(kept.rings))
