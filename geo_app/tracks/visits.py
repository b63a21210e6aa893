"""Visits (经过): through which cells somebody's way led, from when to when, so that no error of a receiver is a visit.

Where cells meet, nobody can say in which of them somebody is: a receiver errs, and streets that part two cells are
walked on their border. So a cell is left only for good reason. One is *out* of a cell while one is farther from it
than the doubt there (`Way.doubt`): the way a receiver says it errs, or how exactly roads and cells are drawn where
the way follows a road; beside roads one is out between two positions only when one is at both, so one wrong position
is nothing. One has left a cell when, all the time out of it, one

- stayed so for `Patience.seconds`: error of a receiver does not stay that far away for that long; or
- went `Patience.metres` along a road, however quickly: on roads errors have been taken out; or
- did half of that, and the way ends.

Then the visit ended where the way last crossed its border, and the next cell is the one in which one came out of it: a
corner that is cut within the doubt stays with the cell before. So does a stretch beside roads with one position only,
when that lies farther than the doubt off the straight line between its neighbours: a receiver errs far now and then.
All else is the cell one was in. From nowhere (outside all cells) one comes into a cell by the same rule, out of nowhere
being as deep in a cell as the doubt. The first cell is the first one somebody is deep in, when they soon are or may
have been there from the beginning; of who is deep in none, the one they were in for longest.
Pure; metric coordinates, seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Things = NDArray[np.object_]

NOWHERE = -1
NOBODY = Polygon()
STEP = 5.0
"""Metres of a way that are looked at as one."""
CHUNK = 64
"""Pieces looked at before it is asked whether that was enough."""


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds, or metres along roads, one is out of a cell without a break before one has left it."""

    seconds: float
    metres: float


@dataclass(frozen=True, slots=True)
class Way:
    """Where somebody was, in straight lines from moment to moment; `seconds` ascend, a halt is a line of no length.

    From each vertex to the next one it follows a road or not, and is in doubt by so many metres.
    """

    xy: Floats
    seconds: Floats
    doubt: Floats
    on_road: Flags


