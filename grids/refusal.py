"""Why an edit is refused: a value that says what is wrong, where, with which cells, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry


class Reason(StrEnum):
    """What an edit can do wrong; each has its sentence and its advice in the words of the screens."""

    NO_SUCH_CELL = "no_such_cell"
    """The edit names a cell that is not there, or not as it was."""
    CODE_IN_USE = "code_in_use"
    NO_VERTEX = "no_vertex"
    """No border has a vertex, or an edge, where the edit says."""
    VERTEX_THERE = "vertex_there"
    """Where the vertex is to go, there is one."""
    JUNCTION = "junction"
    """The vertex holds three borders or more together."""
    NO_CUT = "no_cut"
    """The line does not cut the cell in pieces."""
    PIECES = "pieces"
    """The line cuts the cell in another number of pieces than there are codes."""
    NOT_NEIGHBOURS = "not_neighbours"
    """The cells have no border in common."""
    IN_PARTS = "in_parts"
    """A cell would come apart."""
    TOO_SMALL = "too_small"
    """Nothing is left of a cell, or a border would have no area to go round."""
    BROKEN_RING = "broken_ring"
    """A border would cross or touch itself."""
    TOUCHES_ITSELF = "touches_itself"
    """Two rings of a cell would meet in a point."""
    OFF_GRID = "off_grid"
    OVERLAP = "overlap"
    """Two cells would lie over each other, or their borders would not meet vertex by vertex."""
    OUTER_BORDER = "outer_border"
    """The outer border of the city, or a border with a cell beside, would change."""
    TOO_CLOSE = "too_close"
    """A border would come within a millimetre of another vertex."""
    NOTHING = "nothing"
    """The edit would change nothing."""
    MALFORMED = "malformed"
    """The edit is not written as its kind asks."""


ADVICE = {
    Reason.NO_SUCH_CELL: "reload the map: the cell has been changed meanwhile",
    Reason.CODE_IN_USE: "take the proposed code",
    Reason.NO_VERTEX: "take a vertex of the border; reload the map if it should be there",
    Reason.VERTEX_THERE: "put the vertex beside the one that is there",
    Reason.JUNCTION: "move the junction, or merge two of its cells",
    Reason.NO_CUT: "draw the line from border to border, or as a closed ring inside the cell",
    Reason.PIECES: "give as many codes as there are pieces, or draw a simpler line",
    Reason.NOT_NEIGHBOURS: "take cells that have a border in common",
    Reason.IN_PARTS: "take a piece that leaves the cell whole, or split it first",
    Reason.TOO_SMALL: "merge the cell instead of moving its last border away",
    Reason.BROKEN_RING: "go a shorter way, or around the other border",
    Reason.TOUCHES_ITSELF: "take the land inside into the edit too, or leave a border around it",
    Reason.OFF_GRID: "give coordinates in whole millimetres",
    Reason.OVERLAP: "stay inside the cells on both sides of the border",
    Reason.OUTER_BORDER: "change the outer border by its own edit, or stay inside the city",
    Reason.TOO_CLOSE: "go through the vertex, or keep away from it",
    Reason.NOTHING: "choose another value",
    Reason.MALFORMED: "send the edit as its kind asks",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that was not made: why, at which cells, at what point or line, and what to do instead."""

    reason: Reason
    codes: tuple[str, ...]
    place: BaseGeometry
    message: str

    @property
    def advice(self) -> str:
        """What to do."""
        return ADVICE[self.reason]


class Refused(Exception):
    """The edit cannot be made; carries the refusal from where it is seen to `grids.edit.apply`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def refused(reason: Reason, codes: tuple[str, ...], place: BaseGeometry, message: str) -> Refused:
    """Return what is to be raised."""
    return Refused(Refusal(reason, codes, place, message))
