"""The likeliest states of a track become rows: from the last fix back to the first they are found, then written.

Between two fixes one moves evenly, by the way that made them likely.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.between import way
from geo_app.roads.model import Floats, Indices
from geo_app.roads.pen import (
    AT,
    CHAIN,
    DOWN,
    LAST_AT,
    LAST_CHAIN,
    LAST_X,
    LAST_Y,
    LEFT,
    MOVED,
    NEVER,
    NOW,
    OFFS,
    OPEN,
    REASON,
    SINCE,
    Rows,
    along,
    fresh,
    go,
    into,
    lift,
    lower,
    put_gap,
    rows,
    turn,
)  # fmt: skip
from geo_app.roads.settle import Work, arrived_in, came_from, example
from geo_app.roads.spots import Steps, Terrain
from geo_app.roads.viterbi import GAP, OFF, Beliefs

NO_ROAD, OFF_ROAD, NO_WAY, PAUSE = 0, 1, 2, 3
"""Reasons of a gap: no road near a fix, a fix off the roads, no likely way, nobody seen."""
BRIDGED = 0.3
"""Confidence in a way past a lone fix off the roads."""


class Course(NamedTuple):
    """By row: the state arrived in, the one left from (another after turning round), whether by a gap."""

    arrived: Indices
    left: Indices
    gap: Indices


class Times(NamedTuple):
    """When each fix was come to, and left; its place."""

    arrive: Floats
    depart: Floats
    xy: Floats


class Desk(NamedTuple):
    """What is written."""

    course: Course
    pen: Floats
    work: Work
    out: Rows


def _example() -> tuple[object, ...]:
    ground, _, work, made = example()
    made.came[1, 4] = OFF
    course = Course(*(np.zeros(2, dtype=np.int32) for _ in range(3)))
    desk = Desk(course, fresh(), work, rows(4))
    return (0, 1, 4, True), made, Times(np.zeros(2), np.ones(2), np.zeros((2, 2))), ground, desk


@kernels.kernel(example=_example, writes=("desk",))
def write(
    ends: tuple[int, int, int, bool], made: Steps, times: Times, ground: tuple[Beliefs, Terrain], desk: Desk
) -> None:
    """Write what is travelled to a row and its state, from a first row on; the whole rest when nothing follows."""
    (first, last, state, is_last), (beliefs, terrain), (course, pen, _, out) = ends, ground, desk
    _trace(last, state, made, course)
    for row in range(first, last + 1):
        if course.arrived[row] == made.turned.shape[1]:
            _miss(row, made, times, ground, desk)
        else:
            _visit(row, made, times, ground, desk)
    if is_last:
        if pen[OPEN] == NEVER and pen[DOWN] > 0:
            pen[MOVED] = 1.0
        end = pen[LEFT] if course.arrived[last] == made.turned.shape[1] else times.depart[last]
        lift(pen, end, beliefs.tip, terrain.chains, out)
        if pen[SINCE] < times.depart[last] or course.arrived[last] == made.turned.shape[1]:
            put_gap(pen[SINCE], times.depart[last], int(pen[REASON]), out)


@kernels.inner
def _trace(last: int, state: int, made: Steps, course: Course) -> None:
    """Write the course that ends in a state of row `last`, back to row 0."""
    for row in range(last, -1, -1):
        arrived = arrived_in(row, state, made)
        course.left[row], course.arrived[row] = state, arrived
        course.gap[row] = made.came[row, arrived] <= GAP
        if row > 0:
            state = came_from(row, arrived, made)


@kernels.inner
def _miss(row: int, made: Steps, times: Times, ground: tuple[Beliefs, Terrain], desk: Desk) -> None:
    """Pass a fix off the roads; the run ends only with the second, for one alone may have erred."""
    (beliefs, terrain), (_, pen, _, out) = ground, desk
    pen[OFFS] += 1.0
    if pen[OFFS] > 1:
        lift(pen, pen[LEFT], beliefs.tip, terrain.chains, out)
    if pen[SINCE] == NEVER:
        pen[SINCE] = times.arrive[row]
    if made.spots.counts[row] == 0:
        pen[REASON] = NO_ROAD
    elif pen[OFFS] == 1:
        pen[REASON] = OFF_ROAD


@kernels.inner
def _visit(row: int, made: Steps, times: Times, ground: tuple[Beliefs, Terrain], desk: Desk) -> None:
    """Go to the spot of a row, by a way or by a gap, and turn round there if that is likely."""
    (beliefs, terrain), (course, pen, _, out), spots = ground, desk, made.spots
    chains, state, time = terrain.chains, course.arrived[row], times.arrive[row]
    chain, at = spots.chains[row, state], spots.at[row, state]
    moved = pen[DOWN] > 0 and course.gap[row] == 0
    if moved:
        is_along = chain == pen[LAST_CHAIN] and at - pen[LAST_AT] >= -beliefs.back
        gap = np.hypot(times.xy[row, 0] - pen[LAST_X], times.xy[row, 1] - pen[LAST_Y])
        pen[NOW] = pen[LEFT]
        sure = np.exp(-spots.costs[row, state] / beliefs.doubt) if pen[OFFS] == 0 else BRIDGED
        longest = beliefs.stretch * gap + beliefs.slack + beliefs.back
        moved = _move((chain, at, is_along), (time, sure, longest), ground, desk)
    if not moved:
        if pen[DOWN] > 0:
            lift(pen, pen[LEFT], beliefs.tip, chains, out)
            if pen[OFFS] == 0:
                pen[REASON] = PAUSE if time - pen[LEFT] > beliefs.pause else NO_WAY
        lower(pen, chain, at, time, chains)
    if course.left[row] != state:
        go(pen, out)
        turn(pen, beliefs.tip, chains, out)
    left = course.left[row]
    pen[LAST_CHAIN], pen[LAST_AT], pen[OFFS] = spots.chains[row, left], spots.at[row, left], 0.0
    pen[LAST_X], pen[LAST_Y], pen[LEFT] = times.xy[row, 0], times.xy[row, 1], times.depart[row]


@kernels.inner
def _move(
    to: tuple[int, float, bool], how: tuple[float, float, float], ground: tuple[Beliefs, Terrain], desk: Desk
) -> bool:
    """Move to a place (chain, metres, whether along the chain one is on); False when no way is short enough.

    `how` is the moment of being there, the confidence, and the metres the way may have.
    """
    (beliefs, terrain), (_, pen, work, out), (chain, at, is_along) = ground, desk, to
    chains, here, (arrive, sure, longest) = terrain.chains, int(pen[CHAIN]), how
    count, metres = 0, max(at - pen[AT], 0.0)
    if not is_along:
        count = way(chains.heads[here], chains.tails[chain], longest, chains, work.reached, work.found)
        metres = chains.lengths[here] - pen[AT] + at
        for i in range(count):
            metres += chains.lengths[work.found[i]]
        if count < 0 or metres > longest:
            return False
    pace = (arrive - pen[NOW]) / metres if metres > 0.0 else 0.0
    go(pen, out)
    if not is_along:
        along(pen, chains.lengths[here], pace, sure, terrain, out)
        for i in range(count - 1, -1, -1):
            into(pen, work.found[i], beliefs.tip, terrain, out)
            along(pen, chains.lengths[work.found[i]], pace, sure, terrain, out)
        into(pen, chain, beliefs.tip, terrain, out)
    along(pen, at, pace, sure, terrain, out)
    pen[NOW] = arrive
    return True
