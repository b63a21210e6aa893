"""A way as steps one can follow: set off, turn left into a street, walk the rest; each with its metres and seconds.

Pieces of one street are one step, however it bends, until somebody turns round. Where a street has no name, every
turn begins a step: there is nothing else to tell one lane from the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from geo_app.roads import line
from geo_app.roads.graph import MICROSECONDS
from geo_app.roads.line import ON_FOOT, Piece
from geo_app.roads.model import Floats, Step, Turn
from geo_app.roads.network import Network

AHEAD = 30.0
"""Degrees up to which one goes straight on."""
ROUND = 165.0
"""Degrees from which one turns round, also onto another road."""
LOOK = 15.0
"""Metres before and behind a turn its angle is taken over, so that a kink at a junction does not decide."""


@dataclass(slots=True)
class _Open:
    """A step that may go on."""

    turn: Turn
    name: str
    on_foot: bool
    cost: int = 0
    metres: float = 0.0
    pieces: list[Piece] = field(default_factory=list)

    def add(self, piece: Piece) -> None:
        self.cost += piece.cost
        self.metres += piece.metres
        self.pieces.append(piece)


def of(network: Network, way: Sequence[Piece]) -> tuple[Step, ...]:
    """Return the steps of a way; their seconds and metres add up to its own. A way of no length has one step."""
    made: list[_Open] = []
    waiting = 0  # what pieces without length before the first step cost
    for piece in way:
        if piece.metres == 0.0:
            if made:
                made[-1].cost += piece.cost
            else:
                waiting += piece.cost
            continue
        name = "" if piece.travel == ON_FOOT else _name(network, piece.travel >> 1)
        turn = _turn(made[-1].pieces[-1], piece) if made else Turn.SET_OFF
        if not made or not _goes_on(made[-1], piece, name, turn):
            made.append(_Open(turn, name, piece.travel == ON_FOOT))
        made[-1].add(piece)
    if not made:
        made.append(_Open(Turn.SET_OFF, "", on_foot=True, pieces=list(way)))
    made[0].cost += waiting
    return tuple(
        Step(one.turn, one.name, one.on_foot, one.cost / MICROSECONDS, one.metres, line.of(one.pieces))
        for one in made
    )


def _name(network: Network, edge: int) -> str:
    return network.street_names[int(network.names[edge])]


def _goes_on(step: _Open, piece: Piece, name: str, turn: Turn) -> bool:
    """Tell whether a piece belongs to the step before it."""
    if turn is Turn.BACK or step.on_foot != (piece.travel == ON_FOOT) or step.name != name:
        return False
    return bool(name) or turn is Turn.STRAIGHT


def _turn(before: Piece, after: Piece) -> Turn:
    """Return how one turns from one piece into the next; back along the same edge is round, whatever its shape."""
    if before.travel != ON_FOOT and after.travel == before.travel ^ 1:
        return Turn.BACK
    one, other = _heading(before.vertices[::-1]), _heading(after.vertices)
    degrees = math.degrees(math.remainder(other - one - math.pi, math.tau))
    if abs(degrees) <= AHEAD:
        return Turn.STRAIGHT
    if abs(degrees) >= ROUND:
        return Turn.BACK
    return Turn.LEFT if degrees > 0 else Turn.RIGHT


def _heading(vertices: Floats) -> float:
    """Return the direction from the first vertex to the one `LOOK` metres on, or to the last; radians from east."""
    steps = np.hypot(*(vertices[1:] - vertices[:-1]).T)
    along = np.cumsum(steps)
    last = min(int(np.searchsorted(along, LOOK)), len(steps) - 1) + 1
    dx, dy = vertices[last] - vertices[0]
    return math.atan2(dy, dx)
