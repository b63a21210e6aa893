"""Edits of land: a cell split by a line, cells merged, a piece of a cell given to a neighbour.

The line is noded with the border of its cell on the millimetre grid, so it may pass through vertices or run along
the border. Where it meets the border the neighbour gets the same node; on the city's outer border the node is listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import shapely
from shapely import Polygon

from grids.bordering import reshaped
from grids.certificate import Touched
from grids.draft import Draft
from grids.edits import Bend, Merge, Split, Transfer
from grids.model import MILLIMETRE, Cell, on_millimetres
from grids.refusal import Reason, refused
from grids.rings import Chain, Edge, Vertex, edge, edges, line, outer, point, rings, with_inserted


@dataclass(frozen=True, slots=True)
class _Cut:
    """A cell in pieces, west to east and north to south, and the nodes that its border got by edge."""

    cell: Cell
    pieces: tuple[Polygon, ...]
    nodes: dict[Edge, Chain]
    neighbours: tuple[Cell, ...]
    """The cells beside, as they are, that get nodes too."""
    bends: tuple[Bend, ...]
    """The nodes on the outer border."""


def split(draft: Draft, edit: Split) -> Touched:
    """Cut the cell; every piece keeps its unit, and the one that keeps its code keeps its name."""
    cut = _cut(draft, _cell(draft, edit.code), edit.line)
    if len(cut.pieces) != len(edit.codes):
        message = (
            f"the line cuts {edit.code} in {len(cut.pieces)} pieces, and there are {len(edit.codes)} codes"
        )
        raise refused(Reason.PIECES, (edit.code,), line(edit.line), message)
    for number, code in enumerate(edit.codes):
        if code in edit.codes[:number] or (code != edit.code and code in draft.cells):
            raise _in_use(code, cut.pieces[number])
    pieces = tuple(
        replace(cut.cell, code=code, name=cut.cell.name if code == edit.code else "", geometry=piece)
        for code, piece in zip(edit.codes, cut.pieces, strict=True)
    )
    return Touched((cut.cell, *cut.neighbours), (*pieces, *_with_nodes(cut, cut.neighbours)), cut.bends)


def pieces(draft: Draft, code: str, drawn: Chain) -> tuple[Polygon, ...]:
    """Return what a line cuts a cell into, in the order in which a split gives codes; Refused when it cuts nothing."""
    return _cut(draft, _cell(draft, code), drawn).pieces


def transfer(draft: Draft, edit: Transfer) -> Touched:
    """Cut the cell, give the piece with the place `at` to the neighbour, and leave the rest one cell."""
    giver, taker = _cell(draft, edit.code), _cell(draft, edit.to)
    if giver is taker:
        raise refused(Reason.NOTHING, (edit.code,), line(edit.line), "a cell gives nothing to itself")
    cut = _cut(draft, giver, edit.line)
    place = point(edit.at)
    chosen = [piece for piece in cut.pieces if shapely.contains(piece, place)]
    if len(chosen) != 1:
        raise refused(Reason.NO_CUT, (edit.code,), place, f"the place is not inside a piece of {edit.code}")
    rest = [piece for piece in cut.pieces if piece is not chosen[0]]
    others = tuple(one for one in cut.neighbours if one is not taker)
    (grown,) = _with_nodes(cut, (taker,))
    now = (
        replace(giver, geometry=_united(rest, (edit.code,))),
        replace(taker, geometry=_united([grown.geometry, *chosen], (edit.code, edit.to))),
        *_with_nodes(cut, others),
    )
    return Touched((giver, taker, *others), now, cut.bends)


def merge(draft: Draft, edit: Merge) -> Touched:
    """Make one cell of several that hang together."""
    cells = tuple(_cell(draft, code) for code in edit.codes)
    if len(set(edit.codes)) != len(cells) or len(cells) < 2:
        raise refused(
            Reason.NOTHING, edit.codes, shapely.Point(), "a merge takes two different cells or more"
        )
    if edit.into in edit.codes:
        kept = draft.cells[edit.into]
    elif edit.into in draft.cells:
        raise _in_use(edit.into, draft.cells[edit.into].geometry)
    else:
        kept = replace(cells[0], code=edit.into, name="")
    return Touched(cells, (replace(kept, geometry=_united([one.geometry for one in cells], edit.codes)),))


def _cell(draft: Draft, code: str) -> Cell:
    if code not in draft.cells:
        raise refused(Reason.NO_SUCH_CELL, (code,), shapely.Point(), f"there is no cell {code}")
    return draft.cells[code]


def _in_use(code: str, place: Polygon) -> Exception:
    return refused(Reason.CODE_IN_USE, (code,), place, f"another cell has the code {code}")


def _united(pieces: Sequence[Polygon], codes: tuple[str, ...]) -> Polygon:
    """Return pieces that match vertex by vertex as one polygon, every vertex of the outer linework kept.

    They need not match where a node bent a border across another one less than a millimetre away.
    """
    try:
        union = shapely.normalize(shapely.transform(shapely.coverage_union_all(pieces), on_millimetres))
    except shapely.errors.GEOSException as error:
        message = f"the line ends too near another border of {codes[-1]}"
        raise refused(Reason.TOO_CLOSE, codes, pieces[-1], message) from error
    if not isinstance(union, Polygon):
        kind, message = Reason.IN_PARTS, f"what is left of {codes[0]} would be in parts"
        if len(codes) > 1:
            kind, message = Reason.NOT_NEIGHBOURS, f"{', '.join(codes)} have no border in common"
        raise refused(kind, codes, union, message)
    return union


def _cut(draft: Draft, cell: Cell, drawn: Chain) -> _Cut:
    """Return `cell` cut along the line; Refused when it stays in one piece."""
    cutter = line(drawn)
    noded = shapely.union_all([cell.geometry.boundary, cutter], grid_size=MILLIMETRE)
    noded = shapely.transform(noded, on_millimetres)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = faces[shapely.contains(cell.geometry, shapely.point_on_surface(faces))]
    if len(inside) < 2:
        raise refused(Reason.NO_CUT, (cell.code,), cutter, f"the line does not cut {cell.code} in pieces")
    pieces = sorted(cast("list[Polygon]", shapely.normalize(inside).tolist()), key=_order)
    nodes = _nodes(cell, pieces)
    neighbours: dict[str, Cell] = {}
    bends = []
    for one, between in sorted(nodes.items()):
        others = [other for other in draft.along(one) if other.code != cell.code]
        neighbours.update((other.code, other) for other in others)
        if not others:
            bends.append(Bend(one, (one[0], *between, one[1])))
    return _Cut(cell, tuple(pieces), nodes, tuple(neighbours.values()), tuple(bends))


def _order(piece: Polygon) -> tuple[float, float]:
    """Return what sorts pieces west to east, and north to south where they are equally far west."""
    west, _, _, north = piece.bounds
    return west, -north


def _nodes(cell: Cell, pieces: Sequence[Polygon]) -> dict[Edge, Chain]:
    """Return the vertices that each edge of the cell's border got, from its lesser end on."""
    before = {one for ring in rings(cell.geometry) for one in edges(ring)}
    after = outer(pieces)
    beside: dict[Vertex, list[Vertex]] = {}
    for a, b in after - before:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    old = {vertex for one in before for vertex in one}
    return {one: _between(cell, one, beside, old) for one in before - after}


def _between(cell: Cell, one: Edge, beside: dict[Vertex, list[Vertex]], old: set[Vertex]) -> Chain:
    """Return the new vertices on the way from one end of an edge to the other."""
    for first in beside.get(one[0], ()):
        chain = [one[0], first]
        while chain[-1] not in old:
            onward = [vertex for vertex in beside[chain[-1]] if vertex not in chain]
            if len(onward) != 1:
                break
            chain += onward
        if chain[-1] == one[1] and len(chain) > 2 and edge(chain[0], chain[-1]) == one:
            return tuple(chain[1:-1])
    message = f"the line bends the border of {cell.code} to another vertex of it"
    raise refused(Reason.TOO_CLOSE, (cell.code,), line(one), message)


def _with_nodes(cut: _Cut, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    return reshaped(cells, lambda ring: with_inserted(ring, cut.nodes))
