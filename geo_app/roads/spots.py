"""Spots: where on the roads one may have been when a fix was taken, the nearest place on each chain near it.

One spot a chain and not one an edge: of the edges of one road all but the nearest would only repeat it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo_app.core import kernels
from geo_app.roads.chains import Chains
from geo_app.roads.graph import AGAINST, ALONG
from geo_app.roads.model import Flags, Floats, Indices
from geo_app.roads.network import Shape
from geo_app.roads.snap import Grid


class Terrain(NamedTuple):
    """What a track is put onto."""

    grid: Grid
    shape: Shape
    ways: Flags
    lengths: Floats
    chains: Chains


class Track(NamedTuple):
    """Fixes to go through, a row each; row 0 is the last one that is settled."""

    xy: Floats
    sigma: Floats
    """Metres they err, east and north alike."""
    course: Floats
    """Where one is heading (east, north), as long as that is sure: 0 to 1."""
    unseen: Floats
    """Seconds since the fix before was left."""


class Near(NamedTuple):
    """Memory of one thread, by chain: how near the fix in hand is (infinite: not seen), where, on which segment."""

    away: Floats
    at: Floats
    segment: Indices
    listed: Indices


class Spots(NamedTuple):
    """The spots of each row's fix, nearest first, `counts` of them."""

    counts: Indices
    chains: Indices
    at: Floats
    """Metres from the start of the chain."""
    away: Floats
    costs: Floats
    """How unlikely the fix is there, in nats."""
    turns: Floats
    """What of that is for heading elsewhere."""


class Look(NamedTuple):
    """How far to look, and what a fix says about where it was taken."""

    radius: float
    spread: float
    """A spot so many nats less likely than the nearest is left out."""
    knee: float
    """So many standard deviations away, a fix begins to count as an outlier: the cost grows straight from there."""
    heading: float
    """Nats for a road at right angles to where one is heading; twice that for the opposite direction."""


class Steps(NamedTuple):
    """Spots of each row, with the best score of each state and how it was come to; the last state is off the roads."""

    spots: Spots
    scores: Floats
    came: Indices
    turned: Indices
    """The state of the same row that became this one by turning round, -1 when none did."""


def steps(rows: int, most: int) -> Steps:
    """Return room for `rows` fixes with `most` spots each."""
    shape = rows, most
    spots = Spots(
        np.zeros(rows, dtype=np.int32), np.zeros(shape, dtype=np.int32), np.zeros(shape), np.zeros(shape),
        np.zeros(shape), np.zeros(shape),
    )  # fmt: skip
    states = rows, most + 1
    return Steps(
        spots,
        np.full(states, np.inf),
        np.full(states, -1, dtype=np.int32),
        np.full(shape, -1, dtype=np.int32),
    )


def example() -> tuple[Terrain, Track]:
    """Return a road of 20 m, both ways, and two fixes beside it, for kernels to be compiled with."""

    def numbers(*values: int) -> Indices:
        return np.array(values, dtype=np.int32)

    chains = Chains(
        numbers(0, 1), numbers(1, 0), np.full(2, 20.0), np.full(2, 20_000), numbers(1, 0), numbers(0, 1, 2),
        numbers(0, 1), numbers(0, 1), np.zeros(2), numbers(0, 1, 2), numbers(0, 1),
    )  # fmt: skip
    shape = Shape(np.array([[0.0, 0.0], [20.0, 0.0]]), np.array([0.0, 20.0]), numbers(0, 0))
    grid = Grid(numbers(0, 1), numbers(0), 0.0, 0.0, 20.0, 1, 1)
    terrain = Terrain(grid, shape, np.full(1, 3, dtype=np.uint8), np.full(1, 20.0), chains)
    return terrain, Track(np.array([[1.0, 2.0], [15.0, 2.0]]), np.full(2, 6.0), np.zeros((2, 2)), np.ones(2))


@kernels.inner
def unlikely(away: float, sigma: float, knee: float) -> float:
    """Return the cost in nats of a fix `away` metres from the road: Huber's, as errors have heavy tails."""
    ratio = away / sigma
    if ratio <= knee:
        return 0.5 * ratio * ratio
    return knee * (ratio - 0.5 * knee)


@kernels.inner
def _find(x: float, y: float, look: Look, terrain: Terrain, near: Near) -> int:
    """List the chains within the radius of (x, y) in `near`, in no order; return how many."""
    grid, found = terrain.grid, 0
    left = max(int(np.floor((x - look.radius - grid.x) / grid.size)), 0)
    right = min(int(np.floor((x + look.radius - grid.x) / grid.size)), grid.columns - 1)
    low = max(int(np.floor((y - look.radius - grid.y) / grid.size)), 0)
    high = min(int(np.floor((y + look.radius - grid.y) / grid.size)), grid.rows - 1)
    for row in range(low, high + 1):
        for column in range(left, right + 1):
            square = row * grid.columns + column
            for place in range(grid.offsets[square], grid.offsets[square + 1]):
                found = _try(grid.segments[place], (x, y), look.radius, terrain, near, found)
    return found


