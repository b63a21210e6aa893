"""Where one gets to in a time, or comes from (等时圈): the stretches of road that are covered, and the area along them.

Which stretches are covered is exact. The area is drawn along them on a raster (`contour`) of the finest of some cell
sizes with which it is not too large: its border keeps half a cell to three cells from what is covered. A block all of
whose roads are covered belongs to it, a road that is not reached in time is left out as far as three cells allow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from shapely import Polygon

from geo_app.core import kernels
from geo_app.roads import contour
from geo_app.roads import snap as snapping
from geo_app.roads.contour import Raster, Spans
from geo_app.roads.ends import WALK_COST, arrive, depart
from geo_app.roads.graph import AGAINST, ALONG, MICROSECONDS
from geo_app.roads.model import Floats, Isochrone
from geo_app.roads.nearest import Ground
from geo_app.roads.search import Memory, Starts
from geo_app.roads.snap import Snaps
from geo_app.roads.spread import spread

SIZES = (10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1280.0)
"""Metres a cell may have."""
MOST_CELLS = 400_000
RIM = 3
"""Cells around what is covered."""


class Covered(NamedTuple):
    """What is covered: `spans` by edge, on the place's own edge also `own` (from, to), and the way on foot."""

    spans: Spans
    edge: int
    offset: float
    own: tuple[float, float]
    foot: Floats


def of(ground: Ground, memory: Memory, place: Floats, seconds: float, *, is_inward: bool) -> Isochrone:
    """Return where one gets to from `place`, or comes from when `is_inward`; empty when the mode has no road."""
    covered = cover(ground, memory, place, seconds, is_inward=is_inward)
    if covered is None:
        return Isochrone(Polygon(), seconds, 0.0, 0.0, is_estimate=False)
    shape = ground.network.shape
    spans = kernels.frozen(covered.spans)
    box = contour.bounds(ground.network.first, shape, spans)
    line = np.concatenate([covered.foot, _own(ground, covered)])
    low, high = np.minimum(box[:2], line.min(axis=0)), np.maximum(box[2:], line.max(axis=0))
    raster = _raster(low, high)
    marks = contour.mark(raster, ground.network.first, shape, spans, kernels.frozen(line))
    points, first = contour.trace(raster, kernels.frozen(marks))
    rings = [points[first[ring] : first[ring + 1]] for ring in range(len(first) - 1)]
    outer = max(range(len(rings)), key=lambda ring: np.ptp(rings[ring][:, 0]) * np.ptp(rings[ring][:, 1]))
    area = Polygon(rings[outer], [ring for number, ring in enumerate(rings) if number != outer])
    return Isochrone(area, seconds, _metres(ground, covered), raster.size, is_estimate=False)


def cover(
    ground: Ground, memory: Memory, place: Floats, seconds: float, *, is_inward: bool
) -> Covered | None:
    """Return what is covered within `seconds`; None when the mode has no road at all."""
    network, edges = ground.network, ground.edges
    snaps = Snaps(
        *kernels.frozen(
            snapping.snap(kernels.frozen(place.reshape(1, 2)), ground.grid, network.shape, ground.graph.ways)
        )
    )
    edge = int(snaps.edges[0])
    if edge < 0:
        return None
    limit = round(seconds * MICROSECONDS)
    begun = Starts(*kernels.frozen((arrive if is_inward else depart)(snaps, edges)))
    star = ground.graph.inward if is_inward else ground.graph.outward
    travels = spread(star, edges, begun, limit, is_inward, memory.scratch)
    ahead, back = travels[0::2], travels[1::2]
    lengths = network.lengths
    heads, tails = (back, lengths - ahead) if is_inward else (ahead, lengths - back)
    tails = np.where((ahead if is_inward else back) > 0.0, tails, np.inf)
    is_open = (ground.graph.ways > 0).astype(np.uint8)
    walk = round(float(snaps.aways[0]) * WALK_COST)
    share = min(1.0, limit / walk) if walk else 1.0
    foot = np.stack([place, place + (snaps.places[0] - place) * share])
    offset = float(snaps.offsets[0])
    own = _beside(ground, edge, offset, limit - walk, is_inward=is_inward)
    return Covered(Spans(heads, tails, is_open), edge, offset, own, foot)


def _beside(ground: Ground, edge: int, offset: float, rest: int, *, is_inward: bool) -> tuple[float, float]:
    """Return from where to where the place's own edge is covered straight from the place; nothing when not at all."""
    if rest < 0:
        return np.inf, -np.inf
    length, time = float(ground.network.lengths[edge]), int(ground.graph.times[edge])
    far = length if rest >= time else length * rest / time
    ways = int(ground.graph.ways[edge])
    forward, backward = (ways & AGAINST, ways & ALONG) if is_inward else (ways & ALONG, ways & AGAINST)
    return (
        max(0.0, offset - far) if backward else offset,
        min(length, offset + far) if forward else offset,
    )


def _own(ground: Ground, covered: Covered) -> Floats:
    """Return what is covered of the place's own edge as a line from the place to the end, then back to the begin."""
    network, (begin, end) = ground.network, covered.own
    part = slice(network.first[covered.edge], network.first[covered.edge + 1])
    along, vertices = network.shape.along[part], network.shape.vertices[part]
    if begin >= end:
        return covered.foot[-1:]
    stops = np.concatenate([[begin], along[(along > begin) & (along < end)], [end]])
    line: Floats = np.stack([np.interp(stops, along, vertices[:, axis]) for axis in (0, 1)], axis=-1)
    return np.concatenate([line[stops >= covered.offset], line[::-1]])


def _metres(ground: Ground, covered: Covered) -> float:
    """Return how many metres of road are covered; what is covered from both ends counts once."""
    lengths, (heads, tails, _) = ground.network.lengths, covered.spans
    found = float(np.minimum(lengths, heads + np.maximum(lengths - tails, 0.0)).sum())
    edge, (begin, end) = covered.edge, covered.own
    free = max(0.0, min(end, float(tails[edge])) - max(begin, float(heads[edge])))
    return found + free


def _raster(low: Floats, high: Floats) -> Raster:
    """Return the raster over a box, on multiples of its cells' size so that the same roads look the same."""
    fit = (size for size in SIZES if np.prod((high - low) / size + 2 * RIM + 1) <= MOST_CELLS)
    size = next(fit, SIZES[-1])
    begin, end = np.floor(low / size) - RIM, np.floor(high / size) + RIM + 1
    columns, rows = (int(cells) for cells in end - begin)
    return Raster(float(begin[0] * size), float(begin[1] * size), size, columns, rows)
