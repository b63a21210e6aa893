"""The pen that writes what is travelled: edge after edge, with the moments each was entered and left.

It is lowered where a run begins, moves along chains and turns round, and is lifted where there is a gap. What is
shorter than fixes err is not written: the tip of an edge where a run begins or ends, or where one turned round at a
junction; and a run that never moved belongs to the gap beside it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.chains import Chains
from geo_app.roads.model import Floats, Indices
from geo_app.roads.spots import Terrain

DOWN, CHAIN, PLACE, AT, RUN, NOW = range(6)
"""Whether it writes; its chain, which of all listed travels, metres along the chain; the run; the moment."""
BEGUN, ENTERED, SURE, PARTS = range(6, 10)
"""The row in hand: metres along the edge and moment it began at; confidences so far, their sum and number."""
MOVED, WROTE, SKIP = range(10, 13)
"""The run in hand: whether it moved, how many rows it has; whether the row in hand is left out."""
SINCE, OPEN, WHY, REASON = range(13, 17)
"""When it was lifted; the gap before the run in hand, not written yet, and why; why there is a gap now."""
LAST_CHAIN, LAST_AT, LAST_X, LAST_Y, LEFT, OFFS = range(17, 23)
"""The last fix on the road: the chain one went on by, metres along it, its place, the moment one went on; how many
fixes since were off the road."""
NEVER = -np.inf


class Rows(NamedTuple):
    """Room for rows, and for gaps; `sizes` says how many there are of both, which may be more than there is room."""

    travels: Indices
    run: Indices
    numbers: Floats
    """Enter, leave, begin, end, confidence."""
    gaps: Floats
    """Begin, end, reason."""
    sizes: Indices


def fresh() -> Floats:
    """Return a pen that has not written yet."""
    pen = np.zeros(23)
    pen[SINCE] = NEVER
    return pen


def rows(count: int) -> Rows:
    """Return room for `count` rows and gaps."""
    return Rows(
        np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32), np.zeros((count, 5)),
        np.zeros((count, 3)), np.zeros(2, dtype=np.int32),
    )  # fmt: skip


@kernels.inner
def put_row(pen: Floats, end: float, chains: Chains, out: Rows) -> None:
    """Write the row in hand, which ends here and now."""
    size = out.sizes[0]
    if size < out.travels.size:
        out.travels[size], out.run[size] = chains.travels[int(pen[PLACE])], int(pen[RUN])
        out.numbers[size, 0], out.numbers[size, 1] = pen[ENTERED], pen[NOW]
        out.numbers[size, 2], out.numbers[size, 3] = pen[BEGUN], end
        out.numbers[size, 4] = pen[SURE] / max(pen[PARTS], 1.0)
    out.sizes[0] = size + 1
    pen[SURE], pen[PARTS] = 0.0, 0.0
    pen[WROTE] += 1.0


@kernels.inner
def put_gap(begin: float, end: float, why: int, out: Rows) -> None:
    """Write a gap."""
    size = out.sizes[1]
    if size < out.travels.size:
        out.gaps[size, 0], out.gaps[size, 1], out.gaps[size, 2] = begin, end, why
    out.sizes[1] = size + 1


@kernels.inner
def lower(pen: Floats, chain: int, at: float, time: float, chains: Chains) -> None:
    """Begin a run."""
    pen[OPEN], pen[WHY] = pen[SINCE], pen[REASON]
    pen[MOVED], pen[WROTE], pen[SKIP], pen[SURE], pen[PARTS] = 0.0, 0.0, 0.0, 0.0, 0.0
    place = chains.first[chain]
    while place + 1 < chains.first[chain + 1] and chains.offset_of[chains.travels[place + 1]] <= at:
        place += 1
    pen[DOWN], pen[CHAIN], pen[PLACE], pen[AT] = 1.0, chain, place, at
    pen[BEGUN], pen[ENTERED], pen[NOW] = at - chains.offset_of[chains.travels[place]], time, time
    pen[RUN] += 1.0


@kernels.inner
def lift(pen: Floats, time: float, tip: float, chains: Chains, out: Rows) -> None:
    """End the run; one that has not moved since the gap before it only makes that gap longer."""
    if pen[DOWN] == 0:
        return
    if pen[MOVED] > 0:
        end = pen[AT] - chains.offset_of[chains.travels[int(pen[PLACE])]]
        pen[NOW] = time
        if pen[SKIP] == 0 and (pen[WROTE] == 0 or end - pen[BEGUN] > tip):
            put_row(pen, end, chains, out)
        pen[SINCE] = time
    else:
        pen[SINCE] = pen[ENTERED] if pen[OPEN] == NEVER else pen[OPEN]
    pen[DOWN] = 0.0


@kernels.inner
def go(pen: Floats, out: Rows) -> None:
    """Note that the run moves: the gap before it is one."""
    if pen[MOVED] == 0 and pen[OPEN] > NEVER:
        put_gap(pen[OPEN], pen[ENTERED], int(pen[WHY]), out)
    pen[MOVED] = 1.0


@kernels.inner
def along(pen: Floats, to: float, pace: float, sure: float, terrain: Terrain, out: Rows) -> None:
    """Move along the chain to `to` metres, at `pace` seconds a metre."""
    chains = terrain.chains
    last = chains.first[int(pen[CHAIN]) + 1] - 1
    while True:
        pen[SURE] += sure
        pen[PARTS] += 1.0
        end = np.inf if pen[PLACE] == last else chains.offset_of[chains.travels[int(pen[PLACE]) + 1]]
        if to <= end:
            break
        pen[NOW] += (end - pen[AT]) * pace
        _end(pen, 0.0, terrain, out)
        pen[AT], pen[PLACE], pen[BEGUN], pen[ENTERED] = end, pen[PLACE] + 1.0, 0.0, pen[NOW]
    pen[NOW] += max(to - pen[AT], 0.0) * pace
    pen[AT] = max(to, pen[AT])


@kernels.inner
def into(pen: Floats, chain: int, tip: float, terrain: Terrain, out: Rows) -> None:
    """Go from the end of the chain onto the next one."""
    _end(pen, tip, terrain, out)
    pen[CHAIN], pen[PLACE], pen[AT] = chain, terrain.chains.first[chain], 0.0
    pen[BEGUN], pen[ENTERED] = 0.0, pen[NOW]


@kernels.inner
def turn(pen: Floats, tip: float, chains: Chains, out: Rows) -> None:
    """Turn round; who came onto the chain by no more than fixes err has turned at its begin."""
    chain = int(pen[CHAIN])
    begin = chains.first[chain]
    if pen[AT] <= tip and pen[WROTE] > 0 and pen[PLACE] == begin and pen[BEGUN] == 0:
        pen[SKIP] = 1.0
    elif pen[SKIP] == 0:
        put_row(pen, pen[AT] - chains.offset_of[chains.travels[int(pen[PLACE])]], chains, out)
    back = chains.opposite[chain]
    place = chains.first[back + 1] - 1 - (int(pen[PLACE]) - begin)
    pen[CHAIN], pen[PLACE], pen[AT] = back, place, max(chains.lengths[chain] - pen[AT], 0.0)
    pen[BEGUN] = max(pen[AT] - chains.offset_of[chains.travels[place]], 0.0)
    pen[ENTERED] = pen[NOW]


@kernels.inner
def _end(pen: Floats, tip: float, terrain: Terrain, out: Rows) -> None:
    """Write the row in hand to the end of its edge, but not a tip with which a run begins."""
    length = terrain.lengths[terrain.chains.travels[int(pen[PLACE])] >> 1]
    if pen[SKIP] == 0 and (pen[WROTE] > 0 or length - pen[BEGUN] > tip):
        put_row(pen, length, terrain.chains, out)
    pen[SKIP] = 0.0
