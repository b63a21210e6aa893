"""Whereabouts of a report as planning judges them; pure."""

from __future__ import annotations

from geo_app.incidents.model import Named, Where
from geo_app.planning.model import Location, Placed, StandingCell, Verdict

MOST_CELLS = 20
"""Cells that are named when something may lie in several."""


def first(found: Location) -> Where:
    """Return where an address is, by its first candidate."""
    if not found.candidates:
        return Where(found.verdict)
    first = found.candidates[0]
    one, community = first.candidate, found.community
    touched = found.candidates if found.verdict is Verdict.UNSURE else found.candidates[:1]
    touching: dict[str, StandingCell] = {cell.cell.code: cell for every in touched for cell in every.cells}
    return Where(
        found.verdict, one.position, one.score, one.uncertainty, one.name, one.kind, one.how,
        tuple(Named(cell.cell.code, cell.cell.name) for cell in list(touching.values())[:MOST_CELLS]),
        None if community is None else Named(community.code, community.name),
    )  # fmt: skip


def of(placed: Placed) -> Verdict:
    """Return the verdict on an exact position: in a cell or outside all of them."""
    return Verdict.OUTSIDE if placed.cell_id is None else Verdict.SURE


def cells(placed: Placed) -> tuple[Named, ...]:
    """Return the cell of an exact position, none outside."""
    return () if placed.code is None or placed.name is None else (Named(placed.code, placed.name),)
