"""Which cell of a leaf covers a point: exactly, or with every border within reach.

One walks from just left of the left side of the square up to the height of the point, then right to the point. An edge
crossed turns its cells on or off; an edge that goes through the point makes its cells cover it. An edge is met by one
leg or by both, so only one question needs arithmetic: on which side of the edge the point lies. It is answered in
whole millimetres with a bound on the error, and where that is not enough by `grids.side` on the doubles themselves.
"""

from __future__ import annotations

import numpy as np

from grids.compiled import compiled
from grids.pixels import EDGE, HEADER, OUTSIDE, Index, Indices
from grids.side import side

ROUNDING = 5e-16
"""Share of its products by which rounding can have moved a determinant of whole millimetres."""


@compiled
def _floor(value: float, about: float, origin: int, error: float) -> tuple[int, bool]:
    """Return the last whole millimetre, from `origin` on, that is not beyond metres; and whether it is there."""
    whole = int(np.floor(about))
    if error < about - whole < 1.0 - error:
        return whole, False
    whole += origin
    while whole / 1000.0 > value:
        whole -= 1
    while (whole + 1) / 1000.0 <= value:
        whole += 1
    return whole - origin, whole / 1000.0 == value


@compiled
def covers(
    index: Index, word: int, head: int, left: int, point: tuple[float, float], at: tuple[float, float]
) -> int:
    """Return the first cell of a leaf that covers a point; `left` is the left side of its square."""
    leaves = index.leaves
    east, is_east = _floor(point[0], at[0], index.x, index.error)
    north, is_north = _floor(point[1], at[1], index.y, index.error)
    while True:
        cells = word + HEADER
        word = cells + ((head >> 1) & 31)
        inside, on = leaves[cells - 1], 0
        for _ in range(head >> 6):
            ax, ay, bx, by = leaves[word], leaves[word + 1], leaves[word + 2], leaves[word + 3]
            mask = leaves[word + 4]
            word += EDGE
            is_across = (ax < left) != (bx < left)
            is_crossed = is_across and by <= north
            if ay <= north and (north < by or (north == by and is_north)):
                turn = _side(index, (ax, ay, bx, by), point, at)
                if turn == 0 and _is_between(ax, bx, east, is_east):
                    on |= mask
                is_crossed = _is_met(turn, is_across, ax, bx, left) if north < by else is_crossed
            inside ^= mask if is_crossed else 0
        inside |= on
        if inside != 0:
            return int(leaves[cells + _lowest_bit(inside)])
        if head & 1 == 0:
            return OUTSIDE
        head = leaves[word]


@compiled
def _is_between(ax: int, bx: int, east: int, is_east: bool) -> bool:
    """Tell whether a point, past `east` or just there, is neither left nor right of both ends of an edge."""
    high = max(ax, bx)
    return min(ax, bx) <= east and (east < high or (east == high and is_east))


@compiled
def _is_met(turn: float, is_across: bool, ax: int, bx: int, left: int) -> bool:
    """Tell whether an edge beside a point is crossed on the way to it, once in all.

    An edge across the line the way goes up on is crossed when the point is above it, by the one leg or the other;
    any other when it lies between that line and the point.
    """
    return (turn > 0) == (ax < bx) if is_across else (turn < 0) == (ax >= left)


@compiled
def _side(
    index: Index, edge: tuple[int, int, int, int], point: tuple[float, float], at: tuple[float, float]
) -> int:
    """Return on which side of an edge a point lies: 1 left, -1 right, 0 on its line."""
    ax, ay, bx, by = edge
    dx, dy = float(bx) - ax, float(by) - ay
    px, py = at[0] - ax, at[1] - ay
    one, other = dx * py, px * dy
    determinant = one - other
    moved = index.error * (abs(dx) + abs(dy) + abs(px) + abs(py))
    bound = moved + ROUNDING * (abs(one) + abs(other))
    if determinant > bound:
        return 1
    if determinant < -bound:
        return -1
    return side(
        (ax + index.x) / 1000.0, (ay + index.y) / 1000.0, (bx + index.x) / 1000.0, (by + index.y) / 1000.0,
        point[0], point[1],
    )  # fmt: skip


@compiled
def _lowest_bit(bits: int) -> int:
    place = 0
    while bits & 1 == 0:
        bits >>= 1
        place += 1
    return place


@compiled
def covers_or_is_near(
    leaves: Indices, word: int, head: int, left: int, at: tuple[float, float], reach: float
) -> tuple[int, bool]:
    """Return the first cell of a leaf that covers a point or has a border within `reach`, and whether one has."""
    is_near = False
    while True:
        cells = word + HEADER
        word = cells + ((head >> 1) & 31)
        inside, on = leaves[cells - 1], 0
        for _ in range(head >> 6):
            ax, ay, bx, by = leaves[word], leaves[word + 1], leaves[word + 2], leaves[word + 3]
            mask = leaves[word + 4]
            word += EDGE
            dx, dy = float(bx) - ax, float(by) - ay
            px, py = at[0] - ax, at[1] - ay
            turn = dx * py - px * dy
            if _is_within(dx, dy, px, py, turn, reach):
                on |= mask
            is_across = (ax < left) != (bx < left)
            is_crossed = is_across and by <= at[1]
            if ay <= at[1] < by:
                is_crossed = _is_met(turn, is_across, ax, bx, left)
            inside ^= mask if is_crossed else 0
        is_near |= on != 0
        inside |= on
        if inside != 0:
            return leaves[cells + _lowest_bit(inside)], is_near
        if head & 1 == 0:
            return OUTSIDE, is_near
        head = leaves[word]


@compiled
def _is_within(dx: float, dy: float, px: float, py: float, turn: float, reach: float) -> bool:
    """Tell whether a point p, from the beginning of an edge d, lies within `reach` of it."""
    length = dx * dx + dy * dy
    if turn * turn > reach * reach * length:
        return False
    along = px * dx + py * dy
    if along < 0.0:
        return bool(px * px + py * py <= reach * reach)
    if along > length:
        return bool((px - dx) ** 2 + (py - dy) ** 2 <= reach * reach)
    return True
