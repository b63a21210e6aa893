"""Turns: the states a graph needs besides its junctions, so that forbidden turns and the cost of turning round hold.

Where nothing depends on how somebody came, a junction is one state. Where a restriction begins or is half-way
through, what was just travelled is remembered: such a state is the longest end of somebody's way that is the
beginning of a forbidden one, as in the string search of Aho and Corasick. That is as exact as a state for every
edge, and hardly larger than the network.

Turning round on a road never pays but to get past a restriction. So its cost needs states only at roads that
leave junctions with such states, and as far beyond as going there and back is quicker than to turn at once.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_app.roads.model import Indices, Integers, Mode, Restriction

Way = tuple[int, ...]
"""Travels one after the other: twice the edge, plus 1 from its end to its start."""


class Ground(NamedTuple):
    """What one mode may travel: by travel the junction it begins at, and whether it may; µs by edge, and to turn."""

    tails: Indices
    allowed: NDArray[np.bool_]
    times: Integers
    u_turn: int
    junctions: int


class Turns(NamedTuple):
    """The states behind the junctions, ordered by junction, and the arcs that leave them; see `Graph`."""

    fresh: Indices
    splits: Indices
    origins: Indices
    nexts: Indices
    travels: Indices
    penalties: Integers


def of(ground: Ground, mode: Mode, restrictions: Sequence[Restriction]) -> Turns:
    """Return the states and arcs that `restrictions` of `mode` make necessary; none when there are none."""
    heads = ground.tails.reshape(-1, 2)[:, ::-1].ravel()
    leaving = _leaving(ground)
    banned = _banned(ground, [one for one in restrictions if mode in one.modes], heads, leaving)
    begun = {way[:end] for way in banned for end in range(1, len(way))}
    if ground.u_turn:
        begun |= {(travel,) for travel in _turning(ground, begun, heads, leaving)}
    known = sorted(begun, key=lambda way: (heads[way[-1]], way))
    number = {way: ground.junctions + index for index, way in enumerate(known)}
    arcs = [
        (number[way], _after(longer, number, heads), travel, travel ^ 1 == way[-1])
        for way in known
        for travel in leaving[int(heads[way[-1]])]
        for longer in [(*way, travel)]
        if not any(longer[start:] in banned for start in range(len(way)))
    ]
    origins, nexts, travels, turned = np.array(arcs, dtype=np.int32).reshape(-1, 4).T
    fresh = heads.astype(np.int32)
    for way, state in number.items():
        if len(way) == 1:
            fresh[way[0]] = state
    splits = np.zeros(ground.junctions + 1, dtype=np.int32)
    at = np.array([heads[way[-1]] for way in known], dtype=np.int64)
    np.cumsum(np.bincount(at, minlength=ground.junctions), out=splits[1:])
    return Turns(fresh, splits, origins, nexts, travels, turned * np.int64(ground.u_turn))


def _leaving(ground: Ground) -> dict[int, list[int]]:
    """Return the travels that are allowed from each junction."""
    found: dict[int, list[int]] = defaultdict(list)
    for travel in np.flatnonzero(ground.allowed).tolist():
        found[int(ground.tails[travel])].append(travel)
    return found


def _banned(
    ground: Ground, restrictions: Sequence[Restriction], heads: Indices, leaving: dict[int, list[int]]
) -> set[Way]:
    """Return the ways nobody may go; an `only` bans every other travel after the same beginning.

    A restriction that speaks of a road the mode does not use is not meant for it.
    """
    meant = [one for one in restrictions if all(ground.allowed[list(one.travels)])]
    banned = {one.travels for one in meant if not one.is_only}
    only: dict[Way, set[int]] = defaultdict(set)
    for one in meant:
        if one.is_only:
            only[one.travels[:-1]].add(one.travels[-1])
    for begun, kept in only.items():
        banned |= {(*begun, travel) for travel in leaving[int(heads[begun[-1]])] if travel not in kept}
    return banned


def _turning(ground: Ground, begun: set[Way], heads: Indices, leaving: dict[int, list[int]]) -> set[int]:
    """Return the travels after which turning round must cost, so that nobody does it further on for nothing."""
    queue = [
        (0, travel)
        for junction in sorted({int(heads[way[-1]]) for way in begun})
        for travel in leaving[junction]
    ]
    found: set[int] = set()
    while queue:
        detour, came = heapq.heappop(queue)
        if came in found or not ground.allowed[came ^ 1]:
            continue
        found.add(came)
        for travel in leaving[int(heads[came])]:
            further = detour + 2 * int(ground.times[travel >> 1])
            if travel != came ^ 1 and further < ground.u_turn:
                heapq.heappush(queue, (further, travel))
    return found


def _after(way: Way, number: dict[Way, int], heads: Indices) -> int:
    """Return the state of somebody who went `way`: its longest end that is known, else the junction."""
    for start in range(len(way)):
        state = number.get(way[start:])
        if state is not None:
            return state
    return int(heads[way[-1]])