@kernels.inner
def _try(
    segment: int, at: tuple[float, float], radius: float, terrain: Terrain, near: Near, found: int
) -> int:
    """Note a segment for the chains along it, if it is the nearest of theirs; return how many are listed."""
    shape, chains, (x, y) = terrain.shape, terrain.chains, at
    edge = shape.edge_of[segment]
    allowed = terrain.ways[edge]
    if allowed == 0:
        return found
    from_x, from_y = shape.vertices[segment, 0], shape.vertices[segment, 1]
    dx, dy = shape.vertices[segment + 1, 0] - from_x, shape.vertices[segment + 1, 1] - from_y
    square = dx * dx + dy * dy
    part = 0.0
    if square > 0.0:
        part = min(max(((x - from_x) * dx + (y - from_y) * dy) / square, 0.0), 1.0)
    off_x, off_y = from_x + part * dx - x, from_y + part * dy - y
    away = off_x * off_x + off_y * off_y
    if away > radius * radius:
        return found
    away = np.sqrt(away)
    along = shape.along[segment] + part * np.sqrt(square)
    for back in range(2):
        if allowed & (AGAINST if back else ALONG):
            travel = 2 * edge + back
            chain = chains.chain_of[travel]
            if away < near.away[chain]:
                if near.away[chain] == np.inf:
                    near.listed[found] = chain
                    found += 1
                near.away[chain] = away
                inside = terrain.lengths[edge] - along if back else along
                near.at[chain] = min(max(chains.offset_of[travel] + inside, 0.0), chains.lengths[chain])
                near.segment[chain] = -1 - segment if back else segment
    return found


@kernels.inner
def put(track: Track, row: int, ground: tuple[Look, Terrain, Near], spots: Spots) -> None:
    """Write the spots of a fix into its row."""
    (look, terrain, near), sigma = ground, track.sigma[row]
    found = _find(track.xy[row, 0], track.xy[row, 1], look, terrain, near)
    most, kept, nearest = spots.chains.shape[1], 0, np.inf
    for i in range(found):
        nearest = min(nearest, near.away[near.listed[i]])
    limit = unlikely(nearest, sigma, look.knee) + look.spread
    for i in range(found):
        chain = near.listed[i]
        away = near.away[chain]
        near.away[chain] = np.inf
        cost = unlikely(away, sigma, look.knee)
        if cost > limit or (kept == most and not _before(away, chain, spots, row, most - 1)):
            continue
        kept = min(kept + 1, most)
        place = kept - 1
        while place > 0 and _before(away, chain, spots, row, place - 1):
            _move(spots, row, place)
            place -= 1
        turn = look.heading * _turned(
            near.segment[chain], track.course[row, 0], track.course[row, 1], terrain.shape
        )
        spots.chains[row, place], spots.at[row, place], spots.away[row, place] = chain, near.at[chain], away
        spots.costs[row, place], spots.turns[row, place] = cost + turn, turn
    spots.counts[row] = kept


@kernels.inner
def _before(away: float, chain: int, spots: Spots, row: int, place: int) -> bool:
    """Tell whether a chain is nearer than the one at a place; of two equally near the lower is."""
    other = spots.away[row, place]
    return bool(away < other or (away == other and chain < spots.chains[row, place]))


@kernels.inner
def _move(spots: Spots, row: int, place: int) -> None:
    """Make room at a place of a row that is behind the one before it."""
    spots.chains[row, place], spots.at[row, place] = spots.chains[row, place - 1], spots.at[row, place - 1]
    spots.away[row, place], spots.costs[row, place] = spots.away[row, place - 1], spots.costs[row, place - 1]
    spots.turns[row, place] = spots.turns[row, place - 1]


@kernels.inner
def _turned(segment: int, east: float, north: float, shape: Shape) -> float:
    """Return how far the way along a segment (-1 - it: against it) turns from where one is heading: 0 ahead, 2 back."""
    sign, at = 1.0, segment
    if segment < 0:
        sign, at = -1.0, -1 - segment
    dx, dy = (
        shape.vertices[at + 1, 0] - shape.vertices[at, 0],
        shape.vertices[at + 1, 1] - shape.vertices[at, 1],
    )
    sure, length = np.hypot(east, north), np.hypot(dx, dy)
    if length == 0.0:
        return 0.0
    return float(sure - sign * (east * dx + north * dy) / length)
