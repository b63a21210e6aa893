"""What no later fix can change: the last state every way still possible went through."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads import spots
from geo_app.roads.between import Reached, reached
from geo_app.roads.model import Indices
from geo_app.roads.spots import Near, Steps, Terrain, Track, put
from geo_app.roads.viterbi import GAP, OFF, Beliefs, start, step


class Work(NamedTuple):
    """Memory of one thread."""

    near: Near
    reached: Reached
    found: Indices


def work(terrain: Terrain) -> Work:
    """Return fresh memory."""
    count = len(terrain.chains.tails)
    whole = np.zeros(count, dtype=np.int32)
    near = Near(np.full(count, np.inf), np.zeros(count), whole.copy(), whole.copy())
    return Work(near, reached(terrain.chains), whole)


def example() -> tuple[tuple[Beliefs, Terrain], Track, Work, Steps]:
    """Return what kernels are compiled with."""
    terrain, track = spots.example()
    beliefs = Beliefs(spots.Look(50.0, 20.0, 2.0, 1.0), *np.ones(13).tolist())
    return (beliefs, terrain), track, work(terrain), spots.steps(2, 4)


def _example() -> tuple[object, ...]:
    ground, track, desk, made = example()
    return (0, 1), track, ground, desk, made, True


@kernels.kernel(example=_example, writes=("work", "made"))
def advance(
    rows: tuple[int, int], track: Track, ground: tuple[Beliefs, Terrain], work: Work, made: Steps, must: bool
) -> tuple[int, int]:
    """Fill rows from the first to the last; return the last settled row and its state, -1 when there is none.

    When it must, the likeliest state of the last row is settled, and the others are given up.
    """
    (first, last), (beliefs, terrain) = rows, ground
    for row in range(first, last + 1):
        put(track, row, (beliefs.look, terrain, work.near), made.spots)
        if row == 0:
            start(row, beliefs, made)
        else:
            step(row, track, beliefs, terrain, made, work.reached)
    if not must:
        return _settled(last, made)
    if last == 0 and first == 0:  # one fix is no journey that begins beside the roads
        made.scores[0, made.turned.shape[1]] += beliefs.leave - beliefs.begin
    best = int(np.argmin(made.scores[last]))
    for state in range(made.scores.shape[1]):
        if state != best:
            made.scores[last, state] = np.inf
    return last, best


@kernels.part
def _settled(last: int, made: Steps) -> tuple[int, int]:
    """Return the last row and its state that every way still possible at `last` went through, -1 when none."""
    states = made.scores.shape[1]
    alive, before = np.zeros(states, dtype=np.bool_), np.zeros(states, dtype=np.bool_)
    for state in range(states):
        alive[state] = made.scores[last, state] < np.inf
    for row in range(last, -1, -1):
        count, only = 0, -1
        for state in range(states):
            if alive[state]:
                count, only = count + 1, state
        if count == 1:
            return row, only
        if row > 0:
            before[:] = False
            for state in range(states):
                if alive[state]:
                    before[came_from(row, arrived_in(row, state, made), made)] = True
            alive, before = before, alive
    return -1, -1


@kernels.inner
def arrived_in(row: int, state: int, made: Steps) -> int:
    """Return the state in which one came to a row that one left in `state`: another when one turned round."""
    if state < made.turned.shape[1] and made.turned[row, state] >= 0:
        return int(made.turned[row, state])
    return state


@kernels.inner
def came_from(row: int, arrived: int, made: Steps) -> int:
    """Return the state of the row before."""
    came = made.came[row, arrived]
    if came == OFF:
        return int(made.turned.shape[1])
    return int(came if came >= 0 else GAP - came)
