"""Edits that leave every border where it is: units, names and codes of cells."""

from __future__ import annotations

from dataclasses import replace

from shapely import Point

from grids.certificate import Touched
from grids.draft import Draft
from grids.edits import AssignUnits, Recode, Rename
from grids.model import Cell
from grids.refusal import Reason, refused


def assign_units(draft: Draft, edit: AssignUnits) -> Touched:
    """Give each cell its unit; cells that belong to it already are left out."""
    cells = tuple(_cell(draft, code) for code in sorted(edit.units))
    was = tuple(cell for cell in cells if cell.community != edit.units[cell.code])
    if not was:
        raise refused(
            Reason.NOTHING, tuple(sorted(edit.units)), Point(), "all cells belong to these units already"
        )
    return Touched(was, tuple(replace(cell, community=edit.units[cell.code]) for cell in was))


def rename(draft: Draft, edit: Rename) -> Touched:
    """Give the cell its name."""
    cell = _cell(draft, edit.code)
    if cell.name == edit.name:
        raise refused(Reason.NOTHING, (cell.code,), cell.geometry, f"{cell.code} is called that already")
    return Touched((cell,), (replace(cell, name=edit.name),))


def recode(draft: Draft, edit: Recode) -> Touched:
    """Give the cell its code."""
    cell = _cell(draft, edit.code)
    if edit.to == edit.code:
        raise refused(Reason.NOTHING, (cell.code,), cell.geometry, f"{cell.code} is its code already")
    if edit.to in draft.cells:
        place = draft.cells[edit.to].geometry
        raise refused(Reason.CODE_IN_USE, (edit.to,), place, f"another cell has the code {edit.to}")
    return Touched((cell,), (replace(cell, code=edit.to),))


def _cell(draft: Draft, code: str) -> Cell:
    if code not in draft.cells:
        raise refused(Reason.NO_SUCH_CELL, (code,), Point(), f"there is no cell {code}")
    return draft.cells[code]
