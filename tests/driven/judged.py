"""What `geo_app.roads.match` says of drives, and how well: the score, and what no answer may ever do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely

from geo_app.roads import match
from geo_app.roads.fixes import Fixes
from geo_app.roads.match import Field, Matcher
from geo_app.roads.matched import Matched, joined
from geo_app.roads.model import Floats
from tests.driven import drive as drives
from tests.driven import score
from tests.driven.drive import Drive
from tests.driven.score import Score, Spread

RATES = (1, 10, 30)
"""Seconds between positions at which tracks are matched."""
LIMITS = {1: Spread(0.6, 1.8, 4.0, 20.0), 10: Spread(0.6, 1.7, 3.8, 20.0), 30: Spread(0.9, 2.0, 5.0, 20.0)}
"""Percent of mismatch over the recorded tracks that is not too much, at each rate."""
MADE_UP = {1: Spread(0.6, 1.8, 4.0, 20.0)}
"""The same over made-up trips, where the limit is what a good matcher reaches: at other rates far fixes decide."""
DETOUR, AT_ONCE = 1.5, 100.0
"""How much longer than the straight line between two positions a way may be, and how many metres more."""
ROUNDING = 1e-6
"""Seconds by which sums of moments may differ."""
SAME = 0.01
"""Metres within which two places on roads are one."""


def fixes(drive: Drive) -> Fixes:
    """Return a drive as what the matcher takes."""
    return Fixes(drive.xy, drive.seconds)


def answer(field: Field, drive: Drive) -> Matched:
    """Return what is said of a drive on a field made ready from its ground."""
    return match.match(field, fixes(drive))


def streamed(field: Field, drive: Drive, step: int) -> Matched:
    """Return what is said of a drive of which `step` positions come at a time."""
    matcher = Matcher(field)
    rows = range(0, len(drive.seconds), step)
    fed = [Fixes(drive.xy[row : row + step], drive.seconds[row : row + step]) for row in rows]
    return joined([*map(matcher.feed, fed), matcher.finish()])


def judge(drive: Drive, matched: Matched) -> Score:
    """Return the score of an answer."""
    return score.strict(drive.pieces, drive.lengths, drive.truth, matched.travels)


def rated(drive: Drive) -> Iterator[tuple[int, Drive]]:
    """Yield the drive at every rate."""
    for rate in RATES:
        yield rate, drive if rate == 1 else drives.thinned(drive, rate)


def faults(drive: Drive, matched: Matched) -> list[str]:
    """Return what is wrong with an answer whatever the truth is; nothing is right."""
    return [*_broken_rows(drive, matched), *_broken_ways(drive, matched), *_detours(drive, matched)]


def _broken_rows(drive: Drive, matched: Matched) -> Iterator[str]:
    lengths = drive.lengths[matched.travels]
    ways = drive.ground.graph.ways[matched.edge]
    within = drive.seconds[[0, -1]] if len(drive.seconds) else np.zeros(2)
    for what, wrong in (
        ("against its one-way", (ways & (1 + (matched.travels & 1))) == 0),
        ("left before it is entered", matched.leave < matched.enter - ROUNDING),
        ("entered before the one before is left", np.diff(matched.enter, prepend=-np.inf) < -ROUNDING),
        ("outside the time of the track", (matched.enter < within[0]) | (matched.leave > within[1])),
        ("before its begin", ~(matched.begins >= 0)),
        ("backwards", ~(matched.begins <= matched.ends)),
        ("beyond its end", ~(matched.ends <= lengths + 1e-6)),
        ("of no sure confidence", ~((matched.confidence >= 0) & (matched.confidence <= 1))),
    ):  # fmt: skip
        yield from (f"{drive.name}: row {row} {what}" for row in np.flatnonzero(wrong).tolist())
    for one, other in pairwise(matched.gaps):
        if other.begins < one.ends:
            yield f"{drive.name}: two gaps at {other.begins}"


def _broken_ways(drive: Drive, matched: Matched) -> Iterator[str]:
    """Yield where a run leaves the roads: a row begins elsewhere than the one before ends."""
    begins, ends = (_places(drive, matched, metres) for metres in (matched.begins, matched.ends))
    apart = np.hypot(*(begins[1:] - ends[:-1]).T) if len(begins) else np.zeros(0)
    for row in np.flatnonzero((np.diff(matched.run) == 0) & (apart > SAME)).tolist():
        yield f"{drive.name}: row {row + 1} begins {apart[row]:.2f} m from where the one before ends"


def _places(drive: Drive, matched: Matched, metres: Floats) -> Floats:
    """Return where one is so many metres along each row's edge, in the direction of travel."""
    network = drive.ground.network
    lengths = drive.lengths[matched.travels]
    offsets = np.where(matched.travels & 1, lengths - metres, metres)
    lines = [
        shapely.linestrings(network.shape.vertices[network.first[edge] : network.first[edge + 1]])
        for edge in matched.edge.tolist()
    ]
    found: Floats = shapely.get_coordinates(
        shapely.line_interpolate_point(np.array(lines, dtype=object), offsets)
    )
    return found


def _detours(drive: Drive, matched: Matched) -> Iterator[str]:
    """Yield pairs of positions between which far more road is told than lies between them."""
    metres = matched.ends - matched.begins
    steps = np.hypot(*np.diff(drive.xy, axis=0).T)
    since = np.searchsorted(drive.seconds, matched.enter, side="right") - 1
    until = np.searchsorted(drive.seconds, matched.leave, side="left")
    within = until == since + 1
    told = np.bincount(since[within], weights=metres[within], minlength=len(drive.seconds))[: len(steps)]
    for row in np.flatnonzero(told > DETOUR * steps + AT_ONCE).tolist():
        yield f"{drive.name}: {told[row]:.0f} m told between positions {steps[row]:.0f} m apart, at {row}"
