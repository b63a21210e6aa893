"""Small drafts to edit, and what an edit of them gives: looked at whole, and taken back to the bit."""

from __future__ import annotations

import json

from shapely import Polygon, box

from grids import edit, edits, partition
from grids.draft import Draft
from grids.edits import Edit
from grids.model import Cell, Partition
from grids.refusal import Reason, Refusal
from grids.rings import Chain, Vertex


def town(*shapes: Polygon) -> Draft:
    """Return the draft of shapes with codes a, b, c …, all of unit 1."""
    return Draft.of(
        Partition.of([Cell("abcdefgh"[n], "abcdefgh"[n].upper(), "1", s) for n, s in enumerate(shapes)])
    )


def square(x: int, y: int) -> Polygon:
    """Return a square of ten metres."""
    return box(x, y, x + 10, y + 10)


def at(x: float, y: float) -> Vertex:
    """Return a place in metres as a vertex."""
    return round(x * 1000), round(y * 1000)


def path(*places: tuple[float, float]) -> Chain:
    """Return places in metres as a line."""
    return tuple(at(*place) for place in places)


def made(draft: Draft, asked: Edit) -> edit.Done:
    """Return what the edit gives; it is whole, and taken back it is what it was, to the bit."""
    done = edit.apply(draft, edits.read(json.loads(json.dumps(asked.data()))))
    assert isinstance(done, edit.Done), done
    assert partition.check(done.draft.partition) == ()
    back = edit.apply(done.draft, edits.read(json.loads(json.dumps(done.inverse.data()))))
    assert isinstance(back, edit.Done), back
    assert {code: (one, one.geometry.wkb) for code, one in back.draft.cells.items()} == {
        code: (one, one.geometry.wkb) for code, one in draft.cells.items()
    }
    return done


def why(draft: Draft, asked: Edit) -> tuple[Reason, str]:
    """Return why the edit is refused, and at which cells."""
    refusal = edit.apply(draft, asked)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.message
    return refusal.reason, "".join(refusal.codes)
