"""Rounds: a drawn route as somebody would walk it, put onto the roads like a track; pure, metric coordinates.

People draw a route by hand, some metres beside the road. It is walked in thought at a patrol's pace, a position now
and then, and those positions are matched as if a receiver had told them.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString

from geo_app.patrols.passing import PACE
from geo_app.roads.fixes import Fixes
from geo_app.roads.matched import Matched
from geo_app.roads.model import Floats
from geo_app.roads.network import Network
from geo_app.tracks.visits import Way

STEP = 10.0
"""Metres between two positions."""
DRAWN = 10.0
"""Metres within which a line drawn by hand is: what is stated as accuracy, twice that is in doubt."""


def fixes(line: LineString) -> Fixes:
    """Return the positions of somebody who walks a drawn line: its vertices, and places between them."""
    drawn = shapely.get_coordinates(shapely.segmentize(line, STEP))
    moves = np.ones(len(drawn), dtype=bool)
    moves[1:] = (drawn[1:] != drawn[:-1]).any(axis=1)
    xy = drawn[moves]
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return Fixes(np.ascontiguousarray(xy), metres / PACE, np.full(len(xy), DRAWN))


def paced(way: Way, start: float) -> Way:
    """Return a way with the moments of somebody who goes along it at a patrol's pace from `start` on."""
    return Way(way.xy, start + _along(way) / PACE, way.doubt, way.on_road)


def on_roads(way: Way) -> float:
    """Return how many metres of a way lie on roads."""
    return float(np.diff(_along(way))[way.on_road[:-1]].sum())


def names(matched: Matched, network: Network) -> tuple[str, ...]:
    """Return the names of the roads travelled, in order; one that is left and come to again is named again."""
    found = [network.street_names[number] for number in network.names[matched.edge].tolist()]
    named = [name for name in found if name]
    return tuple(name for place, name in enumerate(named) if place == 0 or named[place - 1] != name)


def _along(way: Way) -> Floats:
    along: Floats = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way.xy, axis=0).T))])
    return along
