"""Ways (走过的线): where somebody went between the positions they sent, along the roads where those are known.

Where a track was put onto roads its way follows them, and at every position it is where the road is nearest to it, so
that a halt is a halt; elsewhere it goes straight from position to position. When nobody knows for long where somebody
was, one way ends and another begins. Pure; metric coordinates, seconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString
from shapely.ops import substring

from geo_app.roads.fixes import Fixes
from geo_app.roads.matched import Matched
from geo_app.roads.network import Network
from geo_app.tracks.presence import LONGEST_GAP
from geo_app.tracks.visits import Flags, Floats, Way

FAR = 2.0
"""How many times the accuracy a receiver states (68 %) it may err: 95 % and more."""
UNSTATED = 20.0
"""Metres of accuracy of a receiver that states none."""


class _Stretch(NamedTuple):
    """A part of a way, on a road or beside all."""

    xy: Floats
    seconds: Floats
    doubt: Floats
    is_on_road: bool


def of(fixes: Fixes, roads: tuple[Matched, Network] | None, least: float) -> list[Way]:
    """Return the ways of a track in order, in doubt by `least` metres at least; `roads` is what matching said of it."""
    stretches = _along(fixes, *roads, least) if roads is not None else []
    own = _errors(fixes, least)
    free = np.ones(len(fixes), dtype=bool)
    for one in stretches:
        free &= (fixes.time < one.seconds[0]) | (fixes.time > one.seconds[-1])
    begins = np.array([one.seconds[0] for one in stretches])
    after = np.searchsorted(begins, fixes.time)  # how many stretches on roads begin before each position
    for number in range(len(stretches) + 1):
        rows = np.flatnonzero(free & (after == number))
        if len(rows):
            stretches.append(_Stretch(fixes.xy[rows], fixes.time[rows], own[rows], is_on_road=False))
    return _joined(sorted(stretches, key=lambda one: float(one.seconds[0])))


def _errors(fixes: Fixes, least: float) -> Floats:
    """Return by how many metres each position may err."""
    stated = np.full(len(fixes), UNSTATED) if fixes.accuracy is None else fixes.accuracy
    return np.maximum(FAR * np.where(np.isnan(stated), UNSTATED, stated), least)


def _joined(stretches: list[_Stretch]) -> list[Way]:
    """Return ways of stretches, each as long as no moment is missing for too long."""
    if not stretches:
        return []
    xy, seconds, doubt = (np.concatenate([one[part] for one in stretches]) for part in range(3))
    on_road = np.concatenate([_within(one) for one in stretches])
    doubt = np.where(on_road, doubt, np.maximum(doubt, np.append(doubt[1:], doubt[-1:])))
    cuts = np.flatnonzero(np.diff(seconds) > LONGEST_GAP) + 1
    parts = [part for part in np.split(np.arange(len(seconds)), cuts) if len(part) > 1]
    return [Way(xy[part], seconds[part], doubt[part], on_road[part]) for part in parts]


def _within(one: _Stretch) -> Flags:
    """Return for each vertex whether the line to the next one is part of a road."""
    flags = np.full(len(one.seconds), one.is_on_road)
    flags[-1:] = False
    return flags


def _along(fixes: Fixes, matched: Matched, network: Network, least: float) -> list[_Stretch]:
    """Return the runs of roads as stretches, in order."""
    found = []
    for run in np.unique(matched.run):
        rows = np.flatnonzero(matched.run == run)
        parts = [_row(fixes, matched, network, int(row)) for row in rows]
        xy = np.concatenate([part[0] for part in parts])
        seconds = np.maximum.accumulate(np.concatenate([part[1] for part in parts]))
        doubt = np.full(len(xy), least)
        doubt[-1] = max(least, FAR * UNSTATED)  # from there on nobody knows the way
        found.append(_Stretch(xy, seconds, doubt, is_on_road=True))
    return found


def _row(fixes: Fixes, matched: Matched, network: Network, row: int) -> tuple[Floats, Floats]:
    """Return the vertices of one row, and when somebody was there: at each position where the road is nearest to it."""
    edge, length = int(matched.travels[row]) >> 1, float(network.lengths[matched.travels[row] >> 1])
    whole = LineString(network.shape.vertices[network.first[edge] : network.first[edge + 1]])
    begin, end = float(matched.begins[row]), float(matched.ends[row])
    line = substring(whole, *((length - begin, length - end) if matched.travels[row] & 1 else (begin, end)))
    xy = shapely.get_coordinates(line)
    if len(xy) < 2:
        xy = np.repeat(xy, 2, axis=0)
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    enter, leave = float(matched.enter[row]), float(matched.leave[row])
    mine = (fixes.time > enter) & (fixes.time < leave)
    near = shapely.line_locate_point(LineString(xy), shapely.points(fixes.xy[mine]))
    knots = np.concatenate([[0.0], np.maximum.accumulate(np.clip(near, 0.0, at[-1])), at[-1:]])
    moments = np.concatenate([[enter], fixes.time[mine], [leave]])
    metres = np.concatenate([at, knots[1:-1]])
    seconds = np.concatenate([_moments(at, knots, moments), moments[1:-1]])
    order = np.lexsort((seconds, metres))
    x, y = (np.interp(metres[order], at, xy[:, axis]) for axis in (0, 1))
    return np.column_stack([x, y]), seconds[order]


def _moments(at: Floats, knots: Floats, moments: Floats) -> Floats:
    """Return when somebody was at each place of a row; the ends are those of the row."""
    found: Floats = np.interp(at, knots, moments)
    found[0], found[-1] = moments[0], moments[-1]
    return found