class Crossed(NamedTuple):
    """A stretch of a way in one cell, in metres along it; `cell` is its place among the shapes."""

    cell: int
    enter: float
    leave: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in one cell from a moment to another, and the metres gone there; NOWHERE outside all."""

    cell: int
    enter: float
    leave: float
    metres: float


class _Pieces(NamedTuple):
    """A way cut where it bends, crosses a border or gets long."""

    middles: Things
    froms: Things
    """The vertex of the way before it, and the one after it."""
    tos: Things
    metres: Floats
    begins: Floats
    ends: Floats
    """Seconds."""
    doubt: Floats
    on_road: Flags
    cell: Numbers
    segment: Numbers
    """The line of the way, from vertex to vertex, that a piece is part of."""


def of(way: Way, crossed: Sequence[Crossed], shapes: Sequence[Polygon], patience: Patience) -> list[Visit]:
    """Return the visits of a way in order; what it crosses is given in order, and the shapes of those cells."""
    pieces = _cut(way, crossed)
    count = len(pieces.cell)
    if not count:
        return []
    found: list[Visit] = []
    here, start, at = _begin(pieces, shapes, patience), 0, 0
    while at < count:
        away = np.flatnonzero(pieces.cell[at:] != here)
        if not len(away):
            break
        leave = at + int(away[0])
        inside = np.flatnonzero(pieces.cell[leave:] == here)
        back = leave + int(inside[0]) if len(inside) else count
        following = _left(pieces, here, (leave, back), shapes, patience)
        if following is None:
            at = back
            continue
        found.append(_visit(pieces, here, start, following))
        here, start, at = int(pieces.cell[following]), following, following
    found.append(_visit(pieces, here, start, count))
    return [visit for visit in found if visit.cell != NOWHERE]


def _left(
    pieces: _Pieces, here: int, absence: tuple[int, int], shapes: Sequence[Polygon], patience: Patience
) -> int | None:
    """Return where the next visit begins when `here` was left in an absence from it, None when it was not."""
    first, last = absence
    seconds = metres = 0.0
    since = first
    for begin in range(first, last, CHUNK):
        part = slice(begin, min(begin + CHUNK, last))
        outs = _is_out(pieces, here, part, shapes).tolist()
        spans = (pieces.ends - pieces.begins)[part].tolist()
        roads = np.where(pieces.on_road[part], pieces.metres[part], 0.0).tolist()
        for piece, (out, span, road) in enumerate(zip(outs, spans, roads, strict=True), begin):
            seconds, metres, since = (seconds + span, metres + road, since) if out else (0.0, 0.0, piece + 1)
            if out and (seconds >= patience.seconds or metres >= patience.metres):
                return _run(pieces, (first, last), since)
    is_over = last == len(pieces.cell) and since < last
    if is_over and (2 * seconds >= patience.seconds or 2 * metres >= patience.metres):
        return _run(pieces, (first, last), since)
    return None


def _run(pieces: _Pieces, absence: tuple[int, int], piece: int) -> int | None:
    """Return where the stretch in one cell begins that a piece belongs to, or the next one after a wrong position.

    It begins in the absence; None when nothing else is in it.
    """
    first, last = absence
    changes = first + 1 + np.flatnonzero(np.diff(pieces.cell[first:last]))
    begins = np.concatenate([[first], changes])
    for number in range(int(np.searchsorted(begins, piece, side="right")) - 1, len(begins)):
        begin = int(begins[number])
        end = int(begins[number + 1]) if number + 1 < len(begins) else last
        if not _is_wrong(pieces, begin, end):
            return begin
    return None


def _is_wrong(pieces: _Pieces, begin: int, end: int) -> bool:
    """Tell whether a stretch beside roads holds one position only, and that one farther off the way than the doubt.

    A body that was there would have gone there and back between two positions: it is an error of the receiver.
    """
    if pieces.segment[end - 1] - pieces.segment[begin] != 1 or pieces.on_road[begin:end].any():
        return False
    before, at, after = pieces.froms[begin], pieces.tos[begin], pieces.tos[end - 1]
    straight = shapely.linestrings(shapely.get_coordinates([before, after]))
    return bool(shapely.distance(at, straight) > pieces.doubt[begin])


def _begin(pieces: _Pieces, shapes: Sequence[Polygon], patience: Patience) -> int:
    """Return the cell a way begins in."""
    for begin in range(0, len(pieces.cell), CHUNK):
        part = slice(begin, begin + CHUNK)
        deep = np.flatnonzero((pieces.cell[part] != NOWHERE) & _is_out(pieces, NOWHERE, part, shapes))
        if len(deep):
            cell, before = int(pieces.cell[begin + int(deep[0])]), slice(0, begin + int(deep[0]))
            is_soon = float((pieces.ends - pieces.begins)[before].sum()) < patience.seconds
            far = shapely.distance(pieces.middles[before], shapes[cell])
            return cell if is_soon or (far <= pieces.doubt[before]).all() else int(pieces.cell[0])
    spent = np.bincount(pieces.cell - NOWHERE, weights=pieces.ends - pieces.begins)
    return int(np.argmax(spent)) + NOWHERE


def _is_out(pieces: _Pieces, here: int, part: slice, shapes: Sequence[Polygon]) -> Flags:
    """Return for some pieces that are not in `here` whether they are farther from it than the doubt."""
    own = np.array(
        [NOBODY if cell == NOWHERE else shapes[cell] for cell in pieces.cell[part].tolist()], dtype=object
    )
    against = own if here == NOWHERE else np.array([shapes[here]], dtype=object)
    out: Flags = _far(pieces.middles[part], against, is_depth=here == NOWHERE) > pieces.doubt[part]
    for tips in (pieces.froms[part], pieces.tos[part]):
        out &= pieces.on_road[part] | (_far(tips, against, is_depth=here == NOWHERE) > pieces.doubt[part])
    return out


def _far(points: Things, shapes: Things, *, is_depth: bool) -> Floats:
    """Return how far points are from shapes, or how deep in them; 0 on the other side of the border."""
    found: Floats = shapely.distance(points, shapely.boundary(shapes))
    return np.where(shapely.intersects(points, shapes) == is_depth, found, 0.0)


def _visit(pieces: _Pieces, cell: int, first: int, last: int) -> Visit:
    metres = float(pieces.metres[first:last].sum())
    return Visit(cell, float(pieces.begins[first]), float(pieces.ends[last - 1]), metres)


def _cut(way: Way, crossed: Sequence[Crossed]) -> _Pieces:
    """Return the pieces of a way; a halt is one piece of no length."""
    lengths = np.hypot(*np.diff(way.xy, axis=0).T) if len(way.xy) > 1 else np.zeros(0)
    if not len(lengths):
        none, nobody = np.zeros(0), np.zeros(0, dtype=object)
        whole = none.astype(np.int64)
        return _Pieces(nobody, nobody, nobody, none, none, none, none, none > 0, whole, whole)
    at = np.concatenate([[0.0], np.cumsum(lengths)])
    segments, shares = _shares(lengths, at, crossed)
    metres = at[segments] + shares * lengths[segments]
    seconds = way.seconds[segments] + shares * np.diff(way.seconds)[segments]
    metres, seconds = np.append(metres, at[-1]), np.append(seconds, way.seconds[-1])
    middles = (metres[:-1] + metres[1:]) / 2
    along = (middles - at[segments]) / np.where(lengths > 0, lengths, 1.0)[segments]
    xy = way.xy[segments] + along[:, None] * np.diff(way.xy, axis=0)[segments]
    vertices = np.asarray(shapely.points(way.xy), dtype=object)
    return _Pieces(
        middles=np.asarray(shapely.points(xy), dtype=object), froms=vertices[segments], tos=vertices[segments + 1],
        metres=np.diff(metres), begins=seconds[:-1],
        ends=seconds[1:], doubt=way.doubt[segments], on_road=way.on_road[segments], cell=_cells(middles, crossed),
        segment=segments,
    )  # fmt: skip


def _shares(lengths: Floats, at: Floats, crossed: Sequence[Crossed]) -> tuple[Numbers, Floats]:
    """Return where each piece begins: its segment, and which share of it lies before; in order."""
    counts = np.maximum(np.ceil(lengths / STEP), 1).astype(np.int64)
    segments = np.repeat(np.arange(len(lengths)), counts)
    shares = (np.arange(len(segments)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[segments]
    cuts = np.unique([metres for one in crossed for metres in (one.enter, one.leave)])
    cut = np.clip(np.searchsorted(at, cuts, side="right") - 1, 0, len(lengths) - 1)
    inside = (cuts > at[cut]) & (cuts < at[cut + 1])
    cuts, cut = cuts[inside], cut[inside]
    segments = np.concatenate([segments, cut])
    shares = np.concatenate([shares, (cuts - at[cut]) / lengths[cut]])
    order = np.lexsort((shares, segments))
    return segments[order], shares[order]


def _cells(metres: Floats, crossed: Sequence[Crossed]) -> Numbers:
    """Return the cell at each place along a way, NOWHERE outside all."""
    enters = np.array([-np.inf, *(one.enter for one in crossed)])
    leaves = np.array([-np.inf, *(one.leave for one in crossed)])
    cells = np.array([NOWHERE, *(one.cell for one in crossed)])
    which = np.searchsorted(enters, metres, side="right") - 1
    return np.where(metres <= leaves[which], cells[which], NOWHERE)
