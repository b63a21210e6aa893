"""Edits as data: what a planner does to a partition, written so that it can be kept, sent and done again.

Every edit is a flat JSON object: its `kind` and its arguments; coordinates are pairs of whole millimetres. The same
edits on the same partition give the same geometry, vertex by vertex, so a log of them can be chained by hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from shapely import Point

from grids.refusal import Reason, refused
from grids.rings import Chain, Ring, Vertex

FARTHEST = 10**11
"""Millimetres from the origin of a metric frame beyond which no city lies."""
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bend:
    """A part of the outer linework that an edit changes: the vertices it had and those it has."""

    was: Chain
    now: Chain


Bends = tuple[Bend, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell exactly as it was: every ring begins at the same vertex."""

    code: str
    name: str
    community: str
    rings: tuple[Ring, ...]


Kepts = tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of a plan."""

    kind: ClassVar[str]

    @property
    def changes_outer_border(self) -> bool:
        """Whether it moves the city's outer border: that takes more than one planner's word."""
        return False

    def data(self) -> dict[str, Any]:
        """Return the edit as JSON."""
        return {"kind": self.kind, **{one.name: _written(getattr(self, one.name)) for one in fields(self)}}


@dataclass(frozen=True, slots=True)
class MoveVertex(Edit):
    """Move a vertex of a border, or a junction, and all cells around it."""

    kind = "move_vertex"
    at: Vertex
    to: Vertex


@dataclass(frozen=True, slots=True)
class InsertVertex(Edit):
    """Put a vertex `at` into the border's edge from `start` to `end`."""

    kind = "insert_vertex"
    start: Vertex
    end: Vertex
    at: Vertex


@dataclass(frozen=True, slots=True)
class DeleteVertex(Edit):
    """Take a vertex out of a border between two cells."""

    kind = "delete_vertex"
    at: Vertex


@dataclass(frozen=True, slots=True)
class ReshapeBorder(Edit):
    """Draw a border between two cells anew: `was`, vertex by vertex, becomes `line`; both have the same ends."""

    kind = "reshape_border"
    was: Chain
    line: Chain


@dataclass(frozen=True, slots=True)
class ChangeOuterBorder(Edit):
    """Draw a part of the city's outer border anew; `was` and `line` as in `ReshapeBorder`."""

    kind = "change_outer_border"
    was: Chain
    line: Chain

    @property
    def changes_outer_border(self) -> bool:
        """Whether it moves the city's outer border."""
        return True


@dataclass(frozen=True, slots=True)
class MoveOuterVertex(Edit):
    """Move a vertex of the city's outer border; a border that ends there goes with it."""

    kind = "move_outer_vertex"
    at: Vertex
    to: Vertex

    @property
    def changes_outer_border(self) -> bool:
        """Whether it moves the city's outer border."""
        return True


@dataclass(frozen=True, slots=True)
class Split(Edit):
    """Cut a cell along `line`; its pieces, west to east and north to south, get `codes`, of which one may be its own.

    A line whose ends are equal cuts out an island.
    """

    kind = "split"
    code: str
    line: Chain
    codes: Codes


@dataclass(frozen=True, slots=True)
class Merge(Edit):
    """Make one cell of `codes`; `into` is one of them, whose name and unit stay, or a new code beside the first's."""

    kind = "merge"
    codes: Codes
    into: str


@dataclass(frozen=True, slots=True)
class Transfer(Edit):
    """Cut a cell along `line` and give the piece in which `at` lies to the neighbour `to`."""

    kind = "transfer"
    code: str
    line: Chain
    at: Vertex
    to: str


@dataclass(frozen=True, slots=True)
class AssignUnits(Edit):
    """Make cells belong to units: unit by code of the cell."""

    kind = "assign_units"
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rename(Edit):
    """Give a cell another name."""

    kind = "rename"
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Recode(Edit):
    """Give a cell another code."""

    kind = "recode"
    code: str
    to: str


@dataclass(frozen=True, slots=True)
class Restore(Edit):
    """Undo: the cells in `over`, which must be exactly so, become the cells in `cells`.

    `outer` are the parts of the outer linework that change: nodes that go, or a change of the outer border taken back.
    """

    kind = "restore"
    over: Kepts
    cells: Kepts
    outer: Bends
    is_outer: bool

    @property
    def changes_outer_border(self) -> bool:
        """Whether it moves the city's outer border."""
        return self.is_outer


KINDS: dict[str, type[Edit]] = {
    one.kind: one
    for one in (
        MoveVertex, InsertVertex, DeleteVertex, ReshapeBorder, ChangeOuterBorder, MoveOuterVertex,
        Split, Merge, Transfer, AssignUnits, Rename, Recode, Restore,
    )
}  # fmt: skip


def read(data: object) -> Edit:
    """Return the edit of `data`; Refused when it is not written as its kind asks."""
    try:
        return _read(data)
    except (TypeError, ValueError, KeyError) as error:
        raise refused(Reason.MALFORMED, (), Point(), f"this is no edit: {error}") from error


def _read(data: object) -> Edit:
    arguments = dict(_object(data))
    kind = KINDS[_text(arguments.pop("kind"))]
    known = {one.name: str(one.type) for one in fields(kind)}
    if set(arguments) != set(known):
        raise ValueError(f"{kind.kind} has {', '.join(known)}")
    return kind(**{name: READ[type_](arguments[name]) for name, type_ in known.items()})


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("an object is expected")
    return value


def _list(value: object) -> list[object] | tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("a list is expected")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false is expected")
    return value


def _vertex(value: object) -> Vertex:
    x, y = _list(value)
    for one in (x, y):
        if type(one) is not int or abs(one) > FARTHEST:
            raise ValueError("a vertex is two whole numbers of millimetres")
    return x, y  # type: ignore[return-value]


def _chain(value: object) -> Chain:
    chain = tuple(_vertex(one) for one in _list(value))
    if len(chain) < 2:
        raise ValueError("a line has two vertices at least")
    return chain


def _kept(value: object) -> Kept:
    data = _object(value)
    rings = tuple(_chain(ring) for ring in _list(data["rings"]))
    return Kept(_text(data["code"]), _text(data["name"]), _text(data["community"]), rings)


def _bend(value: object) -> Bend:
    data = _object(value)
    return Bend(_chain(data["was"]), _chain(data["now"]))


def _written(value: object) -> object:
    """Return an argument as JSON has it; chains stay tuples."""
    if isinstance(value, Kept | Bend):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, tuple) and value and isinstance(value[0], Kept | Bend):
        return tuple(_written(one) for one in value)
    return dict(value) if isinstance(value, Mapping) else value


READ: dict[str, Callable[[object], Any]] = {
    "str": _text,
    "bool": _flag,
    "Vertex": _vertex,
    "Chain": _chain,
    "Codes": lambda value: tuple(_text(one) for one in _list(value)),
    "Mapping[str, str]": lambda value: {_text(one): _text(other) for one, other in _object(value).items()},
    "Kepts": lambda value: tuple(_kept(one) for one in _list(value)),
    "Bends": lambda value: tuple(_bend(one) for one in _list(value)),
}
"""How an argument is read, by its type."""
