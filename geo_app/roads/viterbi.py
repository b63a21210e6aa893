"""The likeliest way of a track: Viterbi's algorithm over the spots of its fixes, after Newson and Krumm (2009).

From a spot one goes on along its chain, turns round, or leaves its chain for others by the shortest way, and the
less it is like the straight line between the fixes the unlikelier it is. Or one leaves the roads, for a price, and
comes back anywhere: what is not a likely way becomes a gap and not a detour.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.between import Likely, Reached, reach
from geo_app.roads.spots import Look, Steps, Terrain, Track

START, OFF = -1, -2
"""How a state was come to: as the first, from off the roads. From spot i it is i, by a gap -3 - i."""
GAP = -3


class Beliefs(NamedTuple):
    """What is likely, in nats and metres."""

    look: Look
    beta: float
    """A way that is so much longer than the straight line, and `beta_share` of that, costs 1 nat."""
    beta_share: float
    u_turn: float
    leave: float
    """Nats to leave the roads, and to come back to them."""
    begin: float
    """Nats to come to them when one was never on them: less, as journeys begin beside them."""
    off: float
    """Nats a fix costs off the roads: as many as it does at some distance from them."""
    stretch: float
    """A way may be so many times as long as the straight line, and `slack` metres; else there is a gap."""
    slack: float
    pause: float
    """Seconds: who was not seen for longer may have been anywhere, unless he is where he was."""
    widest: float
    """Metres between two fixes beyond which no way is looked for."""
    tip: float
    """Metres on an edge that do not show that it was travelled."""
    doubt: float
    """So many nats of a fix make its roads e times less sure."""
    back: float
    """Metres that one may seem to go backwards, because fixes err."""


@kernels.inner
def start(row: int, beliefs: Beliefs, made: Steps) -> None:
    """Write the scores of the first fix of a track."""
    most = made.turned.shape[1]
    for state in range(most):
        is_one = state < made.spots.counts[row]
        made.scores[row, state] = made.spots.costs[row, state] if is_one else np.inf
        made.came[row, state], made.turned[row, state] = START, -1
    made.scores[row, most], made.came[row, most] = beliefs.off + beliefs.begin - beliefs.leave, START


@kernels.inner
def step(row: int, track: Track, beliefs: Beliefs, terrain: Terrain, made: Steps, reached: Reached) -> None:
    """Write the scores of a row from those of the row before."""
    gap = np.hypot(track.xy[row, 0] - track.xy[row - 1, 0], track.xy[row, 1] - track.xy[row - 1, 1])
    longest = beliefs.stretch * gap + beliefs.slack
    if track.unseen[row] > beliefs.pause or gap > beliefs.widest:
        longest = beliefs.slack
    likely = Likely(gap, beliefs.beta + beliefs.beta_share * gap, longest, beliefs.u_turn)
    _leave(row, beliefs, made)
    for i in range(made.spots.counts[row - 1]):
        _along(row, i, likely, beliefs.back, made)
    for i in range(made.spots.counts[row - 1]):
        reach(row, i, likely, terrain.chains, made, reached)
    _turn(row, beliefs.u_turn, terrain, made)


@kernels.inner
def _leave(row: int, beliefs: Beliefs, made: Steps) -> None:
    """Write what it costs to be off the roads, to come back, and to jump from the best spot before to any."""
    scores, came, costs = made.scores, made.came, made.spots.costs
    most, best = made.turned.shape[1], 0
    for i in range(1, most):
        if scores[row - 1, i] < scores[row - 1, best]:
            best = i
    leaves, stays = scores[row - 1, best] + beliefs.leave, scores[row - 1, most]
    scores[row, most], came[row, most] = min(leaves, stays) + beliefs.off, best if leaves < stays else OFF
    is_jump = leaves < stays
    for j in range(most):
        scores[row, j] = np.inf
        made.turned[row, j] = -1
        if j < made.spots.counts[row]:
            scores[row, j] = min(leaves, stays) + beliefs.leave + costs[row, j]
            came[row, j] = GAP - best if is_jump else OFF


@kernels.inner
def _along(row: int, i: int, likely: Likely, back: float, made: Steps) -> None:
    """Offer the way from spot `i` of the row before along its own chain."""
    spots = made.spots
    for j in range(spots.counts[row]):
        if spots.chains[row, j] == spots.chains[row - 1, i]:
            metres = spots.at[row, j] - spots.at[row - 1, i]
            if -back <= metres <= likely.longest:
                cost = abs(max(metres, 0.0) - likely.gap) / likely.beta
                score = made.scores[row - 1, i] + cost + spots.costs[row, j]
                if score < made.scores[row, j]:
                    made.scores[row, j], made.came[row, j] = score, i


@kernels.inner
def _turn(row: int, u_turn: float, terrain: Terrain, made: Steps) -> None:
    """Offer to turn round where a fix was taken."""
    spots = made.spots
    for j in range(spots.counts[row]):
        back = terrain.chains.opposite[spots.chains[row, j]]
        for other in range(spots.counts[row]):
            if spots.chains[row, other] == back and made.turned[row, other] < 0:
                score = made.scores[row, other] + u_turn + spots.turns[row, j]
                if score < made.scores[row, j]:
                    made.scores[row, j], made.turned[row, j] = score, other
