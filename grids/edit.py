"""Make an edit: the next draft and how to take it back, or a refusal. Nothing is torn, whatever is asked.

Each kind of edit has a function that says what it makes of which cells; the certificate judges those alone, so an
edit costs the same in a village and in a capital.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grids import bordering, cutting, naming, restoring
from grids.certificate import Touched, certify
from grids.draft import Draft
from grids.edits import (
    AssignUnits,
    ChangeOuterBorder,
    DeleteVertex,
    Edit,
    InsertVertex,
    Merge,
    MoveOuterVertex,
    MoveVertex,
    Recode,
    Rename,
    ReshapeBorder,
    Restore,
    Split,
    Transfer,
)
from grids.refusal import Refusal, Refused
from grids.rings import Vertex

PLAN: dict[type[Edit], Callable[[Draft, Any], Touched]] = {
    MoveVertex: bordering.move_vertex,
    InsertVertex: bordering.insert_vertex,
    DeleteVertex: bordering.delete_vertex,
    ReshapeBorder: bordering.reshape_border,
    ChangeOuterBorder: bordering.change_outer_border,
    MoveOuterVertex: bordering.move_outer_vertex,
    Split: cutting.split,
    Merge: cutting.merge,
    Transfer: cutting.transfer,
    AssignUnits: naming.assign_units,
    Rename: naming.rename,
    Recode: naming.recode,
    Restore: restoring.restore,
}
"""What each kind of edit makes of which cells."""


@dataclass(frozen=True, slots=True)
class Done:
    """An edit that was made: the draft it gave, the edit that takes it back exactly, and what it touched."""

    draft: Draft
    inverse: Edit
    gone: tuple[str, ...]
    """Codes that are no longer there."""
    changed: tuple[str, ...]
    """Codes of the cells that are new or not as they were."""
    nodes: tuple[Vertex, ...]
    """Vertices that the city's outer border got or lost, each within a millimetre of its line."""


def apply(draft: Draft, edit: Edit) -> Done | Refusal:
    """Return what `edit` makes of `draft`, or why it cannot be made; `draft` itself stays as it is."""
    try:
        touched = PLAN[type(edit)](draft, edit)
        nodes = certify(draft, touched)
    except Refused as refused:
        return refused.refusal
    now = {cell.code for cell in touched.now}
    gone = tuple(cell.code for cell in touched.was if cell.code not in now)
    return Done(
        draft.changed(gone, touched.now), restoring.inverse(edit, touched), gone, tuple(sorted(now)), nodes
    )


def replay(draft: Draft, edits: Sequence[Edit]) -> Draft:
    """Return the draft after `edits`, one after the other; Refused when one cannot be made."""
    for edit in edits:
        made = apply(draft, edit)
        if isinstance(made, Refusal):
            raise Refused(made)
        draft = made.draft
    return draft
