"""Made-up trips on real roads: routes of our own router, speeds and stops of people, positions as a receiver errs.

The truth is known to the edge. All begin and end in the middle half of an edge, for whoever stops at a junction has
no last edge to tell. A receiver errs slowly (drift, first order, half a minute) and quickly, now and then far, and
loses the sky for a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geo_app.roads import line
from geo_app.roads import nearest as rules
from geo_app.roads.graph import MICROSECONDS
from geo_app.roads.line import Piece
from geo_app.roads.model import Floats
from geo_app.roads.nearest import Ground
from geo_app.roads.search import Memory
from tests.driven.drive import Drive
from tests.driven.score import without_repeats

DRIFT, DRIFT_SECONDS, QUICK = 4.0, 30.0, 1.5
"""Metres of the slow and of the quick error east and north, and how long the slow one lasts."""
FAR_SHARE, FAR = 0.005, (30.0, 100.0)
"""How many positions err far, and by how many metres."""
LOST_SHARE, LOST = 0.3, (20, 90)
"""How many trips lose the sky once, and for how many seconds."""
HALT_SHARE, HALT = 0.2, (3.0, 40.0)
"""After how many edges somebody halts (a light, a look), and for how many seconds."""
STAY_SHARE, STAY = 0.4, (60.0, 300.0)
"""How many trips stay somewhere on the way before they go on, and for how many seconds."""
SLOWER = (0.9, 1.8)
"""How much longer than the router thinks a trip takes on its way."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way with its moments: where somebody is at each of `seconds`, in straight lines between."""

    xy: Floats
    seconds: Floats
    travels: np.ndarray


def make(name: str, ground: Ground, count: int, seed: int, apart: tuple[float, float]) -> Iterator[Drive]:
    """Yield so many trips whose ends lie between two distances (metres) apart; the same seed gives the same ones."""
    memory = Memory(ground.graph.inward)
    rng = np.random.default_rng(seed)
    made = 0
    while made < count:
        legs = _legs(ground, memory, rng, apart)
        if legs:
            yield _drive(f"{name}-{made}", ground, _way(legs, rng), rng)
            made += 1


def _legs(
    ground: Ground, memory: Memory, rng: np.random.Generator, apart: tuple[float, float]
) -> list[list[Piece]]:
    """Return the pieces of one or two routes after each other; none when a drawn place cannot be reached."""
    stops = 3 if rng.random() < STAY_SHARE else 2
    places = [_place(ground, rng)]
    while len(places) < stops:
        place = _place(ground, rng)
        if apart[0] <= np.hypot(*(place - places[-1])) <= apart[1]:
            places.append(place)
    legs = []
    for start, target in pairwise(places):
        answer = rules.way(ground, memory, target, start)
        if not len(answer.found.goals):
            return []
        way = line.pieces(ground.network, ground.graph.inward, answer, (start, target), 0)
        legs.append([piece for piece in way if piece.travel != line.ON_FOOT])
    return legs


def _place(ground: Ground, rng: np.random.Generator) -> Floats:
    """Return a place in the middle half of an edge the mode may use; long edges are as likely as they are long."""
    network = ground.network
    weights = network.lengths * (ground.graph.ways > 0)
    edge = int(rng.choice(len(weights), p=weights / weights.sum()))
    own = slice(network.first[edge], network.first[edge + 1])
    at = rng.uniform(0.25, 0.75) * network.lengths[edge]
    along, vertices = network.shape.along[own], network.shape.vertices[own]
    return np.array([np.interp(at, along, vertices[:, 0]), np.interp(at, along, vertices[:, 1])])


def _way(legs: list[list[Piece]], rng: np.random.Generator) -> Way:
    slower = rng.uniform(*SLOWER)
    xy, seconds, now = [legs[0][0].vertices[:1]], [np.zeros(1)], 0.0
    for number, leg in enumerate(legs):
        if number:
            now += rng.uniform(*STAY)
        for piece in leg:
            steps = np.hypot(*np.diff(piece.vertices, axis=0).T)
            lasts = piece.cost / MICROSECONDS * slower * rng.lognormal(0.0, 0.2)
            share = np.concatenate([[0.0], np.cumsum(steps)]) / max(float(steps.sum()), 1e-9)
            xy.append(piece.vertices)
            seconds.append(now + share * lasts)
            now += lasts
            if rng.random() < HALT_SHARE:
                now += rng.uniform(*HALT)
    travels = np.array([piece.travel for leg in legs for piece in leg], dtype=np.int32)
    return Way(np.concatenate(xy), np.concatenate(seconds), without_repeats(travels))


def _drive(name: str, ground: Ground, way: Way, rng: np.random.Generator) -> Drive:
    seconds = np.arange(0.0, way.seconds[-1] + 1.0)
    xy = np.column_stack([np.interp(seconds, way.seconds, way.xy[:, axis]) for axis in (0, 1)])
    xy += errors(len(seconds), rng)
    keeps = np.ones(len(seconds), dtype=bool)
    if rng.random() < LOST_SHARE:
        length = int(rng.integers(*LOST))
        begin = int(rng.integers(1, max(len(seconds) - length, 2)))
        keeps[begin : begin + length] = False
        keeps[-1] = True
    return Drive(name, ground, xy[keeps], seconds[keeps], way.travels)


def errors(count: int, rng: np.random.Generator) -> Floats:
    """Return by how many metres east and north a receiver errs, a second apart."""
    keeps = np.exp(-1.0 / DRIFT_SECONDS)
    news = rng.normal(0.0, DRIFT * np.sqrt(1 - keeps**2), (count, 2))
    drift = rng.normal(0.0, DRIFT, 2)
    found = rng.normal(0.0, QUICK, (count, 2))
    for row in range(count):
        drift = keeps * drift + news[row]
        found[row] += drift
    turns = rng.uniform(0.0, 2 * np.pi, count)
    away = np.where(rng.random(count) < FAR_SHARE, rng.uniform(*FAR, count), 0.0)
    return found + np.column_stack([np.cos(turns), np.sin(turns)]) * away[:, None]
