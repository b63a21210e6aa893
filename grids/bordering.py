"""Edits of borders: vertices moved, put in and taken out, and lines drawn anew.

Each function says what an edit makes of which cells; `grids.certificate` judges whether that is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shapely import Point

from grids.certificate import Touched
from grids.draft import Draft
from grids.edits import (
    Bend,
    ChangeOuterBorder,
    DeleteVertex,
    InsertVertex,
    MoveOuterVertex,
    MoveVertex,
    ReshapeBorder,
)
from grids.model import Cell
from grids.refusal import Reason, refused
from grids.rings import (
    FEWEST,
    Chain,
    Edge,
    Ring,
    Vertex,
    box,
    edge,
    edges,
    line,
    point,
    polygon,
    replaced,
    rings,
    with_inserted,
    with_moved,
    without,
)  # fmt: skip


def move_vertex(draft: Draft, edit: MoveVertex) -> Touched:
    """Move the vertex in every cell that has it."""
    cells = _around(draft, edit.at)
    return Touched(cells, _moved(draft, cells, edit))


def move_outer_vertex(draft: Draft, edit: MoveOuterVertex) -> Touched:
    """Move the vertex in every cell that has it, and with it the two edges, or four, of the outer border."""
    cells = _around(draft, edit.at)
    loose = sorted(_once(cells, edit.at))
    if not loose:
        raise refused(
            Reason.NO_VERTEX, _codes(cells), point(edit.at), "the vertex is not on the outer border"
        )
    others = [b if a == edit.at else a for a, b in loose]
    bends = tuple(Bend((edit.at, one), (edit.to, one)) for one in others)
    return Touched(cells, _moved(draft, cells, edit), bends, is_outer=True)


def insert_vertex(draft: Draft, edit: InsertVertex) -> Touched:
    """Put the vertex into the edge of both its cells."""
    where = edge(edit.start, edit.end)
    cells = _along(draft, where)
    if edit.at in where:
        raise refused(Reason.VERTEX_THERE, _codes(cells), point(edit.at), "there is a vertex already")
    return Touched(cells, reshaped(cells, lambda ring: with_inserted(ring, {where: (edit.at,)})))


def delete_vertex(draft: Draft, edit: DeleteVertex) -> Touched:
    """Take the vertex out of both its cells, unless it holds three borders together."""
    cells = _around(draft, edit.at)
    ends = {one for cell in cells for ring in rings(cell.geometry) for one in edges(ring) if edit.at in one}
    if len(ends) > 2:
        message = f"{len(ends)} borders meet at this vertex"
        raise refused(Reason.JUNCTION, _codes(cells), point(edit.at), message)
    return Touched(cells, reshaped(cells, lambda ring: without(ring, edit.at)))


def reshape_border(draft: Draft, edit: ReshapeBorder) -> Touched:
    """Draw a border between two cells anew in both."""
    cells = _with_border(draft, edit.was, edit.line)
    return Touched(cells, _redrawn(cells, edit.was, edit.line))


def change_outer_border(draft: Draft, edit: ChangeOuterBorder) -> Touched:
    """Draw a part of the outer border anew."""
    cells = _with_border(draft, edit.was, edit.line)
    if len(cells) != 1:
        raise refused(
            Reason.OUTER_BORDER, _codes(cells), line(edit.was), "this border lies between two cells"
        )
    return Touched(cells, _redrawn(cells, edit.was, edit.line), (Bend(edit.was, edit.line),), is_outer=True)


def reshaped(cells: Sequence[Cell], change: Callable[[Ring], Ring]) -> tuple[Cell, ...]:
    """Return `cells` with every ring changed; Refused where too little is left of a ring."""
    return tuple(_reshaped(cell, tuple(change(ring) for ring in rings(cell.geometry))) for cell in cells)


def _reshaped(cell: Cell, changed: Sequence[Ring]) -> Cell:
    for ring in changed:
        if len(ring) < FEWEST:
            place = point(ring[0]) if ring else Point()
            raise refused(
                Reason.TOO_SMALL, (cell.code,), place, f"a border of {cell.code} would have no area"
            )
    return replace(cell, geometry=polygon(changed))


def _around(draft: Draft, at: Vertex) -> tuple[Cell, ...]:
    cells = draft.at(at)
    if not cells:
        raise refused(Reason.NO_VERTEX, (), point(at), "no border has a vertex here")
    return cells


def _along(draft: Draft, where: Edge) -> tuple[Cell, ...]:
    cells = draft.along(where)
    if not cells:
        raise refused(Reason.NO_VERTEX, (), line(where), "no border has an edge here")
    return cells


def _moved(draft: Draft, cells: tuple[Cell, ...], edit: MoveVertex | MoveOuterVertex) -> tuple[Cell, ...]:
    if edit.at == edit.to:
        raise refused(Reason.NOTHING, _codes(cells), point(edit.at), "the vertex is there already")
    there = draft.at(edit.to)
    if there:
        raise refused(Reason.VERTEX_THERE, _codes(there), point(edit.to), "another vertex is there")
    return reshaped(cells, lambda ring: with_moved(ring, edit.at, edit.to))


def _once(cells: tuple[Cell, ...], at: Vertex) -> set[Edge]:
    """Return the edges at a vertex that only one cell has."""
    found: set[Edge] = set()
    for cell in cells:
        for ring in rings(cell.geometry):
            found.symmetric_difference_update(one for one in edges(ring) if at in one)
    return found


def _with_border(draft: Draft, was: Chain, now: Chain) -> tuple[Cell, ...]:
    """Return the cells with the border `was`; Refused when it is not the border of the same cells all along."""
    if (was[0], was[-1]) != (now[0], now[-1]):
        raise refused(Reason.MALFORMED, (), line(now), "the new line must have the ends of the old one")
    if was == now:
        raise refused(Reason.NOTHING, (), line(now), "the border lies there already")
    cells = _along(draft, edge(*was[:2]))
    inner = was[1:-1]
    for cell in draft.near(box(inner)) if inner else ():
        met = set(inner).intersection(one for ring in rings(cell.geometry) for one in ring)
        if met and all(cell is not one for one in cells):
            where = point(min(met))
            raise refused(Reason.JUNCTION, (cell.code,), where, "other borders meet inside this border")
    return cells


def _redrawn(cells: tuple[Cell, ...], was: Chain, now: Chain) -> tuple[Cell, ...]:
    def redrawn(cell: Cell) -> Cell:
        old = rings(cell.geometry)
        new = tuple(replaced(ring, was, now) or ring for ring in old)
        if new == old:
            raise refused(Reason.NO_VERTEX, (cell.code,), line(was), f"{cell.code} has no such border")
        return _reshaped(cell, new)

    return tuple(redrawn(cell) for cell in cells)


def _codes(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(cell.code for cell in cells)
